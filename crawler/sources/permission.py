"""Leave given in writing to ask for pages that robots.txt closes: what a file must say of it, and what it covers."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Self
from urllib.parse import unquote, urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator, model_validator

from crawler.pages.address import host_of


class Permission(BaseModel):
    """One letter: below which path of which host pages may be asked for, who says so, since when (the letter's date).

    `host` is "" for that of the source's base address. `sha256` is the letter's; `letter` its file beside the source's,
    where it is kept there. The letter's own words stay with whoever holds it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    path: str = Field(pattern=r"^/[^\s?#%\\]*$")
    who: str = Field(min_length=3)
    date: datetime.date
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    letter: str = ""
    host: str = ""

    @field_validator("path")
    @classmethod
    def _plain_path(cls, path: str) -> str:
        if not _is_plain(path):
            raise ValueError(f"{path} goes up or has empty parts: write the path as it stands in an address")
        return path

    @field_validator("date")
    @classmethod
    def _given(cls, day: datetime.date) -> datetime.date:
        if day > datetime.datetime.now(datetime.UTC).date():
            raise ValueError(f"{day} is in the future: a permission has the date of its letter")
        return day

    @model_validator(mode="after")
    def _is_the_letter(self, info: ValidationInfo) -> Self:
        folder: Path | None = (info.context or {}).get("folder")
        if not self.letter or folder is None:
            return self
        if Path(self.letter).name != self.letter:
            raise ValueError(f"letter: {self.letter} is no file name: the letter lies beside the source's file")
        try:
            found = hashlib.sha256((folder / self.letter).read_bytes()).hexdigest()
        except OSError as error:
            raise ValueError(f"letter: {self.letter} cannot be read: {error.strerror}") from error
        if found != self.sha256:
            raise ValueError(f"letter: {self.letter} has sha256 {found}, not the one that is written beside it")
        return self

    def covers(self, url: str, own: str) -> bool:
        """Whether an address lies below the path on that host; `own` is the host of the source's base address.

        One whose path a server could read as another (`/a/../b`, `%2e`, `//`) is covered by nothing.
        """
        if host_of(url) != (self.host or own):
            return False
        path = urlsplit(url).path
        return _is_plain(unquote(path)) and (path == self.path or path.startswith(self.path.rstrip("/") + "/"))

    def told(self, own: str) -> dict[str, Any]:
        """The permission as the run's record has it."""
        where = f"{self.host or own}{self.path}"
        return {"where": where, "who": self.who, "date": self.date.isoformat(), "sha256": self.sha256}


def covering(permissions: Iterable[Permission], url: str, own: str) -> Permission | None:
    """The first permission that covers an address."""
    return next((one for one in permissions if one.covers(url, own)), None)


def _is_plain(path: str) -> bool:
    """Whether a path says where it leads: no step up or aside (`;` parts a segment's parameters off), nothing empty."""
    steps = {part.partition(";")[0] for part in path.split("/")}
    return not steps & {".", ".."} and "//" not in path and "\\" not in path
