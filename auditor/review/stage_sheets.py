"""Hands out sheets as files and takes them back: whole or not at all, the same file twice adds nothing."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from auditor.coding.codebook import CODEBOOK
from auditor.coding.in_force import axes_of
from auditor.db.review import add_answers, codings_for, hand_notes, items_of, sheet_by_token
from auditor.records import StoredCoding
from auditor.review.check import check_grid
from auditor.review.columns import ANSWERS, MARK, SHOWN, shown_cells
from auditor.review.doccano import doccano_line, doccano_text, labels_json, read_doccano
from auditor.review.records import Answer, Fault, Sample, SampleItem, Sheet
from auditor.review.sheetfile import Table, refuse_overwriting, write_sheet
from auditor.review.sheetread import Grid, read_bytes, read_sheet
from auditor.review.stage_sample import hand_out
from auditor.review.stage_subjects import outdated
from crawler.errors import ContentError, UsageError
from crawler.pages.text import plain

_MARK = re.compile(r"v(?P<codebook>[^-]+)-(?P<token>[0-9a-f]{12})")


@dataclass(frozen=True, slots=True)
class Taken:
    """What an import did: rows added, answers that were there already, items empty, items with one axis only.

    `changed` names the rows among those added that take back an earlier answer, `absent` counts the items of the sample
    that the file does not have, `own` the items that who decides has coded too, `kept` those without codes in the file
    whose earlier codes stay, `outdated` the sample's items whose text is another one by now.
    """

    coder: str
    added: int
    same: int
    empty: int
    waiting: tuple[str, ...]
    changed: tuple[str, ...] = ()
    absent: int = 0
    own: int = 0
    kept: int = 0
    outdated: int = 0


def export_sheet(session: Session, sample: Sample, coder: str, path: Path, now: datetime) -> tuple[Sheet, int]:
    """Write a coder's own sheet, XLSX or CSV by the file's ending; gives the sheet and the number of items."""
    sheet, items = hand_out(session, sample, coder, "table", now)
    empty = [""] * len(ANSWERS)
    rows = [[*shown_cells(item), *empty, sheet.mark] for item in items]
    write_sheet(path, Table((*SHOWN, *ANSWERS, MARK), ANSWERS, rows, sheet.codebook, now))
    return sheet, len(items)


def export_doccano(session: Session, sample: Sample, coder: str, path: Path, now: datetime) -> tuple[Sheet, int]:
    """Write a coder's items as JSONL for doccano, the labels beside it; gives the sheet and the number of items."""
    for each in (path, labels_beside(path)):
        refuse_overwriting(each)
    if path.suffix.lower() != ".jsonl":
        raise UsageError(f"{path}: give a file name that ends in .jsonl, which is what doccano takes")
    sheet, items = hand_out(session, sample, coder, "doccano", now)
    partial = path.with_name(path.name + ".part")
    with partial.open("w", encoding="utf-8", newline="\n") as stream:
        stream.writelines(doccano_line(item, sheet.mark) + "\n" for item in items)
        stream.flush()
        os.fsync(stream.fileno())
    partial.replace(path)
    labels_beside(path).write_text(labels_json(), encoding="utf-8", newline="\n")
    return sheet, len(items)


def labels_beside(path: Path) -> Path:
    """Where the labels lie that a doccano project needs before anybody can code: beside its JSONL file."""
    return path.with_suffix(".labels.json")


def import_sheet(
    session: Session, path: Path, coder: str | None, now: datetime, *, minds_changed: bool = False
) -> Taken:
    """Take a filled sheet back. Raises ContentError with every fault and its place; then nothing was taken.

    A code that is another than the one taken from this sheet before is a fault unless `minds_changed`: two people may
    have filled in the file.
    """
    grid = read_doccano(path, read_bytes(path)) if path.suffix.lower() in (".jsonl", ".json") else read_sheet(path)
    sheet = known_sheet(session, path, grid, coder)
    if sheet.form == "adjudication":
        raise ContentError(f"{path} is a sheet of decisions: take it back with `egov-audit sheet adjudicate --import`")
    items = items_of(session, sheet.sample_id)
    checked = check_grid(grid, {item.key: item for item in items}, sheet.mark, ANSWERS)
    told = {item.key: doccano_text(item) for item in items}
    altered = [
        Fault(row, "text", f"not the text of {key}") for row, key, text in grid.texts if told.get(key, text) != text
    ]
    newest = own_newest(session, sheet, items)
    notes = hand_notes(session, [known.id for known in newest.values()])
    faults = [*checked.faults, *altered]
    new = []
    changed = []
    for item, answer in checked.answers:
        known = newest.get(item.key)
        if known is None:
            new.append((item, answer))
            continue
        on_sheet, note, _ = notes[known.id]
        if on_sheet != sheet.id and axes_of(known) != (str(answer.nature), str(answer.completeness)):
            faults.append(Fault(checked.rows[item.key], "nature", _contradiction(known)))
        elif known.subject != item.key:
            # The same text in another row: the answer is one of its own, and what it was is no mind changed here.
            new.append((item, answer))
        elif not said_before(answer, known, note):
            new.append((item, answer))
            changed.append(_change(checked.rows[item.key], answer, known))
            if not minds_changed and axes_of(known) != (str(answer.nature), str(answer.completeness)):
                faults.append(Fault(checked.rows[item.key], "nature", _other_mind(answer, known)))
    faults.sort(key=lambda fault: fault.row)
    refuse(path, faults)
    added = add_answers(session, sheet, sheet.coder, new, now)
    same = len(checked.answers) - added
    kept = sum(key in newest for key in (*checked.empty, *checked.waiting))
    counts = (added, same, len(checked.empty))
    return Taken(
        sheet.coder,
        *counts,
        checked.waiting,
        tuple(changed),
        checked.absent,
        kept=kept,
        outdated=len(outdated(session, items)),
    )


