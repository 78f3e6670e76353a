"""Saved pages and WARC files go in once, under their own time, or not at all with the place of the fault."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from crawler.archive import reader
from crawler.archive.importer import Imported, import_path
from crawler.archive.records import Outcome, Provenance, RunResult
from crawler.archive.saved import MAX_BODY, Told
from crawler.archive.verify import verify
from crawler.config import CrawlConfig
from crawler.errors import ContentError
from crawler.pages.records import PageKind, Verdict
from crawler.sources.load import load_sources

SITES = load_sources(CrawlConfig()).sites
HTML = (
    "<!DOCTYPE html><html><head><title>Услуга</title></head><body><h1>Справка</h1><p>Текст</p></body></html>".encode()
)
ADDRESS = "https://egov.kz/cms/ru/services/pass_mu"
TEXT = "https://adilet.zan.kz/rus/docs/V2000019982"
AT = "2024-06-01T00:00:00Z"


def entry(**changes: Any) -> dict[str, Any]:
    return {"url": ADDRESS, "file": "a.html", "captured_at": AT, "status": 200, "content_type": "text/html"} | changes


def folder(path: Path, *entries: Any, **files: bytes) -> Path:
    """A folder of saved pages with an index of these entries."""
    path.mkdir(exist_ok=True)
    (path / "a.html").write_bytes(HTML)
    for name, content in files.items():
        (path / f"{name}.html").write_bytes(content)
    (path / "index.json").write_text(json.dumps(list(entries)), encoding="utf-8")
    return path


def bring(root: Path, path: Path, told: Told | None = None) -> Imported:
    return import_path(root, path, SITES, told)


def last_run(root: Path) -> str:
    return reader.run_ids(root)[-1]


def test_a_folder_goes_in_marked_imported_with_its_own_times(tmp_path: Path) -> None:
    saved = folder(
        tmp_path / "saved", entry(), entry(url=TEXT, file="b.html", edition_date="2021-05-04"), b=HTML + b" "
    )
    done = bring(tmp_path, saved)
    assert (done.taken, done.already, done.unknown, done.unfit) == (2, 0, (), {})
    service, text = reader.captures(tmp_path, done.run_id)
    assert (service.provenance, service.verdict, service.target.slug) == (Provenance.IMPORTED, Verdict.OK, "pass_mu")
    assert service.at == datetime(2024, 6, 1, tzinfo=UTC)
    assert reader.read_body(tmp_path, service) == HTML
    assert (text.target.kind, text.target.edition_date) == (PageKind.ACT_TEXT, date(2021, 5, 4))
    assert [fetch.outcome for fetch in reader.fetches(tmp_path, done.run_id)] == [Outcome.IMPORTED] * 2
    assert verify(tmp_path) == []


def test_the_same_folder_again_adds_nothing(tmp_path: Path) -> None:
    saved = folder(tmp_path / "saved", entry(), entry())
    assert (bring(tmp_path, saved).taken, bring(tmp_path, saved).taken) == (1, 0)
    again = bring(tmp_path, saved)
    assert (again.taken, again.already) == (0, 2)
    assert reader.run_record(tmp_path, again.run_id).detail == "0 taken, 2 already, 0 unknown"
    assert sum(len(list(reader.captures(tmp_path, run))) for run in reader.run_ids(tmp_path)) == 1


def test_a_changed_page_or_another_time_is_a_capture_of_its_own(tmp_path: Path) -> None:
    bring(tmp_path, folder(tmp_path / "saved", entry()))
    later = entry(captured_at="2024-06-02T00:00:00+00:00")
    changed = entry(file="b.html")
    done = bring(tmp_path, folder(tmp_path / "saved", later, changed, b=HTML + b" "))
    assert done.taken == 2
    records = [(capture.record, capture.size) for capture in reader.captures(tmp_path, done.run_id)]
    assert records == [("revisit", len(HTML)), ("response", len(HTML) + 1)]


def test_one_saved_page_of_an_edition(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_bytes(HTML)
    done = bring(tmp_path, tmp_path / "page.html", Told(TEXT, AT, "2020-02-03"))
    (capture,) = reader.captures(tmp_path, done.run_id)
    assert (capture.target.act, capture.target.edition_date) == ("V2000019982", date(2020, 2, 3))
    arguments = reader.run_record(tmp_path, done.run_id).arguments
    assert arguments == {"path": "page.html", "url": TEXT, "captured_at": AT}


def test_an_unknown_address_is_an_issue_and_not_taken(tmp_path: Path) -> None:
    elsewhere = entry(url="https://example.org/page")
    done = bring(tmp_path, folder(tmp_path / "saved", entry(), elsewhere))
    assert (done.taken, done.unknown) == (1, ("https://example.org/page",))
    (issue,) = reader.issues(tmp_path, done.run_id)
    assert (issue.code, issue.url) == ("unknown_address", "https://example.org/page")
    assert issue.message.startswith("index.json entry 2")
    nothing = bring(tmp_path, folder(tmp_path / "saved", elsewhere))
    assert reader.run_record(tmp_path, nothing.run_id).result is RunResult.FAILED


def test_a_page_that_is_none_is_kept_under_its_verdict(tmp_path: Path) -> None:
    cut = entry(file="b.html", url=f"{ADDRESS}2")
    gone = entry(url=f"{ADDRESS}3", status=404)
    done = bring(tmp_path, folder(tmp_path / "saved", entry(), cut, gone, b=HTML[:60]))
    assert (done.taken, done.unfit) == (3, {"truncated": 1})
    outcomes = [(fetch.outcome, fetch.verdict) for fetch in reader.fetches(tmp_path, done.run_id)]
    assert outcomes == [
        (Outcome.IMPORTED, Verdict.OK),
        (Outcome.FAILED, Verdict.TRUNCATED),
        (Outcome.MISSING, Verdict.HTTP_ERROR),
    ]


def _link_out(saved: Path) -> None:
    (saved.parent / "secret.html").write_bytes(HTML)
    (saved / "b.html").symlink_to(saved.parent / "secret.html")


def _too_large(saved: Path) -> None:
    with (saved / "b.html").open("wb") as file:
        file.truncate(MAX_BODY + 1)


def _untouched(saved: Path) -> None:
    assert saved.is_dir()


BAD_ENTRIES: list[tuple[Any, str]] = [
    (entry(file="../a.html"), "lies outside the folder: ../a.html"),
    (entry(file="/etc/hostname"), "lies outside the folder: /etc/hostname"),
    (entry(file="x/../../a.html"), "lies outside the folder"),
    (entry(file="..\\a.html"), "lies outside the folder"),
    (entry(file="missing.html"), "missing.html: no such file"),
    (entry(file="."), "no such file"),
    (entry(file="empty.html"), "empty.html: the file is empty"),
    (entry(captured_at="2024-06-01T00:00:00"), "captured_at: not a time in UTC"),
    (entry(captured_at="2024-06-01T00:00:00+05:00"), "captured_at: not a time in UTC"),
    (entry(captured_at="yesterday"), "captured_at: Invalid isoformat string"),
    (entry(captured_at="2024-02-30T00:00:00Z"), "captured_at: day is out of range"),
    (entry(captured_at="2999-01-01T00:00:00Z"), "captured_at: in the future"),
    (entry(edition_date="01.06.2024"), "edition_date: Invalid isoformat string"),
    (entry(edition_date="2024-06-01"), "an edition date, but"),
    (entry(url="ftp://egov.kz/a"), "no web address"),
    (entry(url="https://egov.kz/a b\r\nX: 1"), "no web address"),
    (entry(url=7), "url is no text: 7"),
    (entry(status="200"), "status is no number: '200'"),
    (entry(status=True), "status is no number: True"),
    (entry(status=304), "no page comes with status 304"),
    (entry(status=999), "no page comes with status 999"),
    ({"url": ADDRESS}, "file is missing"),
    (entry(captured="x"), "unknown key 'captured'"),
    (["a"], "not an object"),
]


@pytest.mark.parametrize(("bad", "message"), BAD_ENTRIES, ids=[message for _, message in BAD_ENTRIES])
def test_a_bad_entry_is_named_and_nothing_of_the_index_is_taken(tmp_path: Path, bad: Any, message: str) -> None:
    before = bring(tmp_path, folder(tmp_path / "saved", entry(url=f"{ADDRESS}0")))
    saved = folder(tmp_path / "saved", entry(), bad, empty=b"")
    with pytest.raises(ContentError) as caught:
        bring(tmp_path, saved)
    assert str(caught.value).startswith("index.json entry 2: ")
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
    run_id = last_run(tmp_path)
    assert reader.run_record(tmp_path, run_id).result is RunResult.FAILED
    assert list(reader.captures(tmp_path, run_id)) == []
    assert [issue.code for issue in reader.issues(tmp_path, run_id)] == ["import_refused"]
    assert len(list(reader.captures(tmp_path, before.run_id))) == 1
    assert verify(tmp_path) == []


@pytest.mark.parametrize(
    ("spoil", "message"), [(_link_out, "lies outside the folder"), (_too_large, "larger than 30,000,000 bytes")]
)
def test_a_link_out_of_the_folder_and_a_huge_file_are_refused(
    tmp_path: Path, spoil: Callable[[Path], None], message: str
) -> None:
    saved = folder(tmp_path / "saved", entry(), entry(file="b.html"))
    spoil(saved)
    with pytest.raises(ContentError, match=f"index.json entry 2: .*{message}"):
        bring(tmp_path, saved)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'[{"url": 1,]', "index.json line 1 column 12: no JSON"),
        (b"[" + b"{}," * 500_000 + b"{}]", "index.json: lists more than 500,000 pages"),
        (b'[\n{"url": "\xff"}]', "index.json: no JSON"),
        (b"{}", "index.json: not a list of pages"),
        (b"[]", "index.json: not a list of pages"),
        (b"", "index.json: the file is empty"),
        (b"[" * 100_000, "index.json: no JSON"),
    ],
)
def test_an_index_that_is_none_is_refused_with_the_place(tmp_path: Path, content: bytes, message: str) -> None:
    saved = folder(tmp_path / "saved")
    (saved / "index.json").write_bytes(content)
    with pytest.raises(ContentError, match=message):
        bring(tmp_path, saved)


def test_a_folder_without_an_index_is_refused(tmp_path: Path) -> None:
    (tmp_path / "saved").mkdir()
    with pytest.raises(ContentError, match=r"saved has no index.json"):
        bring(tmp_path, tmp_path / "saved")
