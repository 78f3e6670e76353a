"""A document as DOCX, for who must edit it: real headings, tables, captions and pictures; needs the extra `[docx]`."""

from __future__ import annotations

import io
from datetime import datetime, time
from itertools import zip_longest
from pathlib import Path

import docx
from docx.document import Document as WordDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm
from docx.text.paragraph import Paragraph as WordParagraph
from lxml.etree import _Element

from reports.contexts.document import (
    Block,
    Bullets,
    Cell,
    Document,
    FigureBlock,
    Heading,
    Paragraph,
    Picture,
    Table,
)
from reports.document.docx_styles import LANGUAGES, TONES, element, prepare
from reports.document.package import UNSEALED, sealed
from reports.document.text import LONG, harmless
from reports.document.widths import widths

#: Between the margins of an A4 page.
_WIDTH = 170
#: Paragraph style of the document → of the file, where the name differs.
_NAMES = {"body": "Normal", "fails": "Objection Fails"}


def to_docx(content: Document, pictures: Path) -> bytes:
    """The document's bytes, the same for the same content; `pictures` holds its charts as PNG. Raises OSError."""
    word = docx.Document()
    prepare(word, content)
    _properties(word, content)
    _text(word, content.title, "Title")
    _text(word, f"{content.subtitle}, {content.as_of}", "Subtitle")
    for block, after in zip_longest(content.blocks, content.blocks[1:]):
        _block(word, block, pictures)
        if isinstance(block, Paragraph) and isinstance(after, Picture):
            # A heading with its sentence stays with the chart they lead to.
            word.paragraphs[-1].paragraph_format.keep_with_next = True
    for line in content.about:
        _text(word, line, "Small Print")
    out = io.BytesIO()
    word.save(out)
    return sealed(out.getvalue())


def _properties(word: WordDocument, content: Document) -> None:
    """Everything that a word processor would otherwise fill in with now and here."""
    moment = datetime.combine(content.day, time())
    core = word.core_properties
    core.title, core.subject = harmless(content.title)[:250], harmless(content.subtitle)[:250]
    core.author = core.last_modified_by = "egov-audit"
    core.created = core.modified = moment
    core.language = LANGUAGES[content.lang]
    core.identifier = UNSEALED
    core.keywords = harmless(content.foot)[:250]
    core.comments = core.category = ""
    core.revision, core.version = 1, ""


def _text(word: WordDocument, text: str, style: str) -> WordParagraph:
    return word.add_paragraph(harmless(text), style)


def _block(word: WordDocument, block: Block, pictures: Path) -> None:
    match block:
        case Heading():
            _text(word, block.text, f"Heading {block.level}")
        case Paragraph():
            _text(
                word, block.text, {"body": "Normal", "fails": "Objection Fails"}.get(block.style, block.style.title())
            )
        case Bullets():
            for item in block.items:
                _text(word, item, "List Bullet")
        case FigureBlock():
            _figure(word, block)
        case Picture():
            _picture(word, block, pictures)
        case Table():
            if block.caption:
                _text(word, block.caption, "Caption")
            _table(word, block)


def _figure(word: WordDocument, block: FigureBlock) -> None:
    view = block.view
    _text(word, view.title, "Heading 3")
    line = _text(word, "", "Figure")
    line.add_run(harmless(view.value.text)).bold = True
    if view.share:
        line.add_run(harmless(f"  {view.share}")).font.size = word.styles["Normal"].font.size
    for text in block.lines:
        _text(word, text, "Small Print")
    for one in view.objections:
        said = _text(word, "", "Objection Fails" if one.fails else "Objection")
        said.add_run(harmless(f"{one.setting} – {one.verdict}: ")).bold = True
        said.add_run(harmless(one.text))


def _picture(word: WordDocument, block: Picture, pictures: Path) -> None:
    _text(word, block.title, "Caption")
    shape = word.add_picture(str(pictures / f"{block.name}.png"), width=Mm(min(_WIDTH, round(block.size[0] * 0.25))))
    about = shape._inline.docPr
    about.set("descr", harmless(block.alt))
    about.set("name", block.name)


def _table(word: WordDocument, block: Table) -> None:
    """A table, its head repeated on each page, its rows whole. As XML, for the library takes minutes over its cells."""
    table = OxmlElement("w:tbl")
    wide = [Mm(width).twips for width in widths(block, _WIDTH)]
    properties, grid = OxmlElement("w:tblPr"), OxmlElement("w:tblGrid")
    properties.append(element("w:tblStyle", val="ReportTable"))
    properties.append(element("w:tblW", type="dxa", w=str(sum(wide))))
    properties.append(element("w:tblLayout", type="fixed"))
    for width in wide:
        grid.append(element("w:gridCol", w=str(width)))
    table.append(properties)
    table.append(grid)
    numbers = [column.number for column in block.columns]
    if any(column.text for column in block.columns):
        heads = tuple(Cell(column.text) for column in block.columns)
        table.append(_row(heads, numbers, wide, "Table Head"))
    for row in block.rows:
        style = "Table Total" if row.strong else "Table Text"
        table.append(_row(row.cells, numbers, wide, style, apart=row.apart))
    # Two tables that touch would become one: a paragraph parts them.
    _text(word, "", "Small Print")._p.addprevious(table)


def _row(cells: tuple[Cell, ...], numbers: list[bool], wide: list[int], style: str, *, apart: bool = False) -> _Element:
    row, properties = OxmlElement("w:tr"), OxmlElement("w:trPr")
    if max(len(cell.text) + len(cell.note) for cell in cells) < LONG:
        properties.append(OxmlElement("w:cantSplit"))
    if style == "Table Head":
        properties.append(OxmlElement("w:tblHeader"))
    if len(properties):
        row.append(properties)
    place = 0
    for cell in cells:
        end = place + cell.span
        number = numbers[place] and cell.span == 1
        row.append(_cell(cell, style, sum(wide[place:end]), number=number, apart=apart))
        place = end
    return row


def _cell(cell: Cell, style: str, wide: int, *, number: bool, apart: bool) -> _Element:
    box, properties = OxmlElement("w:tc"), OxmlElement("w:tcPr")
    properties.append(element("w:tcW", type="dxa", w=str(wide)))
    if cell.span > 1:
        properties.append(element("w:gridSpan", val=str(cell.span)))
    if apart:
        borders = OxmlElement("w:tcBorders")
        borders.append(element("w:top", val="double", sz="6", color="9A3F00"))
        properties.append(borders)
    if cell.tone:
        properties.append(element("w:shd", val="clear", color="auto", fill=TONES[cell.tone]))
    box.append(properties)
    for text, name in ((cell.text, style), (cell.note, "Table Note")):
        if text or name != "Table Note":
            box.append(_line(text, name.replace(" ", ""), cell.lang, number=number))
    return box


def _line(text: str, style: str, lang: str, *, number: bool) -> _Element:
    line, properties = OxmlElement("w:p"), OxmlElement("w:pPr")
    properties.append(element("w:pStyle", val=style))
    if number:
        properties.append(element("w:jc", val=WD_ALIGN_PARAGRAPH.RIGHT.name.lower()))
    line.append(properties)
    run, words = OxmlElement("w:r"), OxmlElement("w:t")
    if lang in LANGUAGES:
        about = OxmlElement("w:rPr")
        about.append(element("w:lang", val=LANGUAGES[lang]))
        run.append(about)
    words.text = harmless(text)
    words.set(qn("xml:space"), "preserve")
    run.append(words)
    line.append(run)
    return line
