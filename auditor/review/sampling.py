"""Draws a stratified random sample with known weights. Pure: the same frame and seed give the same sample.

A subject's place in the draw is the sha256 of seed and key, not a generator's stream: anyone can draw the sample again
with any tool, and a row more in the frame does not reshuffle the others.
"""

from __future__ import annotations

import hashlib
import heapq
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from auditor.review.records import SampleItem, Stratum, Subject
from crawler.errors import UsageError

#: The 97.5% point of the normal distribution.
_Z = 1.959964
_SEPARATOR = "\x1f"


def size_for(half_width: float, frame: int) -> int:
    """Items needed for a 95% interval of ± `half_width` (0–1) at most about any share of a frame of that size.

    Cochran's formula at a share of one half, the worst case, with the finite population correction: the share read off
    the sample alone. With the machine's codes of all rows beside it the interval is narrower. Raises UsageError for a
    width that is none.
    """
    if not 0 < half_width < 0.5:
        raise UsageError(f"--ci {half_width:g}: give the half-width as a share between 0 and 0.5, such as 0.05")
    infinite = _Z**2 * 0.25 / half_width**2
    return min(frame, math.ceil(infinite / (1 + (infinite - 1) / frame)))


def allocate(frames: Mapping[str, int], size: int) -> dict[str, int]:
    """How many to draw of each stratum: one at least, the rest in proportion (Sainte-Laguë), never more than there is.

    Raises UsageError if there are fewer items than strata, or fewer subjects than items.
    """
    total = sum(frames.values())
    if size > total:
        raise UsageError(f"a sample of {size} cannot be drawn: the frame has {total} subjects")
    if size < len(frames):
        raise UsageError(
            f"a sample of {size} is too small for {len(frames)} strata: some subjects would have no chance; "
            "take fewer --strata or a larger sample"
        )
    drawn = dict.fromkeys(frames, 1)
    waiting = [(-count / 3, name) for name, count in frames.items() if count > 1]
    heapq.heapify(waiting)
    for _ in range(size - len(frames)):
        _, name = heapq.heappop(waiting)
        drawn[name] += 1
        if drawn[name] < frames[name]:
            heapq.heappush(waiting, (-frames[name] / (2 * drawn[name] + 1), name))
    return drawn


def draw(subjects: Sequence[tuple[str, Subject]], size: int, seed: int) -> tuple[list[SampleItem], list[Stratum]]:
    """`size` of the (stratum, subject) pairs, by key, and their strata. Raises UsageError (see allocate)."""
    by_stratum: dict[str, list[Subject]] = {}
    for stratum, subject in subjects:
        by_stratum.setdefault(stratum, []).append(subject)
    frames = {name: len(by_stratum[name]) for name in sorted(by_stratum)}
    counts = allocate(frames, size)
    chosen: list[tuple[Subject, str]] = []
    for name, members in by_stratum.items():
        members.sort(key=lambda subject: _place(str(seed), subject.key))
        chosen += [(subject, name) for subject in members[: counts[name]]]
    chosen.sort(key=lambda one: one[0].key)
    items = [
        SampleItem(position, subject, name, frames[name] / counts[name])
        for position, (subject, name) in enumerate(chosen, start=1)
    ]
    return items, [Stratum(name, frames[name], counts[name]) for name in frames]


def draw_by_language(
    subjects: Sequence[tuple[str, Subject]], half_width: float, seed: int
) -> tuple[list[SampleItem], list[Stratum]]:
    """As many of the (stratum, subject) pairs of each language as its own figures need, at least one a stratum.

    Raises UsageError (see size_for).
    """
    by_lang: dict[str, list[tuple[str, Subject]]] = {}
    for stratum, subject in subjects:
        lang = str(subject.given.lang)
        # Strata that languages share would leave each language's number to chance.
        name = stratum if lang in stratum.split("/") else "/".join(word for word in (stratum, lang) if word)
        by_lang.setdefault(lang, []).append((name, subject))
    items: list[SampleItem] = []
    strata: list[Stratum] = []
    for _, pairs in sorted(by_lang.items()):
        size = max(size_for(half_width, len(pairs)), len({name for name, _ in pairs}))
        own, found = draw(pairs, size, seed)
        items += own
        strata += found
    items.sort(key=lambda item: item.key)
    return [replace(item, position=at) for at, item in enumerate(items, start=1)], strata


def order_seed(sample: str, seed: int, coder: str) -> str:
    """What a coder's own order of a sample comes from; kept with the sheet."""
    return hashlib.sha256(_SEPARATOR.join((sample, str(seed), coder)).encode()).hexdigest()[:16]


def in_order(items: Sequence[SampleItem], seed: str) -> list[SampleItem]:
    """The items in the random order that belongs to an order seed."""
    return sorted(items, key=lambda item: _place(seed, item.key))


def _place(seed: str, key: str) -> bytes:
    return hashlib.sha256(f"{seed}{_SEPARATOR}{key}".encode()).digest()
