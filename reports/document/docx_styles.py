"""How a DOCX looks: page, fonts with Kazakh letters, styles that an editor can change in one place, head and foot."""

from __future__ import annotations

from docx.document import Document as WordDocument
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from lxml.etree import _Element

from reports.contexts.document import Document
from reports.document.text import harmless

#: Interface language → what a word processor's spelling checker is told.
LANGUAGES = {"en": "en-GB", "ru": "ru-RU", "kk": "kk-KZ"}
#: The site's five steps of shading, light enough that black text stays readable.
TONES = {"t0": "FBFAF7", "t1": "E4EDF4", "t2": "C3D8E8", "t3": "93BAD6", "t4": "93BAD6"}
#: Arial has every Kazakh letter on Windows and macOS; elsewhere it is replaced, letter by letter where need be.
_FONT = "Arial"
_INK, _SOFT, _WARN = RGBColor(0x1B, 0x1E, 0x23), RGBColor(0x56, 0x5D, 0x66), RGBColor(0x9A, 0x3F, 0x00)

#: Style → (what it is built on, points, bold, colour, points above, points below).
_STYLES: dict[str, tuple[str, float, bool, RGBColor, float, float]] = {
    "Normal": ("", 10, False, _INK, 0, 5),
    "Title": ("", 22, True, _INK, 0, 4),
    "Subtitle": ("", 11, False, _SOFT, 0, 12),
    "Heading 1": ("", 16, True, _INK, 20, 6),
    "Heading 2": ("", 12, True, _INK, 12, 4),
    "Heading 3": ("", 10.5, True, _INK, 10, 0),
    "Caption": ("", 10, True, _INK, 8, 3),
    "List Bullet": ("", 10, False, _INK, 0, 3),
    "Lead": ("Normal", 13, False, _INK, 0, 10),
    "Notice": ("Normal", 10, False, _INK, 2, 8),
    "Figure": ("Normal", 18, False, _INK, 0, 0),
    "Small Print": ("Normal", 9, False, _SOFT, 0, 2),
    "Objection": ("Normal", 9, False, _INK, 2, 4),
    "Objection Fails": ("Objection", 9, False, _INK, 2, 4),
    "Table Text": ("Normal", 8.5, False, _INK, 2, 2),
    "Table Head": ("Table Text", 7.5, True, _INK, 2, 2),
    "Table Total": ("Table Text", 8.5, True, _INK, 2, 2),
    "Table Note": ("Table Text", 7.5, False, _SOFT, 0, 2),
}
#: Style → colour of the bar at its left, and of its ground.
_BARS = {"Notice": ("9A3F00", "FDF3EA"), "Objection": ("9AA1A9", ""), "Objection Fails": ("9A3F00", "FDF3EA")}


def element(tag: str, **attributes: str) -> _Element:
    """An element of the word processor's namespace with attributes of the same."""
    made = OxmlElement(tag)
    for name, value in attributes.items():
        made.set(qn(f"w:{name}"), value)
    return made


def prepare(word: WordDocument, content: Document) -> None:
    """Page, styles, head and foot of a new document."""
    for section in word.sections:
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.left_margin = section.right_margin = Mm(20)
        section.top_margin = section.bottom_margin = Mm(20)
    for name, (base, *_) in _STYLES.items():
        style = _made(word, name, base)
        _dress(style, name)
    _table_style(word)
    language = word.styles.element.find(f".//{qn('w:docDefaults')}//{qn('w:lang')}")
    if language is not None:
        language.set(qn("w:val"), LANGUAGES[content.lang])
    # Long words of Russian and Kazakh in narrow columns: parted by syllables where the word processor can.
    word.settings.element.insert_element_before(
        element("w:autoHyphenation", val="true"), "w:consecutiveHyphenLimit", "w:hyphenationZone",
        "w:doNotHyphenateCaps", "w:characterSpacingControl", "w:compat", "w:rsids", "m:mathPr", "w:themeFontLang",
        "w:clrSchemeMapping", "w:doNotIncludeSubdocsInStats", "w:shapeDefaults", "w:decimalSymbol", "w:listSeparator",
    )  # fmt: skip
    _foot(word, content)


def _made(word: WordDocument, name: str, base: str) -> ParagraphStyle:
    if name in word.styles:
        style = word.styles[name]
    else:
        style = word.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = word.styles[base]
        style.quick_style = True
    if not isinstance(style, ParagraphStyle):
        raise TypeError(f"{name} is no paragraph style of the library's template")
    return style


def _dress(style: ParagraphStyle, name: str) -> None:
    _, size, bold, colour, above, below = _STYLES[name]
    style.font.size, style.font.bold, style.font.italic = Pt(size), bold, False
    style.font.color.rgb = colour
    style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(above), Pt(below)
    style.paragraph_format.keep_with_next = name.startswith(("Heading", "Caption", "Figure", "Table Head"))
    letters = style.element.get_or_add_rPr()
    for spacing in letters.findall(qn("w:spacing")):
        letters.remove(spacing)
    fonts = letters.get_or_add_rFonts()
    for attribute in list(fonts.attrib):
        # A theme's font would win over the one named.
        del fonts.attrib[attribute]
    for script in ("ascii", "hAnsi", "cs", "eastAsia"):
        fonts.set(qn(f"w:{script}"), _FONT)
    properties = style.element.get_or_add_pPr()
    for border in properties.findall(qn("w:pBdr")):
        properties.remove(border)
    if name in _BARS:
        bar, ground = _BARS[name]
        borders = OxmlElement("w:pBdr")
        borders.append(element("w:left", val="single", sz="18", space="8", color=bar))
        properties.insert_element_before(borders, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:outlineLvl")
        if ground:
            shade = element("w:shd", val="clear", color="auto", fill=ground)
            properties.insert_element_before(shade, "w:tabs", "w:spacing", "w:ind", "w:jc", "w:outlineLvl")
        style.paragraph_format.left_indent = Mm(4)


def _table_style(word: WordDocument) -> None:
    """Thin lines between the rows, nothing else: figures are read down and across."""
    style = word.styles.add_style("Report Table", WD_STYLE_TYPE.TABLE)
    properties = OxmlElement("w:tblPr")
    borders = OxmlElement("w:tblBorders")
    for side, size in (("top", "8"), ("bottom", "8"), ("insideH", "4")):
        borders.append(element(f"w:{side}", val="single", sz=size, color="D5D8DC" if side == "insideH" else "1B1E23"))
    properties.append(borders)
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        margins.append(element(f"w:{side}", w="60", type="dxa"))
    properties.append(margins)
    style.element.append(properties)


def _foot(word: WordDocument, content: Document) -> None:
    """Title above; release and page number below."""
    section = word.sections[0]
    section.header.paragraphs[0].text = harmless(f"{content.title} · {content.as_of}")
    foot = section.footer.paragraphs[0]
    foot.text = harmless(content.foot)
    foot.add_run("\t\t")
    for place in (section.header.paragraphs[0], foot):
        place.style = word.styles["Small Print"]
    for tab in ((Mm(85), 1), (Mm(170), 2)):
        foot.paragraph_format.tab_stops.add_tab_stop(tab[0], tab[1])
    for number, name in enumerate(("PAGE", "NUMPAGES")):
        if number:
            foot.add_run(" / ")
        field = element("w:fldSimple", instr=name)
        run, text = OxmlElement("w:r"), OxmlElement("w:t")
        text.text = "1"
        run.append(text)
        field.append(run)
        foot._p.append(field)
