"""The feeds: a reader takes them, ids last, every change is told, hostile names do nothing."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import feedparser
import pytest
from bs4 import BeautifulSoup
from lxml import etree

from auditor.corrections.records import Correction
from auditor.diff.records import Change, ChangeType, FieldChange
from auditor.measure.report_records import Report
from reports.build import Wanted, build
from reports.feeds import Feed, FeedEntry, to_atom
from reports.i18n import LANGUAGES, words
from reports.views.facts import facts_of
from reports.views.feeds import feeds
from reports.views.here import FEEDS, Site
from tests.reports.records import HOSTILE, LONG, STAMPED, STAMPED_TOLD, body_of, small_report

ATOM = {"a": "http://www.w3.org/2005/Atom"}
AT = datetime(2025, 7, 1, tzinfo=UTC)


def made(report: Report, lang: str = "en") -> dict[str, bytes]:
    site = Site(facts_of(report), words(lang), (lang,))
    return {feed.file.removesuffix(".atom"): to_atom(feed) for feed in feeds(site)}


def read(body: bytes) -> feedparser.FeedParserDict:
    told = feedparser.parse(body)
    assert not told.bozo, told.get("bozo_exception")
    return told


def with_changes(report: Report) -> Report:
    """The small report with a change of each kind between its two years."""
    old, new = ([row.entry for row in year.audit.snapshot.entries] for year in report.years if year.audit is not None)
    form = FieldChange("form", "Бумажная", "Электронная")
    name = FieldChange("name", "Выдача справок", "Выдача справки")
    one = ((old[0],), (new[0],))
    kinds = [
        Change(ChangeType.CHANGED, *one, (form,)),
        Change(ChangeType.RENAMED, *one, (name,)),
        Change(ChangeType.REWORDED, *one, (form, name)),
        Change(ChangeType.COSMETIC, *one, (), (name,)),
        Change(ChangeType.SPLIT, (old[0],), (new[0], new[2])),
        Change(ChangeType.RESTORED, (), (new[2],)),
    ]
    wrong = Correction("digitised", report.as_of, "ru", 1, AT, 2, 3, f"{HOSTILE} a row was read twice", "a.reader")
    return dataclasses.replace(report, changes=(*report.changes, *kinds), corrections=(wrong,))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_reader_takes_every_feed_and_the_standard_has_what_it_asks_for(lang: str) -> None:
    for name, body in made(with_changes(small_report()), lang).items():
        told = read(body)
        assert told.version == "atom10"
        assert told.feed.language == lang
        assert [link.rel for link in told.feed.links] == ["self", "alternate"]
        root = etree.fromstring(body)
        for owner in [root, *root.findall("a:entry", ATOM)]:
            for field in ("id", "title", "updated"):
                assert len(owner.findall(f"a:{field}", ATOM)) == 1, (name, field)
                assert owner.findtext(f"a:{field}", namespaces=ATOM), (name, field)
            assert owner.find("a:link[@rel='alternate']", ATOM) is not None
        assert root.findtext("a:author/a:name", namespaces=ATOM) == "egov-audit"
        ids = [one.id for one in told.entries]
        assert ids
        assert len(ids) == len(set(ids))
        assert all(one.startswith("tag:egov-audit,2025:report/") for one in [told.feed.id, *ids])
        moments = [one.updated for one in told.entries]
        assert moments == sorted(moments, reverse=True)
        assert told.feed.updated == moments[0]


def test_every_change_stands_in_the_feed_it_belongs_to_and_noise_in_none() -> None:
    report = with_changes(small_report())
    told = {name: read(body).entries for name, body in made(report).items() if name not in ("digest", "corrected")}
    kinds = {name: [one.summary.partition(":")[0] for one in entries] for name, entries in told.items()}
    counts = {kind: sum(one.type is kind for one in report.changes) for kind in ChangeType}
    assert kinds["new"].count("added") == counts[ChangeType.ADDED] > 0
    assert kinds["new"].count("came back") == 1
    assert set(kinds["removed"]) == {"removed"}
    assert len(kinds["removed"]) == counts[ChangeType.REMOVED] > 0
    assert sorted(kinds["flipped"]) == ["another field changed", "reworded"]
    assert sorted(kinds["rewritten"]) == ["renamed", "reworded", "split"]
    assert "delivery form: Бумажная → Электронная" in told["flipped"][0].summary
    both = {one.id for one in told["flipped"]} & {one.id for one in told["rewritten"]}
    assert len(both) == 1, "one change in two feeds is one entry"
    digest = read(made(report)["digest"]).entries[0].summary
    assert "1 change is another form and another text at once and counts in both." in digest
    assert "at once" not in read(made(small_report())["digest"]).entries[0].summary


def test_a_newer_edition_that_changes_nothing_gives_no_new_entry() -> None:
    report = with_changes(small_report())
    before = made(report)

    def renewed(row):  # the key and the day of an edition a month later
        if row.edition_date.year != 2025:
            return row
        key = row.key.replace("/2025-07-01/", "/2025-08-01/")
        return dataclasses.replace(row, key=key, edition_date=date(2025, 8, 1))

    later = dataclasses.replace(
        report,
        changes=tuple(
            dataclasses.replace(one, older=tuple(map(renewed, one.older)), newer=tuple(map(renewed, one.newer)))
            for one in report.changes
        ),
        service_of=report.service_of
        | {key.replace("/2025-07-01/", "/2025-08-01/"): service for key, service in report.service_of.items()},
    )
    for name, body in made(later).items():
        was, now = read(before[name]), read(body)
        assert [(one.id, one.updated) for one in now.entries] == [(one.id, one.updated) for one in was.entries], name
    assert made(report) == before


def test_the_digest_names_the_root_and_the_release_once_and_each_edition() -> None:
    report = dataclasses.replace(small_report(), release="20251231-0123456789ab", root="f" * 64)
    told = read(made(report)["digest"])
    whole, *editions = told.entries
    assert whole.title == "Figures on December 31, 2025"
    assert f"Run root of the evidence: {'f' * 64}" in whole.summary
    assert "Release: 20251231-0123456789ab" in whole.summary
    assert f"New entries: {len(read(made(report)['new']).entries)}" in whole.summary
    assert [one.title for one in editions] == ["Edition V2000019982, July 1, 2025"]
    again = read(made(dataclasses.replace(report, root="e" * 64))["digest"])
    assert [one.id for one in again.entries] == [one.id for one in told.entries], "the same report, on more evidence"
    assert "time stamp" not in whole.summary
    told = read(made(dataclasses.replace(report, stamped=STAMPED))["digest"])
    assert STAMPED_TOLD in told.entries[0].summary


def test_a_correction_is_an_entry_that_lasts_and_leads_to_its_row() -> None:
    report = with_changes(small_report())
    (told,) = read(made(report)["corrected"]).entries
    assert told.title.endswith(": 2 → 3")
    for fact in ("corrected on July 1, 2025: 2 → 3", "a row was read twice", "a.reader", "December 31, 2025; Russian"):
        assert fact in told.summary
    assert b"<script" not in made(report)["corrected"]
    assert "\u202e" not in told.summary
    assert told.link == "../corrections.html#digitised-2025-12-31-ru-1"
    (later,) = report.corrections
    more = dataclasses.replace(later, number=2, noted_at=AT + timedelta(days=1), old=3, new=4)
    again = read(made(dataclasses.replace(report, corrections=(later, more)))["corrected"]).entries
    assert [one.id for one in again][1:] == [told.id]
    assert again[0].id != told.id


def test_hostile_names_are_text_in_a_feed() -> None:
    body = made(small_report())["new"]
    assert b"<script" not in body
    assert "\u202e".encode() not in body
    assert "\u200b".encode() not in body
    told = read(body)
    assert any("<script>alert(1)</script> =cmd" in one.title for one in told.entries) or b"&lt;script&gt;" in body
    titles = [one.text or "" for one in etree.fromstring(body).findall("a:entry/a:title", ATOM)]
    assert "<script>alert(1)</script> =cmd|' /C calc'!A0 отказ" in titles
    assert max(map(len, titles)) == 200
    assert LONG.strip() in body.decode(), "in full in the entry's text"


def test_what_xml_cannot_hold_is_left_out() -> None:
    bad = "a\x00\x0b\x1f\ufffe\ud800b ]]> & <b>\u2028c"
    entry = FeedEntry("tag:egov-audit,2025:x", AT, bad, (bad, "second"), 'x.html#"<>', "ru")
    empty = FeedEntry("tag:egov-audit,2025:y", AT - timedelta(days=1), "\x00\u202e", (), "x.html")
    body = to_atom(Feed("new.atom", "tag:egov-audit,2025:f", "en", bad, bad, AT, "../x.html", (empty, entry)))
    read(body)
    first, second = etree.fromstring(body).findall("a:entry", ATOM)
    assert first.findtext("a:content", namespaces=ATOM) == "ab ]]> & <b> c\nsecond"
    assert second.findtext("a:title", namespaces=ATOM) == "–"


def test_without_a_year_before_the_feeds_say_so_and_are_empty() -> None:
    report = small_report()
    for bare in (
        dataclasses.replace(report, years=report.years[-1:], accounts=(), changes=()),
        dataclasses.replace(
            report, years=(), accounts=(), changes=(), objections={}, services={}, service_of={}, editions=(), places={}
        ),
    ):
        found = made(bare)
        assert set(found) == set(FEEDS)
        for name, body in found.items():
            told = read(body)
            if name == "digest":
                assert "no change can be told" in told.entries[0].summary
            elif name == "corrected":
                assert not told.entries
            else:
                assert not told.entries
                assert "no change can be told" in told.feed.subtitle


def test_the_pages_name_the_feeds_and_their_ways_lead_somewhere(tmp_path: Path) -> None:
    report = with_changes(small_report())
    out = build(report, body_of, Wanted(("en", "kk"), {"en": {}, "kk": {}}), tmp_path / "site").parent
    for page in (out / "kk").rglob("*.html"):
        tree = BeautifulSoup(page.read_text(encoding="utf-8"), "lxml")
        links = tree.head.select("link[rel=alternate][type='application/atom+xml']")  # type: ignore[union-attr]
        assert [(page.parent / str(one["href"])).resolve() for one in links] == [
            (out / f"kk/feeds/{name}.atom").resolve() for name in FEEDS
        ]
    shown = BeautifulSoup((out / "en/files.html").read_text(encoding="utf-8"), "lxml")
    assert {str(one["href"]) for one in shown.select("dt a[href$='.atom']")} == {f"feeds/{name}.atom" for name in FEEDS}
    for feed in out.glob("*/feeds/*.atom"):
        for link in etree.fromstring(feed.read_bytes()).iter("{*}link"):
            file, _, fragment = str(link.get("href")).partition("#")
            target = feed.parent / file
            assert target.is_file(), (feed, file)
            if fragment:
                assert BeautifulSoup(target.read_text(encoding="utf-8"), "lxml").find(id=fragment), (feed, fragment)


def test_a_sample_is_called_one_in_its_feeds(sample_report: Report) -> None:
    local = {
        key: dataclasses.replace(kept, url="http://127.0.0.1:8001/rus/docs/V2000019982")
        for key, kept in sample_report.places.items()
    }
    for lang in LANGUAGES:
        for body in made(dataclasses.replace(sample_report, places=local), lang).values():
            assert "127.0.0.1" in read(body).feed.subtitle


def test_a_change_carries_the_day_of_the_first_edition_that_shows_it() -> None:
    report = small_report()
    added = next(one.newer[0] for one in report.changes if one.type is ChangeType.ADDED)
    gone = next(one.older[0] for one in report.changes if one.type is ChangeType.REMOVED)
    record = report.services[report.service_of[added.key]]
    spring = dataclasses.replace(record.stays[-1], first=date(2025, 3, 1))
    ended = dataclasses.replace(record, key="S-9", stays=(dataclasses.replace(spring, until=date(2025, 4, 2)),), row="")
    services = report.services | {record.key: dataclasses.replace(record, stays=(spring,)), "S-9": ended}
    told = made(dataclasses.replace(report, services=services, service_of=report.service_of | {gone.key: "S-9"}))
    new = [one.updated[:10] for one in read(told["new"]).entries]
    assert new[-1] == "2025-03-01"
    assert set(new[:-1]) == {"2025-07-01"}
    assert "2025-04-02" in [one.updated[:10] for one in read(told["removed"]).entries]


def test_the_samples_feeds_tell_all_its_changes_with_days_of_editions(sample_report: Report) -> None:
    days = {str(one.edition.edition_date) for one in sample_report.editions}
    ids = set()
    for name, body in made(sample_report).items():
        if name != "digest":
            entries = read(body).entries
            ids |= {one.id for one in entries}
            assert {one.updated[:10] for one in entries} <= days
    assert len(ids) == sum(one.type is not ChangeType.COSMETIC for one in sample_report.changes) > 100
