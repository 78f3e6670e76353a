"""The strongest objection to each headline, and the setting under which it fails. Computed, never boilerplate.

Three settings can turn a headline: what is counted (unit), which rows are taken for the same service (linker), and how
the entries were coded (coder). What rests on the register's word alone (source) is open as long as nobody tries it out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from auditor.account.records import Account, Unit
from auditor.measure.records import DatedAudit, Figure, Measured


class Setting(StrEnum):
    """What a headline could turn on."""

    UNIT = "unit"
    LINKER = "linker"
    CODER = "coder"
    SOURCE = "source"
    SEEN = "seen"


@dataclass(frozen=True, slots=True)
class Objection:
    """One thing that can be said against a headline.

    `fails` says whether the headline's direction turns under the setting; `code` names the wording, `numbers` are what
    it mentions by name: counts as whole numbers, shares and rates as fractions of 1. `unit` is the unit of count under
    which it is weakest, "" where units do not matter.
    """

    setting: Setting
    code: str
    fails: bool
    numbers: Mapping[str, float]
    unit: str = ""


Accounts = Mapping[tuple[Unit, bool], Account]


def objections(now: DatedAudit, accounts: Accounts) -> dict[str, tuple[Objection, ...]]:
    """The objections to each headline of one audit date by measure, strongest first; `accounts` are since the year
    before, empty where that was not observed.

    `growth` stands for the sentence that sets register growth beside real growth.
    """
    found: dict[str, list[Objection]] = {
        "count": _units(accounts, digitised=False),
        "digitised": [*_units(accounts, digitised=True), *_flips(now)],
        "growth": _links(accounts),
    }
    for measure in ("core_complete", "easy_share", "dead_ends"):
        if measure in now.measured:
            found[measure] = [coding(now.measured[measure].head, now.measured[measure].abstained)]
    if "label_flips" in now.measured:
        found["label_flips"] = _relabelled(now.measured["label_flips"])
    if "parallel" in now.measured:
        head = now.measured["parallel"].head
        found["parallel"] = [Objection(Setting.SOURCE, "label_only", False, {"value": head.value})]
    for measure, result in now.measured.items():
        found.setdefault(measure, _undecided(result.head))
    return {measure: tuple(sorted(said, key=lambda one: not one.fails)) for measure, said in found.items() if said}


def _units(accounts: Accounts, *, digitised: bool) -> list[Objection]:
    """Growth under every unit of count: the headline fails where the direction is another one than by rows."""
    rates = {
        unit: account.rate
        for (unit, digital), account in accounts.items()
        if digital is digitised and account.rate is not None
    }
    if Unit.ROWS not in rates or len(rates) < 2:
        return []
    rows = rates[Unit.ROWS]
    other = {unit: rate for unit, rate in rates.items() if unit is not Unit.ROWS}
    weakest = min(other, key=lambda unit: (other[unit] if rows >= 0 else -other[unit], unit))
    fails = _sign(other[weakest]) != _sign(rows)
    numbers = {"rows": rows, "other": other[weakest], "least": min(rates.values()), "most": max(rates.values())}
    return [Objection(Setting.UNIT, "growth_by_unit", fails, numbers, str(weakest))]


def _links(accounts: Accounts) -> list[Objection]:
    """Real growth over every choice of the undecided links."""
    account = accounts.get((Unit.ROWS, False))
    if account is None:
        return []
    low, high = account.real_bounds
    fails = _sign(low) != _sign(account.real_growth) or _sign(high) != _sign(account.real_growth)
    numbers = {"real": account.real_growth, "low": low, "high": high, "register": account.growth}
    code = "real_growth_bounds" if low != high else "real_growth_certain"
    return [Objection(Setting.LINKER, code, fails, numbers)]


def _flips(now: DatedAudit) -> list[Objection]:
    """How much of what became digitised is nothing but another label."""
    flips = now.measured.get("label_flips")
    share = dict(flips.derived).get("share_of_newly_digitised") if flips else None
    if flips is None or share is None:
        return []
    digital = next((figure.value for figure in flips.cells if figure.cell == "to_digital"), 0)
    other = next((figure.value for figure in flips.cells if figure.cell == "with_other_changes"), 0)
    numbers = {"share": share, "flips": digital, "with_other": other}
    return [Objection(Setting.LINKER, "flips_in_growth", share >= 0.5, numbers)]


def _relabelled(flips: Measured) -> list[Objection]:
    """A new label may tell of a real change, and one that came with another change does not count."""
    other = next((figure.value for figure in flips.cells if figure.cell == "with_other_changes"), 0)
    numbers = {"with_other": other}
    if flips.head.value:
        return [*_undecided(flips.head), Objection(Setting.SOURCE, "flips_said", False, numbers)]
    return [*_undecided(flips.head), Objection(Setting.SOURCE, "flips_apart", other > 0, numbers)]


def coding(figure: Figure, abstained: int) -> Objection:
    """What the coder's errors allow: the interval where people checked a sample, else the abstentions and no more."""
    if figure.interval is not None and figure.share is not None:
        low, high = figure.interval
        fails = not low <= figure.share <= high
        return Objection(Setting.CODER, "coding_interval", fails, {"share": figure.share, "low": low, "high": high})
    low_count = figure.value if figure.low is None else figure.low
    high_count = figure.value + abstained if figure.high is None else figure.high
    numbers: dict[str, float] = {"value": figure.value, "low": low_count, "high": high_count, "abstained": abstained}
    code = "coding_unchecked" if low_count != high_count else "coding_unknown"
    return Objection(Setting.CODER, code, True, numbers)


def _undecided(figure: Figure) -> list[Objection]:
    """What the bounds of any other count allow: it fails where there may be nothing at all."""
    if figure.low is None or figure.high is None or figure.low == figure.high:
        return []
    # A listing that one harvest alone does not show was not observed; all other bounds come from undecided links.
    setting = Setting.SEEN if figure.measure == "phantoms" else Setting.LINKER
    numbers = {"value": figure.value, "low": figure.low, "high": figure.high}
    return [Objection(setting, "undecided", figure.low == 0 < figure.value, numbers)]


def _sign(value: float) -> int:
    return (value > 0) - (value < 0)
