"""A person takes a decision back, or refuses what the machine was sure of."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from sqlalchemy import select, text

from auditor.db.links import decisions, memberships
from auditor.db.models import LinkRow
from auditor.db.session import connect, transaction
from tests.auditor.link.command import Done, run
from tests.auditor.link.reviewing import fill, joined, questions


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
