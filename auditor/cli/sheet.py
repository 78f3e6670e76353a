"""`egov-audit sheet …`: people code a sample by spreadsheet, terminal or doccano, and decide differences."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from auditor.cli.app import app, load_config, note, say, say_json, say_wrapped
from auditor.cli.figures import AsOf, parse_day
from auditor.db.session import exclusive, open_database, transaction
from crawler.errors import UsageError
from crawler.pages.records import Lang

if TYPE_CHECKING:
    from auditor.review.differences import Difference
    from auditor.review.records import Answer, SampleItem
    from auditor.review.stage_sheets import Taken

sheet_app = typer.Typer(help="The workbench: samples, coders' sheets, agreement, decisions.", no_args_is_help=True)
app.add_typer(sheet_app, name="sheet")

SampleName = Annotated[str | None, typer.Option("--sample", help="Name of the sample; the newest unless given.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for a program.")]
CoderName = Annotated[str, typer.Option("--coder", help="The coder's alias: up to 40 letters, digits, '.', '_', '-'.")]


class Form(StrEnum):
    """What a sheet is written as."""

    TABLE = "table"
    DOCCANO = "doccano"


class Of(StrEnum):
    """What a sample is drawn from."""

    ENTRIES = "entries"
    LISTINGS = "listings"
    BOTH = "both"


@sheet_app.command("sample")
def sample_command(
    *,
    size: Annotated[int | None, typer.Option("--size", help="How many items to draw.")] = None,
    ci: Annotated[
        float | None,
        typer.Option("--ci", help="Or: half-width at most of shares in each language (0.05: ±5 points)."),
    ] = None,
    strata: Annotated[
        str, typer.Option("--strata", help="What strata are made of: nature,completeness,sector,digitised,lang,kind.")
    ] = "nature,sector,digitised,lang",
    seed: Annotated[int, typer.Option("--seed", help="The same seed draws the same sample.")] = 1,
    name: Annotated[str | None, typer.Option("--name", help="Name of the sample; made of size, seed and date.")] = None,
    of: Annotated[
        Of, typer.Option("--of", help="Draw from the register's entries, the portal's listings, or both.")
    ] = (Of.ENTRIES),
    as_of: AsOf = None,
) -> None:
    """Draw a stratified random sample of what is in force, in both languages, with known weights, and keep it."""
    from auditor.review.stage_sample import Wanted, make_sample

    kinds = {Of.ENTRIES: ("entry",), Of.LISTINGS: ("listing",), Of.BOTH: ("entry", "listing")}[of]
    by = tuple(dict.fromkeys(word.strip() for word in strata.split(",") if word.strip()))
    wanted = Wanted(seed, parse_day(as_of), size, ci, by, kinds, name)
    with open_database(load_config().db_url) as engine, transaction(engine) as session:
        sample, items = make_sample(session, wanted, datetime.now(UTC))
    say(f"sample {sample.name}: {len(items)} of {sample.frame_size}, {len(sample.strata)} strata, seed {sample.seed}")
    for stratum in sample.strata:
        weight = stratum.frame / stratum.drawn
        say(f"  {stratum.name or 'all'}: {stratum.drawn} of {stratum.frame}, weight {weight:.3f}")


@sheet_app.command("export")
def export_command(
    *,
    coder: CoderName,
    out: Annotated[Path, typer.Option("--out", help="File to write: .xlsx or .csv; .jsonl for doccano.")],
    sample: SampleName = None,
    form: Annotated[Form, typer.Option("--format", help="A table for a person, or JSONL for doccano.")] = Form.TABLE,
) -> None:
    """Write one coder's own sheet in an own random order: evidence and empty columns, nobody's codes."""
    from auditor.db.review import items_of, sample_named
    from auditor.review.aliases import alias
    from auditor.review.stage_sheets import export_doccano, export_sheet, labels_beside
    from auditor.review.stage_subjects import outdated

    export = export_doccano if form is Form.DOCCANO else export_sheet
    with open_database(load_config().db_url) as engine, transaction(engine) as session:
        chosen = sample_named(session, sample)
        sheet, count = export(session, chosen, alias(coder), out, datetime.now(UTC))
        changed = len(outdated(session, items_of(session, chosen.id)))
    _note_outdated(changed)
    note(f"{count} items of sample {chosen.name} for {sheet.coder}, order {sheet.order_seed}, sheet {sheet.mark}")
    if form is Form.DOCCANO:
        note(f"its project needs the labels of {labels_beside(out)}, and several of them an item")
    say(str(out))


@sheet_app.command("import")
def import_command(
    file: Annotated[Path, typer.Argument(help="The filled sheet: .xlsx, .csv, or doccano's .jsonl.")],
    *,
    coder: Annotated[str | None, typer.Option("--coder", help="Refuse the sheet if it is not this coder's.")] = None,
    changed: Annotated[
        bool, typer.Option("--changed", help="Take codes that the coder gave otherwise before.")
    ] = False,
) -> None:
    """Take a filled sheet back, whole or not at all; half-filled is fine, the same file twice adds nothing."""
    from auditor.review.aliases import alias
    from auditor.review.stage_sheets import import_sheet

    # Two imports of one file at a time would both find its answers new.
    with open_database(load_config().db_url) as engine, exclusive(engine, "sheet"), transaction(engine) as session:
        taken = import_sheet(session, file, alias(coder) if coder else None, datetime.now(UTC), minds_changed=changed)
    _say_taken(taken)


@sheet_app.command("code")
def code_form_command(
    *,
    coder: CoderName,
    sample: SampleName = None,
    ui: Annotated[Lang, typer.Option("--lang-ui", help="Language of the questions: ru, kk or en.")] = Lang.RU,
    again: Annotated[bool, typer.Option("--again", help="Go again through what was coded at the terminal.")] = False,
    item: Annotated[str | None, typer.Option("--item", metavar="ID", help="With --again: only this item.")] = None,
) -> None:
    """Code at the terminal, keyboard only; every item is kept at once, the same command goes on where it stopped."""
    from auditor.db.review import add_answers, items_of, sample_named
    from auditor.review.aliases import alias
    from auditor.review.form import Form as TerminalForm
    from auditor.review.form import Terminal
    from auditor.review.stage_sample import said_at_terminal, terminal_sheet
    from auditor.review.stage_subjects import outdated

    # A byte that is no UTF-8 is no answer, and no reason to lose the sitting.
    if hasattr(sys.stdin, "reconfigure"):
        sys.stdin.reconfigure(errors="replace")
    who = alias(coder)
    if item is not None and not again:
        raise UsageError("--item says what to code --again")
    with open_database(load_config().db_url) as engine:
        with transaction(engine) as session:
            chosen = sample_named(session, sample)
            sheet, items = terminal_sheet(session, chosen, who, datetime.now(UTC))
            done, before = said_at_terminal(session, sheet, items)
            _note_outdated(len(outdated(session, items_of(session, chosen.id))))
        if item is not None and item not in before:
            raise UsageError(f"{who} coded no item {item} of sample {chosen.name} at the terminal")
        if item is not None:
            before = {item: before[item]}

        def save(item: SampleItem, answer: Answer) -> None:
            with transaction(engine) as session:
                add_answers(session, sheet, who, [(item, answer)], datetime.now(UTC))

        kept = TerminalForm(Terminal(_ask, say_wrapped), items, done, save, ui, before, again).run()
    note(f"{kept} answers of {who} kept")


@sheet_app.command("adjudicate")
def adjudicate_command(
    *,
    sample: SampleName = None,
    coder: Annotated[
        str | None,
        typer.Option("--coder", help="Alias of who decides; needed with --export; own differences are told."),
    ] = None,
    export: Annotated[
        Path | None, typer.Option("--export", help="Write the differences with empty columns for the decision.")
    ] = None,
    take: Annotated[Path | None, typer.Option("--import", help="Take a filled sheet of decisions back.")] = None,
) -> None:
    """Show where coders differ, side by side; write them out for a decision; take decisions with their reasons back."""
    from auditor.db.review import sample_named
    from auditor.review.aliases import alias
    from auditor.review.stage_adjudicate import (
        export_differences,
        import_decisions,
        open_differences,
        waiting_elsewhere,
    )

    if export is not None and take is not None:
        raise UsageError("--export and --import exclude each other")
    who = alias(coder) if coder else None
    with open_database(load_config().db_url) as engine:
        if take is not None:
            with exclusive(engine, "sheet"), transaction(engine) as session:
                taken = import_decisions(session, take, who, datetime.now(UTC))
            _say_taken(taken)
            return
        with transaction(engine) as session:
            chosen = sample_named(session, sample)
            if export is not None and who is None:
                raise UsageError("who decides? give --coder ALIAS")
            found, notes = open_differences(session, chosen)
            if export is not None and who is not None:
                export_differences(session, chosen, who, export, datetime.now(UTC))
            elsewhere = waiting_elsewhere(session, chosen)
    if export is not None:
        note(f"{len(found)} differences of sample {chosen.name} for {who} to decide")
        say(str(export))
    else:
        _say_differences(found, notes)
        note(f"{len(found)} differences in sample {chosen.name} wait for a decision")
    own = sum(any(one.coder == who for one in difference.codings) for difference in found)
    if own:
        note(f"{own} of them are {who}'s own: a decision on these is taken, but a third person's word weighs more")
    if export is None:
        for name, waiting in elsewhere.items():
            note(f"{waiting} wait in sample {name}: --sample {name!r}")


@sheet_app.command("stale")
def stale_command(*, json_out: Json = False) -> None:
    """List people's codings that do not count for the text as it is now, or for that of the edition in force."""
    from auditor.review.stage_adjudicate import stale_codings

    with open_database(load_config().db_url) as engine, transaction(engine) as session:
        found = stale_codings(session, parse_day(None))
    if json_out:
        say_json(
            [
                {
                    "subject": one.coding.subject,
                    "kind": one.kind,
                    "coder": one.coding.coder,
                    "gone": one.gone,
                    "row": one.row,
                }
                for one in found
            ]
        )
        return
    for one in found:
        codes = f"{one.coding.coding.nature}/{one.coding.coding.completeness}"
        why = "is no longer there" if one.gone else "has another text now"
        if one.row != one.coding.subject:
            why = f"not carried to {one.row}, which has another text"
        say(f"{one.coding.subject}: {codes} by {one.coding.coder} of {one.coding.coded_at:%Y-%m-%d}; {why}")
    note(f"{len(found)} codings are stale")


