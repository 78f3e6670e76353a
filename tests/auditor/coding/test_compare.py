"""Two codebook versions in one database: rows of both stay, and what moved is told with the figures it moves."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select
from typer.testing import CliRunner

from auditor.cli.app import app
from auditor.cli.commands import COMMAND_MODULES
from auditor.coding.coder import Coder
from auditor.coding.lexicon import load_lexicon, load_yaml
from auditor.coding.rules import load_rules
from auditor.coding.stage import code_all
from auditor.db.models import CodingRow, EntryRow
from auditor.db.read import listings
from auditor.db.session import connect, transaction
from crawler.errors import UsageError
from crawler.pages.records import Lang
from tests.auditor.coding.test_stage import CODER, NOW, stored

LATER = datetime(2026, 3, 4, 5, 6, tzinfo=UTC)


def run(monkeypatch: pytest.MonkeyPatch, db_url: str, *arguments: str) -> str:
    assert COMMAND_MODULES
    monkeypatch.setenv("EGOV_AUDIT_DB_URL", db_url)
    result = CliRunner().invoke(app, list(arguments))
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.stdout


def other_coder() -> Coder:
    """One to whom a queue is the thing itself."""
    other = load_yaml("ru.yml").replace("code: partial", "code: complete")
    return Coder({Lang.RU: load_lexicon(Lang.RU, other), Lang.KK: CODER.lexicon(Lang.KK)}, load_rules())


def recoded(db_url: str, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Version 1 by the lexicon as it is; version 2 by another coder."""
    stored(db_url, root)
    engine = connect(db_url)
    code_all(engine, CODER, NOW)
    monkeypatch.setattr("auditor.coding.stage.CODEBOOK", "2")
    code_all(engine, other_coder(), LATER)
    monkeypatch.undo()
    engine.dispose()


