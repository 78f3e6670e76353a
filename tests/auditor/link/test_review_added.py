"""A person links rows that the machine did not: held against the register, kept with name and reason, taken back."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from auditor.db.links import decisions, memberships
from auditor.db.models import IssueRow
from auditor.db.session import connect, transaction
from auditor.records import Entry
from crawler.pages.records import Lang
from tests.auditor.link.command import Done, run
from tests.auditor.link.histories import write_history
from tests.auditor.link.reviewing import UNLIKE
from tests.auditor.link.store import store_edition

#: A name that no other row has a word of, under another heading, code, by-law and body: nobody would propose it.
OTHER = {
    "name": UNLIKE[0],
    "code": "99901001",
    "section": "Иное",
    "subsection": "Прочее",
    "bylaw": "Правила № 7 от 1 мая 2021 года",
    "provider": "Иной орган",
    "developer": "Иное ведомство",
}
SAID = ("--by", "Aigul", "--reason", "order 12")


def dated(rows: list[Entry], year: int) -> list[Entry]:
    day = date(year, 3, 1)
    return [
        replace(row, edition_date=day, key=f"{row.act}/{day}/{row.lang}/{row.key.rpartition('/')[2]}") for row in rows
    ]


def key(year: int, code: str, lang: str = "ru") -> str:
    return f"V2000019982/{year}-03-01/{lang}/{code}"


@cache
def first_text() -> list[Entry]:
    return list(write_history(3, 40, [], typos=0).editions[Lang.RU][0])


@pytest.fixture(scope="module")
def linked(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four editions a year apart. Of 2022 on the fifth row is another in all it says; the sixth is gone in 2022."""
    path = tmp_path_factory.mktemp("added") / "audit.db"
    shutil.copy(sqlite_template, path)
    rows = first_text()
    other = [*rows[:4], replace(rows[4], **OTHER, key=f"x/y/z/{OTHER['code']}"), *rows[5:]]
    editions = {2021: rows, 2022: [row for row in other if row is not rows[5]], 2023: other, 2024: other}
    engine = connect(f"sqlite:///{path}")
    with transaction(engine) as session:
        for year, text in editions.items():
            store_edition(session, dated(text, year))
    engine.dispose()
    assert run(f"sqlite:///{path}", "link").returncode == 0
    return path


@pytest.fixture
def history(linked: Path, tmp_path: Path) -> Iterator[tuple[str, Engine]]:
    """A copy of that database, and the same opened."""
    shutil.copy(linked, tmp_path / "audit.db")
    engine = connect(f"sqlite:///{tmp_path}/audit.db")
    yield f"sqlite:///{tmp_path}/audit.db", engine
    engine.dispose()


def codes() -> tuple[str, str]:
    """The code of the row that became another, and of the one that was gone for an edition."""
    return first_text()[4].code, first_text()[5].code


def add(db: str, kind: str, older: str | list[str], newer: str | list[str], *said: str) -> Done:
    ends = [("--older", one) for one in ([older] if isinstance(older, str) else older)]
    ends += [("--newer", one) for one in ([newer] if isinstance(newer, str) else newer)]
    return run(db, "review", "links", "--add", kind, *(word for end in ends for word in end), *(said or SAID))


def terms(db: str, start: int, end: int) -> dict[str, int]:
    told = json.loads(run(db, "account", str(start), str(end), "--json").stdout)
    assert told["remainder"] == 0
    return {name: told[name]["value"] for name in ("births", "deaths", "splits", "mergers") if told[name]["value"]}


def test_two_rows_that_nothing_joined_become_one_service_in_every_year_and_stay_so(history: tuple[str, Engine]) -> None:
    db, engine = history
    was, _ = codes()
    older, newer = key(2021, was), key(2022, OTHER["code"])
    assert terms(db, 2021, 2022) == {"births": 1, "deaths": 2}
    done = add(db, "renamed", older, newer)
    assert (done.returncode, done.stdout) == (0, "1 decisions kept\n"), done.stderr
    assert "egov-audit link" in done.stderr
    for _ in range(2):
        assert run(db, "link").returncode == 0
        with transaction(engine) as session:
            found = memberships(session, "entry", [older, newer, key(2024, OTHER["code"])])
        assert (len(found), len(set(found.values()))) == (3, 1)
        assert terms(db, 2021, 2022) == {"deaths": 1}
        assert terms(db, 2022, 2024) == {"births": 1}, "what became of it later stays as it was"
    (told,) = json.loads(run(db, "diff", "2021-12-31", "2022-12-31", "--json").stdout)["changes"][:1]
    assert (told["type"], told["older"]) == ("renamed", [older])
    (kept,) = json.loads(run(db, "review", "links", "--decided", "--json").stdout)
    assert (kept["type"], kept["decision"], kept["by"], kept["reason"]) == ("renamed", "confirmed", "Aigul", "order 12")
    assert add(db, "Renamed", older, newer).stdout == "0 decisions kept, 1 were kept before\n"
    assert run(db, "review", "links", "--withdraw", str(kept["id"]), *SAID).returncode == 0
    run(db, "link")
    assert terms(db, 2021, 2022) == {"births": 1, "deaths": 2}


