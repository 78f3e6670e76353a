"""A coder's desk for tests: a small register in both languages, coded by the machine, and ways to fill in sheets."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

import pytest
from openpyxl import load_workbook

from auditor.cli.main import main
from auditor.coding.coder import Coder
from auditor.coding.stage import code_all
from auditor.db.session import connect, transaction
from crawler.pages.records import Lang
from tests.auditor.db import fill

ACT, DAY = "V2000019982", date(2024, 1, 1)
NOW = datetime(2024, 6, 2, 9, tzinfo=UTC)

RU = (
    "Выдача справки о зарегистрированных правах",
    "Постановка на очередь детей в детский сад",
    "Назначение пособия на рождение ребенка",
    "Выдача лицензии на банковскую деятельность",
    "Запись на прием к врачу",
    "Регистрация рождения ребенка",
    '=СУММА("А1") выдача справки',
    "Выдача водительского удостоверения",
)
KK = (
    "Балабақшаға кезекке қою",
    "Дәрігердің қабылдауына жазылу",
    "Бала тууды тіркеу",
    "Жүргізуші куәліктерін беру",
)


@cache
def coder() -> Coder:
    """The machine coder, loaded once."""
    return Coder.load()


def furnish(db_url: str, copies: int = 3) -> None:
    """An edition in each language, every name `copies` times over, and the machine's codings of them."""
    engine = connect(db_url)
    with transaction(engine) as session:
        for lang, names in ((Lang.RU, RU), (Lang.KK, KK)):
            listed = [f"{name} № {copy}" for copy in range(copies) for name in names]
            fill.add_edition(session, ACT, DAY, fill.rows(*listed), lang=lang)
    code_all(engine, coder(), NOW)
    engine.dispose()


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str | Path) -> int:
    """Run `egov-audit sheet …` (`agreement`, `explain`, `measure` stand alone) in this process; gives its exit code."""
    group = [] if arguments[0] in ("agreement", "explain", "measure") else ["sheet"]
    monkeypatch.setattr(sys, "argv", ["egov-audit", *group, *map(str, arguments)])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


Fill = Callable[[int, Mapping[str, str]], Mapping[str, str]]


def read(path: Path) -> list[dict[str, str]]:
    """A sheet's rows by heading, XLSX or CSV."""
    if path.suffix == ".csv":
        return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))
    book = load_workbook(path)
    lines = [["" if cell is None else str(cell) for cell in row] for row in book["coding"].iter_rows(values_only=True)]
    return [dict(zip(lines[0], line, strict=True)) for line in lines[1:]]


def fill_in(path: Path, answers: Fill, target: Path | None = None) -> Path:
    """Write what `answers(number from 0, row)` gives into a sheet's cells, as a person would."""
    target = target or path
    rows = read(path)
    changes = [answers(number, row) for number, row in enumerate(rows)]
    if path.suffix == ".csv":
        with target.open("w", encoding="utf-8-sig", newline="") as stream:
            writer = csv.DictWriter(stream, list(rows[0]))
            writer.writeheader()
            writer.writerows({**row, **change} for row, change in zip(rows, changes, strict=True))
        return target
    book = load_workbook(path)
    sheet = book["coding"]
    columns = {cell.value: cell.column for cell in sheet[1]}
    for number, change in enumerate(changes, start=2):
        for heading, value in change.items():
            sheet.cell(number, columns[heading]).value = value or None
    book.save(target)
    return target
