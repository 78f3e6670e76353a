"""What a person does with questions on links, for tests."""

from __future__ import annotations

import csv
import json
from pathlib import Path

from auditor.db.links import memberships
from auditor.db.session import connect, transaction
from tests.auditor.link.command import run

#: Names of one body under one code with nothing in common: only a person can say whether it is one service.
UNLIKE = ("Проведение конкурса пчеловодов", "Ведение реестра альпинистов", "Поверка судовых хронометров")


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
