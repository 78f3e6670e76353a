"""`egov-audit code`, `code-file` and `explain`: the machine coder, with its reasons."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from auditor.cli.app import app, load_config, log, note, say, say_json, say_wrapped
from auditor.db.session import open_database, transaction
from crawler.errors import ContentError
from crawler.pages.records import Lang

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from auditor.coding.stage import CodingCounts, CodingSummary
    from auditor.coding.stage import Progress as Watch
    from auditor.records import Coding
    from auditor.review.agreement import Agreement

_PERCENT = 100


@app.command("code")
def code_command(
    *,
    gold: Annotated[
        Path | None, typer.Option(help="Labelled listings (CSV: url, nature, completeness): print the agreement.")
    ] = None,
    lexicon_report: Annotated[
        bool, typer.Option("--lexicon-report", help="Code nothing; list faulty and unused lexicon phrases.")
    ] = False,
    versions: Annotated[
        tuple[str, str] | None,
        typer.Option(
            "--compare", metavar="V1 V2", help="Code nothing; what moved between two versions of codebook or coder."
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The counts, or the comparison, as JSON.")] = False,
) -> None:
    """Code every live entry of every edition that counts, and every listing. Same texts, same answer: nothing new."""
    if versions is not None:
        _compare(versions, as_json=as_json)
        return
    from auditor.coding.coder import Coder
    from auditor.coding.csvfile import labels_in
    from auditor.coding.stage import agreement_with, code_all, texts_of

    coder = Coder.load()
    with open_database(load_config().db_url) as engine:
        if lexicon_report:
            with transaction(engine) as session:
                _lexicon_report(coder, texts_of(session))
            return
        labels = labels_in(gold) if gold is not None else None
        with _progress() as watch:
            summary = code_all(engine, coder, datetime.now(UTC), watch)
        if not summary.entries.coded and not summary.listings.coded:
            raise ContentError("nothing to code: no edition counts and no listing is stored; see `egov-audit status`")
        found = None
        if labels is not None:
            with transaction(engine) as session:
                found = agreement_with(session, labels)
            note(f"labelled listings found: {len(found)} of {len(labels)}")
    _note_version(summary)
    people, machine = ([pair[side] for pair in found or ()] for side in (0, 1))
    if as_json:
        told = {"coder": summary.version, "entries": summary.entries.as_json(), "listings": summary.listings.as_json()}
        say_json(told if found is None else told | {"agreement": _agreement_json(people, machine)})
        return
    _say_counts("entries", summary.entries)
    _say_counts("listings", summary.listings)
    if found is not None:
        say_agreement(people, machine)


def _note_version(summary: CodingSummary) -> None:
    """Who coded: answers of another coder than before may move figures though no page has changed."""
    from auditor.coding.codebook import CODEBOOK

    note(f"coder {summary.version}, codebook {CODEBOOK}")
    if summary.before not in ("", summary.version) and (summary.entries.added or summary.listings.added):
        versions = f"{summary.before} {summary.version}"
        note(f"the coder was {summary.before} before: `egov-audit code --compare {versions}` says what moved")


def _compare(versions: tuple[str, str], *, as_json: bool) -> None:
    from auditor.cli.coding_compare import compare_versions, print_change
    from auditor.cli.figures import parse_day

    with open_database(load_config().db_url) as engine, transaction(engine) as session:
        change = compare_versions(session, versions, parse_day(None))
    print_change(change, as_json=as_json)


@app.command("code-file")
def code_file_command(
    source: Annotated[Path, typer.Argument(help="CSV with the column name; optional id, result, category, lang.")],
    target: Annotated[Path, typer.Argument(help="CSV to write: the same with the codes beside it.")],
    *,
    lang: Annotated[Lang, typer.Option(help="Language of rows that name none.")] = Lang.RU,
    agree: Annotated[
        bool, typer.Option("--agree", help="The file holds people's nature and completeness: print the agreement.")
    ] = False,
) -> None:
    """Code any list of services: adds nature, completeness, output, sector, rules, evidence, confidence."""
    from auditor.coding.coder import Coder
    from auditor.coding.csvfile import code_file

    table, codings = code_file(Coder.load(), source, target, lang, beside_people=agree)
    unclear = sum("unclear" in (coding.nature, coding.completeness) for coding in codings)
    note(f"{len(codings)} rows coded into {target}, {unclear} with an abstention")
    if agree:
        people = list(zip(table.column("nature"), table.column("completeness"), strict=True))
        say_agreement(people, [(str(coding.nature), str(coding.completeness)) for coding in codings])
        _say_reliability(people, codings)


@app.command("explain")
def explain_command(
    entry: Annotated[
        str, typer.Argument(help="Entry key, eight-digit code, slug, address, listing key or database id.")
    ],
    *,
    lang: Annotated[Lang, typer.Option(help="Language of the text (ru, kk, en).")] = Lang.RU,
    as_of: Annotated[
        str | None, typer.Option(metavar="YYYY-MM-DD", help="Date for a code; today unless given.")
    ] = None,
    words: Annotated[Lang, typer.Option("--words", help="Language of the rules in words.")] = Lang.EN,
) -> None:
    """One coding with its reasons: rules in words, marked text, where it was read, who coded it before."""
    from auditor.cli.figures import parse_day
    from auditor.coding.codebook import rules_in_words
    from auditor.coding.coder import Coder
    from auditor.coding.explain import explain
    from auditor.coding.stage_explain import explanation
    from crawler.sources.load import load_sources

    config, day = load_config(), parse_day(as_of)
    sites = load_sources(config).sites
    with open_database(config.db_url) as engine, transaction(engine) as session:
        told = explanation(session, Coder.load(), entry, lang, day, sites)
    for line in explain(told, rules_in_words(words)):
        say_wrapped(line)


def say_agreement(people: Sequence[tuple[str, str]], machine: Sequence[tuple[str, str]]) -> None:
    """Percent and kappa per axis, over the items that people coded; a reason where no figure has a meaning."""
    for axis, found in _agreements(people, machine).items():
        if isinstance(found, ContentError):
            say(f"{axis}: {found}")
            continue
        percent, kappa = found.percent, found.kappa
        say(
            f"{axis}: agreement {percent.value * _PERCENT:.1f}% "
            f"[{percent.low * _PERCENT:.1f}–{percent.high * _PERCENT:.1f}], "
            f"kappa {kappa.value:.2f} [{kappa.low:.2f}–{kappa.high:.2f}], n {found.items}"
        )
        if found.unseen is not None:
            what, most = found.unseen
            say(f"  none {what}, so that the intervals have no width; up to {most * _PERCENT:.1f}% may (95%)")


def _agreement_json(people: Sequence[tuple[str, str]], machine: Sequence[tuple[str, str]]) -> dict[str, object]:
    """The same for a program: shares from 0 to 1, or the reason under `reason`."""
    return {
        axis: {"reason": str(found)}
        if isinstance(found, ContentError)
        else {"items": found.items, "percent": asdict(found.percent), "kappa": asdict(found.kappa)}
        for axis, found in _agreements(people, machine).items()
    }


def _agreements(
    people: Sequence[tuple[str, str]], machine: Sequence[tuple[str, str]]
) -> dict[str, Agreement | ContentError]:
    from auditor.review.agreement import agreement

    told: dict[str, Agreement | ContentError] = {}
    for number, axis in enumerate(("nature", "completeness")):
        pairs = [(one[number], other[number]) for one, other in zip(people, machine, strict=True) if one[number]]
        try:
            told[axis] = agreement([one for one, _ in pairs], [other for _, other in pairs])
        except ContentError as error:
            told[axis] = error
    return told


def _say_reliability(people: Sequence[tuple[str, str]], codings: Sequence[Coding]) -> None:
    """How sure the machine was beside how often it was right, over both axes."""
    from auditor.coding.calibration import reliability

    decisions = [
        (sure, given == said)
        for codes, coding in zip(people, codings, strict=True)
        for given, said, sure in (
            (codes[0], coding.nature, coding.nature_confidence),
            (codes[1], coding.completeness, coding.completeness_confidence),
        )
        if given
    ]
    say("confidence   n      mean   right")
    for group in reliability(decisions):
        say(f"from {group.bound:.2f}    {group.count:<6} {group.confidence:.2f}   {group.share * _PERCENT:.1f}%")


def _lexicon_report(coder: object, texts: dict[Lang, tuple[list[str], list[str]]]) -> None:
    from auditor.coding.coder import Coder
    from auditor.coding.report import contradictions_in, faults_of, unused_in

    assert isinstance(coder, Coder)
    for lang in Lang:
        lexicon = coder.lexicon(lang)
        names, results = texts.get(lang, ([], []))
        faults, unused = [*faults_of(lexicon, coder), *contradictions_in(lexicon)], unused_in(lexicon, names, results)
        for line in (*faults, *unused):
            say(line)
        note(
            f"{lang}: {len(lexicon.examples)} phrases, {len(faults)} faulty, {len(unused)} unused in {len(names)} names"
        )


def _say_counts(what: str, counts: CodingCounts) -> None:
    say(f"{what}: {counts.coded} coded, {counts.added} new, {counts.abstained} with an abstention")
    for (nature, completeness), count in sorted(counts.cells.items()):
        say(f"  {nature:<14} {completeness:<9} {count:>7}  {count / counts.coded * _PERCENT:5.1f}%")


@contextmanager
def _progress() -> Iterator[Watch | None]:
    if not log.is_terminal:
        yield None
        return
    columns = (TextColumn("coding {task.fields[what]}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=log, transient=True) as bar:
        task = bar.add_task("coding", total=None, what="")
        yield lambda what, done, total: bar.update(task, completed=done, total=total, what=what)
