"""What became of which row between two editions that need not be neighbours: links followed end to end."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from auditor.records import Link, LinkState, LinkType

#: Types that join rows of a language's history; the others join languages or the portal.
_ACROSS = (LinkType.TRANSLATION, LinkType.LISTED)


@dataclass(frozen=True, slots=True)
class Reach:
    """Where one row's certain and possible links lead: rows of the later edition, and the candidates on the way."""

    rows: frozenset[str]
    doubts: frozenset[tuple[str, str]]


class Lineage:
    """The links between two editions as a graph: `older` and `newer` are the keys of their rows."""

    def __init__(self, older: Collection[str], newer: Collection[str], links: Iterable[Link]) -> None:
        self.newer = frozenset(newer)
        self.sure: dict[str, list[str]] = defaultdict(list)
        self.maybe: dict[str, list[str]] = defaultdict(list)
        self.came_back: set[str] = set()
        into: dict[str, list[str]] = defaultdict(list)
        for link in links:
            if link.type in _ACROSS or link.state is LinkState.REFUSED:
                continue
            (self.sure if link.state is LinkState.ACCEPTED else self.maybe)[link.older].append(link.newer)
            into[link.newer].append(link.older)
            if link.type is LinkType.RESTORED and link.state is LinkState.ACCEPTED:
                self.came_back.add(link.newer)
        self._leads = self._leading(into)
        self.older = tuple(older)

    def _leading(self, into: Mapping[str, list[str]]) -> set[str]:
        """All rows from which a row of the later edition can be reached."""
        found = set(self.newer)
        todo = list(found)
        while todo:
            for key in into.get(todo.pop(), ()):
                if key not in found:
                    found.add(key)
                    todo.append(key)
        return found

    def follow(self, key: str, doubts: Collection[tuple[str, str]] = ()) -> frozenset[str]:
        """Rows of the later edition that this row became, through certain links and the `doubts` taken for true."""
        found, seen, todo = set(), {key}, [key]
        while todo:
            at = todo.pop()
            if at in self.newer:
                found.add(at)
                continue
            for after in (*self.sure.get(at, ()), *(n for n in self.maybe.get(at, ()) if (at, n) in doubts)):
                if after not in seen and after in self._leads:
                    seen.add(after)
                    todo.append(after)
        return frozenset(found)

    def reach(self, key: str) -> Reach:
        """Everything this row may have become."""
        found, doubts, seen, todo = set(), set(), {key}, [key]
        while todo:
            at = todo.pop()
            if at in self.newer:
                found.add(at)
                continue
            doubts |= {(at, after) for after in self.maybe.get(at, ()) if after in self._leads}
            for after in (*self.sure.get(at, ()), *self.maybe.get(at, ())):
                if after not in seen and after in self._leads:
                    seen.add(after)
                    todo.append(after)
        return Reach(frozenset(found), frozenset(doubts))

    def restored(self) -> frozenset[str]:
        """Rows of the later edition that go back to a row which came back on the way."""
        found, todo, seen = set(), list(self.came_back), set(self.came_back)
        while todo:
            at = todo.pop()
            if at in self.newer:
                found.add(at)
                continue
            for after in self.sure.get(at, ()):
                if after not in seen:
                    seen.add(after)
                    todo.append(after)
        return frozenset(found)
