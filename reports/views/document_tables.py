"""The tables of the document: the site's contexts as rows and cells, with the site's words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reports.contexts.base import CellView, EntryRow, TwoByTwo
from reports.contexts.document import Block, Cell, Column, Heading, Paragraph, Row, Table
from reports.contexts.method import CardView, CorrectionView, EditionView, TextPage
from reports.contexts.pages import AccountView, SeriesRow, SeriesTable, YearRow
from reports.contexts.services import DeadEndRow, FlipRow, GroupsPage
from reports.i18n import Words


def _cells(*texts: str) -> tuple[Cell, ...]:
    return tuple(Cell(text) for text in texts)


def _numbers(*texts: str) -> tuple[Column, ...]:
    return tuple(Column(text, number=True) for text in texts)


def matrix(words: Words, table: TwoByTwo) -> Iterator[Block]:
    """Nature down, completeness across; what the coder left open below."""
    say = words.say

    def row(name: str, about: str, *boxes: CellView) -> Row:
        return Row((Cell(name, about), *(Cell(box.value.text, box.share, tone=box.tone) for box in boxes)))

    yield Table(
        table.caption,
        (
            Column("", share=2),
            Column(f"{say('complete')}: {say('the thing needed')}", number=True),
            Column(f"{say('partial')}: {say('a step on the way')}", number=True),
        ),
        (
            row(
                say("transactional"),
                say("document, record, permission, information"),
                table.transactional_complete,
                table.transactional_partial,
            ),
            row(
                say("human or social"),
                say("care, teaching, income, housing, work"),
                table.human_complete,
                table.human_partial,
            ),
        ),
    )
    yield Paragraph(f"{say('left open by the coder')}: {table.unclear.value.text} ({table.unclear.share})")


def account_table(words: Words, account: AccountView) -> Table:
    """The closing account, term by term."""
    say = words.say
    return Table(
        say("The account, term by term"),
        (
            Column(say("Term"), share=2),
            Column(say("Amount"), number=True),
            Column(say("Over undecided links"), number=True, share=2),
            Column(say("What it counts"), share=5),
        ),
        (
            Row(_cells(say("Start"), account.start.text, "", ""), strong=True),
            *(Row(_cells(term.title, term.value, term.bounds or "–", term.about)) for term in account.terms),
            Row(_cells(say("End"), account.end.text, "", ""), strong=True),
        ),
    )


def units_table(words: Words, rows: Sequence[YearRow]) -> Table:
    """The same growth under the four units of count."""
    say = words.say
    heads = _numbers(say("Start"), say("End"), say("Change"), say("Rate"), say("Births less deaths"))
    return Table(
        "",
        (Column(say("Unit"), share=3), *heads),
        tuple(Row(_cells(row.label.text, *(cell.text for cell in row.cells))) for row in rows),
    )


def years_table(words: Words, rows: Sequence[YearRow]) -> Table:
    """The account of each year since the first one."""
    say = words.say
    heads = _numbers(
        say("Start"), say("End"), say("Register growth"), say("Real growth"), say("Births"), say("Deaths"),
        say("Growth of the digitised"), say("of it label flips"),
    )  # fmt: skip
    return Table(
        "",
        (Column(say("Years"), share=2), *heads),
        tuple(
            Row((Cell(row.label.text, row.broken), *_cells(*(cell.text for cell in row.cells))), apart=bool(row.broken))
            for row in rows
        ),
    )


def series_table(words: Words, table: SeriesTable) -> Table:
    """Years down, figures across."""

    def row(one: SeriesRow) -> Row:
        notes = "; ".join((*one.breaks, *one.notes))
        found = tuple(Cell(cell.value.text, cell.share) for cell in one.cells)
        edition = Cell(one.edition, notes) if found else Cell(f"– {one.edition}", notes, span=len(table.columns) + 1)
        return Row((Cell(one.year), *found, edition), apart=bool(one.breaks))

    heads = _numbers(*(column.text for column in table.columns))
    columns = (Column(words.say("Year")), *heads, Column(words.say("Edition"), share=2))
    return Table("", columns, tuple(row(one) for one in table.rows))


def groups_table(words: Words, page: GroupsPage) -> Table:
    """Ministries or sections side by side."""
    return Table(
        "",
        (Column(words.say("Name"), share=12), *_numbers(*(column.text for column in page.columns))),
        tuple(
            Row((Cell(row.name.text, lang=page.frame.text_lang), *_cells(*(cell.text for cell in row.cells))))
            for row in page.rows
        ),
    )


def _named(entry: EntryRow) -> tuple[Cell, Cell]:
    return Cell(entry.code), Cell(entry.name, entry.group, lang=entry.lang)


def dead_ends_table(words: Words, rows: Sequence[DeadEndRow]) -> Table:
    """Each step that nothing completes, with what is missing."""
    say = words.say
    columns = (
        Column(say("Code"), share=0),
        Column(say("Name"), share=5),
        Column(say("What is given"), share=3),
        Column(say("What is missing"), share=3),
        Column(say("Since"), share=2),
    )
    return Table(
        "",
        columns,
        tuple(
            Row(
                (
                    *_named(row.entry),
                    Cell(row.output, " · ".join(text for text in (row.entry.coded, row.entry.rules) if text)),
                    *_cells(row.missing, row.since or "–"),
                )
            )
            for row in rows
        ),
    )


def flips_table(words: Words, rows: Sequence[FlipRow]) -> Table:
    """Each entry of which only the delivery form changed."""
    say = words.say
    columns = (
        Column(say("Code"), share=0),
        Column(say("Name"), share=5),
        Column(say("Kind of flip"), share=2),
        Column(say("Form before and after"), share=4),
        Column(say("Coded"), share=2),
    )
    return Table(
        "", columns, tuple(Row((*_named(row.entry), *_cells(row.kind, row.change, row.entry.coded))) for row in rows)
    )


def gaps_tables(words: Words, page: TextPage) -> Iterator[Block]:
    """What was not read and what was not understood."""
    say = words.say
    yield Heading(say("Not read"), 2)
    if page.not_read:
        columns = (Column(say("What"), share=3), Column(say("Outcome"), share=2), Column(say("Detail"), share=4))
        yield Table("", columns, tuple(Row(_cells(*row)) for row in page.not_read))
    else:
        yield Paragraph(say("Everything that the sources name by now was asked for and read."))
    yield Heading(say("Not understood"), 2)
    if page.issues:
        heads = (Column(say("Kind of finding"), share=4), Column(say("How many are open"), number=True))
        yield Table("", heads, tuple(Row((Cell(about, code), Cell(count))) for code, about, count in page.issues))
    else:
        yield Paragraph(say("No finding is open."))


def cards_table(words: Words, card: CardView) -> Table:
    """How a measure is counted, line by line, and what it gives."""
    rows = (*card.lines, (words.say("Figure"), card.value.text))
    return Table("", (Column("", share=1), Column("", share=4)), tuple(Row(_cells(*row)) for row in rows))


def corrections_table(words: Words, rows: Sequence[CorrectionView]) -> Table:
    """Published corrections, newest first."""
    say = words.say
    columns = (
        Column(say("Date"), share=2), Column(say("Figure"), share=2), Column(say("Was said")),
        Column(say("Is right")), Column(say("Why"), share=4), Column(say("Who noticed"), share=2),
    )  # fmt: skip
    return Table(
        "",
        columns,
        tuple(
            Row(_cells(one.at, f"{one.figure}, {one.day}", one.old, one.new.text, one.reason, one.noticed_by))
            for one in rows
        ),
    )


def editions_table(words: Words, rows: Sequence[EditionView]) -> Table:
    """The editions that were read, with all that is needed to check them."""
    say = words.say
    columns = (
        Column(say("Edition"), share=2),
        Column(say("Entries"), share=2),
        Column(say("Address"), share=4),
        Column(say("Record"), share=4),
    )
    return Table(
        "",
        columns,
        tuple(
            Row(
                (
                    Cell(f"{one.act}, {one.day}"),
                    Cell(one.rows, one.state),
                    Cell(one.address, f"{one.captured}, {one.provenance}"),
                    Cell(one.record, f"sha256 {one.sha256}"),
                )
            )
            for one in rows
        ),
    )
