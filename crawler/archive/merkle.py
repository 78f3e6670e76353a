"""Merkle trees as in RFC 6962: one root for many lines, and a short proof that one line is under it.

A leaf is SHA-256 of a zero byte and the line, a node SHA-256 of a one byte and the two hashes below it, so that neither
can be given out for the other. The root of no lines is SHA-256 of nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

EMPTY = hashlib.sha256(b"").digest()


def leaf(line: bytes) -> bytes:
    """The hash of one line (without its line break)."""
    return hashlib.sha256(b"\x00" + line).digest()


def node(left: bytes, right: bytes) -> bytes:
    """The hash over two hashes."""
    return hashlib.sha256(b"\x01" + left + right).digest()


@dataclass(slots=True)
class Tree:
    """Takes lines one after another and keeps no more than one hash for each level."""

    count: int = 0
    _peaks: list[tuple[int, bytes]] = field(default_factory=list)  # (leaves below it, hash), the highest first

    def add(self, line: bytes) -> None:
        """Take in one more line."""
        size, found = 1, leaf(line)
        while self._peaks and self._peaks[-1][0] == size:
            found = node(self._peaks.pop()[1], found)
            size *= 2
        self._peaks.append((size, found))
        self.count += 1

    def root(self) -> str:
        """The root over the lines so far, in hexadecimal."""
        if not self._peaks:
            return EMPTY.hex()
        found = self._peaks[-1][1]
        for _, peak in reversed(self._peaks[:-1]):
            found = node(peak, found)
        return found.hex()


def root_of(lines: Iterable[bytes]) -> str:
    """The root over lines, in hexadecimal."""
    tree = Tree()
    for line in lines:
        tree.add(line)
    return tree.root()


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a proof: the neighbour's hash, and on which side of ours it stands (`left` or `right`)."""

    side: str
    hash: str


def proof(lines: Sequence[bytes], index: int) -> tuple[Step, ...]:
    """The way from line number `index` (from 0) up to the root. Raises IndexError for a line that is not there."""
    if not 0 <= index < len(lines):
        raise IndexError(f"line {index} of {len(lines)}")
    hashes = [leaf(line) for line in lines]
    return tuple(_way(hashes, index))


def _way(hashes: Sequence[bytes], index: int) -> Iterable[Step]:
    if len(hashes) < 2:
        return
    split = 1 << ((len(hashes) - 1).bit_length() - 1)
    if index < split:
        yield from _way(hashes[:split], index)
        yield Step("right", _root(hashes[split:]).hex())
    else:
        yield from _way(hashes[split:], index - split)
        yield Step("left", _root(hashes[:split]).hex())


def _root(hashes: Sequence[bytes]) -> bytes:
    if len(hashes) == 1:
        return hashes[0]
    split = 1 << ((len(hashes) - 1).bit_length() - 1)
    return node(_root(hashes[:split]), _root(hashes[split:]))


def climb(line: bytes, steps: Iterable[Step]) -> str:
    """The root that a line and its proof lead to, in hexadecimal. Raises ValueError for a side that is none."""
    found = leaf(line)
    for step in steps:
        other = bytes.fromhex(step.hash)
        if step.side not in ("left", "right"):
            raise ValueError(f"no side of a tree: {step.side}")
        found = node(other, found) if step.side == "left" else node(found, other)
    return found.hex()
