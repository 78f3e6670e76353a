"""Pages that somebody saved: a folder with `index.json`, or one HTML file. Checked as a whole before any is taken."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

from crawler.archive.lines import moment
from crawler.archive.records import Headers
from crawler.errors import UNREADABLE, ContentError, UsageError
from crawler.pages.address import host_of

MAX_BODY = 30_000_000  # bytes; what a harvest takes at most
_KEYS = {"url": str, "file": str, "captured_at": str, "status": int, "content_type": str}
_OPTIONAL = {"edition_date": str}
_LONGEST_NUMBER = 18  # digits
_LONGEST_TEXT = 300
_LONGEST_URL = 2000
_MOST_PAGES = 500_000
_SHOWN = 200
_FIRST_YEAR = 1990  # no page of the web is older


@dataclass(frozen=True, slots=True)
class SavedPage:
    """One page to import. `place` says where it was told of, `note` goes into the archive with it.

    `body` reads the bytes and can raise ContentError or OSError.
    """

    place: str
    url: str
    at: datetime
    status: int
    headers: Headers
    note: str
    body: Callable[[], bytes]
    reason: str = ""
    edition_date: date | None = None
    cut: bool = False  # the record itself says that the body is not whole
    asset: bool = False  # a picture, a style: left out without a word when it is no page of a source


@dataclass(frozen=True, slots=True)
class Told:
    """What the command line says about one saved file: address, ISO time in UTC, ISO date of the edition or ""."""

    url: str
    captured_at: str
    edition_date: str = ""


def read_folder(folder: Path, now: datetime) -> list[SavedPage]:
    """The pages that a folder's `index.json` lists, none read yet. Raises ContentError that names entry and fault."""
    path = folder / "index.json"
    if path.exists() and not path.is_file():  # a pipe or a device would be read for ever
        raise ContentError("index.json is no file")
    try:
        body = read_whole(path, "index.json")
        # A list of nothing but empty objects grows to twenty times its bytes when it is read.
        if sum(body.count(mark) for mark in (b"{", b"[")) > _MOST_PAGES:
            raise ContentError(f"index.json: lists more than {_MOST_PAGES:,} pages: take them in several folders")
        entries = json.loads(body, object_pairs_hook=_object, parse_int=_number)
    except FileNotFoundError as error:
        raise ContentError(f"{folder.name} has no index.json") from error
    except json.JSONDecodeError as error:
        raise ContentError(f"index.json line {error.lineno} column {error.colno}: no JSON: {error.msg}") from error
    except UNREADABLE as error:
        raise ContentError(f"index.json: no JSON: {shown(error)}") from error
    if not isinstance(entries, list) or not entries:
        raise ContentError("index.json: not a list of pages")
    return [_entry(folder, number, entry, now) for number, entry in enumerate(entries, 1)]


@dataclass(frozen=True, slots=True)
class _Doubled:
    """A JSON object that says one key twice."""

    key: str


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any] | _Doubled:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            return _Doubled(key)
        found[key] = value
    return found


def _number(digits: str) -> int | str:
    """A number of JSON; one of more digits than any number of ours stays a text, and is then no number."""
    return int(digits) if len(digits) <= _LONGEST_NUMBER else digits


