"""Shows where coders differ and takes decisions between them: a decision is a row of its own, with who and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from sqlalchemy.orm import Session

from auditor.coding.codebook import CODEBOOK, MACHINE
from auditor.coding.in_force import ADJUDICATED, newest_by_person
from auditor.db.links import memberships
from auditor.db.read import edition_at
from auditor.db.review import add_answers, coded_by_people, codings_for, codings_under, hand_notes, items_of, samples
from auditor.records import StoredCoding
from auditor.review.check import check_grid
from auditor.review.columns import CODER, DECISION, MARK, SHOWN, cell_text, same_cell, shown_cells
from auditor.review.differences import Difference, differences, in_words
from auditor.review.records import Answer, Fault, Sample, Sheet, Subject
from auditor.review.sheetfile import Table, write_sheet
from auditor.review.sheetread import Grid, read_sheet
from auditor.review.stage_sample import hand_out
from auditor.review.stage_sheets import Taken, known_sheet, refuse
from auditor.review.stage_subjects import current_hashes, entry_subjects
from crawler.errors import ContentError
from crawler.pages.records import Lang
from crawler.pages.text import plain


@dataclass(frozen=True, slots=True)
class Stale:
    """A person's coding that does not count for `row`, which has another text by now; `gone`: it is no longer there.

    `row` is what was coded, or the row in force of the same service, to which the coding is carried while texts agree.
    """

    coding: StoredCoding
    kind: str
    row: str
    gone: bool = False


def open_differences(session: Session, sample: Sample) -> tuple[list[Difference], dict[int, str]]:
    """Where the coders of a sample differ and nobody has decided, and the coders' notes by coding id."""
    items = items_of(session, sample.id)
    found = differences(items, codings_for(session, items, sample.codebook))
    ids = [one.id for difference in found for one in difference.codings]
    return found, {coding_id: note for coding_id, (_, note, _) in hand_notes(session, ids).items()}


def waiting_elsewhere(session: Session, sample: Sample) -> dict[str, int]:
    """By the names of the other samples of this codebook: how many differences wait for a decision there."""
    others = [one for one in samples(session) if one.id != sample.id and one.codebook == CODEBOOK]
    counts = {one.name: len(open_differences(session, one)[0]) for one in others}
    return {name: count for name, count in counts.items() if count}


def export_differences(session: Session, sample: Sample, coder: str, path: Path, now: datetime) -> tuple[Sheet, int]:
    """Write the differences side by side with empty columns for the decision; gives the sheet and how many there are.

    Raises ContentError when there is nothing to decide.
    """
    found, notes = open_differences(session, sample)
    if not found:
        raise ContentError(f"sample {sample.name} has no difference between coders to decide")
    sheet, _ = hand_out(session, sample, coder, "adjudication", now)
    coders = sorted({one.coder for difference in found for one in difference.codings})
    rows = [_row(difference, coders, notes, sheet) for difference in found]
    header = (*SHOWN, *(f"{CODER}{name}" for name in coders), *DECISION, MARK)
    write_sheet(path, Table(header, DECISION, rows, sheet.codebook, now))
    return sheet, len(found)


def import_decisions(session: Session, path: Path, coder: str | None, now: datetime) -> Taken:
    """Take decisions back. Raises ContentError with every fault and its place; then nothing was taken."""
    grid = read_sheet(path)
    sheet = known_sheet(session, path, grid, coder)
    if sheet.form != "adjudication":
        raise ContentError(f"{path} is a coder's sheet: take it back with `egov-audit sheet import`")
    items = items_of(session, sheet.sample_id)
    checked = check_grid(grid, {item.key: item for item in items}, sheet.mark, DECISION)
    refuse(path, checked.faults)
    known = codings_for(session, items, sheet.codebook)
    decider = ADJUDICATED + sheet.coder
    ids = [one.id for codings in known.values() for one in codings if one.coder == decider]
    reasons = {coding_id: reason for coding_id, (_, _, reason) in hand_notes(session, ids).items()}
    new = [(item, answer) for item, answer in checked.answers if not _decided(answer, decider, known, reasons)]
    seen = _what_was_seen(session, grid, known, {item.key for item, _ in new})
    refuse(path, seen.faults)
    own = sum(any(one.coder == sheet.coder for one in known.get(item.key, ())) for item, _ in new)
    added = add_answers(session, sheet, decider, new, now, seen.between)
    kept = sum(any(one.coder == decider for one in known.get(key, ())) for key in (*checked.empty, *checked.waiting))
    same = len(checked.answers) - added
    return Taken(sheet.coder, added, same, len(checked.empty), checked.waiting, own=own, kept=kept)


