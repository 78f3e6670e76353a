"""The tables of a release: columns with what they hold, the key of a row, the indexes. Read from `schema.yml`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources

import yaml

from auditor.views.dictionary import views
from crawler.errors import ContentError


class Kind(StrEnum):
    """What a column holds: `truth` is 1 or 0, `date` YYYY-MM-DD, `time` YYYY-MM-DD HH:MM:SS in UTC."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    TRUTH = "truth"
    DATE = "date"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, what it holds, what it says."""

    name: str
    kind: Kind
    about: str


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a release, with the columns of the view of the same name."""

    name: str
    about: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    indexes: tuple[tuple[str, ...], ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The columns' names in order."""
        return tuple(column.name for column in self.columns)


@cache
def tables() -> dict[str, Table]:
    """Every table by name, in the dictionary's order. Raises ContentError when the file and the views disagree."""
    raw = yaml.safe_load(resources.files("auditor.release").joinpath("schema.yml").read_text(encoding="utf-8"))
    if raw.keys() != views().keys():
        raise ContentError(f"auditor/release/schema.yml and the views differ in {raw.keys() ^ views().keys()}")
    return {name: _table(name, raw[name]) for name in views()}


def _table(name: str, said: dict[str, list[str]]) -> Table:
    view = views()[name]
    kinds = {column: kind for kind in Kind for column in said.get(kind, [])}
    strangers = (kinds.keys() | set(said["key"])) - view.columns.keys()
    if strangers:
        raise ContentError(f"auditor/release/schema.yml: {name} has no column {', '.join(sorted(strangers))}")
    columns = tuple(Column(one, kinds.get(one, Kind.TEXT), about) for one, about in view.columns.items())
    return Table(name, view.about, columns, tuple(said["key"]), tuple(map(tuple, said.get("index", []))))
