"""Whatever rests on pages that robots.txt closes says by whose leave they were asked for, in each language."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from auditor.coding.codebook import CODEBOOK
from auditor.config import AuditConfig
from auditor.db.session import open_database, transaction
from auditor.measure.stage_report import read_report
from auditor.measure.stage_series import Asked
from crawler.pages.records import Lang
from tests.auditor.cli.command import Ended, egov_audit

Copy = Callable[[str], AuditConfig]
LETTER = "0123456789abcdef" * 4
WHO = "Институт законодательства"
SAID = {
    "en": "Its pages were asked for by written permission",
    "ru": "Страницы запрошены по письменному разрешению",
    "kk": "Беттер жазбаша рұқсат бойынша сұралды",
}
#: Who gave leave for which pages, as the crawler's record and issues have it.
_LEAVE = """
    UPDATE run SET arguments = json_object('robots_permission', json_array(json_object(
        'where', replace((SELECT MIN(url) FROM capture WHERE kind = 'act_text' AND lang = 'ru'
                          AND instr(url, '/rus/') > 0), 'http://', ''),
        'who', :who, 'date', '2024-03-01', 'sha256', :letter))) WHERE stage = 'register'
"""
_PAGES = """
    INSERT INTO issue (run_id, stage, level, code, address, message, value, found_at)
    SELECT run_id, 'register', 'warning', 'robots_permission', url, 'closed', :letter, captured_at
    FROM capture WHERE kind = 'act_text' AND lang = 'ru' AND verdict = 'ok'
"""


@pytest.fixture
def closed(copy: Copy, tmp_path: Path) -> AuditConfig:
    """A copy of the demo, archive and all (a release is sealed there), whose Russian texts were asked for by leave."""
    config = copy("all")
    with closing(sqlite3.connect(tmp_path / "audit.db")) as connection, connection:
        for statement in (_LEAVE, _PAGES):
            assert connection.execute(statement, {"who": WHO, "letter": LETTER}).rowcount > 0
    return config


@pytest.fixture
def ask(closed: AuditConfig, tmp_path: Path) -> Callable[..., Ended]:
    """Runs the command on that copy."""

    def run(*words: str) -> Ended:
        places = {"ARCHIVE": str(closed.archive), "DB_URL": closed.db_url, "STATE": str(tmp_path / "state")}
        return egov_audit(tmp_path, *words, **{f"EGOV_AUDIT_{name}": value for name, value in places.items()})

    return run


def test_status_a_citation_and_a_proof_say_by_whose_leave(ask: Callable[..., Ended], tmp_path: Path) -> None:
    (line,) = [line for line in ask("status").out.splitlines() if line.startswith("permission")]
    assert line.endswith(f" pages  {WHO}, 2024-03-01, letter sha256 {LETTER}")
    cited = ask("cite", "count", "--lang", "kk").out
    assert SAID["kk"] in cited
    assert WHO in cited
    assert LETTER in cited
    assert LETTER not in ask("cite", "count", "--text", "kk").out, "nothing of the Kazakh text was closed"
    assert ask("prove", "count", "--out", "proof").code == 0
    told = json.loads((tmp_path / "proof/figure.json").read_bytes())
    assert [(one["who"], one["day"], one["letter"], one["pages"]) for one in told["robots_permission"]] == [
        (WHO, "2024-03-01", LETTER, 1)
    ]
    assert all(any(words in remark for remark in told["remarks"]) for words in SAID.values())


def test_a_release_and_its_export_say_by_whose_leave(ask: Callable[..., Ended], tmp_path: Path) -> None:
    (manifest,) = json.loads(ask("release", "--json", "--out", "release.sqlite").out)["robots_permission"]
    assert (manifest["who"], manifest["day"], manifest["letter"]) == (WHO, "2024-03-01", LETTER)
    ended = ask("export", "--release", "release.sqlite", "--out", "export", "--format", "csv")
    assert ended.code == 0, ended.err
    assert json.loads((tmp_path / "export/datapackage.json").read_bytes())["robots_permission"] == [manifest]


def test_what_a_report_is_built_from_has_the_permission(closed: AuditConfig) -> None:
    with open_database(closed.db_url) as engine, transaction(engine) as session:
        report = read_report(session, Asked(Lang.RU, CODEBOOK, (), date.today()), None, "")
    (used,) = report.permissions
    assert (used.who, used.day, used.letter) == (WHO, date(2024, 3, 1), LETTER)
    assert used.pages > 1