def test_a_split_is_told_whole_and_starts_services(history: tuple[str, Engine]) -> None:
    db, engine = history
    was, _ = codes()
    first = key(2022, first_text()[0].code)
    alone = add(db, "split", key(2021, was), key(2022, OTHER["code"]))
    assert (alone.returncode, len(alone.stderr.splitlines())) == (4, 1)
    assert "add all its links at once; nothing was kept" in alone.stderr
    wrong = add(db, "renamed", key(2021, was), [key(2022, OTHER["code"]), first])
    assert (wrong.returncode, "which is split, not renamed" in wrong.stderr) == (4, True)
    done = add(db, "split", key(2021, was), [key(2022, OTHER["code"]), first])
    assert done.stdout == "2 decisions kept\n", done.stderr
    run(db, "link")
    assert terms(db, 2021, 2022) == {"deaths": 2, "splits": 1}, "the row that was the first one before has no heir now"
    with transaction(engine) as session:
        found = memberships(session, "entry", [key(2021, was), key(2022, OTHER["code"]), first])
    assert len(set(found.values())) == 3
    kept = json.loads(run(db, "review", "links", "--decided", "--json").stdout)
    (of_first,) = [one["id"] for one in kept if one["newer"] == first]
    run(db, "review", "links", "--withdraw", str(of_first), *SAID)
    run(db, "link")
    with transaction(engine) as session:
        found = memberships(session, "entry", [key(2021, was), key(2022, OTHER["code"])])
    assert len(set(found.values())) == 1, "one link alone is no split"
    assert terms(db, 2021, 2022) == {"deaths": 1}


def test_what_was_gone_is_restored_over_the_editions_without_it(history: tuple[str, Engine]) -> None:
    db, _ = history
    was, gone = codes()
    refused = json.loads(run(db, "review", "links", "--of", key(2023, gone), "--json").stdout)
    (machine,) = [one for one in refused if one["type"] == "restored"]
    run(db, "review", "links", "--refuse", str(machine["id"]), *SAID)
    run(db, "link")
    done = add(db, "restored", key(2021, was), key(2023, gone))
    assert done.stdout == "1 decisions kept\n", done.stderr
    run(db, "link")
    told = json.loads(run(db, "account", "2022", "2023", "--json").stdout)
    assert [item["kind"] for item in told["births"]["entries"]] == ["restored"]
    assert terms(db, 2021, 2023) == {"births": 1, "deaths": 1}, "what came back is what was there before"


def test_an_edition_read_between_two_rows_takes_the_decision_on_them_out_of_force(history: tuple[str, Engine]) -> None:
    db, engine = history
    was, _ = codes()
    assert add(db, "renamed", key(2021, was), key(2022, OTHER["code"])).returncode == 0
    run(db, "link")
    assert terms(db, 2021, 2022) == {"deaths": 1}
    day = date(2021, 9, 1)
    between = [
        replace(row, edition_date=day, key=row.key.replace("2021-03-01", str(day))) for row in dated(first_text(), 2021)
    ]
    with transaction(engine) as session:
        store_edition(session, between)
    run(db, "link")
    told = select(IssueRow.address).where(IssueRow.code == "decision_out_of_place", IssueRow.resolved_at.is_(None))
    with transaction(engine) as session:
        assert session.scalars(told).all() == [key(2022, OTHER["code"])]
    assert terms(db, 2021, 2022) == {"births": 1, "deaths": 2}
    assert add(db, "renamed", between[4].key, key(2022, OTHER["code"])).returncode == 0
    run(db, "link")
    assert terms(db, 2021, 2022) == {"deaths": 1}


