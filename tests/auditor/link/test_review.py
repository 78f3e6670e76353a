"""People decide links: one by one or in a table, with name and reason, and nothing half-kept."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from sqlalchemy import select, text

from auditor.db.links import decisions, memberships
from auditor.db.models import IssueRow, LinkRow
from auditor.db.session import connect, transaction
from crawler.pages.records import Lang
from tests.auditor.link.command import run
from tests.auditor.link.histories import write_history
from tests.auditor.link.reviewing import UNLIKE, fill, joined, questions
from tests.auditor.link.store import store_edition


def test_link_prints_what_was_found(db: str) -> None:
    said = json.loads(run(db, "link", "--json").stdout)
    assert said["links"]["same"] == 37
    assert said["candidates"] == {"renamed": 3}
    assert said["unlinked"] == {"ended": 3, "begun": 3}
    assert said["services"] == 43
    assert (said["dates"], said["relinked"]) == (2, 0)


def test_the_questions_stand_with_names_and_probability(db: str) -> None:
    assert {question["newer_name"] for question in questions(db)} == set(UNLIKE)
    listed = run(db, "review", "links")
    assert all(name in listed.stdout for name in UNLIKE)
    assert "3 open questions" in listed.stderr


def test_a_table_goes_out_and_comes_back_with_decisions(db: str, tmp_path: Path) -> None:
    table = tmp_path / "links.csv"
    assert run(db, "review", "links", "--export", str(table)).stdout.startswith("3 open questions")
    first, second, third = questions(db)
    fill(table, {str(first["id"]): ("confirm", "Aigul", "order 12"), str(second["id"]): ("refuse", "Aigul", "new law")})
    done = run(db, "review", "links", "--import", str(table))
    assert (done.returncode, done.stdout) == (0, "2 decisions kept\n")
    assert [question["id"] for question in questions(db)] == [third["id"]]
    assert run(db, "link").returncode == 0
    assert [joined(db, question) for question in (first, second, third)] == [True, False, False]
    engine = connect(db)
    with transaction(engine) as session:
        kept = [(one.link.decided_by, one.reason, str(one.link.state)) for one in decisions(session)]
    engine.dispose()
    assert kept == [("Aigul", "order 12", "accepted"), ("Aigul", "new law", "refused")]


def test_a_table_that_comes_back_twice_keeps_nothing_new(db: str, tmp_path: Path) -> None:
    table = tmp_path / "links.csv"
    run(db, "review", "links", "--export", str(table))
    first, second, _ = questions(db)
    fill(table, {str(first["id"]): ("confirm", "Aigul", "order 12"), str(second["id"]): ("refuse", "Aigul", "new law")})
    again = "0 decisions kept, 2 were kept before\n"
    assert run(db, "review", "links", "--import", str(table)).stdout == "2 decisions kept\n"
    assert run(db, "review", "links", "--import", str(table)).stdout == again
    fill(table, {str(second["id"]): ("confirm", "Aigul", "new law")})
    done = run(db, "review", "links", "--import", str(table))
    assert (done.returncode, done.stdout) == (0, "1 decisions kept, 1 were kept before\n")
    run(db, "link")
    assert run(db, "review", "links", "--import", str(table)).stdout == again, "no longer proposed, for it is decided"


def test_a_single_link_is_confirmed_by_its_id(db: str) -> None:
    question = questions(db)[0]
    done = run(db, "review", "links", "--confirm", str(question["id"]), "--by", "Aigul", "--reason", "order 12")
    assert done.returncode == 0, done.stderr
    assert run(db, "link").returncode == 0
    assert joined(db, question)


def test_a_stale_line_refuses_the_whole_table(db: str, tmp_path: Path) -> None:
    table = tmp_path / "links.csv"
    run(db, "review", "links", "--export", str(table))
    first, second, _ = questions(db)
    run(db, "review", "links", "--confirm", str(first["id"]), "--by", "Aigul", "--reason", "order 12")
    run(db, "link")  # the machine's candidate is withdrawn: a person decided it
    answer = ("refuse", "Berik", "other service")
    fill(table, {str(second["id"]): answer, str(first["id"]): answer})
    done = run(db, "review", "links", "--import", str(table))
    assert done.returncode == 4
    assert len(done.stderr.strip().splitlines()) == 1
    assert "stale" in done.stderr
    assert "line 2" in done.stderr
    assert len(questions(db)) == 2


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["--confirm", "999999", "--by", "A", "--reason", "b"], 4, "no link 999999"),
        (["--confirm", "1"], 2, "needs a name"),
        (["--confirm", "1", "--refuse", "2"], 2, "at a time"),
        (["--withdraw", "1", "--decided"], 2, "at a time"),
        (["--withdraw", "1", "--by", "A", "--reason", "b"], 4, "none to withdraw"),
        (["--confirm", "1", "--by", "A" * 81, "--reason", "b"], 2, "at most 80"),
        (["--import", "missing.csv"], 3, "missing.csv"),
    ],
)
def test_a_wrong_request_is_one_clear_line(db: str, arguments: list[str], code: int, says: str) -> None:
    done = run(db, "review", "links", *arguments)
    assert done.returncode == code
    assert len(done.stderr.strip().splitlines()) == 1
    assert says in done.stderr


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("id,older\n1,2\n", "no column"),
        ("id,older,newer,decision,by,reason\nx,a,b,confirm,A,b\n", "line 2"),
        ("id,older,newer,decision,by,reason\n1,,,perhaps,A,b\n", "confirm, refuse, withdraw or add"),
        ("id;older;newer;decision;by;reason\n1;;;perhaps;A;b\n", "confirm, refuse, withdraw or add"),
        ("id,older,newer,decision,by,reason\n²,a,b,confirm,A,b\n", "no link's id"),
        ("id,older,newer,decision,by,reason\n99999999999999999999,a,b,confirm,A,b\n", "there is no link"),
        ("id,older,newer,decision,by,reason\n1,a,b,,A,order 12\n", "line 2: a reason without a decision"),
        ("id,older,newer,decision,by,reason\n1,,,confirm,A,b\n1,,,refuse,B,c\n", "line 3: link 1 is decided otherwise"),
        ("id,older,newer,decision,by,reason\n{id},,,withdraw,A,b\n", "none to withdraw"),
    ],
)
def test_a_wrong_table_is_one_clear_line(db: str, tmp_path: Path, text: str, says: str) -> None:
    table = tmp_path / "links.csv"
    table.write_text(text.format(id=questions(db)[0]["id"]), encoding="utf-8")
    done = run(db, "review", "links", "--import", str(table))
    assert done.returncode == 4
    assert says in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert len(questions(db)) == 3


def test_a_table_made_to_be_heavy_is_not_read(db: str, tmp_path: Path) -> None:
    table = tmp_path / "links.csv"
    table.write_text("id,older,newer,decision,by,reason\n" + "1,a,b,confirm,v,s\n" * 600_000, encoding="utf-8")
    done = run(db, "review", "links", "--import", str(table))
    assert (done.returncode, done.stdout) == (4, "")
    assert done.stderr == "egov-audit: links.csv has more than 10,000,000 bytes; no review file of ours has\n"


def test_decisions_are_listed_and_a_wrong_one_is_changed_under_its_own_id(db: str) -> None:
    question = questions(db)[0]
    run(db, "review", "links", "--confirm", str(question["id"]), "--by", "Aigul", "--reason", "order 12")
    run(db, "link")
    (kept,) = json.loads(run(db, "review", "links", "--decided", "--json").stdout)
    assert (kept["older"], kept["newer_name"]) == (question["older"], question["newer_name"])
    assert (kept["decision"], kept["by"], kept["reason"]) == ("confirmed", "Aigul", "order 12")
    old = run(db, "review", "links", "--refuse", str(question["id"]), "--by", "Berik", "--reason", "another service")
    assert (old.returncode, "--decided" in old.stderr) == (4, True), "the question is gone, and says where to go"
    run(db, "review", "links", "--refuse", str(kept["id"]), "--by", "Berik", "--reason", "another service")
    listed = run(db, "review", "links", "--decided").stdout
    assert ("refused renamed" in listed, "Berik" in listed, "Aigul" in listed) == (True, True, False)
    run(db, "link")
    assert not joined(db, question)


def test_a_table_that_may_be_filled_in_is_not_written_over(db: str, tmp_path: Path) -> None:
    table = tmp_path / "links.csv"
    table.write_text("mine", encoding="utf-8")
    done = run(db, "review", "links", "--export", str(table))
    assert (done.returncode, table.read_text(encoding="utf-8")) == (2, "mine")
    assert "is there already" in done.stderr


def test_a_refusal_that_the_other_language_undoes_is_a_finding(sqlite_url: str) -> None:
    editions = write_history(3, 40, [{}], typos=0).editions
    engine = connect(sqlite_url)
    with transaction(engine) as session:
        for lang in (Lang.RU, Lang.KK):
            for text in editions[lang]:
                store_edition(session, text)
    run(sqlite_url, "link")
    with transaction(engine) as session:
        pair = select(LinkRow.id, LinkRow.older_key, LinkRow.newer_key).where(
            LinkRow.newer_key == editions[Lang.RU][1][4].key
        )
        link_id, older, newer = session.execute(pair.where(LinkRow.type == "same")).one()
    run(sqlite_url, "review", "links", "--refuse", str(link_id), "--by", "Aigul", "--reason", "another service")
    assert run(sqlite_url, "link").returncode == 0
    told = select(IssueRow.address, IssueRow.value).where(
        IssueRow.code == "refusal_without_effect", IssueRow.resolved_at.is_(None)
    )
    with transaction(engine) as session:
        assert [tuple(row) for row in session.execute(told)] == [(newer, older)], "the Kazakh rows tie them"
        kazakh = session.scalar(
            select(LinkRow.id).where(LinkRow.newer_key == newer.replace("/ru/", "/kk/"), LinkRow.type == "same")
        )
    run(sqlite_url, "review", "links", "--refuse", str(kazakh), "--by", "Aigul", "--reason", "another service")
    run(sqlite_url, "link")
    with transaction(engine) as session:
        assert session.execute(told).all() == []
    engine.dispose()


def test_a_listing_stands_with_its_name_and_a_confirmed_one_belongs_to_its_service(
    sample_sqlite: str, tmp_path: Path
) -> None:
    shutil.copy(sample_sqlite.removeprefix("sqlite:///"), tmp_path / "audit.db")
    db = f"sqlite:///{tmp_path}/audit.db"
    engine = connect(db)
    with engine.begin() as connection:  # without the Russian text some listings may be one of two services
        connection.execute(text("UPDATE edition SET state = 'held' WHERE lang = 'ru'"))
    run(db, "link")
    listed = [one for one in questions(db) if one["type"] == "listed"]
    assert listed
    assert all(one["older_name"] and one["newer_name"] for one in listed)
    chosen = listed[0]
    run(db, "review", "links", "--confirm", str(chosen["id"]), "--by", "Aigul", "--reason", "seen on the page")
    assert run(db, "link").returncode == 0
    with transaction(engine) as session:
        row = memberships(session, "entry", [chosen["older"]])[chosen["older"]]
        assert memberships(session, "listing", [chosen["newer"]]) == {chosen["newer"]: row}
    engine.dispose()
    assert chosen["newer"] not in {one["newer"] for one in questions(db)}, "its rivals are settled with it"
    (kept,) = json.loads(run(db, "review", "links", "--decided", "--json").stdout)
    assert kept["newer_name"] == chosen["newer_name"]


def test_what_has_no_link_yet_is_told_how_to_get_one_and_not_how_to_lose_it(db: str) -> None:
    question = questions(db)[0]
    run(db, "review", "links", "--refuse", str(question["id"]), "--by", "Aigul", "--reason", "another service")
    said = run(db, "review", "links", "--of", question["older"])
    assert ("refused" in said.stdout, "is refused by its id" in said.stderr) == (True, True)
    engine = connect(db)
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM link WHERE older_key = :key"), {"key": question["older"]})
    engine.dispose()
    bare = run(db, "review", "links", "--of", question["older"])
    assert (bare.returncode, bare.stdout) == (0, "")
    assert bare.stderr.startswith("0 links in force; one that is missing is added: --add TYPE")
    assert "--refuse" not in bare.stderr


def test_json_has_both_notes_on_a_question_with_rivals_on_either_side(db: str) -> None:
    engine = connect(db)
    with engine.begin() as connection:
        notes = '[["code", "same"], ["several", "all merged"], ["several", "all split"]]'
        connection.execute(text("UPDATE link SET evidence = :notes WHERE state = 'candidate'"), {"notes": notes})
    engine.dispose()
    question = json.loads(run(db, "review", "links", "--json").stdout)[0]
    assert question["evidence"] == {"code": "same", "several": "all merged; all split"}
    (of_row,) = json.loads(run(db, "review", "links", "--of", question["older"], "--json").stdout)
    assert of_row["evidence"] == question["evidence"]