def known_sheet(session: Session, path: Path, grid: Grid, coder: str | None) -> Sheet:
    """The sheet that was handed out, by the mark in its rows.

    Raises ContentError for a file that is no sheet of ours, of another codebook, or another coder's.
    """
    if MARK not in grid.header:
        refuse(path, [Fault(0, MARK, "this column is missing: it says whose sheet this is")])
    marks = [plain(cells[MARK]) for _, cells in grid.rows]
    found = next((match for mark in marks if (match := _MARK.fullmatch(mark))), None)
    if found is None:
        refuse(path, grid.faults)
        raise ContentError(f"{path}: no row carries a sheet's mark: it was not written by `egov-audit sheet export`")
    if found["codebook"] != CODEBOOK:
        raise ContentError(
            f"{path} was made for codebook version {found['codebook']}, this one is {CODEBOOK}: export the sheet anew"
        )
    sheet = sheet_by_token(session, found["token"])
    if sheet is None or sheet.codebook != CODEBOOK:
        raise ContentError(f"{path}: no sheet {found.group()} was handed out from this database")
    if coder is not None and coder != sheet.coder:
        raise ContentError(f"{path} is the sheet of {sheet.coder}, not of {coder}: every coder fills in an own sheet")
    return sheet


def refuse(path: Path, faults: Sequence[Fault]) -> None:
    """Raise ContentError that lists all faults, if there are any."""
    if faults:
        count = f"{len(faults)} faults" if len(faults) > 1 else "1 fault"
        raise ContentError("\n  ".join([f"{path}: {count}, nothing was imported", *map(str, faults)]))


def own_newest(session: Session, sheet: Sheet, items: Sequence[SampleItem]) -> dict[str, StoredCoding]:
    """A sheet's coder's newest coding of each item by key; of one not coded yet that of the same text elsewhere."""
    own = {
        key: [one for one in codings if one.coder == sheet.coder]
        for key, codings in codings_for(session, items, sheet.codebook).items()
    }
    return {key: max(codings, key=lambda one: (one.subject == key, one.coded_at, one.id))
            for key, codings in own.items() if codings}  # fmt: skip


def said_before(answer: Answer, known: StoredCoding, note: str) -> bool:
    """Whether a stored coding with its note says the same."""
    coding = known.coding
    told = (coding.nature, coding.completeness, coding.output, coding.sector, note)
    return told == (answer.nature, answer.completeness, answer.output, answer.sector, answer.note)


def _change(row: int, answer: Answer, known: StoredCoding) -> str:
    now, before = f"{answer.nature}/{answer.completeness}", "/".join(axes_of(known))
    codes = f"{now}, before {before}" if now != before else f"{now} as before; output, sector or note changed"
    return f"row {row}: {known.subject} {codes}"


def _other_mind(answer: Answer, known: StoredCoding) -> str:
    return (
        f"{known.subject} was {'/'.join(axes_of(known))} when {known.coder} filled in this sheet and is "
        f"{answer.nature}/{answer.completeness} now: two people with one sheet? If {known.coder} thinks otherwise "
        "by now: --changed"
    )


def _contradiction(known: StoredCoding) -> str:
    """One alias with two minds on two sheets is two people, or one who must decide on the sheet coded first.

    `known` may have been given to another row of the same text.
    """
    return (
        f"{known.coder} coded {known.subject} {'/'.join(axes_of(known))} on another sheet: two coders under one alias? "
        "A change of mind goes into the sheet it was first coded on; if that was the terminal: "
        f"`egov-audit sheet code --coder {known.coder} --again`"
    )
