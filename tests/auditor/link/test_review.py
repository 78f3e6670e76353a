"""People decide links: one by one or in a table, with name and reason, and nothing half-kept."""

from __future__ import annotations

import csv
import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select, text

from auditor.db.links import decisions, memberships
from auditor.db.models import IssueRow, LinkRow
from auditor.db.session import connect, transaction
from crawler.pages.records import Lang
from tests.auditor.link.command import Done, run
from tests.auditor.link.histories import write_history
from tests.auditor.link.store import store_edition

#: Names of one body under one code with nothing in common: only a person can say whether it is one service.
UNLIKE = ("Проведение конкурса пчеловодов", "Ведение реестра альпинистов", "Поверка судовых хронометров")


@pytest.fixture
def db(sqlite_url: str) -> str:
    """A register with three open questions."""
    texts = write_history(3, 40, [{}], typos=0).editions[Lang.RU]
    newer = list(texts[1])
    for place, name in zip((4, 14, 24), UNLIKE, strict=True):
        newer[place] = replace(newer[place], name=name, bylaw="Другие правила")
    engine = connect(sqlite_url)
    with transaction(engine) as session:
        store_edition(session, texts[0])
        store_edition(session, newer)
    engine.dispose()
    assert run(sqlite_url, "link").returncode == 0
    return sqlite_url


def questions(db: str) -> list[dict[str, str]]:
    """The open questions."""
    found: list[dict[str, str]] = json.loads(run(db, "review", "links", "--json").stdout)
    return found


def joined(db: str, question: dict[str, str]) -> bool:
    """Whether the two rows are one service."""
    engine = connect(db)
    with transaction(engine) as session:
        found = memberships(session, "entry", [question["older"], question["newer"]])
    engine.dispose()
    return len(found) == 2 and len(set(found.values())) == 1