def test_a_new_version_codes_beside_the_old_and_moves_are_told(
    db_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recoded(db_url, tmp_path, monkeypatch)
    told = json.loads(run(monkeypatch, db_url, "code", "--compare", "1", "2", "--json"))
    engine = connect(db_url)
    with transaction(engine) as session:
        counted = session.execute(select(CodingRow.codebook, func.count()).group_by(CodingRow.codebook))
        counts = {row[0]: row[1] for row in counted}
        partial = set(
            session.scalars(
                select(CodingRow.subject_key).where(CodingRow.codebook == "1", CodingRow.completeness == "partial")
            )
        )
        names = {row.key: row.name for row in session.execute(select(EntryRow.key, EntryRow.name))}
        names |= {listing.key: listing.name for listing in listings(session)}
    engine.dispose()
    assert counts["1"] == counts["2"] == 62
    moved = told["subjects"]["entry"]["moved"] + told["subjects"]["listing"]["moved"]
    assert {one["key"] for one in moved} == partial
    assert "ru/one" in partial
    assert {tuple(one["axes"]) for one in moved} == {("completeness",)}
    assert all(one["before"][1:] == ["partial", "machine"] for one in moved)
    assert all(one["after"][1:] == ["complete", "machine"] for one in moved)
    assert {one["key"]: one["name"] for one in moved} == {key: names[key] for key in partial}
    assert told["subjects"]["entry"]["compared"] == 60


def test_the_figures_that_move_are_told_with_both_values(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recoded(sqlite_url, tmp_path, monkeypatch)
    run(monkeypatch, sqlite_url, "measure", "--as-of", "2024-12-31")
    told = json.loads(run(monkeypatch, sqlite_url, "code", "--compare", "1", "2", "--json"))
    of_portal = [one for one in told["figures"] if one["edition"] == "portal"]
    assert {(one["measure"], one["cell"]) for one in of_portal} >= {
        ("completeness", "partial"),
        ("completeness", "complete"),
    }
    register = [one for one in told["figures"] if one["edition"] != "portal"]
    days = {one["as_of"] for one in register}
    assert days == {"2024-12-31", told["as_of"]}, "a figure that was kept for an earlier day moves too"
    figures = {(one["measure"], one["cell"]): one for one in register if one["as_of"] == "2024-12-31"}
    assert len(register) == 2 * len(figures)
    assert figures["dead_ends", ""]["before"]["value"] > 0
    assert figures["dead_ends", ""]["after"] is None, "where nothing is partial, no dead end is measured"
    entries = len(told["subjects"]["entry"]["moved"])
    partial = figures["completeness", "partial"]
    assert (partial["before"]["value"], partial["after"]["value"], partial["before"]["of"]) == (entries, 0, 60)
    assert figures["two_by_two", "human_social/partial"]["after"]["share"] == 0
    assert "core_complete" in {measure for measure, _ in figures}
    assert "nature" not in {measure for measure, _ in figures}
    text = run(monkeypatch, sqlite_url, "code", "--compare", "1", "2")
    assert "codebook 1 → 2" in text
    assert f"completeness partial {entries} ({entries / 60 * 100:.1f}%) → 0 (0.0%)" in text
    assert "ru/one" in text


def test_another_coder_under_the_same_codebook_is_told_with_what_it_moved(
    db_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored(db_url, tmp_path)
    engine, other = connect(db_url), other_coder()
    first = code_all(engine, CODER, NOW)
    second = code_all(engine, other, LATER)
    engine.dispose()
    assert (first.version, first.before) == (CODER.version, "")
    assert (second.version, second.before) == (other.version, CODER.version)
    assert CODER.version != other.version
    text = run(monkeypatch, db_url, "code", "--compare", CODER.version, other.version)
    assert f"coder {CODER.version} → {other.version}" in text
    told = json.loads(run(monkeypatch, db_url, "code", "--compare", CODER.version, other.version, "--json"))
    assert told["coders"] == [CODER.version, other.version]
    moved = told["subjects"]["entry"]["moved"]
    assert moved
    assert {(one["before"][1], one["after"][1], one["other_text"]) for one in moved} == {("partial", "complete", False)}
    figures = {(one["measure"], one["cell"]): one for one in told["figures"] if one["edition"] != "portal"}
    partial = figures["completeness", "partial"]
    assert (partial["before"]["value"], partial["after"]["value"]) == (len(moved), 0)
    back = json.loads(run(monkeypatch, db_url, "code", "--compare", other.version, CODER.version, "--json"))
    assert len(back["subjects"]["entry"]["moved"]) == len(moved)
    # Coding with this program again says who coded before, for its figures move though no page has changed.
    monkeypatch.setenv("EGOV_AUDIT_DB_URL", db_url)
    said = CliRunner().invoke(app, ["code"]).stderr
    assert f"`egov-audit code --compare {other.version} {CODER.version}` says what moved" in said
    assert f"codebook 1, coder {other.version}" in CliRunner().invoke(app, ["explain", "one"]).stdout
    with pytest.raises(UsageError, match="not one of each"):
        run(monkeypatch, db_url, "code", "--compare", "1", CODER.version)


def test_what_moved_beside_the_axes_is_listed_too(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored(sqlite_url, tmp_path)
    text = load_yaml("ru.yml").replace("output: acceptance", "output: referral")
    other = Coder({Lang.RU: load_lexicon(Lang.RU, text), Lang.KK: CODER.lexicon(Lang.KK)}, load_rules())
    engine = connect(sqlite_url)
    code_all(engine, CODER, NOW)
    code_all(engine, other, LATER)
    engine.dispose()
    asked = ("code", "--compare", CODER.version, other.version)
    found = json.loads(run(monkeypatch, sqlite_url, *asked, "--json"))["subjects"]["listing"]
    assert found["moved"] == []
    (one,) = found["output_or_sector_only"]
    assert (one["key"], one["before"][0], one["after"][0]) == ("ru/one", "acceptance", "referral")
    assert "  ru/one  acceptance/" in run(monkeypatch, sqlite_url, *asked)


def test_versions_that_cannot_be_compared_are_refused(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored(sqlite_url, tmp_path)
    engine = connect(sqlite_url)
    code_all(engine, CODER, NOW)
    engine.dispose()
    with pytest.raises(UsageError, match=f"'7'; there are codings under codebook 1; by coder {CODER.version}"):
        run(monkeypatch, sqlite_url, "code", "--compare", "1", "7")
    with pytest.raises(UsageError, match="not 1 twice"):
        run(monkeypatch, sqlite_url, "code", "--compare", "1", "1")
