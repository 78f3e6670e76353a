"""A run written is the run read: bodies, index, logs, run record, revisits; warcio's own command agrees."""

from __future__ import annotations

import gzip
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from crawler.archive import layout, reader
from crawler.archive.records import Outcome, Provenance, RunResult
from crawler.archive.verify import verify
from crawler.archive.warc import MOST_UNPACKED, TornError, members, parse
from crawler.archive.writer import open_run
from crawler.errors import IntegrityError
from crawler.pages.records import Verdict
from tests.crawler.archive.sample import AT, EXCHANGE, PAGE, TARGET, URL, page, sealed_run


def warcio(*arguments: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([sys.executable, "-m", "warcio.cli", *arguments], capture_output=True, check=False)


def test_a_run_reads_back_as_it_was_written(tmp_path: Path) -> None:
    run_id = sealed_run(tmp_path, page(1), page(2))
    assert reader.run_ids(tmp_path) == [run_id]
    record = reader.run_record(tmp_path, run_id)
    assert (record.stage, record.result, record.detail) == ("portal", RunResult.GOOD, "всё")
    assert record.counts["pages"] == record.counts["responses"] == record.counts["fetched"] == 2
    first, second = reader.captures(tmp_path, run_id)
    assert (first.url, first.at, first.status, first.record) == (f"{URL}1", page(1).at, 200, "response")
    assert (first.etag, first.content_type, first.target) == ('"a1"', "text/html; charset=utf-8", page(1).target)
    assert reader.read_body(tmp_path, first) == page(1).body
    assert reader.read_body(tmp_path, second) == page(2).body
    fetch = next(reader.fetches(tmp_path, run_id))
    assert (fetch.outcome, fetch.capture_id, fetch.target) == (Outcome.FETCHED, first.capture_id, page(1).target)
    assert [issue.message for issue in reader.issues(tmp_path, run_id)] == ["странная страница"]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    body=st.one_of(
        st.binary(max_size=4000), st.sampled_from([b"\r\n\r\n", b"WARC/1.1\r\n", gzip.compress(PAGE), b"\0"])
    )
)
def test_any_body_comes_back_byte_for_byte(tmp_path_factory: pytest.TempPathFactory, body: bytes) -> None:
    root = tmp_path_factory.mktemp("archive")
    run_id = sealed_run(root, replace(EXCHANGE, body=body))
    (capture,) = reader.captures(root, run_id)
    assert reader.read_body(root, capture) == body
    assert (capture.sha256, capture.size) == (sha256(body).hexdigest(), len(body))


_ODD = st.text(st.characters(codec="utf-8") | st.sampled_from("\r\n\0\t :;\u00ad\udc80"), max_size=30)


@settings(max_examples=60, deadline=None)
@given(
    headers=st.lists(st.tuples(_ODD, _ODD), max_size=4),
    told=st.tuples(_ODD, _ODD, _ODD, _ODD),
    status=st.integers(100, 599),
)
def test_odd_headers_and_addresses_never_break_a_record(
    tmp_path_factory: pytest.TempPathFactory,
    headers: list[tuple[str, str]],
    told: tuple[str, str, str, str],
    status: int,
) -> None:
    """The index made from the WARC alone is the index written; warcio reads the same body."""
    root = tmp_path_factory.mktemp("archive")
    url, reason, content_type, note = told
    answer = (("Content-Type", content_type), *headers, ("ETag", content_type))
    exchange = replace(
        EXCHANGE,
        url=f"https://egov.kz/{url}",
        reason=reason,
        status=status,
        request_headers=tuple(headers),
        response_headers=answer,
        note=note,
    )
    run_id = sealed_run(root, exchange)
    assert verify(root) == []
    with (root / "warc" / f"{run_id}.warc.gz").open("rb") as file:
        records = [
            (record.rec_type, record.content_stream().read(), record.digest_checker.passed)
            for record in ArchiveIterator(file, check_digests=True)
        ]
    assert [kind for kind, _, _ in records] == ["warcinfo", "response", "request"]
    assert records[1][1:] == (PAGE, True)


def test_a_place_outside_the_archive_leads_back_to_the_body(tmp_path: Path) -> None:
    first = sealed_run(tmp_path, EXCHANGE)
    second = sealed_run(tmp_path, replace(EXCHANGE, at=AT + timedelta(days=1)))
    for run_id in (first, second):
        (capture,) = reader.captures(tmp_path, run_id)
        kept = SimpleNamespace(warc=capture.warc, offset=capture.offset, sha256=capture.sha256)
        assert reader.read_payload(tmp_path, kept) == PAGE


