"""Coding what is stored: every live row and listing once, nothing new on the same texts, anew on a changed one."""

from __future__ import annotations

import csv
import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from auditor.cli.app import app
from auditor.cli.commands import COMMAND_MODULES
from auditor.coding.coder import Coder
from auditor.coding.lexicon import load_lexicon, load_yaml
from auditor.coding.rules import load_rules
from auditor.coding.stage import agreement_with, code_all
from auditor.db.codings import codings_of
from auditor.db.models import CodingRow, EntryRow, MembershipRow, ServiceRow
from auditor.db.read import editions_in_force, entries_of, listings
from auditor.db.session import connect, transaction
from auditor.ingest.stage import ingest
from crawler.errors import UsageError
from crawler.pages.records import Lang
from tests.auditor.ingest.pages import ACT, EGOV, Run, list_page, service_page, sources
from tests.conftest import SHARED
from tests.pages_gen import Spec

CODER = Coder.load()
NOW = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
LATER = datetime(2026, 2, 2, 3, 4, tzinfo=UTC)
DAY = date(2024, 5, 1)


def unwatched(done: int, total: int, url: str) -> None:
    """Nobody looks on."""


def stored(db_url: str, root: Path, dead_every: int = 0) -> None:
    """A register of sixty rows in Russian and two listings with their pages."""
    run = Run(root).history(DAY).edition(None, Spec(rows=60, lang="ru", dead_every=dead_every))
    run.page(f"{EGOV}/cms/ru/online-services/for_citizen", list_page({"one": "Семья", "two": "Семья"}))
    run.page(f"{EGOV}/cms/ru/online-services/for_citizen/one", service_page("Заявка one", "Извещение о приеме заявки"))
    run.page(f"{EGOV}/cms/ru/online-services/for_citizen/two", service_page("Услуга two", "Справка"))
    run.seal()
    engine = connect(db_url)
    ingest(engine, root, sources(), watch=unwatched)
    engine.dispose()


def test_every_live_row_and_listing_is_coded_once(db_url: str, tmp_path: Path) -> None:
    stored(db_url, tmp_path)
    engine = connect(db_url)
    first = code_all(engine, CODER, NOW)
    with transaction(engine) as session:
        edition = editions_in_force(session, Lang.RU)[0]
        live = [entry.key for entry in entries_of(session, edition.id) if not entry.dead]
        assert first.entries.coded == first.entries.added == len(live) > 0
        assert set(codings_of(session, "entry")) == set(live)
        assert set(codings_of(session, "listing")) == {"ru/one", "ru/two"}
        row = session.scalars(select(CodingRow)).first()
        assert row is not None
        assert (row.coder, row.codebook, row.coder_version) == ("machine", "1", CODER.version)
    again = code_all(engine, CODER, LATER)
    assert (again.entries.added, again.listings.added) == (0, 0)
    assert again.entries.cells == first.entries.cells
    engine.dispose()


def test_a_changed_result_is_coded_beside_the_earlier_one(sqlite_url: str, tmp_path: Path) -> None:
    stored(sqlite_url, tmp_path)
    engine = connect(sqlite_url)
    code_all(engine, CODER, NOW)
    page = service_page("Услуга two", "Уведомление о приеме заявления")
    Run(tmp_path, at=LATER).page(f"{EGOV}/cms/ru/online-services/for_citizen/two", page).seal()
    ingest(engine, tmp_path, sources(), watch=unwatched)
    assert code_all(engine, CODER, LATER).listings.added == 1
    with transaction(engine) as session:
        answers = codings_of(session, "listing")["ru/two"]
    assert [str(answer.coding.completeness) for answer in answers] == ["complete", "partial"]
    assert len({answer.evidence_hash for answer in answers}) == 2
    engine.dispose()