def fill(path: Path, answers: dict[str, tuple[str, str, str]]) -> None:
    """Fill a review file in as a person would: id → decision, name, reason."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    for row in rows:
        if row["id"] in answers:
            row["decision"], row["by"], row["reason"] = answers[row["id"]]
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


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
        ("id,older,newer,decision,by,reason\n1,,,perhaps,A,b\n", "confirm, refuse or withdraw"),
        ("id;older;newer;decision;by;reason\n1;;;perhaps;A;b\n", "confirm, refuse or withdraw"),
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


def withdraw(db: str, link_id: object) -> Done:
    """Take a decision back."""
    return run(db, "review", "links", "--withdraw", str(link_id), "--by", "Vera", "--reason", "the order is not known")


def test_a_decision_taken_back_leaves_the_pair_to_the_machine_and_nothing_is_lost(db: str) -> None:
    question = questions(db)[0]
    run(db, "review", "links", "--confirm", str(question["id"]), "--by", "Aigul", "--reason", "order 12")
    before = json.loads(run(db, "link", "--json").stdout)
    assert (before["links"]["renamed"], before["candidates"], joined(db, question)) == (1, {"renamed": 2}, True)
    (kept,) = json.loads(run(db, "review", "links", "--decided", "--json").stdout)
    done = withdraw(db, kept["id"])
    assert (done.returncode, done.stdout) == (0, "1 decisions kept\n"), done.stderr
    after = json.loads(run(db, "link", "--json").stdout)
    assert ("renamed" in after["links"], after["candidates"], joined(db, question)) == (False, {"renamed": 3}, False)
    (again,) = [one for one in questions(db) if one["newer"] == question["newer"]]
    assert again["probability"] == question["probability"]
    assert (again["decision"], again["by"], again["reason"]) == ("withdrawn", "Vera", "the order is not known")
    assert "withdrawn: Vera, 20" in run(db, "review", "links").stdout
    engine = connect(db)
    rows = select(LinkRow.state, LinkRow.decided_by, LinkRow.reason).where(LinkRow.linking_id.is_(None))
    with transaction(engine) as session:
        assert [tuple(row) for row in session.execute(rows.order_by(LinkRow.id))] == [
            ("accepted", "Aigul", "order 12"),
            ("candidate", "Vera", "the order is not known"),
        ]
        assert decisions(session) == []
    engine.dispose()
    listed = run(db, "review", "links", "--decided")
    assert ("withdrawn renamed" in listed.stdout, listed.stderr) == (True, "0 decisions in force, 1 withdrawn\n")


def test_a_decision_taken_back_can_be_given_again(db: str) -> None:
    question = questions(db)[0]
    run(db, "review", "links", "--refuse", str(question["id"]), "--by", "Aigul", "--reason", "order 12")
    withdraw(db, question["id"])  # before linking the question has its own id still
    (kept,) = json.loads(run(db, "review", "links", "--decided", "--json").stdout)
    twice = withdraw(db, kept["id"])
    assert (twice.returncode, len(twice.stderr.splitlines())) == (4, 1)
    assert "none to withdraw" in twice.stderr
    run(db, "review", "links", "--confirm", str(kept["id"]), "--by", "Aigul", "--reason", "order 13")
    run(db, "link")
    assert joined(db, question)
    assert "1 decisions in force\n" in run(db, "review", "links", "--decided").stderr


def test_a_decision_s_day_is_that_of_kazakhstan(db: str) -> None:
    run(db, "review", "links", "--refuse", str(questions(db)[0]["id"]), "--by", "Vera", "--reason", "b")
    engine = connect(db)
    with engine.begin() as connection:
        connection.execute(text("UPDATE link SET decided_at = '2026-01-02 20:00:00' WHERE linking_id IS NULL"))
    engine.dispose()
    (kept,) = json.loads(run(db, "review", "links", "--decided", "--json").stdout)
    assert kept["on"] == "2026-01-03"
    assert "Vera, 2026-01-03: b" in run(db, "review", "links", "--decided").stdout


def test_decisions_go_out_as_a_table_and_come_back_withdrawn(db: str, tmp_path: Path) -> None:
    first, second, _ = questions(db)
    for question in (first, second):
        run(db, "review", "links", "--confirm", str(question["id"]), "--by", "Aigul", "--reason", "order 12")
    run(db, "link")
    table = tmp_path / "decided.csv"
    assert run(db, "review", "links", "--decided", "--export", str(table)).stdout == f"2 decisions in {table}\n"
    assert "confirmed: Aigul, 20" in table.read_text(encoding="utf-8-sig")
    assert run(db, "review", "links", "--import", str(table)).stdout == "0 decisions kept\n", "its cells are empty"
    kept = json.loads(run(db, "review", "links", "--decided", "--json").stdout)
    fill(table, {str(kept[0]["id"]): ("Withdraw", "Vera", "too early")})
    assert run(db, "review", "links", "--import", str(table)).stdout == "1 decisions kept\n"
    again = "0 decisions kept, 1 were kept before\n"
    assert run(db, "review", "links", "--import", str(table)).stdout == again
    run(db, "link")
    assert run(db, "review", "links", "--import", str(table)).stdout == again
    assert [joined(db, question) for question in (first, second)] == [False, True]
    stale = withdraw(db, kept[0]["id"])
    assert (stale.returncode, "stale" in stale.stderr) == (4, True), "the decision under that id was taken back"


def test_two_answers_about_the_same_rows_under_two_ids_are_refused(db: str, tmp_path: Path) -> None:
    question = questions(db)[0]["id"]
    run(db, "review", "links", "--confirm", str(question), "--by", "Aigul", "--reason", "order 12")
    (kept,) = json.loads(run(db, "review", "links", "--decided", "--json").stdout)
    table = tmp_path / "links.csv"
    lines = ["id,older,newer,decision,by,reason", f"{question},,,refuse,B,c", f"{kept['id']},,,withdraw,B,c", ""]
    table.write_text("\n".join(lines), encoding="utf-8")
    done = run(db, "review", "links", "--import", str(table))
    assert done.returncode == 4
    assert f"line 3: its two rows are those of link {question} (links.csv line 2)" in done.stderr
    assert run(db, "review", "links", "--decided").stdout.startswith(f"{kept['id']}  confirmed"), "nothing was kept"


def links_of(db: str, key: str) -> list[dict[str, str]]:
    """The links of a row, a code, a listing or a service."""
    done = run(db, "review", "links", "--of", key, "--json")
    assert done.returncode == 0, done.stderr
    found: list[dict[str, str]] = json.loads(done.stdout)
    return found


def forget(db: str) -> None:
    """Let the next linking do everything anew."""
    engine = connect(db)
    with engine.begin() as connection:
        connection.execute(text("UPDATE linking SET inputs_hash = 'forget'"))
    engine.dispose()


def test_a_sure_link_is_found_by_code_row_or_service_and_refused_for_good(db: str) -> None:
    engine = connect(db)
    with transaction(engine) as session:
        sure = select(LinkRow.older_key, LinkRow.newer_key).where(LinkRow.type == "same").order_by(LinkRow.id)
        older, newer = session.execute(sure.limit(1)).one()
        service = memberships(session, "entry", [newer])[newer]
    engine.dispose()
    (link,) = links_of(db, newer)
    assert (link["older"], link["newer"], link["state"]) == (older, newer, "accepted")
    assert links_of(db, newer.rpartition("/")[2]) == links_of(db, service) == links_of(db, older) == [link]
    done = run(db, "review", "links", "--refuse", str(link["id"]), "--by", "Aigul", "--reason", "another service")
    assert done.returncode == 0, done.stderr
    before = json.loads(run(db, "link", "--json").stdout)
    assert (before["links"]["same"], before["services"], joined(db, link)) == (36, 44, False)
    forget(db)
    after = json.loads(run(db, "link", "--json").stdout)
    assert (after["links"], after["services"], joined(db, link)) == (before["links"], 44, False)
    (refused,) = links_of(db, newer)
    assert (refused["state"], refused["rule"]) == ("refused", "person")


def test_what_no_link_can_belong_to_is_one_clear_line(db: str) -> None:
    for key in ("nothing", "", "kk/"):
        done = run(db, "review", "links", "--of", key)
        assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 1)
        assert f"nothing is called {key!r}" in done.stderr


def test_a_listing_s_sure_link_is_refused_for_good_and_no_longer_counted(sample_sqlite: str, tmp_path: Path) -> None:
    shutil.copy(sample_sqlite.removeprefix("sqlite:///"), tmp_path / "audit.db")
    db = f"sqlite:///{tmp_path}/audit.db"
    engine = connect(db)
    with transaction(engine) as session:
        listing = session.scalar(
            select(LinkRow.newer_key)
            .where(LinkRow.rule == "name", LinkRow.type == "listed")
            .order_by(LinkRow.id)
            .limit(1)
        )
    engine.dispose()
    (link,) = links_of(db, str(listing))
    before = json.loads(run(db, "link", "--json").stdout)
    table = tmp_path / "links.csv"
    assert run(db, "review", "links", "--of", link["newer"], "--export", str(table)).stdout.startswith("1 links in")
    fill(table, {str(link["id"]): ("refuse", "Aigul", "another service")})
    assert run(db, "review", "links", "--import", str(table)).stdout == "1 decisions kept\n"
    for _ in range(2):
        after = json.loads(run(db, "link", "--json").stdout)
        assert after["links"]["listed"] == before["links"]["listed"] - 1
        assert after["listings"]["linked"] == before["listings"]["linked"] - 1
        assert [one["state"] for one in links_of(db, link["newer"])] == ["refused"]
        forget(db)