@dataclass(frozen=True, slots=True)
class _Seen:
    """By item the codings that who decides has seen, and cells that no longer say what their coder says."""

    between: dict[str, list[int]]
    faults: list[Fault]


def _what_was_seen(
    session: Session, grid: Grid, known: Mapping[str, Sequence[StoredCoding]], decided: set[str]
) -> _Seen:
    """A decision is between the codes that stood on the sheet: who has changed their mind since must be asked anew."""
    current = {key: newest_by_person(known.get(key, ())) for key in decided}
    notes = hand_notes(session, [one.id for codings in current.values() for one in codings])
    found = _Seen({}, [])
    for row, cells in grid.rows:
        key = plain(cells["id"])
        if key not in decided:
            continue
        ids = []
        for one in current[key]:
            column = f"{CODER}{one.coder}"
            words = cell_text(in_words(one, notes[one.id][1] if one.id in notes else ""))
            if not cells.get(column):
                continue
            ids.append(one.id)
            if not same_cell(cells[column], words):
                message = f"{one.coder} says {words} now: decide on the differences as exported anew"
                found.faults.append(Fault(row, column, message))
        found.between[key] = ids or [one.id for one in current[key]]
    return found


def stale_codings(session: Session, today: date) -> list[Stale]:
    """People's newest codings and decisions whose text is no longer the one they were made on, by subject and coder.

    So are those of a row whose service has another text in the edition in force, which nobody has coded yet.
    """
    found = []
    for kind in ("entry", "listing"):
        keys = coded_by_people(session, kind, CODEBOOK)
        now = current_hashes(session, kind, keys) if keys else {}
        later = _rows_in_force(session, keys, today) if kind == "entry" and keys else {}
        every = dict(codings_under(session, kind, keys, CODEBOOK))
        said = {one.evidence_hash for codings in every.values() for one in codings if one.coder != MACHINE}
        for key, codings in every.items():
            newest = {one.coder: one for one in codings if one.coder != MACHINE and one.subject == key}
            for _, one in sorted(newest.items()):
                if now.get(key) != one.evidence_hash:
                    found.append(Stale(one, kind, key, key not in now))
                elif key in later and later[key].evidence_hash not in said:
                    found.append(Stale(one, kind, later[key].key))
    return found


def _rows_in_force(session: Session, keys: Mapping[str, str], today: date) -> dict[str, Subject]:
    """By the keys of rows, whose languages are given: the row of the same service and language in force today."""
    editions = [edition for lang in Lang if (edition := edition_at(session, today, lang)) is not None]
    subjects = entry_subjects(session, editions)
    services = memberships(session, "entry", {*keys, *(subject.key for subject in subjects)})
    rows = {(services.get(one.key), str(one.given.lang)): one for one in subjects}
    return {
        key: rows[place] for key, lang in keys.items() if key in services and (place := (services[key], lang)) in rows
    }


def _row(difference: Difference, coders: Sequence[str], notes: Mapping[int, str], sheet: Sheet) -> list[str]:
    said = {one.coder: cell_text(in_words(one, notes.get(one.id, ""))) for one in difference.codings}
    codes = [said.get(coder, "") for coder in coders]
    return [*shown_cells(difference.item), *codes, *([""] * len(DECISION)), sheet.mark]


def _decided(
    answer: Answer, decider: str, known: Mapping[str, Sequence[StoredCoding]], reasons: Mapping[int, str]
) -> bool:
    """Whether this person's newest decision on the item itself says the same."""
    own = [one for one in known.get(answer.key, ()) if one.coder == decider and one.subject == answer.key]
    if not own:
        return False
    coding = own[-1].coding
    told = (coding.nature, coding.completeness, coding.output, coding.sector, reasons.get(own[-1].id, ""))
    return told == (answer.nature, answer.completeness, answer.output, answer.sector, answer.reason)