def test_a_mended_lexicon_answers_anew_on_the_same_text(sqlite_url: str, tmp_path: Path) -> None:
    stored(sqlite_url, tmp_path)
    engine = connect(sqlite_url)
    code_all(engine, CODER, NOW)
    text = load_yaml("ru.yml").replace('"прием|принятие|регистрация ..1 заявление|заявка"', '"прием ..1 заявление"')
    text = text.replace('"уведомление|сообщение|извещение|', '"')
    lexicons = {Lang.RU: load_lexicon(Lang.RU, text), Lang.KK: CODER.lexicon(Lang.KK)}
    mended = Coder(lexicons, load_rules())
    assert mended.version != CODER.version
    assert code_all(engine, mended, LATER).listings.added == 1
    with transaction(engine) as session:
        answers = codings_of(session, "listing")["ru/one"]
    assert [str(answer.coding.completeness) for answer in answers] == ["partial", "unclear"]
    assert len({answer.evidence_hash for answer in answers}) == 1
    engine.dispose()


def test_a_linked_listing_lends_its_result_to_the_row(sqlite_url: str, tmp_path: Path) -> None:
    stored(sqlite_url, tmp_path)
    engine = connect(sqlite_url)
    with transaction(engine) as session:
        edition = editions_in_force(session, Lang.RU)[0]
        key = next(entry.key for entry in entries_of(session, edition.id) if not entry.dead)
        session.add(ServiceRow(id=1, key=key, first_date=DAY, created_at=NOW))
        session.flush()
        session.add(MembershipRow(service_id=1, subject_kind="entry", subject_key=key))
        session.add(MembershipRow(service_id=1, subject_kind="listing", subject_key="ru/one"))
    code_all(engine, CODER, NOW)
    with transaction(engine) as session:
        coding = codings_of(session, "entry")[key][0].coding
    assert str(coding.completeness) == "partial"
    assert [trigger.field for trigger in coding.triggers][-1] == "result"
    engine.dispose()


def run(monkeypatch: pytest.MonkeyPatch, db_url: str, *arguments: str) -> tuple[int, str, str]:
    assert COMMAND_MODULES
    monkeypatch.setenv("EGOV_AUDIT_DB_URL", db_url)
    result = CliRunner().invoke(app, list(arguments))
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


