"""A listing is gone only when complete lists of two harvests at least 14 days apart lack it, asked through commands."""

from __future__ import annotations

import json
import re
import shutil
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from auditor.db.session import upgrade
from crawler.sources.load import FOLDER
from tests.auditor.ingest.pages import EGOV, START, Run, list_page
from tests.auditor.link.command import Done, run
from tests.pages_gen import Spec, register_rows

FIRST = date(2024, 1, 15)
LIST = f"{EGOV}/cms/ru/online-services/for_citizen"
SPEC = Spec(rows=60)
#: Digitised services with names of their own: what the lists will show.
SHOWN = [row["name"] for row in register_rows(SPEC) if "лектронн" in row.get("form", "")][:3]


@pytest.fixture
def ask(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Commands over one archive and database."""
    upgrade(sqlite_url)
    monkeypatch.setenv("EGOV_AUDIT_ARCHIVE", str(tmp_path / "archive"))
    monkeypatch.setenv("EGOV_AUDIT_SOURCES", str(one_list(tmp_path / "sources")))
    monkeypatch.chdir(tmp_path)

    def command(*words: str) -> Done:
        return run(sqlite_url, *words)

    return command


def one_list(folder: Path) -> Path:
    """The sources of a portal that has one list: an absence from it is one from the portal."""
    shutil.copytree(FOLDER, folder)
    portal = folder / "egov.yml"
    said = portal.read_text(encoding="utf-8").replace("ask: [ru, kk, en]", "ask: [ru]")
    portal.write_text(re.sub(r"  - {kind: portal_list, audience: business.*\n", "", said), encoding="utf-8")
    return folder


def listed(names: list[str], lines: int | None = None) -> bytes:
    """A list with these services; `lines` more broken lines make it an incomplete one."""
    page = list_page({f"s_{SHOWN.index(name)}": "Семья" for name in names}).decode()
    for number, name in enumerate(SHOWN):
        page = page.replace(f"Услуга s_{number}<", f"{name}<")
    assert len(re.findall("<li>", page)) == len(names)
    return page.encode()


def harvest(archive: Path, after: int, names: list[str], register: bool = False) -> date:
    """One harvest, so many days after the first."""
    new = Run(archive, at=START + timedelta(days=after))
    if register:
        new.history(FIRST).edition(None, SPEC)
    new.page(LIST, listed(names)).seal()
    return (START + timedelta(days=after)).date()


def phantoms(ask: Any, day: date) -> dict[str, int]:
    for words in (("ingest",), ("link",)):
        done = ask(*words)
        assert done.returncode == 0, done.stderr
    done = ask("measure", "--as-of", str(day), "--measure", "phantoms", "--json")
    cells = json.loads(done.stdout)["measures"]["phantoms"]["cells"]
    return {name: cell["value"] for name, cell in cells.items()}


def test_an_absence_takes_two_lists_without_it_fourteen_days_apart(ask: Any, tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    first = phantoms(ask, harvest(archive, 0, SHOWN, register=True))
    assert (first["present"], first["absent"]) == (3, 0)
    second = phantoms(ask, harvest(archive, 20, SHOWN[:2]))
    assert second["absent"] == first["not_observed"], "these no list has shown, twice, 20 days apart"
    assert (second["present"], second["not_observed"]) == (2, 1), "one list without it is no proof"
    third = phantoms(ask, harvest(archive, 33, SHOWN[:2]))
    assert third == second, "13 days are not 14"
    last = phantoms(ask, harvest(archive, 34, SHOWN[:2]))
    assert (last["present"], last["not_observed"], last["absent"]) == (2, 0, second["absent"] + 1)
    asked = ask("query", "digitised_without_listing", "--json")
    assert asked.stdout == ""
    assert "for citizens and for business" in asked.stderr, "the question knows no sources and wants both lists"
    back = phantoms(ask, harvest(archive, 60, SHOWN))
    assert (back["present"], back["absent"]) == (3, second["absent"])
    early = json.loads(ask("measure", "--as-of", "2024-06-01", "--measure", "phantoms", "--json").stdout)
    assert early["measures"]["phantoms"]["cells"]["absent"]["value"] == 0, "what is known later changes no earlier day"


def test_no_absence_is_proven_while_the_portal_has_a_list_that_was_never_read(
    ask: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("EGOV_AUDIT_SOURCES")
    harvest(tmp_path / "archive", 0, SHOWN, register=True)
    found = phantoms(ask, harvest(tmp_path / "archive", 20, SHOWN))
    assert (found["present"], found["absent"]) == (3, 0)
    assert found["not_observed"] > 0
    asked = ask("measure", "--as-of", "2024-12-31", "--measure", "phantoms")
    assert "ru/business" in asked.stdout
