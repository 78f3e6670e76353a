"""A small report made by hand: two years, two acts, a portal, hostile names. Figures and accounts by the real code."""

from __future__ import annotations

from datetime import UTC, date, datetime
from hashlib import sha256

from auditor.account.compute import account
from auditor.account.records import Unit
from auditor.diff.compare import diff_entries
from auditor.measure.compute import measure_portal, measure_register
from auditor.measure.objections import objections
from auditor.measure.records import (
    Break,
    CodedEntry,
    CodedListing,
    DatedAudit,
    PortalAudit,
    PortalSnapshot,
    Snapshot,
)
from auditor.measure.report_records import EditionRecord, Report, ServiceRecord, Stamped, Stay, YearAccount
from auditor.measure.series import Year
from auditor.records import (
    Coding,
    Completeness,
    EditionRef,
    Entry,
    Evidence,
    Listing,
    Nature,
    NotRead,
    Output,
    StoredCoding,
    Trigger,
)
from crawler.pages.records import DeliveryForm, Lang

HOSTILE = "<script>alert(1)</script> =cmd|' /C calc'!A0 \u202eотказ\u200b"
UNREAD = "no edition of the register in ru that was read is in force on 2023-12-31"
LONG = "Услуга " * 1430
STAMPED = Stamped(datetime(2026, 1, 1, 20, 30, tzinfo=UTC), "https://tsa.example/\x1b<b>", "seals/000007.tsr")
STAMPED_TOLD = (
    "Vouched for by a time stamp (RFC 3161): 2026-01-02 01:30 (Almaty), 2026-01-01T20:30:00Z, https://tsa.example/<b>, "
    "file seals/000007.tsr of the archive"
)
BODY = (
    '<html lang="ru"><head><link rel="stylesheet" href="https://evil.example/x.css"></head><body onload="alert(1)">'
    '<script>document.title="x"</script><div class="container_gamma text"><p>Реестр "услуг" '
    '<a href="javascript:alert(1)">x</a><img src="https://evil.example/p.png">\u202eотказ</p>'
    '<table><tr><td colspan="2">№</td></tr>'
    '<tr><td style="color:red">1</td><td>Выдача справки</td></tr></table></div></body></html>'
).encode()

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


def dated(as_of: date, act: str, names: tuple[str, ...], breaks: tuple[Break, ...] = ()) -> DatedAudit:
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
                developer="Министерство <b>труда</b>",
                form="Электронная/бумажная",
                forms=frozenset({DeliveryForm.ELECTRONIC, DeliveryForm.PAPER}),
            ),
            _CODINGS[number % 3],
        )
        for number, name in enumerate(names, 1)
    )
    snapshot = Snapshot(as_of, Lang.RU, act, date(as_of.year, 7, 1), rows, "1")
    unread = "the edition in force is no part of the register's history"
    return DatedAudit(snapshot, measure_register(snapshot), {"dead_ends": unread, "label_flips": unread}, breaks)


def small_report() -> Report:
    old = dated(date(2024, 12, 31), "P1300000983", ("Выдача справки", "Назначение пособия"))
    new = dated(
        date(2025, 12, 31),
        "V2000019982",
        ("Выдача справки", HOSTILE, "Постановка на очередь", LONG),
        (Break("new_act", "P1300000983 → V2000019982"),),
    )
    years = (
        Year(
            2023, date(2023, 12, 31), None, "no edition of the register in ru that was read is in force on 2023-12-31"
        ),
        Year(2024, old.snapshot.as_of, old),
        Year(2025, new.snapshot.as_of, new),
    )
    shot = PortalSnapshot(
        date(2025, 12, 31),
        Lang.KK,
        (
            CodedListing(
                Listing(1, "kk/pass158_mtszn", Lang.KK, "pass158_mtszn", "Жәрдемақы тағайындау", "javascript:alert(1)"),
                _CODINGS[2],
            ),
        ),
        "1",
    )
    olds, news = ([row.entry for row in one.snapshot.entries] for one in (old, new))
    accounts = {
        (unit, digital): account(olds, news, (), unit, digitised=digital) for unit in Unit for digital in (False, True)
    }
    services = {f"S-{number}": _service(f"S-{number}", row, shot) for number, row in enumerate(new.snapshot.entries, 1)}
    service_of = {record.row: key for key, record in services.items()} | {"kk/pass158_mtszn": "S-1"}
    keys = [row.entry.key for one in (old, new) for row in one.snapshot.entries] + ["kk/pass158_mtszn"]
    return Report(
        as_of=date(2025, 12, 31),
        lang=Lang.RU,
        codebook="1",
        coding="machine-coded, unchecked",
        years=years,
        portals=(PortalAudit(shot, measure_portal(shot)),),
        accounts=(YearAccount(years[1], years[2], accounts),),
        changes=tuple(diff_entries(olds, news, ())),
        why={},
        objections=objections(new, accounts),
        services=services,
        service_of=service_of,
        editions=(_edition(new),),
        places={key: evidence(key, f"table 1 row {n % 2 + 1}") for n, key in enumerate(keys)}
        | {"page:kk/pass158_mtszn": evidence("kk/pass158_mtszn", "page")},
        not_read=(NotRead("V2000019982/2021-01-01/ru", "forbidden", "robots.txt closes /rus/archive/"),),
        issues=(("unknown_form", 2),),
    )


def _service(key: str, row: CodedEntry, portal: PortalSnapshot) -> ServiceRecord:
    entry = row.entry
    stored = StoredCoding(
        1, entry.key, "machine", "1", "x", datetime(2026, 1, 1, tzinfo=UTC), _CODINGS[entry.ordinal % 3]
    )
    listings = tuple(one.listing for one in portal.listings) if key == "S-1" else ()
    stay = Stay(entry, entry.edition_date, entry.edition_date, 1)
    return ServiceRecord(key, (stay,), {entry.key: stored}, (("kk", "Анықтама беру"),), listings, entry.key)


def _edition(audit: DatedAudit) -> EditionRecord:
    shot = audit.snapshot
    ref = EditionRef(1, shot.act, shot.edition_date, shot.lang, "c", datetime(2026, 1, 1, tzinfo=UTC), 4, 4, "good")
    return EditionRecord(ref, evidence("edition", ""), True)
