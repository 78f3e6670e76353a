"""`egov-audit agreement`: how far coders agree, from the workbench or from two files."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from auditor.cli.app import app, load_config, note, say, say_json
from auditor.coding.codebook import CODEBOOK
from auditor.db.session import open_database, transaction
from crawler.errors import ContentError, UsageError
from crawler.pages.records import Lang

if TYPE_CHECKING:
    from auditor.review.compared import Compared

_PERCENT = 100


@app.command("agreement")
def agreement_command(
    files: Annotated[
        list[Path] | None,
        typer.Argument(help="Two CSV files (id, and nature, completeness or output; optional lang) instead."),
    ] = None,
    *,
    axis: Annotated[str | None, typer.Option("--axis", help="Only nature, completeness or output.")] = None,
    lang: Annotated[Lang | None, typer.Option("--lang", help="Only one language of the texts.")] = None,
    machine: Annotated[
        bool, typer.Option("--machine", help="People's codes in force against the machine's instead.")
    ] = False,
    json_out: Annotated[bool, typer.Option("--json", help="Print JSON for a program.")] = False,
) -> None:
    """Agreement of every two coders: percent, kappa, alpha, AC1, prevalence, n, 95% intervals, confusion matrix."""
    from auditor.review.compared import AXES

    if axis is not None and axis not in AXES:
        raise UsageError(f"--axis {axis}: choose from {', '.join(AXES)}")
    if files and (machine or len(files) != 2):
        raise UsageError("give two CSV files, or none for the coders of the database; --machine is for the database")
    compared = _of_files(files[0], files[1]) if files else _of_database(machine=machine)
    found = [one for one in compared if axis in (None, one.axis) and (lang is None or one.lang == lang)]
    told = any(one.found for one in found)
    if json_out and found:
        say_json([_as_json(one) for one in found])
    elif told:
        for one in found:
            _show(one)
    if not told:
        raise ContentError(_no_figure(compared, found, machine=machine))


def _no_figure(compared: list[Compared], found: list[Compared], *, machine: bool) -> str:
    """Why there is no figure at all: by pair, axis and language where the reasons differ."""
    if not any(one.items or one.left_out for one in compared):
        if compared:
            return f"{compared[0].reason} ({compared[0].one} and {compared[0].other})"
        pair = "no item has the code of a person and of the machine" if machine else "no two coders share an item"
        return f"no agreement can be given: {pair} on the same text"
    if not found:
        axes = ", ".join(sorted({one.axis for one in compared if one.items}))
        langs = ", ".join(sorted({one.lang for one in compared if one.items and one.lang}))
        where = f"in {langs}" if langs else "of which no column lang tells the language"
        return f"no agreement can be given there: the coders share items on {axes}, {where}"
    reasons = {_reason(one) for one in found}
    if len(reasons) == 1:
        return reasons.pop()
    return "\n  ".join(["no figure has a meaning", *(f"{_pair(one)}: {_reason(one)}" for one in found)])


def _reason(one: Compared) -> str:
    left = f"; {one.left_out} items on which people differ undecided are left out" if one.left_out else ""
    return one.reason + left


def _of_database(*, machine: bool) -> list[Compared]:
    from auditor.review.stage import compare_coders

    with open_database(load_config().db_url) as engine, transaction(engine) as session:
        return compare_coders(session, CODEBOOK, machine=machine)


def _of_files(one: Path, other: Path) -> list[Compared]:
    from auditor.coding.csvfile import read_table
    from auditor.review.compared import compare_files, read_codes

    if one.exists() and other.exists() and one.samefile(other):
        raise UsageError(f"{one} is given twice: one coder agrees with himself")
    names = (one.stem, other.stem) if one.stem != other.stem else (str(one), str(other))
    first, second = (
        read_codes(name, path, read_table(path, needs=("id",))) for name, path in zip(names, (one, other), strict=True)
    )
    found = compare_files(first, second)
    for mine, others in ((first, second), (second, first)):
        alone = len(mine.rows.keys() - others.rows.keys())
        if alone:
            note(f"{alone} of {len(mine.rows)} items are in {mine.name} alone: no agreement is told of them")
    return found


def _pair(one: Compared) -> str:
    return f"{one.one} and {one.other}, {one.axis}, {one.lang or 'all languages'}"


def _as_json(one: Compared) -> dict[str, object]:
    told: dict[str, object] = {"coders": [one.one, one.other], "axis": one.axis, "lang": one.lang or "all"}
    told["items"] = one.items
    if one.left_out:
        told["left_out"] = one.left_out
    if one.found is None:
        return told | {"reason": one.reason}
    figures = {name: asdict(getattr(one.found, name)) for name in ("percent", "kappa", "alpha", "ac1")}
    told |= {"draws": one.found.draws, "one_sided_draws": one.found.one_sided}
    confusion = [{one.one: left, one.other: right, "items": count} for left, right, count in one.confusion]
    return told | figures | {"prevalence": dict(one.found.prevalence), "confusion": confusion}


def _show(one: Compared) -> None:
    say(f"{_pair(one)}, n {one.items}")
    if one.left_out:
        say(f"  {one.left_out} items on which people differ undecided are left out: the figures flatter the machine")
    if one.found is None:
        say(f"  {one.reason}")
        return
    percent = one.found.percent
    low, high = percent.low * _PERCENT, percent.high * _PERCENT
    figures = [f"agreement {percent.value * _PERCENT:.1f}% [{low:.1f}–{high:.1f}]"]
    for name in ("kappa", "alpha", "ac1"):
        figure = getattr(one.found, name)
        figures.append(f"{name} {figure.value:.2f} [{figure.low:.2f}–{figure.high:.2f}]")
    say("  " + ", ".join(figures))
    for name, used in (
        (one.one, {left for left, _, _ in one.confusion}),
        (one.other, {r for _, r, _ in one.confusion}),
    ):
        if len(used) == 1:
            say(f"  {name} used only {min(used)!r}: kappa is 0 then, whatever the two agree on")
    if one.found.one_sided:
        say(f"  {one.found.one_sided} of {one.found.draws} draws held one category only: kappa and alpha without them")
    if one.found.unseen is not None:
        what, most = one.found.unseen
        told = f"none of {one.items} items {what}, so that the intervals have no width"
        say(f"  {told}; up to {most * _PERCENT:.1f}% may (95%)")
    say("  prevalence: " + ", ".join(f"{code} {share * _PERCENT:.1f}%" for code, share in one.found.prevalence))
    codes = [code for code, _ in one.found.prevalence]
    counts = {(left, right): count for left, right, count in one.confusion}
    width = max(len(code) for code in codes)
    say(f"  {one.one} down, {one.other} across:")
    say("  " + " " * width + "  " + "  ".join(codes))
    for left in codes:
        cells = "  ".join(f"{counts.get((left, right), 0):>{len(right)}}" for right in codes)
        say(f"  {left:<{width}}  {cells}")
