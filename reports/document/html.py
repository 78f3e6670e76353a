"""A document as one HTML page for print: plain elements, no script, no address but those of its own charts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from markupsafe import escape

from reports.contexts.document import Block, Bullets, Cell, Document, FigureBlock, Heading, Paragraph, Picture, Table
from reports.css import css_string
from reports.document.text import LONG, harmless
from reports.document.widths import widths

#: Scheme of the charts' addresses; nothing else is ever asked for.
CHART = "chart:"
_KAZAKH = '"Noto Sans", "DejaVu Sans Condensed", "DejaVu Sans", "Arial", sans-serif'
#: WeasyPrint tries to hyphenate at every letter: a word of 2,000 takes it a minute, one of 10,000 hours.
_UNBROKEN = re.compile(r"\S{200}(?=\S)")
#: Between the margins of the page.
_WIDTH = 174.0


def to_html(content: Document) -> str:
    """The page: a title, the list of contents, every block, the small print."""
    parts = [_head(content), "<body>", _element("h1", content.title)]
    parts.append(_element("p", f"{content.subtitle}, {content.as_of}", "subtitle"))
    heads = [(number, one) for number, one in enumerate(content.blocks) if isinstance(one, Heading) and one.level == 1]
    first = heads[0][0] if heads else 0
    for number, block in enumerate(content.blocks):
        if number == first:
            # What must be known first stands on the first page, above the list of contents.
            parts += [_contents(content.contents, heads)]
        parts += _block(block, f"b{number}")
    parts += ['<div class="about">', *(_element("p", text, "small") for text in content.about), "</div></body></html>"]
    return "\n".join(parts)


def _text(text: str) -> str:
    return str(escape(harmless(text)))


def _shown(text: str) -> str:
    """The text as what an element holds, with places to break in what is longer than any word."""
    return str(escape(_UNBROKEN.sub("\\g<0>\0", harmless(text)))).replace("\0", "<wbr>")


def _element(name: str, text: str, style: str = "") -> str:
    return f"<{name}{_class(style)}>{_shown(text)}</{name}>"


def _class(*names: str) -> str:
    given = " ".join(name for name in names if name)
    return f' class="{given}"' if given else ""


def _head(content: Document) -> str:
    foot = css_string(harmless(content.foot))
    named = {
        "author": "egov-audit",
        "description": content.subtitle,
        "keywords": content.foot,
        "dcterms.created": str(content.day),
        "dcterms.modified": str(content.day),
    }
    metas = "".join(f'<meta name="{name}" content="{_text(text)}">' for name, text in named.items())
    # Margins take no font from `:lang`.
    font = f"font-family: {_KAZAKH};" if content.lang == "kk" else ""
    style = f"<style>@page {{ {font} @bottom-left {{ content: {foot} }} }}</style>"
    return (
        f'<!DOCTYPE html><html lang="{content.lang}"><head><meta charset="utf-8">'
        f"<title>{_text(content.title)}</title>{metas}{style}</head>"
    )


def _contents(title: str, heads: Iterable[tuple[int, Heading]]) -> str:
    items = "".join(f'<li><a href="#b{number}">{_text(head.text)}</a></li>' for number, head in heads)
    return f'<nav class="contents">{_element("h3", title)}<ul>{items}</ul></nav>'


def _block(block: Block, name: str) -> Iterator[str]:
    match block:
        case Heading():
            yield f'<h2 id="{name}">{_text(block.text)}</h2>' if block.level == 1 else _element("h3", block.text)
        case Paragraph():
            yield _element("p", block.text, block.style)
        case Bullets():
            yield f"<ul>{''.join(_element('li', text) for text in block.items)}</ul>"
        case FigureBlock():
            yield _figure(block)
        case Picture():
            shown = f'<img src="{CHART}{block.name}" alt="{_text(block.alt)}">'
            yield f"<figure>{_element('figcaption', block.title)}{shown}</figure>"
        case Table():
            yield from _table(block)


def _figure(block: FigureBlock) -> str:
    view = block.view
    share = _element("span", view.share, "share") if view.share else ""
    said = "".join(
        f"<p{_class('fails' if one.fails else 'objection')}>{_element('strong', f'{one.setting} – {one.verdict}:')} "
        f"{_shown(one.text)}</p>"
        for one in view.objections
    )
    lines = "".join(_element("p", text, "small") for text in block.lines)
    value = f'<p class="value">{_text(view.value.text)}{share}</p>'
    return f'<div class="figure">{_element("h4", view.title)}{value}{lines}{said}</div>'


def _table(block: Table) -> Iterator[str]:
    caption = _element("caption", block.caption) if block.caption else ""
    columns = "".join(f'<col style="width: {width / _WIDTH:.2%}">' for width in widths(block, _WIDTH))
    yield f"<table>{caption}<colgroup>{columns}</colgroup>"
    if any(column.text for column in block.columns):
        heads = "".join(
            f'<th scope="col"{_class("n" if one.number else "")}>{_text(one.text)}</th>' for one in block.columns
        )
        yield f"<thead><tr>{heads}</tr></thead>"
    yield "<tbody>"
    for row in block.rows:
        long = max(len(cell.text) + len(cell.note) for cell in row.cells) > LONG
        names = _class("strong" if row.strong else "", "apart" if row.apart else "", "long" if long else "")
        yield f"<tr{names}>{''.join(_cells(row.cells, block))}</tr>"
    yield "</tbody></table>"


def _cells(cells: Iterable[Cell], block: Table) -> Iterator[str]:
    place = 0
    for cell in cells:
        number = block.columns[place].number and cell.span == 1
        span = f' colspan="{cell.span}"' if cell.span > 1 else ""
        lang = f' lang="{_text(cell.lang)}"' if cell.lang else ""
        note = _element("small", cell.note) if cell.note else ""
        yield f"<td{_class('n' if number else '', cell.tone)}{span}{lang}>{_shown(cell.text)}{note}</td>"
        place += cell.span