def shown(value: object) -> str:
    """A value for a message, at most 200 characters."""
    text = str(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def read_file(path: Path, told: Told, now: datetime) -> list[SavedPage]:
    """One saved page. Raises ContentError for the file, UsageError for what was told about it."""
    try:
        at = read_moment(told.captured_at, now)
        edition = date.fromisoformat(told.edition_date) if told.edition_date else None
    except ValueError as error:
        raise UsageError(f"--captured-at or --edition-date: {shown(error)}") from error
    if not is_address(told.url):
        raise UsageError(f"--url: no web address: {shown(repr(told.url))}")
    check_file(path, path.name)
    return [
        SavedPage(
            place=path.name,
            url=told.url,
            at=at,
            status=200,
            headers=(("Content-Type", "text/html"),),
            note=f"a saved file: {path.name}",
            body=partial(read_whole, path, path.name),
            edition_date=edition,
        )
    ]


def read_moment(text: str, now: datetime) -> datetime:
    """A moment in UTC that is not in the future nor before the web. Raises ValueError that says what is wrong."""
    at = moment(text)
    if at.year < _FIRST_YEAR:
        raise ValueError(f"before {_FIRST_YEAR}: {text}")
    if at > now:
        raise ValueError(f"in the future: {text}")
    return at


def is_address(url: str) -> bool:
    """Whether a text is an http(s) address that can be kept as it is."""
    return len(url) <= _LONGEST_URL and bool(host_of(url)) and url.isprintable() and " " not in url


def check_file(path: Path, place: str) -> None:
    """Raises ContentError for a file that is missing, empty or too large."""
    try:
        there = path.is_file()
    except OSError:  # such as a name longer than the disk takes
        there = False
    if not there:
        raise ContentError(f"{place}: no such file")
    _check_size(path.stat().st_size, place)


def read_whole(path: Path, place: str) -> bytes:
    """A file's bytes; checked again, for it can have changed since. Raises ContentError, OSError."""
    with path.open("rb") as file:
        body = file.read(MAX_BODY + 1)
    _check_size(len(body), place)
    return body


def _check_size(size: int, place: str) -> None:
    if size == 0:
        raise ContentError(f"{place}: the file is empty")
    if size > MAX_BODY:
        raise ContentError(f"{place}: larger than {MAX_BODY:,} bytes")


def _entry(folder: Path, number: int, entry: Any, now: datetime) -> SavedPage:  # noqa: ANN401 - anything JSON holds
    place = f"index.json entry {number}"
    if isinstance(entry, _Doubled):
        raise ContentError(f"{place}: the key {shown(repr(entry.key))} stands twice")
    if not isinstance(entry, dict):
        raise ContentError(f"{place}: not an object")
    fault = next(_faults(entry), "")
    if fault:
        raise ContentError(f"{place}: {fault}")
    try:
        at = read_moment(entry["captured_at"], now)
    except ValueError as error:
        raise ContentError(f"{place}: captured_at: {shown(error)}") from error
    try:
        edition = date.fromisoformat(entry["edition_date"]) if entry.get("edition_date") else None
    except ValueError as error:
        raise ContentError(f"{place}: edition_date: {shown(error)}") from error
    path = _inside(folder, entry["file"], place)
    check_file(path, f"{place}: {shown(entry['file'])}")
    return SavedPage(
        place=place,
        url=entry["url"],
        at=at,
        status=entry["status"],
        headers=(("Content-Type", entry["content_type"]),) if entry["content_type"] else (),
        note=f"a saved file: {entry['file']}",
        body=partial(read_whole, path, f"{place}: {shown(entry['file'])}"),
        edition_date=edition,
    )


def _faults(entry: dict[str, Any]) -> Iterator[str]:
    for name, kind in _KEYS.items():
        if name not in entry:
            yield f"{name} is missing"
        elif not isinstance(entry[name], kind) or isinstance(entry[name], bool):
            yield f"{name} is no {'text' if kind is str else 'number'}: {shown(repr(entry[name]))}"
    for name in entry.keys() - _KEYS.keys():
        if name not in _OPTIONAL:
            yield f"unknown key {shown(repr(name))}"
        elif not isinstance(entry[name], _OPTIONAL[name]):
            yield f"{name} is no text: {shown(repr(entry[name]))}"
    for name in entry.keys() - {"url", "status"}:
        if len(entry[name]) > _LONGEST_TEXT:
            yield f"{name} is longer than {_LONGEST_TEXT} characters: {shown(repr(entry[name]))}"
        elif not entry[name].isprintable():
            yield f"{name} has characters that cannot be shown: {shown(repr(entry[name]))}"
    if not is_address(entry["url"]):
        yield f"no web address: {shown(repr(entry['url']))}"
    if not 100 <= entry["status"] <= 599 or entry["status"] == 304:
        yield f"no page comes with status {shown(entry['status'])}"


def _inside(folder: Path, name: str, place: str) -> Path:
    """The file `name` in `folder`. Raises ContentError for one that lies elsewhere, by its name or through a link."""
    relative = PurePosixPath(name)
    try:
        path = (folder / relative).resolve()
    except (ValueError, RuntimeError, OSError) as error:  # such as links that lead to each other
        raise ContentError(f"{place}: no such file: {shown(repr(name))}") from error
    outside = relative.is_absolute() or ".." in relative.parts or "\x00" in name or "\\" in name
    if outside or not path.is_relative_to(folder.resolve()):
        raise ContentError(f"{place}: lies outside the folder: {shown(name)}")
    return path
