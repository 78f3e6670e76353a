"""An independent reading of the sample's tables: by the headings' exact words, without the product's parsers."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bs4 import BeautifulSoup, Tag

from crawler.sample.data import words

_DEAD = ("Исключена", "Утратила силу", "Алып тасталды", "Күші жойылды")


@dataclass(frozen=True)
class Line:
    """One line of the table that carries a service, or a dead row. `fields` is column field → text."""

    fields: dict[str, str]
    dead: bool = False


def read_page(body: bytes, wording: str, lang: str) -> list[Line]:
    """Every service line and dead row of a page, in order."""
    soup = BeautifulSoup(body, "lxml")
    heads = {texts[lang]: field for field, texts in words()["columns"][wording].items()}
    lines: list[Line] = []
    for table in soup.select("div.container_gamma.text article table"):
        lines += _read_table(table, heads)
    return lines


def _read_table(table: Tag, heads: dict[str, str]) -> list[Line]:
    fields: dict[int, str] = {}
    open_cells: dict[int, tuple[int, str]] = {}
    lines = []
    for row in table.find_all("tr"):
        texts: dict[int, str] = {}
        below = {}
        for column, (left, text) in open_cells.items():
            texts[column] = text
            if left > 1:
                below[column] = (left - 1, text)
        column, own = 0, 0
        for cell in row.find_all("td"):
            own += 1
            text = cell.get_text(" ", strip=True)
            for _ in range(int(str(cell.get("colspan", 1)))):
                while column in open_cells:
                    column += 1
                texts[column] = text
                if (height := int(str(cell.get("rowspan", 1)))) > 1:
                    below[column] = (height - 1, text)
                column += 1
        open_cells = below
        found = {column: heads[text] for column, text in texts.items() if text in heads}
        if len(found) >= 2:
            fields.update(found)
            continue
        values = list(texts.values())
        if own == 1 or all(re.fullmatch(r"\d{1,2}", value) for value in values):
            continue  # a heading over the whole table, or the row of column numbers
        lines.append(
            Line({fields[column]: text for column, text in texts.items()}, any(v.startswith(_DEAD) for v in values))
        )
    return lines