def test_the_same_body_again_is_a_revisit(tmp_path: Path) -> None:
    first = sealed_run(tmp_path, EXCHANGE)
    later = replace(EXCHANGE, at=AT + timedelta(days=1))
    second = sealed_run(tmp_path, later, replace(later, body=PAGE + b" "))
    (kept,) = reader.captures(tmp_path, first)
    revisit, changed = reader.captures(tmp_path, second)
    assert (revisit.record, revisit.refers_to, revisit.sha256) == ("revisit", (kept.warc, kept.offset), kept.sha256)
    assert reader.read_body(tmp_path, revisit) == PAGE
    assert (changed.record, reader.read_body(tmp_path, changed)) == ("response", PAGE + b" ")


def test_not_modified_confirms_the_newest_good_body(tmp_path: Path) -> None:
    first = sealed_run(tmp_path, EXCHANGE, replace(EXCHANGE, body=b"<p>recaptcha</p>", verdict=Verdict.CHALLENGE))
    answer = replace(
        EXCHANGE, status=304, reason="Not Modified", response_headers=(), body=b"", verdict=Verdict.REDIRECT
    )
    run = open_run(tmp_path, "portal", {})
    latest = run.latest(URL)
    assert latest is not None
    assert latest.etag == '"a1"'
    once = run.write(replace(answer, at=AT + timedelta(days=1)))
    twice = run.write(replace(answer, at=AT + timedelta(days=2), response_headers=(("ETag", '"a2"'),)))
    assert run.body(twice) == PAGE
    newest = run.latest(URL)
    run.close("good")
    kept = next(reader.captures(tmp_path, first))
    for capture in (once, twice):
        assert (capture.record, capture.status, capture.verdict) == ("revisit", 304, Verdict.OK)
        assert capture.refers_to == (kept.warc, kept.offset)
        assert reader.read_body(tmp_path, capture) == PAGE
    assert (once.etag, once.content_type) == ('"a1"', "text/html; charset=utf-8")
    assert newest == twice
    assert twice.etag == '"a2"'


def test_not_modified_of_nothing_is_kept_as_empty(tmp_path: Path) -> None:
    run = open_run(tmp_path, "portal", {})
    capture = run.write(replace(EXCHANGE, status=304, body=b""))
    run.close("good")
    assert (capture.record, capture.verdict) == ("response", Verdict.EMPTY)


def test_a_harvest_never_rests_on_an_imported_file(tmp_path: Path) -> None:
    imported = replace(EXCHANGE, provenance=Provenance.IMPORTED)
    sealed_run(tmp_path, imported, stage="import")
    run = open_run(tmp_path, "portal", {})
    assert run.latest(URL) is None
    assert run.write(EXCHANGE).record == "response"
    run.close("good")


def test_warcio_accepts_the_file_and_extracts_the_bytes(tmp_path: Path) -> None:
    encoded = (("Content-Encoding ", "gzip"), ("Transfer-Encoding", "chunked"), ("Content-Length", "17"))
    exchanges = [
        replace(page(1), response_headers=encoded),
        replace(page(2), body=b""),
        replace(page(3), reason="Не найдено", status=404, response_headers=(("X-Place", "Қостанай\r\nInjected: 1"),)),
        replace(page(1), at=AT + timedelta(hours=1), response_headers=encoded),
    ]
    exchanges[1] = replace(exchanges[1], body=b"", verdict=Verdict.EMPTY)
    run_id = sealed_run(tmp_path, *exchanges)
    path = tmp_path / "warc" / f"{run_id}.warc.gz"
    check = warcio("check", "-v", str(path))
    assert check.returncode == 0, check.stdout
    assert b"fail" not in check.stdout
    captures = list(reader.captures(tmp_path, run_id))
    assert [capture.record for capture in captures] == ["response", "response", "response", "revisit"]
    for capture in captures[:3]:
        payload = warcio("extract", "--payload", str(path), str(capture.offset)).stdout
        assert sha256(payload).hexdigest() == capture.sha256
    headers = warcio("extract", "--headers", str(path), str(captures[0].offset)).stdout.decode()
    assert "X-Archive-Orig-Content-Encoding: gzip" in headers
    assert f"\r\nContent-Length: {len(page(1).body)}" in headers
    assert "WARC-IP-Address: 127.0.0.1" in headers
    assert "\nInjected" not in warcio("extract", "--headers", str(path), str(captures[2].offset)).stdout.decode()


