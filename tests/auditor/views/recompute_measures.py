"""Each measure of one audit date from the views alone: its numbers by measure and cell, as count and denominator."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from itertools import pairwise
from statistics import median

from tests.auditor.views.recompute import BOXES, SERVICE, Counts, Row, Year, account, digital, forms


def everything(year: Year) -> Counts:
    """Every figure of the date that the views allow."""
    parts: list[Callable[[Year], Counts]] = [register, tables, history, portal, texts]
    if year.before is not None:
        parts += [growth, additions, flips]
    found: Counts = {}
    for part in parts:
        found |= part(year)
    return found


def register(year: Year) -> Counts:
    rows, n = year.rows, len(year.rows)
    found: Counts = {("count", ""): (n, None), ("units", ""): (n, None), ("units", "rows"): (n, None)}
    units = counted(rows)
    found |= {("units", name): (number, None) for name, number in units.items()}
    if year.before is not None:
        then = counted(year.olds)
        rates = {name: units[name] / then[name] - 1 for name in units if name in then}
        found |= {("units", f"growth_{name}"): (rate, None) for name, rate in rates.items()}
        if rates and min(rates.values()) > 0:
            found["units", "most_to_least"] = (max(rates.values()) / min(rates.values()), None)
    if not year.said:
        return found
    found["digitised", ""] = (sum(map(digital, rows)), n)
    names = ["fully_automated", "partially_automated", "proactive"]
    if not graded(rows):
        names = ["proactive"] if any("proactive" in forms(row) for row in rows) else []
    for name in names:
        found[name, ""] = (sum(name in forms(row) for row in rows), n)
    found["paper_only", ""] = (sum("paper" in forms(row) and not digital(row) for row in rows), n)
    found["form_unknown", ""] = (sum("paper" not in forms(row) and not digital(row) for row in rows), n)
    whole = [row for row in rows if digital(row) and year.coding(row) == ("human_social", "complete")]
    found["core_complete", ""] = (len(whole), n)
    return found


def graded(rows: Iterable[Row]) -> bool:
    """Whether an edition can say how far a service is automated: one that says electronic and no more cannot."""
    rows = list(rows)
    said = {form for row in rows for form in forms(row)}
    return bool(said & {"fully_automated", "partially_automated", "not_automated"}) or not any(map(digital, rows))


def counted(rows: Iterable[Row]) -> dict[str, int]:
    """How many rows, codes, results and subsections there are; units nobody has are left out."""
    rows = list(rows)
    found = {
        "rows": len(rows),
        "codes": len({row["code"] for row in rows} - {""}),
        "results": len({(row["name"].lower(), row["recipients"], row["provider"].lower()) for row in rows}),
        "subsections": len({row["subsection_code"] or row["code"][:5] or row["subsection"] for row in rows} - {""}),
    }
    return {name: number for name, number in found.items() if number}


def tables(year: Year) -> Counts:
    """Both axes and the two-by-two among all, among the digitised, among the newly digitised."""
    of = {"": year.rows, "_digitised": [row for row in year.rows if digital(row)]}
    if year.before is not None and year.both_said:
        of["_newly_digitised"] = year.newly
    found: Counts = {}
    for name, rows in of.items():
        if not rows:
            continue
        codes, n = [year.coding(row) for row in rows], len(rows)
        for axis, measure, words in (
            (0, "nature", ("transactional", "human_social", "unclear")),
            (1, "completeness", ("complete", "partial", "unclear")),
        ):
            found[measure + name, ""] = (n, None)
            found |= {(measure + name, word): (sum(code[axis] == word for code in codes), n) for word in words}
        found["two_by_two" + name, ""] = (n, None)
        found |= {("two_by_two" + name, "/".join(box)): (codes.count(box), n) for box in BOXES}
        found["two_by_two" + name, "unclear"] = (sum("unclear" in code for code in codes), n)
    return found


def growth(year: Year) -> Counts:
    n = len(year.rows)
    back = [row for row in year.rows if year.came_back(row)]
    was = year.digital_on_the_way()
    paper = [row for row in year.rows if forms(row) and not digital(row) and row["service_key"] in was]
    found: Counts = {
        ("yo_yo", ""): (len({row["entry_key"] for row in (*back, *paper)}), n),
        ("yo_yo", "restored"): (len(back), n),
        ("yo_yo", "back_to_paper"): (len(paper), n),
    }
    if not year.both_said:
        return found
    one = {row["entry_key"] for _, row in year.pairs}
    new = sum(not year.origins[row["entry_key"]] for row in year.newly)
    flipped = sum(row["entry_key"] in one for row in year.newly)
    m = len(year.newly)
    found["newly_digitised", ""] = (m, n)
    found |= {("newly_digitised", cell): (value, m) for cell, value in
              (("new", new), ("flipped", flipped), ("regrouped", m - new - flipped))}  # fmt: skip
    if m:
        easy = (year.coding(row) for row in year.newly)
        found["easy_share", ""] = (sum(code[0] == "transactional" or code[1] == "partial" for code in easy), m)
    return found


def additions(year: Year) -> Counts:
    found: Counts = {}
    for only_digital in (False, True) if year.both_said else (False,):
        terms = account(year, only_digital=only_digital)
        if of := terms["births"] + terms["others"]:
            found["cosmetic_share" + "_digitised" * only_digital, ""] = (terms["others"], of)
    return found


def flips(year: Year) -> Counts:
    if not year.both_said:
        return {}
    cells: dict[str, list[Row]] = {"to_digital": [], "to_paper": [], "other_degree": [], "with_other_changes": []}
    mixed = graded(year.rows) != graded(year.olds)
    for old, new in year.pairs:
        same = forms(old) == forms(new)
        if mixed:
            same = digital(old) == digital(new) and ("paper" in forms(old)) == ("paper" in forms(new))
        if same or not forms(old) or not forms(new):
            continue
        kind = "other_degree" if digital(old) == digital(new) else "to_digital" if digital(new) else "to_paper"
        fields = year.fields_changed(old, new) & SERVICE
        fields -= {one for one, meant in (("recipient", "recipients"), ("payment", "payments"))
                   if old[meant] and old[meant] == new[meant]}  # fmt: skip
        cells["with_other_changes" if fields else kind].append(new)
    head = sum(len(rows) for cell, rows in cells.items() if cell != "with_other_changes")
    found: Counts = {("label_flips", cell): (len(rows), head) for cell, rows in cells.items()}
    found["label_flips", "with_other_changes"] = (len(cells["with_other_changes"]), None)
    found["label_flips", ""] = (head, len(year.pairs))
    if year.newly:
        found["label_flips", "share_of_newly_digitised"] = (len(cells["to_digital"]) / len(year.newly), None)
    return found


def history(year: Year) -> Counts:
    found: Counts = {}
    digitised = [row for row in year.rows if digital(row)]
    if digitised:
        both = [row for row in digitised if "paper" in forms(row)]
        found["parallel", ""] = (len(both), len(digitised))
        years = [(date.fromisoformat(year.day) - year.both_since(row)).days / 365.25 for row in both]
        found |= waited("parallel", years)
    texts_read = year.read_so_far()
    found["silent_rewrite", ""] = (0, sum(one["edition_date"] <= year.day for one in year.register.editions))
    amendments = [(old, new) for old, new in pairwise(texts_read) if old["act"] == new["act"]]
    if len(amendments) >= 3:
        changed = {new["edition_date"]: year.register.changed(old, new) for old, new in amendments}
        late = sum(number for day, number in changed.items() if hurried(date.fromisoformat(day)))
        if sum(changed.values()):
            found["bunching", ""] = (late, sum(changed.values()))
            found["bunching", "amendments"] = (len(amendments), None)
    partial = [row for row in year.rows if year.coding(row)[1] == "partial"]
    if partial:
        found["dead_ends", ""] = (float("nan"), len(partial))
    found["fan_out", ""] = (float("nan"), len(year.rows))
    return found


def waited(measure: str, years: list[float]) -> Counts:
    if not years:
        return {}
    return {(measure, "median_years"): (round(median(years), 1), None),
            (measure, "longest_years"): (round(max(years), 1), None)}  # fmt: skip


def hurried(day: date) -> bool:
    end = date(day.year, 12, 31)
    return end - timedelta(days=60) <= day <= end


def portal(year: Year) -> Counts:
    """The lists as they stand in the newest readings: only dates after these see the same."""
    register = year.register
    own = [one for one in register.listings if one["lang"] == register.lang and one["in_newest_list"]]
    if not own or year.day < max(one["last_listed"] for one in own)[:10]:
        return {}
    found: Counts = {("listings", ""): (len(own), None)}
    in_force = {row["service_key"] for row in year.rows}
    found["unregistered", ""] = (sum(one["service_key"] not in in_force for one in own), len(own))
    shown = [register.presence[row["service_key"]] for row in year.rows if digital(row)]
    if shown:
        found |= {("phantoms", cell): (shown.count(cell), len(shown)) for cell in ("present", "absent", "not_observed")}
        found["phantoms", ""] = (shown.count("absent"), len(shown) - shown.count("not_observed"))
    counts: dict[str, int] = defaultdict(int)
    for one in own:
        counts[one["service_key"]] += 1
    listed = [counts[row["service_key"]] for row in year.rows if counts.get(row["service_key"])]
    found["fan_out", "listings"] = (sum(number > 1 for number in listed), len(listed))
    return found


def texts(year: Year) -> Counts:
    """The edition beside its text in the other language."""
    there = year.other_text()
    if there is None:
        return {}
    twins = {row["service_key"]: row for row in there}
    here = [row for row in year.rows if row["service_key"] not in twins]
    services = {row["service_key"] for row in year.rows}
    alone = [row for row in there if row["service_key"] not in services]
    pairs = [(row, twins[row["service_key"]]) for row in year.rows if row["service_key"] in twins]
    differ = sum(bool(forms(one) and forms(two) and forms(one) != forms(two)) for one, two in pairs)
    of = len(year.rows) + len(alone)
    cells = {"forms": differ, "only_here": len(here), "only_there": len(alone)}
    found: Counts = {("divergence", cell): (value, of) for cell, value in cells.items()}
    found["divergence", ""] = (sum(cells.values()), of)
    return found