def test_the_command_counts_by_cell_and_compares_with_labels(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored(sqlite_url, tmp_path / "archive")
    gold = tmp_path / "gold.csv"
    gold.write_text(
        f"url,nature,completeness\n{EGOV}/x/one,transactional,partial\n{EGOV}/x/two,transactional,complete\n"
        f"{EGOV}/x/gone,human_social,complete\n"
    )
    code, out, err = run(monkeypatch, sqlite_url, "code", "--gold", str(gold))
    assert code == 0
    assert "listings: 2 coded, 2 new, 1 with an abstention" in out
    assert "completeness: agreement 100.0%" in out
    assert "nature: agreement 50.0%" in out
    assert "labelled listings found: 2 of 3" in err
    code, out, err = run(monkeypatch, sqlite_url, "code", "--gold", str(gold), "--json")
    told = json.loads(out)
    assert (code, told["listings"]["coded"]) == (0, 2)
    assert (told["agreement"]["nature"]["items"], told["agreement"]["nature"]["percent"]["value"]) == (2, 0.5)
    assert told["agreement"]["completeness"]["percent"]["value"] == 1
    assert "labelled listings found: 2 of 3" in err


def test_an_agreement_that_cannot_be_given_is_a_reason_in_json(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored(sqlite_url, tmp_path / "archive")
    gold = tmp_path / "gold.csv"
    gold.write_text(f"url,nature,completeness\n{EGOV}/x/gone,human_social,complete\n")
    _, out, _ = run(monkeypatch, sqlite_url, "code", "--gold", str(gold), "--json")
    assert json.loads(out)["agreement"]["nature"]["reason"]


def test_explain_shows_rules_text_place_and_history(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored(sqlite_url, tmp_path)
    run(monkeypatch, sqlite_url, "code")
    _, out, _ = run(monkeypatch, sqlite_url, "explain", "one", "--words", "ru")
    assert "listing ru/one" in out
    assert "⟦Извещение о приеме заявки⟧(C2)" in out
    assert f"{EGOV}/cms/ru/online-services/for_citizen/one" in out
    assert "offset" in out
    assert "sha256" in out
    assert "machine: unclear/partial" in out
    engine = connect(sqlite_url)
    with transaction(engine) as session:
        edition = editions_in_force(session, Lang.RU)[0]
        entry = next(entry for entry in entries_of(session, edition.id) if not entry.dead and entry.code)
    engine.dispose()
    for address in (
        f"{EGOV}/cms/ru/online-services/for_citizen/one/",
        f"{EGOV.replace('https', 'http')}/cms/ru/services/one?lang=kk#passport",
    ):
        assert "listing ru/one" in run(monkeypatch, sqlite_url, "explain", address, "--lang", "kk")[1]
    with pytest.raises(UsageError, match="no listing 'one' in kk; there is ru/one"):
        run(monkeypatch, sqlite_url, "explain", f"{EGOV}/cms/kk/online-services/for_citizen/one")
    with pytest.raises(UsageError, match="no listing 'one' in kk; there is ru/one"):
        run(monkeypatch, sqlite_url, "explain", "one", "--lang", "kk")
    with pytest.raises(UsageError, match="no edition in ru in force on 2001-01-01 was read"):
        run(monkeypatch, sqlite_url, "explain", entry.code, "--as-of", "2001-01-01")
    for wanted in (entry.key, entry.code, f" {entry.id} "):
        _, out, _ = run(monkeypatch, sqlite_url, "explain", wanted)
        assert out.startswith(f"entry {entry.key}\n")
        assert f"/docs/{ACT}" in out


def test_explain_says_what_it_does_not_know(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Exception, match="no entry or listing 'nothing'"):
        run(monkeypatch, sqlite_url, "explain", "nothing")
    for empty in ("", "  "):
        with pytest.raises(UsageError, match="is needed"):
            run(monkeypatch, sqlite_url, "explain", empty)


def test_explain_says_of_an_excluded_row_that_nothing_counts_it(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored(sqlite_url, tmp_path, dead_every=7)
    engine = connect(sqlite_url)
    with transaction(engine) as session:
        edition = editions_in_force(session, Lang.RU)[0]
        rows = entries_of(session, edition.id)
    engine.dispose()
    dead, live = next(row for row in rows if row.dead), next(row for row in rows if not row.dead)
    assert "excluded from the register" in run(monkeypatch, sqlite_url, "explain", dead.key)[1]
    assert "excluded from the register" not in run(monkeypatch, sqlite_url, "explain", live.key)[1]


def test_a_code_of_several_rows_names_them_with_what_tells_them_apart(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored(sqlite_url, tmp_path)
    engine = connect(sqlite_url)
    with transaction(engine) as session:
        first, second = session.scalars(select(EntryRow).where(EntryRow.subname != "").order_by(EntryRow.id).limit(2))
        second.code, second.subname = first.code, "повторно"
        code, told = first.code, f"{first.key}  {first.subname}\n  {second.key}  повторно"
    engine.dispose()
    with pytest.raises(UsageError, match="stands in 2 rows; give the key of one:") as refused:
        run(monkeypatch, sqlite_url, "explain", code)
    assert str(refused.value).endswith(told)


def test_the_lexicon_report_names_unused_phrases(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored(sqlite_url, tmp_path)
    _, out, err = run(monkeypatch, sqlite_url, "code", "--lexicon-report")
    assert "phrase 'жестов* язык' occurs nowhere" in out
    assert "0 faulty" in err


LABELS = SHARED / "gold" / "egov_ru_dev.csv"


def check_real_listings(sqlite_url: str, tmp_path: Path, labels: Path) -> None:
    from crawler.archive.importer import import_path

    import_path(tmp_path, SHARED / "captures", sources().sites)
    engine = connect(sqlite_url)
    ingest(engine, tmp_path, sources(), watch=unwatched)
    code_all(engine, CODER, NOW)
    with labels.open(encoding="utf-8-sig", newline="") as stream:
        gold = {row["url"].rsplit("/", 1)[-1]: (row["nature"], row["completeness"]) for row in csv.DictReader(stream)}
    with transaction(engine) as session:
        assert len(listings(session, Lang.RU)) == len(gold) == 106
        pairs = agreement_with(session, gold)
    engine.dispose()
    for axis in (0, 1):
        assert sum(people[axis] == machine[axis] for people, machine in pairs) / len(pairs) >= 0.95


if LABELS.exists():  # the real pages lie beside the repository, not in it

    def test_real_listings_are_coded_as_people_labelled_them(sqlite_url: str, tmp_path: Path) -> None:
        check_real_listings(sqlite_url, tmp_path, LABELS)
