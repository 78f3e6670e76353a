"""A small audit made by hand: two dates, two acts, a portal, hostile names."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from hashlib import sha256

from auditor.measure.compute import measure_portal, measure_register
from auditor.measure.records import (
    Audit,
    CodedEntry,
    CodedListing,
    DatedAudit,
    PortalAudit,
    PortalSnapshot,
    Snapshot,
)
from auditor.records import Coding, Completeness, Entry, Evidence, Listing, Nature, NotRead, Output, Trigger
from crawler.pages.records import DeliveryForm, Lang

HOSTILE = "<script>alert(1)</script> =cmd|' /C calc'!A0 \u202eотказ"
BODY = '<html lang="ru"><body><script>document.title="x"</script><p>Реестр "услуг"</p></body></html>'.encode()

_CODINGS = (
    Coding(
        Nature.HUMAN_SOCIAL,
        Completeness.PARTIAL,
        Output.QUEUE,
        "09",
        ("N5", "C2"),
        (Trigger("name", 0, 21, "Постановка на очередь", "C2"),),
        0.95,
    ),
    Coding(Nature.TRANSACTIONAL, Completeness.COMPLETE, Output.DOCUMENT, "01", ("N6", "C1"), (), 0.9),
    Coding(Nature.HUMAN_SOCIAL, Completeness.COMPLETE, Output.MONEY, "10", ("N2", "C3"), (), 0.9),
)


def body_of(_evidence: Evidence) -> bytes:
    return BODY


def evidence(key: str, place: str) -> Evidence:
    return Evidence(
        run_id="20260101T000000Z-register-0001",
        warc="20260101T000000Z-register-0001.warc.gz",
        offset=917,
        url="https://adilet.zan.kz/rus/docs/V2000019982?a=1&b=<2>",
        captured_at=datetime(2025, 12, 31, 19, 30, tzinfo=UTC),
        sha256=sha256(BODY).hexdigest(),
        provenance="harvested",
        place=place,
        capture_id=key,
    )


def dated(as_of: date, act: str, names: tuple[str, ...]) -> DatedAudit:
    rows = tuple(
        CodedEntry(
            Entry(
                id=number,
                key=f"{act}/{as_of.year}-07-01/ru/{number:08}",
                act=act,
                edition_date=date(as_of.year, 7, 1),
                lang=Lang.RU,
                ordinal=number,
                number=str(number),
                code=f"{number:08}",
                name=name,
                section="Семья",
                form="Электронная/бумажная",
                forms=frozenset({DeliveryForm.ELECTRONIC, DeliveryForm.PAPER}),
            ),
            _CODINGS[number % 3],
        )
        for number, name in enumerate(names, 1)
    )
    snapshot = Snapshot(as_of, Lang.RU, act, date(as_of.year, 7, 1), rows, "1")
    return DatedAudit(snapshot, measure_register(snapshot))


def small_audit() -> Audit:
    dates = (
        dated(date(2019, 12, 31), "P1300000983", ("Выдача справки", "Назначение пособия")),
        dated(date(2025, 12, 31), "V2000019982", ("Выдача справки", HOSTILE, "Постановка на очередь")),
    )
    shot = PortalSnapshot(
        date(2025, 12, 31),
        Lang.KK,
        (
            CodedListing(
                Listing(1, "kk/pass158_mtszn", Lang.KK, "pass158_mtszn", "Жәрдемақы тағайындау", "https://egov.kz/x"),
                _CODINGS[2],
            ),
        ),
        "1",
    )
    keys = [row.entry.key for one in dates for row in one.snapshot.entries]
    return Audit(
        as_of=date(2025, 12, 31),
        lang=Lang.RU,
        codebook="1",
        dates=dates,
        portals=(PortalAudit(shot, measure_portal(shot)),),
        not_read=(NotRead("V2000019982 2021-01-01 ru", "forbidden", "robots.txt closes /rus/archive/"),),
        issues=(("unknown_form", 2),),
        evidence={key: evidence(key, f"table 1 row {n}") for n, key in enumerate([*keys, "kk/pass158_mtszn"], 1)},
        pages={"kk/pass158_mtszn": replace(evidence("kk/pass158_mtszn", "page"), sha256=sha256(b"page").hexdigest())},
    )
