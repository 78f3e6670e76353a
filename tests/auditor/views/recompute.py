"""The measures once more, worked out from the public views alone, as a stranger with a copy of them would.

Nothing of the product is imported: a mistake that its code and this share would have to be made twice. Two figures are
told from words by a lexicon that the views do not hold (dead_ends, the name templates of fan_out): only what they are
taken of is recomputed.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, text

Row = Mapping[str, Any]
Counts = dict[tuple[str, str], tuple[float, int | None]]

ELECTRONIC = {"fully_automated", "partially_automated", "electronic", "proactive", "one_application", "composite"}
BOXES = [(nature, step) for nature in ("transactional", "human_social") for step in ("complete", "partial")]
#: Fields whose change is a change of the service itself.
SERVICE = {"code", "name", "subname", "section", "subsection", "recipient", "payment"}


def forms(row: Row) -> set[str]:
    return set(row["forms"].split())


def digital(row: Row) -> bool:
    return bool(forms(row) & ELECTRONIC)


class Register:
    """Everything the views say of one language."""

    def __init__(self, connection: Connection, lang: str) -> None:
        def rows(sql: str) -> list[Row]:
            return [dict(row) for row in connection.execute(text(sql), {"lang": lang}).mappings()]

        self.lang = lang
        self.editions = rows("SELECT * FROM editions WHERE lang = :lang ORDER BY edition_date, act")
        self.entries: dict[str, list[Row]] = defaultdict(list)
        for row in rows("SELECT * FROM entries WHERE excluded = 0 ORDER BY edition_key, ordinal"):
            self.entries[row["edition_key"]].append(row)
        codings = rows("SELECT * FROM codings WHERE in_force = 1 AND subject_kind = 'entry'")
        self.codings = {row["subject_key"]: row for row in codings}
        self.changes = rows("SELECT * FROM changes WHERE lang = :lang")
        self.listings = rows("SELECT * FROM listings")
        self.presence = {row["service_key"]: row["on_portal"] for row in rows("SELECT * FROM services")}
        self.parents, self.back = self._parents()

    def _parents(self) -> tuple[dict[str, set[str]], set[str]]:
        """Which earlier rows each row continues, and the rows that were gone and came back."""
        parents: dict[str, set[str]] = defaultdict(set)
        back = set()
        last: dict[str, tuple[str, int]] = {}
        for number, edition in enumerate(self.editions):
            for row in self.entries[edition["edition_key"]]:
                key, service = row["entry_key"], row["service_key"]
                if service in last:
                    parents[key].add(last[service][0])
                    if last[service][1] < number - 1:
                        back.add(key)
                last[service] = key, number
        for change in self.changes:
            if change["type"] in ("split", "merged", "regrouped"):
                for newer in change["newer_keys"].split():
                    parents[newer] |= set(change["older_keys"].split())
        return parents, back

    def at(self, day: str) -> Row | None:
        """The edition in force on a day."""
        known = [
            one
            for one in self.editions
            if one["edition_date"] <= day and (one["in_force_until"] is None or day < one["in_force_until"])
        ]
        return known[-1] if known else None

    def changed(self, older: Row, newer: Row) -> int:
        """Rows of an amendment that continue nothing or that one row became which was not digitised."""
        was = {row["entry_key"]: digital(row) for row in self.entries[older["edition_key"]]}
        found = 0
        for row in self.entries[newer["edition_key"]]:
            parents = self.parents[row["entry_key"]]
            found += not parents or (digital(row) and len(parents) == 1 and was.get(min(parents)) is False)
        return found

    def between(self, older: Row, newer: Row) -> list[Row]:
        """The editions after one up to another."""
        return [one for one in self.editions if older["edition_date"] < one["edition_date"] <= newer["edition_date"]]


class Year:
    """What one audit date shows, and what became of the year before."""

    def __init__(self, register: Register, day: str) -> None:
        self.register, self.day = register, day
        self.edition = register.at(day)
        assert self.edition is not None
        self.rows = register.entries[self.edition["edition_key"]]
        self.before = register.at(f"{int(day[:4]) - 1}-12-31")
        self.olds = register.entries[self.before["edition_key"]] if self.before else []
        self.said = any(map(forms, self.rows))
        self.both_said = self.said and any(map(forms, self.olds))

    def coding(self, row: Row) -> tuple[str, str]:
        found = self.register.codings.get(row["entry_key"])
        return (found["nature"], found["completeness"]) if found else ("unclear", "unclear")

    @cached_property
    def origins(self) -> dict[str, set[str]]:
        """The rows of the year before that each row goes back to."""
        assert self.before is not None
        assert self.edition is not None
        found = {row["entry_key"]: {row["entry_key"]} for row in self.olds}
        for edition in self.register.between(self.before, self.edition):
            for row in self.register.entries[edition["edition_key"]]:
                behind = set().union(*(found.get(key, set()) for key in self.register.parents[row["entry_key"]]))
                if behind:
                    found[row["entry_key"]] = behind
        return {row["entry_key"]: found.get(row["entry_key"], set()) for row in self.rows}

    @cached_property
    def pairs(self) -> list[tuple[Row, Row]]:
        """Rows that are one row in both years."""
        olds = {row["entry_key"]: row for row in self.olds}
        children = Counter(key for found in self.origins.values() for key in found)
        chosen = ((row, self.origins[row["entry_key"]]) for row in self.rows)
        return [(olds[min(found)], row) for row, found in chosen if len(found) == 1 and children[min(found)] == 1]

    @cached_property
    def newly(self) -> list[Row]:
        """Digitised rows none of whose origins was digitised."""
        was = {row["entry_key"] for row in self.olds if digital(row)}
        return [row for row in self.rows if digital(row) and not self.origins[row["entry_key"]] & was]

    def came_back(self, row: Row) -> bool:
        """Whether the row, or one it goes back to since the year before, had been gone and came back."""
        assert self.before is not None
        assert self.edition is not None
        since = {
            one["entry_key"]
            for edition in self.register.between(self.before, self.edition)
            for one in self.register.entries[edition["edition_key"]]
        }
        todo = [row["entry_key"]]
        while todo:
            key = todo.pop()
            if key in self.register.back and key in since:
                return True
            todo += [old for old in self.register.parents[key] if old in since]
        return False

    def digital_on_the_way(self) -> set[str]:
        """Services that some edition from the year before on had digitised, before the one in force."""
        assert self.before is not None
        assert self.edition is not None
        way = [self.before, *self.register.between(self.before, self.edition)]
        keys = [one["edition_key"] for one in way if one["edition_key"] != self.edition["edition_key"]]
        return {row["service_key"] for key in keys for row in self.register.entries[key] if digital(row)}

    def fields_changed(self, old: Row, new: Row) -> set[str]:
        """The fields that changed on the way from one row to the other and are not as they were."""
        way, key = {new["entry_key"]}, new["entry_key"]
        while key != old["entry_key"]:
            key = min(self.register.parents[key])
            way.add(key)
        said = {one["field"] for one in self.register.changes if one["newer_keys"] in way and one["older_keys"] in way}
        columns = {"developer": "regulator"}
        return {one for one in said if one and old[columns.get(one, one)] != new[columns.get(one, one)]}

    def read_so_far(self) -> list[Row]:
        """The editions read up to the one in force."""
        assert self.edition is not None
        return [one for one in self.register.editions if one["edition_date"] <= self.edition["edition_date"]]

    def both_since(self, row: Row) -> date:
        """Since which edition the service has stood digitised and on paper in every edition read."""
        days: list[str] = []
        for edition in self.read_so_far():
            rows = self.register.entries[edition["edition_key"]]
            here = [one for one in rows if one["service_key"] == row["service_key"]]
            both = any(digital(one) and "paper" in forms(one) for one in here)
            days = [*days, edition["edition_date"]] if both else []
        return date.fromisoformat(days[0])

    def other_text(self) -> list[Row] | None:
        """The live rows of the same edition in the other language, None where that was not read."""
        assert self.edition is not None
        act, day, lang = self.edition["edition_key"].split("/")
        return self.register.entries.get(f"{act}/{day}/{'kk' if lang == 'ru' else 'ru'}")

    def knots(self) -> list[tuple[list[Row], list[Row]]]:
        """Rows of both years that hang together."""
        group: dict[str, set[str]] = {row["entry_key"]: {row["entry_key"]} for row in (*self.olds, *self.rows)}
        for key, found in self.origins.items():
            for old in found:
                whole = group[key] | group[old]
                for one in whole:
                    group[one] = whole
        distinct = {id(whole): whole for whole in group.values()}.values()

        def within(rows: list[Row], whole: set[str]) -> list[Row]:
            return [row for row in rows if row["entry_key"] in whole]

        return [(within(self.olds, whole), within(self.rows, whole)) for whole in distinct]


def account(year: Year, *, only_digital: bool) -> dict[str, int]:
    """The closing account's terms and gross additions, event by event as the method has it."""
    terms = dict.fromkeys(("births", "deaths", "splits", "mergers", "scope", "flips", "others"), 0)
    for olds, news in year.knots():
        n, m = len(olds), len(news)
        before = sum(digital(row) for row in olds) if only_digital else n
        after = sum(digital(row) for row in news) if only_digital else m
        if n == 0:
            terms["births"] += after
            continue
        if m == 0:
            terms["deaths"] += before
            continue
        plain = 0 if before == 0 else m if before == n else 1 if m == 1 else after
        if n == m == 1:
            plain = before
        structure, flips = plain - before, after - plain
        name = "splits" if n == 1 else "mergers" if m == 1 else "scope"
        terms[name] += -structure if name == "mergers" else structure
        terms["flips"] += flips
        terms["others"] += max(structure, 0) + max(flips, 0)
    return terms
