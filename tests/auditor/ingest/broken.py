"""Register pages that are broken in one way each, made from a generated page of 120 rows."""

from __future__ import annotations

from dataclasses import replace

from tests.pages_gen import HEADINGS, Spec, register_page, register_rows

GOOD = Spec(rows=120, dead_every=0)
_FIELDS = GOOD.fields


def _good() -> str:
    return register_page(GOOD).decode()


def renamed_column() -> bytes:
    """A heading that means nothing we know."""
    return _good().replace(HEADINGS["ru"]["form"], "Способ взаимодействия").encode()


def missing_column() -> bytes:
    """No column for the form."""
    return register_page(replace(GOOD, fields=tuple(name for name in _FIELDS if name != "form")))


def added_column() -> bytes:
    """One column more at the end, with a heading that means nothing we know."""
    page = _good().replace("</tr>", "<td><p>1</p></td></tr>")
    return page.replace("<td><p>1</p></td></tr>", "<td><p>Индекс значимости</p></td></tr>", 1).encode()


def swapped_columns() -> bytes:
    """Name and provider change places, headings and cells alike."""
    fields = list(_FIELDS)
    name, provider = fields.index("name"), fields.index("provider")
    fields[name], fields[provider] = fields[provider], fields[name]
    return register_page(replace(GOOD, fields=tuple(fields)))


def nested_table() -> bytes:
    """A table inside a cell."""
    inner = "<table border='1'><tr><td>1</td><td>2</td></tr></table>"
    return _good().replace("<p>Бесплатно</p>", f"<p>Бесплатно</p>{inner}", 1).encode()


def no_table() -> bytes:
    """The text without its table."""
    page = _good()
    return (page[: page.index("<table")] + page[page.index("</table>") + 8 :]).encode()


def two_tables() -> bytes:
    """The register split into two tables with the same heading, as some editions have it."""
    page = _good()
    rows = page.split("<tr>")
    middle = len(rows) // 2
    break_ = "</table>\n<p>Продолжение</p>\n<table border='1' cellspacing='0' cellpadding='4'><tr>"
    return ("<tr>".join(rows[:middle]) + break_ + rows[1] + "<tr>" + "<tr>".join(rows[middle:])).encode()


def cut_page() -> bytes:
    """The second half never came: the page ends inside row 61, after its code."""
    page = _good()
    return page[: page.index("</td>", page.index(register_rows(GOOD)[60]["code"]))].encode()


def lost_rows() -> bytes:
    """Rows dropped from the middle, while the numbering runs on."""
    page = _good()
    rows = page.split("<tr>")
    return "<tr>".join(rows[:20] + rows[30:]).encode()
