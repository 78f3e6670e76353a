"""Every figure that is kept, worked out a second time from the views alone; and every change of it, attributed."""

from __future__ import annotations

import math
from datetime import date
from itertools import pairwise

import pytest
from sqlalchemy import Engine, text

from auditor.coding.codebook import CODEBOOK
from auditor.db.session import connect, transaction
from auditor.ingest.status import not_read
from auditor.measure.stage_series import Asked, attributed, read_pair
from crawler.pages.records import Lang
from tests.auditor.views.recompute import Register, Row, Year, account
from tests.auditor.views.recompute_measures import everything

#: Told from words, from chance, or from listings that show several kinds, of which the views name the first.
BEYOND = {("bunching", "expected_share"), ("bunching", "p_value"), ("dead_ends", "median_years"),
          ("dead_ends", "longest_years"), ("fan_out", "name_templates"), ("fan_out", "most_rows_per_template"),
          ("fan_out", "listings"), ("fan_out", "listings_per_entry"), ("fan_out", "most_listings")}  # fmt: skip
#: Bounds over undecided links, which no view holds.
BOUNDS = ("least_share", "most_share")


@pytest.mark.parametrize("lang", ["ru", "kk"])
def test_the_kept_figures_are_those_that_the_views_give(sample: Engine, lang: str) -> None:
    with sample.connect() as connection:
        register = Register(connection, lang)
        sql = "SELECT as_of, measure, cell, value, denominator FROM measures WHERE newest = 1 AND lang = :lang"
        kept: dict[str, dict[tuple[str, str], Row]] = {}
        for row in connection.execute(text(sql), {"lang": lang}).mappings():
            kept.setdefault(row["as_of"], {})[row["measure"], row["cell"]] = dict(row)
    assert len(kept) >= 10
    wrong = []
    for day, figures in kept.items():
        own = everything(Year(register, day))
        for name in sorted(own.keys() | figures.keys()):
            if name in BEYOND or name[1] in BOUNDS:
                continue
            value, of = own.get(name, (None, None))
            found = figures.get(name, {"value": None, "denominator": None})
            same = value == found["value"] or (value is not None and found["value"] is not None and (
                math.isnan(value) or math.isclose(value, found["value"])))  # fmt: skip
            if not same or of != found["denominator"]:
                wrong.append((day, *name, "own", value, of, "kept", found["value"], found["denominator"]))
    assert wrong == [], "\n".join(map(str, wrong))


@pytest.mark.parametrize("lang", ["ru", "kk"])
def test_the_kept_accounts_are_those_that_the_views_give(sample: Engine, lang: str) -> None:
    with sample.connect() as connection:
        register = Register(connection, lang)
        sql = "SELECT * FROM account WHERE unit = 'rows' AND lang = :lang"
        rows = [dict(row) for row in connection.execute(text(sql), {"lang": lang}).mappings()]
    newest = max(row["to_year"] for row in rows)
    checked = 0
    for row in rows:
        if row["to_year"] == newest or row["to_year"] - row["from_year"] != 1:
            continue
        own = account(Year(register, f"{row['to_year']}-12-31"), only_digital=bool(row["digitised"]))
        assert row["value"] == own[row["term"]], row
        assert row["low"] <= row["value"] <= row["high"]
        checked += 1
    assert checked >= 2 * 6 * 7


@pytest.mark.parametrize("lang", [Lang.RU, Lang.KK])
def test_why_adds_up_to_the_change_of_every_figure_of_every_year(sample_sqlite: str, lang: Lang) -> None:
    engine = connect(sample_sqlite)
    with transaction(engine) as session:
        days = session.execute(text("SELECT DISTINCT as_of FROM measures WHERE newest = 1 AND lang = :lang ORDER BY 1"),
                               {"lang": str(lang)}).scalars().all()  # fmt: skip
        sql = "SELECT as_of, measure, cell, value FROM measures WHERE newest = 1 AND lang = :lang"
        kept = {tuple(row)[:3]: row[3] for row in session.execute(text(sql), {"lang": str(lang)})}
        rows = set(session.execute(text("SELECT entry_key FROM entries WHERE excluded = 0")).scalars())
        asked = Asked(lang, CODEBOOK, tuple(not_read(session)), date.fromisoformat(days[-1]))
        checked = set()
        for before, day in pairwise(days):
            pair = read_pair(session, int(day[:4]), asked)
            for name, measured in pair.now.measured.items():
                for cell in [figure.cell for figure in measured.figures]:
                    if name in pair.then.unmeasured or (before, name, cell) not in kept:
                        continue
                    found = attributed(pair, name, cell).found
                    change = kept[day, name, cell] - kept[before, name, cell]
                    assert sum(cause.change for cause in found.causes) == change, (day, name, cell)
                    told = [key for cause in found.causes for key in (*cause.older, *cause.newer)]
                    assert all(key in rows or name in ("listings", "unregistered", "silent_rewrite") for key in told)
                    checked.add((name, cell))
    engine.dispose()
    assert len(checked) > 70