@sheet_app.command("codebook")
def codebook_command(
    *,
    out: Annotated[Path, typer.Option("--out", help="File to write: .qdc.")],
    words: Annotated[Lang, typer.Option("--words", help="Language of the descriptions: ru, kk or en.")] = Lang.EN,
) -> None:
    """Write the codebook as a REFI-QDA file that programs for qualitative analysis open."""
    from auditor.review.qdc import codebook_qdc
    from auditor.review.sheetfile import refuse_overwriting

    if out.suffix.lower() != ".qdc":
        raise UsageError(f"{out}: give a file name that ends in .qdc")
    refuse_overwriting(out)
    out.write_bytes(codebook_qdc(words))
    say(str(out))


def _ask(prompt: str) -> str | None:
    sys.stdout.write(prompt)
    sys.stdout.flush()
    line = sys.stdin.readline()
    return line.rstrip("\n") if line else None


def _note_outdated(count: int) -> None:
    if count:
        note(
            f"{count} items of this sample have another text now, or are gone: codes on them are stale and do not count"
        )


def _say_taken(taken: Taken) -> None:
    changed = f", {len(taken.changed)} changed" if taken.changed else ""
    new = taken.added - len(taken.changed)
    say(f"{taken.coder}: {new} new{changed}, {taken.same} as before, {taken.empty} empty")
    for line in taken.changed:
        note(f"  {line}")
    if taken.absent:
        note(f"{taken.absent} items of the sample are not in the file: they stay uncoded")
    if taken.kept:
        note(f"{taken.kept} items are without codes in the file and were coded before: those codes stay")
    _note_outdated(taken.outdated)
    if taken.own:
        note(f"{taken.own} decisions are on items that {taken.coder} coded too: a third person's word weighs more")
    if taken.waiting:
        note(f"{len(taken.waiting)} items have a code on one axis only and were left for later:")
        for key in taken.waiting:
            note(f"  {key}")


def _say_differences(found: list[Difference], notes: dict[int, str]) -> None:
    from auditor.review.differences import in_words

    for difference in found:
        given = difference.item.subject.given
        say_wrapped(f"{difference.item.key}  {given.name}")
        if given.result:
            say_wrapped(f"  result: {given.result}")
        for one in difference.codings:
            say_wrapped(f"  {one.coder:<16} {in_words(one, notes.get(one.id, ''))}")
