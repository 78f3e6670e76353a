"""What was measured last is in force: a figure that goes back to what it was, and one that is not computed any more."""

from __future__ import annotations

from sqlalchemy import text

from auditor.db.session import connect, transaction
from tests.auditor.link.command import run
from tests.auditor.release.small import fill

DAY = "2024-12-31"


def changed(db_url: str, statement: str) -> None:
    engine = connect(db_url)
    with transaction(engine) as session:
        session.execute(text(statement))
    engine.dispose()


def in_force(db_url: str) -> dict[str, tuple[float, int]]:
    """Value in force of each figure of the day as the view tells it, and how many rows were kept for it."""
    assert run(db_url, "measure", "--as-of", DAY).returncode == 0
    engine = connect(db_url)
    with transaction(engine) as session:
        asked = (
            "SELECT measure, cell, value, newest FROM measures WHERE as_of = :day AND lang = 'ru' ORDER BY computed_at"
        )
        rows = session.execute(text(asked), {"day": DAY}).all()
    engine.dispose()
    kept: dict[str, int] = {}
    for row in rows:
        kept[f"{row.measure}:{row.cell}"] = kept.get(f"{row.measure}:{row.cell}", 0) + 1
    newest = [(f"{row.measure}:{row.cell}", row.value) for row in rows if row.newest]
    assert len(newest) == len(dict(newest)), "one value of a figure is in force"
    return {name: (value, kept[name]) for name, value in newest}


def test_figures_that_go_back_to_what_they_were_are_in_force_again(db_url: str) -> None:
    fill(db_url, ("Выдача справки", "Назначение пособия", "Выдача лицензии", "Запись на прием"))
    first = in_force(db_url)
    assert first["count:"] == (4, 1)
    assert in_force(db_url) == first, "measured again, nothing is kept twice"
    changed(db_url, "UPDATE entry SET dead = (1 = 1) WHERE ordinal = (SELECT MAX(ordinal) FROM entry)")
    assert in_force(db_url)["count:"] == (3, 2)
    changed(db_url, "UPDATE entry SET dead = (1 = 0)")
    back = in_force(db_url)
    assert back["count:"] == (4, 3)
    assert {name: value for name, (value, _) in back.items()} == {name: value for name, (value, _) in first.items()}


def test_a_figure_that_can_no_longer_be_measured_is_not_in_force(db_url: str) -> None:
    fill(db_url, ("Выдача справки", "Назначение пособия"))
    changed(db_url, "UPDATE entry SET form = 'Электронная', forms = 'electronic'")
    assert in_force(db_url)["digitised:"] == (2, 1)
    changed(db_url, "UPDATE entry SET form = '', forms = ''")
    assert "digitised:" not in in_force(db_url), "no row names a form any more: digitised is not observed"
    assert "digitised:" not in in_force(db_url)
    changed(db_url, "UPDATE entry SET form = 'Электронная', forms = 'electronic'")
    assert in_force(db_url)["digitised:"] == (2, 2)
