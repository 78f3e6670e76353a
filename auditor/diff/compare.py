"""Row by row: what changed between two editions, and what only looks changed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from auditor.diff.records import Change, ChangeType, FieldChange
from auditor.link.editions import group_type
from auditor.link.kinds import type_of
from auditor.link.lineage import Lineage
from auditor.records import Entry, Link, LinkState, LinkType
from crawler.pages.text import compare_key

#: The fields compared, in the register's order. A row's number is no field: it shifts with every row before it.
FIELDS = ("code", "name", "subname", "section", "subsection", "recipient", "developer", "provider", "intake", "form",
          "payment", "bylaw")  # fmt: skip

#: Footnotes that the publisher puts into cells, and footnote marks.
_FOOTNOTE = re.compile(
    r"(?:\b(?:Сноска|Ескерту|Примечание\s+(?:ИЗПИ|РЦПИ))\b|(?:ЗҚАИ|РҚАО)\S*\s+ескертпесі).*$|[*¹²³⁴⁵⁶⁷⁸⁹⁰]", re.DOTALL
)


def diff_entries(older: Sequence[Entry], newer: Sequence[Entry], links: Iterable[Link]) -> list[Change]:
    """The changes between the live rows of two editions, in the order of the newer rows, removed ones last.

    `links` are those of every step between the two. A row with nothing but noise gives a `cosmetic` change, one
    without any difference none. What stands in a column that the other edition's table lacks is no change.
    """
    links = list(links)
    before = {entry.key: entry for entry in older if not entry.dead}
    after = {entry.key: entry for entry in newer if not entry.dead}
    lacking = lacking_columns(before.values(), after.values())
    lineage = Lineage(list(before), list(after), links)
    maybe = _undecided(links)
    parents: dict[str, list[str]] = {key: [] for key in after}
    children: dict[str, list[str]] = {}
    for key in before:
        children[key] = sorted(lineage.follow(key), key=lambda found: after[found].ordinal)
        for child in children[key]:
            parents[child].append(key)
    restored = lineage.restored()
    changes = []
    done: set[str] = set()
    for key, entry in after.items():
        if key in done:
            continue
        if not parents[key]:
            kind = ChangeType.RESTORED if key in restored else ChangeType.ADDED
            changes.append(Change(kind, (), (entry,), maybe=maybe.get(key, ())))
            continue
        olds, news = _tied(key, parents, children)
        done |= set(news)
        change = _change([before[old] for old in olds], [after[new] for new in news], lacking)
        if change is not None:
            changes.append(change)
    gone = [entry for key, entry in before.items() if not children[key]]
    return changes + [Change(ChangeType.REMOVED, (entry,), (), maybe=maybe.get(entry.key, ())) for entry in gone]


def lacking_columns(older: Iterable[Entry], newer: Iterable[Entry]) -> frozenset[str]:
    """The fields that some row of one edition fills and no row of the other: its table has no such column, so that
    what a row says there was not observed before, or is not any more, and is no change.
    """
    filled = [{field for entry in rows for field in FIELDS if getattr(entry, field)} for rows in (older, newer)]
    return frozenset(filled[0] ^ filled[1]) if all(filled) else frozenset()


def compare_fields(
    older: Entry, newer: Entry, lacking: frozenset[str] = frozenset()
) -> tuple[tuple[FieldChange, ...], tuple[FieldChange, ...]]:
    """Real changes and noise between two rows: spaces, quotes, ё/е, dashes, homoglyphs, footnotes are noise, and so is
    a delivery form spelled otherwise that means the same. `lacking` are fields that are not compared.
    """
    real: list[FieldChange] = []
    noise: list[FieldChange] = []
    for field in FIELDS:
        if field in lacking:
            continue
        before, after = getattr(older, field), getattr(newer, field)
        if before == after:
            continue
        same = _bare(before) == _bare(after)
        if field == "form" and older.forms and older.forms == newer.forms:
            same = True
        (noise if same else real).append(FieldChange(field, before, after))
    return tuple(real), tuple(noise)


def _bare(text: str) -> str:
    return compare_key(_FOOTNOTE.sub("", text)).replace(" ", "")


def _change(olds: Sequence[Entry], news: Sequence[Entry], lacking: frozenset[str]) -> Change | None:
    if len(olds) == 1 and len(news) == 1:
        real, noise = compare_fields(olds[0], news[0], lacking)
        if not real:
            return Change(ChangeType.COSMETIC, (olds[0],), (news[0],), (), noise) if noise else None
        kind = kind_of(olds[0], news[0], lacking)
        changed = ChangeType.CHANGED if kind is LinkType.SAME else ChangeType(kind)
        return Change(changed, (olds[0],), (news[0],), real, noise)
    return Change(ChangeType(group_type(len(olds), len(news))), tuple(olds), tuple(news))


def kind_of(older: Entry, newer: Entry, lacking: frozenset[str]) -> LinkType:
    """What a reader would call the change first, told from the columns that both editions have."""
    if lacking:
        blank: dict[str, Any] = dict.fromkeys(lacking, "")
        older, newer = (replace(entry, **blank) for entry in (older, newer))
    return type_of(older, newer)


def _tied(start: str, parents: dict[str, list[str]], children: dict[str, list[str]]) -> tuple[list[str], list[str]]:
    """All rows of both sides that hang together with one newer row."""
    olds: list[str] = []
    news = [start]
    for new in news:
        for old in parents[new]:
            if old not in olds:
                olds.append(old)
                news += [child for child in children[old] if child not in news]
    return olds, news


def _undecided(links: Iterable[Link]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for link in links:
        if link.state is LinkState.CANDIDATE:
            found[link.older] = (*found.get(link.older, ()), link.newer)
            found[link.newer] = (*found.get(link.newer, ()), link.older)
    return found
