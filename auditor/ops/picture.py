"""What is known at one moment, and what changed between two. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from auditor.ops.records import Change

#: How many of a kind a digest names before it only counts the rest.
_NAMED = 10
#: How many addresses of one issue.
_PLACES = 3


@dataclass(frozen=True, slots=True)
class EditionFact:
    """One edition in one language: its state, live rows (None: not read) and the hash of the text that was read."""

    state: str
    rows: int | None
    text: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True, order=True)
class IssueFact:
    """An open issue, the same one however often it is met: level, code, where."""

    level: str
    code: str
    where: str


@dataclass(frozen=True, slots=True)
class Picture:
    """Editions by ACT/DATE/LANG, lists by LANG/AUDIENCE with the slugs in them, pages by LANG/SLUG with a hash of what
    was read, figures by measure and cell, open issues."""

    editions: Mapping[str, EditionFact] = field(default_factory=dict)
    lists: Mapping[str, frozenset[str]] = field(default_factory=dict)
    pages: Mapping[str, str] = field(default_factory=dict)
    figures: Mapping[str, int] = field(default_factory=dict)
    issues: frozenset[IssueFact] = frozenset()


def differences(before: Picture, after: Picture) -> tuple[Change, ...]:
    """What changed, in words: editions, lists, pages, figures, issues; nothing for two equal pictures.

    Where nothing was known before, everything is new, and one line says how much it is.
    """
    if not before.editions and not before.lists and after != before:
        return (_first(after),)
    return (
        *_editions(before, after),
        *_lists(before, after),
        *_pages(before, after),
        *_figures(before, after),
        *_issues(before, after),
    )


def waiting(picture: Picture) -> tuple[str, ...]:
    """The editions that wait for a person, each with the reason."""
    return tuple(f"{key}: {fact.why}" for key, fact in sorted(picture.editions.items()) if fact.state == "held")


def counts(picture: Picture) -> dict[str, int]:
    """What later runs are compared with: services of the newest edition in force by act and language, listings by
    list, pages read by language."""
    found: dict[str, int] = {}
    for key, fact in sorted(picture.editions.items()):
        act, _day, lang = key.split("/")
        if fact.state in ("fetched", "imported") and fact.rows is not None:
            found[f"services/{act}/{lang}"] = fact.rows
    found.update(list_sizes(picture.lists))
    pages = Counter(key.split("/", 1)[0] for key in picture.pages)
    found.update({f"pages/{lang}": number for lang, number in sorted(pages.items())})
    return found


def list_sizes(lists: Mapping[str, frozenset[str]]) -> dict[str, int]:
    """Listings by list, under the names that a run's counts have."""
    return {f"listings/{frame}": len(slugs) for frame, slugs in sorted(lists.items())}


def named(things: Iterable[str], most: int = _NAMED) -> str:
    """The first few by name, the rest by number."""
    every = sorted(things)
    rest = f" and {len(every) - most} more" if len(every) > most else ""
    return ", ".join(every[:most]) + rest


def _first(after: Picture) -> Change:
    read = sum(fact.rows is not None for fact in after.editions.values())
    listed = sum(len(slugs) for slugs in after.lists.values())
    return Change(
        "first",
        f"everything is new: {read} of {len(after.editions)} editions read, {len(after.lists)} lists with {listed} "
        f"listings, {len(after.pages)} service pages, {len(after.figures)} figures, {len(after.issues)} open issues",
    )


def _editions(before: Picture, after: Picture) -> Iterator[Change]:
    for key in sorted(after.editions.keys() | before.editions.keys()):
        old, new = before.editions.get(key), after.editions.get(key)
        if new is None:
            yield Change("edition", f"{key} is no longer known")
        elif old is None:
            yield Change("edition", f"{key} is new: {_state(new)}")
        elif (old.state, old.rows) != (new.state, new.rows):
            yield Change("edition", f"{key}: {_state(old)} → {_state(new)}")
        elif old.text != new.text:
            yield Change("edition", f"{key}: its text has changed, the number of services has not")


def _state(fact: EditionFact) -> str:
    return fact.state if fact.rows is None else f"{fact.state}, {fact.rows} services"


def _lists(before: Picture, after: Picture) -> Iterator[Change]:
    for frame in sorted(after.lists.keys() | before.lists.keys()):
        old, new = before.lists.get(frame), after.lists.get(frame)
        if old == new:
            continue
        if old is None or new is None:
            yield Change("listing", f"list {frame}: {'gone' if new is None else f'new, {len(new)} listings'}")
            continue
        parts = [f"{word} {named(some)}" for word, some in (("new:", new - old), ("gone:", old - new)) if some]
        yield Change("listing", f"list {frame}: {len(old)} → {len(new)} listings; {'; '.join(parts)}")


def _pages(before: Picture, after: Picture) -> Iterator[Change]:
    first = after.pages.keys() - before.pages.keys()
    changed = {key for key, text in before.pages.items() if after.pages.get(key, text) != text}
    if first:
        yield Change("page", f"service pages read for the first time: {len(first)} ({named(first)})")
    if changed:
        yield Change("page", f"service pages that say something else: {len(changed)} ({named(changed)})")


def _figures(before: Picture, after: Picture) -> Iterator[Change]:
    changed = [key for key in sorted(after.figures) if before.figures.get(key) != after.figures[key]]
    for key in changed[: _NAMED * 2]:
        old = before.figures.get(key)
        yield Change("figure", f"{key}: {'none' if old is None else old} → {after.figures[key]}")
    if len(changed) > _NAMED * 2:
        yield Change("figure", f"and {len(changed) - _NAMED * 2} more figures")
    if lost := before.figures.keys() - after.figures.keys():
        yield Change("figure", f"figures that are no longer given: {named(lost)}")


def _issues(before: Picture, after: Picture) -> Iterator[Change]:
    for words, some in (("new issues", after.issues - before.issues), ("issues gone", before.issues - after.issues)):
        codes = Counter(issue.code for issue in some)
        for code, number in sorted(codes.items()):
            places = named((issue.where for issue in some if issue.code == code), _PLACES)
            codes_told = (code,) if words == "new issues" else ()
            yield Change("issue", f"{words}: {number} {code} ({places})", codes_told)