def test_no_secret_reaches_the_archive(tmp_path: Path) -> None:
    key = "s3cr3tk3y"
    url = f"https://data.egov.kz/api/v4/gov/v1?apiKey={key}&source=1"
    run = open_run(
        tmp_path, "portal", {"api_key": key, "where": Path("/home/someone/pages"), "note": "/home/someone/a"}
    )
    run.write(
        replace(
            EXCHANGE,
            url=url,
            request_headers=(("Authorization", key), ("Cookie ", f"id={key}"), ("Referer", url)),
            response_headers=(("Set-Cookie", f"id={key}"), ("Location", url)),
        )
    )
    run.fetch(TARGET, url, Outcome.FAILED, detail=f"refused: {url}")
    run.issue("error", "refused", f"refused {url}", url=url, value=url)
    run.close("failed", f"could not read {url}")
    texts = [gzip.decompress(file.read_bytes()) for file in (tmp_path / "warc").iterdir()]
    texts += [file.read_bytes() for file in tmp_path.rglob("*.json*")]
    assert len(texts) == 6
    for text in texts:
        assert key.encode() not in text
        assert b"someone" not in text
    assert any(b"X-Archive-Removed: Set-Cookie" in text for text in texts)


def test_a_body_that_is_not_the_indexs_is_refused(tmp_path: Path) -> None:
    run_id = sealed_run(tmp_path, EXCHANGE)
    (capture,) = reader.captures(tmp_path, run_id)
    with pytest.raises(IntegrityError, match=f"{run_id}.warc.gz offset {capture.offset}: the body's sha256"):
        reader.read_body(tmp_path, replace(capture, sha256="0" * 64))
    with pytest.raises(IntegrityError, match="not the name of a WARC file"):
        reader.read_body(tmp_path, replace(capture, warc="../x.warc.gz"))
    with pytest.raises(IntegrityError, match="is missing"):
        reader.read_body(tmp_path, replace(capture, warc="x.warc.gz"))


def test_runs_are_chained_and_come_in_the_order_of_sealing(tmp_path: Path) -> None:
    early = open_run(tmp_path, "register", {}, now=lambda: AT)
    late = open_run(tmp_path, "portal", {}, now=lambda: AT + timedelta(hours=1))
    late.close("good")
    early.close("failed", "challenge")
    assert reader.run_ids(tmp_path) == [late.run_id, early.run_id]
    assert early.run_id.startswith("20260302T091530Z-register-")
    assert reader.run_record(tmp_path, early.run_id).result is RunResult.FAILED
    assert not list((tmp_path / "open").glob("*/"))


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ("\u00e9\u00ff/x; charset=\u00ff", "%E9%FF/x; charset=%FF"),
        ("тип", "%D1%82%D0%B8%D0%BF"),
        ("\ud800", "%ED%A0%80"),
    ],
)
def test_a_header_that_is_no_ascii_is_kept_percent_encoded(tmp_path: Path, value: str, kept: str) -> None:
    headers = (("Content-Type", value), ("ETag", value), ("X-Other", value))
    run_id = sealed_run(tmp_path, replace(EXCHANGE, response_headers=headers))
    (capture,) = reader.captures(tmp_path, run_id)
    assert reader.read_body(tmp_path, capture) == EXCHANGE.body
    assert f"X-Other: {kept}".encode() in gzip.decompress(layout.warc_path(tmp_path, capture.warc).read_bytes())
    assert verify(tmp_path) == []


def test_a_record_of_endless_headers_is_none() -> None:
    """Lines that go on took minutes; a sealed archive that somebody made up is read by whoever doubts it."""
    with pytest.raises(IntegrityError, match="its headers have no end"):
        parse(b"WARC/1.1\r\nA: b\r\n" + b" c\r\n" * 2_000_000)


def test_a_record_that_unpacks_to_far_more_than_a_page_is_not_unpacked() -> None:
    small, bomb = gzip.compress(b"whole"), gzip.compress(bytes(MOST_UNPACKED + 1))
    read = members(BytesIO(small + bomb))
    assert next(read).data == b"whole"
    with pytest.raises(TornError, match="unpacks to more than 64,000,000 bytes"):
        next(read)
