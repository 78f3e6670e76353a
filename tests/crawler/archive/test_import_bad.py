"""Imports that are refused or taken only in part, each with its place."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawler.archive import reader
from crawler.archive.foreign import read_warc
from crawler.archive.saved import MAX_BODY, Told
from crawler.archive.verify import verify
from crawler.errors import ContentError, UsageError
from crawler.pages.records import PageKind, Verdict
from tests.conftest import SHARED
from tests.crawler.archive.sample import EXCHANGE, sealed_run
from tests.crawler.archive.test_import import ADDRESS, AT, HTML, bring, entry, folder, last_run


@pytest.mark.parametrize(
    ("told", "message"),
    [
        (Told("egov.kz/x", AT), "--url: no web address"),
        (Told(ADDRESS, "2024-06-01"), "--captured-at or --edition-date: not a time in UTC"),
        (Told(ADDRESS, AT, "June"), "--captured-at or --edition-date: Invalid isoformat"),
        (None, "say where and when it was saved"),
    ],
)
def test_a_wrong_call_is_said(tmp_path: Path, told: Told | None, message: str) -> None:
    (tmp_path / "page.html").write_bytes(HTML)
    with pytest.raises(UsageError, match=message):
        bring(tmp_path, tmp_path / "page.html", told)


def test_a_path_that_is_not_there_and_an_address_for_a_folder_are_wrong_calls(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file or folder"):
        bring(tmp_path, tmp_path / "none")
    with pytest.raises(UsageError, match="for one saved page"):
        bring(tmp_path, folder(tmp_path / "saved", entry()), Told(ADDRESS, AT))


# --- WARC files of other programs ---


def response(url: str, body: bytes, *headers: tuple[str, str], status: str = "200 OK", at: str = AT) -> tuple[Any, ...]:
    return (url, body, headers or (("Content-Type", "text/html"),), status, at)


def warc(path: Path, *responses: tuple[Any, ...], packed: bool = True, version: str = "1.0", extra: str = "") -> Path:
    """A WARC file as other programs write it: warcinfo, then a response each (SHA-1 digests)."""
    out = BytesIO()
    writer = WARCWriter(out, gzip=packed, warc_version=version)
    writer.write_record(writer.create_warcinfo_record(path.name, {"software": "another"}))
    for url, body, headers, status, at in responses:
        http = StatusAndHeaders(status, list(headers), protocol="HTTP/1.1")
        told = {"WARC-Date": at} | ({"WARC-Truncated": extra} if extra else {})
        record = writer.create_warc_record(
            url, "response", payload=BytesIO(body), length=len(body), http_headers=http, warc_headers_dict=told
        )
        writer.write_record(record)
    path.write_bytes(out.getvalue())
    return path


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_a_warc_file_goes_in_once(tmp_path: Path, packed: bool, version: str) -> None:
    pages = [
        response(ADDRESS, HTML, ("Content-Type", "text/html; charset=utf-8"), ("ETag", '"x"')),
        response("https://egov.kz/logo.png", b"\x89PNG", ("Content-Type", "image/png")),
        response(f"{ADDRESS}2", b"", status="301 Moved", at="2024-06-01T00:00:01Z"),
    ]
    path = warc(tmp_path / "crawl.warc.gz", *pages, packed=packed, version=version)
    done = bring(tmp_path, path)
    assert (done.taken, done.unknown, done.unfit) == (2, (), {})
    page, moved = reader.captures(tmp_path, done.run_id)
    assert (page.content_type, page.etag, page.verdict) == ("text/html; charset=utf-8", '"x"', Verdict.OK)
    assert reader.read_body(tmp_path, page) == HTML
    assert (moved.status, moved.verdict) == (301, Verdict.REDIRECT)
    assert (bring(tmp_path, path).taken, bring(tmp_path, path).already) == (0, 2)
    assert verify(tmp_path) == []


CHUNKED = b"%x\r\n" % 20 + HTML[:20] + b"\r\n" + b"%x\r\n" % len(HTML[20:]) + HTML[20:] + b"\r\n0\r\n\r\n"
ENCODED: list[tuple[bytes, Iterable[tuple[str, str]]]] = [
    (gzip.compress(HTML), [("Content-Encoding", "gzip")]),
    (HTML, [("Content-Encoding", "gzip")]),
    (CHUNKED, [("Transfer-Encoding", "chunked")]),
    (HTML, [("Transfer-Encoding", "chunked")]),
    (HTML, [("Content-Encoding", "deflate")]),
]


@pytest.mark.parametrize(("stored", "headers"), ENCODED)
def test_encodings_of_a_warc_are_undone(tmp_path: Path, stored: bytes, headers: list[tuple[str, str]]) -> None:
    path = warc(tmp_path / "crawl.warc.gz", response(ADDRESS, stored, ("Content-Type", "text/html"), *headers))
    (capture,) = reader.captures(tmp_path, bring(tmp_path, path).run_id)
    assert reader.read_body(tmp_path, capture) == HTML


def test_a_revisit_is_left_out_and_said(tmp_path: Path) -> None:
    path = warc(tmp_path / "crawl.warc", response(ADDRESS, HTML), packed=False)
    out = BytesIO()
    writer = WARCWriter(out, gzip=False)
    writer.write_record(writer.create_revisit_record(ADDRESS, "sha1:X", ADDRESS, AT))
    path.write_bytes(path.read_bytes() + out.getvalue())
    done = bring(tmp_path, path)
    assert done.taken == 1
    (issue,) = reader.issues(tmp_path, done.run_id)
    assert (issue.level, issue.code) == ("warning", "revisit_left_out")
    assert "record 3: a revisit of" in issue.message


def test_a_not_modified_of_a_warc_confirms_nothing_of_ours(tmp_path: Path) -> None:
    sealed_run(tmp_path, replace(EXCHANGE, url=ADDRESS))
    done = bring(tmp_path, warc(tmp_path / "crawl.warc.gz", response(ADDRESS, b"", status="304 Not Modified")))
    (capture,) = reader.captures(tmp_path, done.run_id)
    assert (capture.record, capture.verdict, capture.size) == ("response", Verdict.REDIRECT, 0)


def test_a_body_that_the_warc_calls_cut_is_truncated(tmp_path: Path) -> None:
    path = warc(tmp_path / "crawl.warc.gz", response(ADDRESS, HTML), extra="length")
    assert bring(tmp_path, path).unfit == {"truncated": 1}


def _bomb() -> bytes:
    return gzip.compress(bytes(MAX_BODY + 1))


@pytest.mark.parametrize(
    ("page", "message"),
    [
        (response(ADDRESS, HTML, at="2024-06-01"), "record 3: not a time in UTC"),
        (response(ADDRESS, HTML, at="2999-06-01T00:00:00Z"), "record 3: in the future"),
        (response(ADDRESS, _bomb(), ("Content-Encoding", "gzip")), "record 3: larger than .* once unpacked"),
        (
            response(ADDRESS, gzip.compress(HTML)[:40], ("Content-Encoding", "gzip")),
            "record 3: the compressed body is cut",
        ),
        (response(ADDRESS, HTML, ("Content-Encoding", "br")), "record 3: content encoding br cannot be undone"),
        (response(ADDRESS, CHUNKED[:40], ("Transfer-Encoding", "chunked")), "record 3: the chunks"),
        (response(ADDRESS, bytes(MAX_BODY + 1)), "record 3: larger than 30,000,000 bytes"),
    ],
)
def test_a_bad_record_is_named_and_nothing_of_the_file_is_taken(tmp_path: Path, page: Any, message: str) -> None:
    path = warc(tmp_path / "crawl.warc.gz", response(f"{ADDRESS}1", HTML), page)
    with pytest.raises(ContentError, match=message):
        bring(tmp_path, path)
    assert list(reader.captures(tmp_path, last_run(tmp_path))) == []


@pytest.mark.parametrize("packed", [True, False])
def test_a_warc_cut_anywhere_is_refused(tmp_path: Path, packed: bool) -> None:
    path = warc(tmp_path / "crawl.warc.gz", response(ADDRESS, HTML), response(f"{ADDRESS}2", HTML), packed=packed)
    whole = path.read_bytes()
    with path.open("rb") as file:
        records = ArchiveIterator(file)
        ends = {records.get_record_offset() for _ in records}
    # Two line ends close a plain record and belong to none; a file cut there, or between records, is whole.
    fine = ends | ({end - back for end in {*ends, len(whole)} for back in range(5)} if not packed else set())
    for cut in range(5, len(whole)):
        path.write_bytes(whole[:cut])
        if cut in fine:
            continue
        with pytest.raises(ContentError, match=r"crawl\.warc\.gz"):
            list(read_warc(path, datetime.now(UTC)))


@pytest.mark.parametrize("packed", [True, False])
def test_a_warc_with_a_changed_page_is_refused(tmp_path: Path, packed: bool) -> None:
    path = warc(tmp_path / "crawl.warc.gz", response(ADDRESS, HTML), packed=packed)
    whole = path.read_bytes()
    path.write_bytes(whole[:-8] + bytes([whole[-8] ^ 255]) + whole[-7:] if packed else whole.replace(b"<h1>", b"<h2>"))
    with pytest.raises(ContentError, match=r"cut short or damaged|record 2: block digest failed"):
        bring(tmp_path, path)


@pytest.mark.parametrize(
    "content",
    [gzip.compress(b"not a WARC"), b"WARC/1.0\r\n", gzip.compress(b"")],
    ids=["gzip", "first line", "empty gzip"],  # gzip writes the time: ids made of it differ between two workers
)
def test_a_file_that_only_begins_like_a_warc_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.warc.gz").write_bytes(content)
    with pytest.raises(ContentError, match=r"x\.warc\.gz"):
        bring(tmp_path, tmp_path / "x.warc.gz")


WARC_HEAD = b"WARC/1.0\r\nWARC-Type: %s\r\nWARC-Date: 2020-01-01T00:00:00Z\r\nWARC-Target-URI: https://egov.kz/x\r\n"
LENGTH = b"Content-Length: %d\r\n\r\n"
GATHERED = "a record of more than 250,000 bytes of headers"
HTTP_HEAD = b"HTTP/1.1 200 OK\r\nA: b\r\n"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (WARC_HEAD % b"response" + b"A: b\r\n" * 1_000_000, GATHERED),
        (
            WARC_HEAD % b"response" + b"A: b\r\n" + b" c\r\n" * 1_000_000,
            GATHERED,
        ),
        (WARC_HEAD % b"response" + b"A" * 4_000_000, GATHERED),
        (
            WARC_HEAD % b"response" + LENGTH % 4_000_023 + HTTP_HEAD[:-1] + b"\n" + b" c\r\n" * 1_000_000,
            "record 1: more than 250,000 bytes of headers",
        ),
    ],
    ids=["headers", "lines that go on", "one line", "headers of the answer"],
)
def test_headers_without_an_end_are_not_gathered(tmp_path: Path, content: bytes, message: str) -> None:
    """A packed megabyte of them took minutes and gigabytes."""
    for name, written in (("x.warc", content), ("x.warc.gz", gzip.compress(content, 1))):
        (tmp_path / name).write_bytes(written)
        with pytest.raises(ContentError, match=message):
            bring(tmp_path, tmp_path / name)


def test_a_file_that_unpacks_to_far_more_than_pages_do_is_refused(tmp_path: Path) -> None:
    """Not a page of it is too large: a record that nobody reads is."""
    filler = bytes(1_000_000)
    with gzip.open(tmp_path / "x.warc.gz", "wb", compresslevel=9) as file:
        file.write(WARC_HEAD % b"warcinfo" + LENGTH % 100_000_000)
        for _ in range(100):
            file.write(filler)
        file.write(b"\r\n\r\n")
    with pytest.raises(ContentError, match="unpacks to more than 100 times its size"):
        bring(tmp_path, tmp_path / "x.warc.gz")


@pytest.mark.parametrize("kind", ["pipe", "device"])
def test_an_index_that_is_no_file_is_not_waited_for(tmp_path: Path, kind: str) -> None:
    folder = tmp_path / "saved"
    folder.mkdir()
    if kind == "pipe":
        os.mkfifo(folder / "index.json")
    else:
        (folder / "index.json").symlink_to("/dev/zero")
    with pytest.raises(ContentError, match=r"index\.json is no file"):
        bring(tmp_path, folder)


def test_a_warc_without_pages_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match="no page in it"):
        bring(tmp_path, warc(tmp_path / "x.warc.gz"))


if (SHARED / "captures" / "index.json").exists():

    def test_the_saved_portal_goes_in_whole_and_once(tmp_path: Path) -> None:
        done = bring(tmp_path, SHARED / "captures")
        assert (done.taken, done.already, done.unknown, done.unfit) == (107, 0, (), {})
        kinds = [capture.target.kind for capture in reader.captures(tmp_path, done.run_id)]
        assert (kinds.count(PageKind.PORTAL_LIST), kinds.count(PageKind.SERVICE_PAGE)) == (1, 106)
        again = bring(tmp_path, SHARED / "captures")
        assert (again.taken, again.already) == (0, 107)
        assert verify(tmp_path) == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (json.dumps([entry(), entry(file="loop.html")]), "no such file: 'loop.html'"),
        (json.dumps([entry(), entry(file="\ud800.html")]), "file has characters that cannot be shown: '\\ud800.html'"),
        (json.dumps([entry(), entry(file="a" * 290)]), "no such file"),
        (json.dumps([entry(), entry(content_type="text/html \ud800")]), "content_type has characters"),
        (json.dumps([entry(), entry(content_type="a" * 1_000_000)]), "content_type is longer than 300 characters"),
        (json.dumps([entry(), entry(url=ADDRESS + "a" * 1_000_000)]), "no web address: 'https://egov.kz"),
        (
            json.dumps([entry(), entry(status=1)]).replace('"status": 1', '"status": ' + "9" * 5000),
            "status is no number",
        ),
        (json.dumps([entry(), entry()])[:-1].replace("}, {", '}, {"url": "https://egov.kz/x", ') + "]", "stands twice"),
        (json.dumps([entry(), entry(captured_at="1989-12-31T00:00:00Z")]), "captured_at: before 1990"),
        (json.dumps([entry(), entry(captured_at="0001-01-01T00:00:00Z")]), "captured_at: before 1990"),
    ],
    ids=["loop", "file", "name", "type", "length", "address", "status", "twice", "1989", "year one"],
)
def test_a_hostile_index_is_refused_in_one_short_line_that_names_the_entry(
    tmp_path: Path, text: str, fault: str
) -> None:
    saved = folder(tmp_path / "saved", entry())
    (saved / "loop.html").symlink_to("loop.html")
    (saved / "index.json").write_text(text, encoding="utf-8")
    with pytest.raises(ContentError) as caught:
        bring(tmp_path, saved)
    line = str(caught.value)
    assert line.startswith("index.json entry 2: ")
    assert fault in line
    assert line.isprintable()
    assert len(line) < 300
    assert list(reader.captures(tmp_path, last_run(tmp_path))) == []