def test_links_come_in_with_a_table_beside_other_decisions(history: tuple[str, Engine], tmp_path: Path) -> None:
    db, engine = history
    was, _ = codes()
    table = tmp_path / "links.csv"
    run(db, "review", "links", "--of", was, "--export", str(table))
    line = f",taken over,,{key(2021, was)},{key(2022, OTHER['code'])},,,,add,Aigul,order 12\n"
    table.write_text(table.read_text(encoding="utf-8-sig") + line, encoding="utf-8")
    assert run(db, "review", "links", "--import", str(table)).stdout == "1 decisions kept\n"
    assert run(db, "review", "links", "--import", str(table)).stdout == "0 decisions kept, 1 were kept before\n"
    with transaction(engine) as session:
        assert [str(one.link.type) for one in decisions(session)] == ["taken_over"]
    text = table.read_text(encoding="utf-8").replace(",add,Aigul", ",add,Berik").replace(",taken over,", ",sold,")
    table.write_text(text, encoding="utf-8")
    done = run(db, "review", "links", "--import", str(table))
    assert (done.returncode, len(done.stderr.splitlines())) == (4, 1)
    assert f"links.csv line {len(text.splitlines())}: an added link is same, renamed" in done.stderr


WAS, NOW = "{was}", "{now}"


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("same", WAS, WAS), 4, "linked to itself"),
        (("sold", WAS, NOW), 4, "an added link is same, renamed"),
        (("listed", WAS, NOW), 4, "an added link is same, renamed"),
        (("same", WAS, "no such row"), 4, "no edition in the register's history has a row 'no such row'"),
        (("same", WAS, key(2022, "77777777")), 4, "has a row"),
        (("same", WAS, key(2022, OTHER["code"], "kk")), 4, "has a row"),
        (("same", NOW, WAS), 4, "is not before"),
        (("same", WAS, "{beside}"), 4, "is not before"),
        (("same", WAS, key(2023, OTHER["code"])), 4, "1 editions lie between"),
        (("restored", WAS, NOW), 4, "only what was gone"),
        (("same", WAS, NOW, "--by", "Aigul"), 2, "a name (--by) and a reason (--reason)"),
        (("same", WAS, NOW, "--by", "A" * 81, "--reason", "b"), 2, "at most 80"),
        (("same", WAS, []), 2, "go together"),
        (("same", WAS, NOW, *SAID, "--decided"), 2, "at a time"),
        (("same", WAS, NOW, *SAID, "--confirm", "1"), 2, "at a time"),
    ],
)
def test_a_link_that_cannot_be_is_one_clear_line(
    history: tuple[str, Engine], words: tuple[str, ...], code: int, says: str
) -> None:
    db, engine = history
    was, gone = codes()
    told = {WAS: key(2021, was), NOW: key(2022, OTHER["code"]), "{beside}": key(2021, gone)}
    kind, older, newer, *said = (told.get(word, word) if isinstance(word, str) else word for word in words)
    done = add(db, kind, older, newer, *said)
    assert (done.returncode, done.stdout) == (code, ""), done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert says in done.stderr
    with transaction(engine) as session:
        assert decisions(session) == []


def test_the_two_languages_are_linked_each_by_itself(sqlite_url: str) -> None:
    editions = write_history(3, 20, [{}], typos=0).editions
    engine = connect(sqlite_url)
    with transaction(engine) as session:
        for lang in (Lang.RU, Lang.KK):
            for text in editions[lang]:
                store_edition(session, text)
    engine.dispose()
    done = add(sqlite_url, "same", editions[Lang.RU][0][0].key, editions[Lang.KK][1][0].key)
    assert (done.returncode, "of two languages" in done.stderr) == (4, True)


def test_who_confirms_one_link_of_a_split_confirms_the_split(sqlite_url: str) -> None:
    texts = write_history(3, 40, [{"splits": 1}], typos=0).editions[Lang.RU]
    engine = connect(sqlite_url)
    with transaction(engine) as session:
        for text in texts:
            store_edition(session, text)
    engine.dispose()
    run(sqlite_url, "link")
    before = json.loads(run(sqlite_url, "link", "--json").stdout)["links"]
    rows = [row.key for row in texts[1]]
    told = (one for row in rows for one in json.loads(run(sqlite_url, "review", "links", "--of", row, "--json").stdout))
    chosen = next(one for one in told if one["type"] == "split")
    done = run(sqlite_url, "review", "links", "--confirm", str(chosen["id"]), *SAID)
    assert done.stdout == f"{before['split']} decisions kept\n"
    assert json.loads(run(sqlite_url, "link", "--json").stdout)["links"] == before
