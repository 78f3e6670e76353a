"""Inputs made to be heavy, by target and kind: up to 30 MB, each in the shape that its reader takes in."""

from __future__ import annotations

import gzip
import json
import zipfile
from collections.abc import Callable, Mapping
from io import BytesIO

from openpyxl import Workbook

Kinds = Mapping[str, Callable[[], bytes]]


def _page(content: Callable[[], bytes]) -> Callable[[], bytes]:
    return lambda: b'<html><body><div class="container_gamma text text_new">' + content()


#: Just under the weight at which a page is no longer read: most tags of each kind, then most bytes.
_PAGES: Kinds = {
    "cells": _page(lambda: b"<table border=1>" + b"<tr><td><p>1</p></td><td>x</td></tr>" * 19_900 + b"</table>"),
    "one long row": _page(lambda: b"<table><tr>" + b"<td>x</td>" * 49_000),
    "open cells": _page(lambda: b"<table>" + b"<td>" * 99_000),
    "attributes": _page(lambda: b"<p a=b c=d e=f>x</p>" * 49_000),
    "links": _page(lambda: b'<ul><li><a href="/cms/ru/online-services/for_citizen/a">n</a></li></ul>' * 16_000),
    "blocks": _page(lambda: b'<div class="info-block-horizontal"><p>h</p><p>t</p></div>' * 16_000),
    "text": _page(lambda: b"abc def " * 1_990_000),
    "entities": _page(lambda: b"&amp;&lt;&#1234;" * 990_000),
}


def _workbook(sheet: bytes, strings: bytes = b"") -> bytes:
    """An XLSX file whose sheet and shared strings have the given content in place of their own."""
    main = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    whole, out = BytesIO(), BytesIO()
    book = Workbook()
    assert book.active is not None
    book.active.append(["id"])
    book.save(whole)
    replaced = {
        "xl/worksheets/sheet1.xml": b'<worksheet xmlns="%b"><sheetData>%b</sheetData></worksheet>' % (main, sheet),
        "xl/sharedStrings.xml": b'<sst xmlns="%b">%b</sst>' % (main, strings),
    }
    with zipfile.ZipFile(whole) as read, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in dict.fromkeys((*read.namelist(), *replaced)):
            packed.writestr(name, replaced.get(name) or read.read(name))
    return out.getvalue()


def _lines(header: bytes, line: bytes) -> Kinds:
    """Files of lines: empty ones, short ones, and one of nothing but cells."""
    return {
        "empty lines": lambda: header + b"\n" * 29_000_000,
        "short lines": lambda: header + line * (29_000_000 // len(line)),
        "one line of cells": lambda: header + b"," * 29_000_000,
        "one quoted cell": lambda: header + b'1,"' + b"a\n" * 14_000_000,
    }


_LISTS = _lines(b"id,name,result,lang\n", b"1,a,,ru\n")
_REVIEWS = _lines(b"id,older,newer,decision,by,reason\n", b"1,a,b,confirm,v,s\n")

_SHEETS: Kinds = _LISTS | {
    "packed rows": lambda: _workbook(b"<row><c><v>1</v></c></row>" * 1_100_000),
    "packed strings": lambda: _workbook(b'<row><c t="s"><v>0</v></c></row>', b"<si><t>a</t></si>" * 1_700_000),
    "a row far down": lambda: _workbook(b'<row r="999999999"><c r="A999999999"><v>1</v></c></row>'),
    "a cell far right": lambda: _workbook(b'<row r="1"><c r="ZZZZZZ1"><v>1</v></c></row>'),
    "one packed text": lambda: _workbook(b'<row><c t="inlineStr"><is><t>' + b"a" * 29_000_000 + b"</t></is></c></row>"),
}

_RESPONSE = (
    b"WARC/1.1\r\nWARC-Type: response\r\nWARC-Target-URI: https://egov.kz/\r\nWARC-Date: 2025-01-01T00:00:00Z\r\n"
)
_WARCS: Kinds = {
    "many records": lambda: (_RESPONSE + b"Content-Length: 19\r\n\r\nHTTP/1.1 200 OK\r\n\r\n\r\n\r\n") * 150_000,
    "endless headers": lambda: _RESPONSE + b"X: y\r\n" * 4_800_000,
    "a header that goes on": lambda: _RESPONSE + b"X: y\r\n" + b" y\r\n" * 7_000_000,
    "one-byte chunks": lambda: _chunked(4_000_000),
    "packed nothing": lambda: gzip.compress(b"\0" * 1_000_000_000, 1)[:29_000_000],
    "empty members": lambda: gzip.compress(b"") * 1_400_000,
}


def _chunked(count: int) -> bytes:
    body = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1\r\na\r\n" * count + b"0\r\n\r\n"
    return _RESPONSE + b"Content-Length: %d\r\n\r\n" % len(body) + body + b"\r\n\r\n"


_JSON: Kinds = {
    "deep": lambda: b"[" * 29_000_000,
    "many": lambda: b"[" + json.dumps({"url": "https://egov.kz/", "file": "a"}).encode() + b",{}" * 9_000_000 + b"]",
    "one text": lambda: b'[{"url": "' + b"a" * 29_000_000 + b'"}]',
}
_JSON_LINES: Kinds = _JSON | {
    "empty lines": lambda: b"\n" * 29_000_000,
    "short lines": lambda: b'{"label": []}\n' * 2_000_000,
}
_YAML: Kinds = {
    "deep": lambda: b"[" * 2_000_000,
    "deep by dashes": lambda: b"- " * 2_000_000,
    "aliases": lambda: b"a: &a [1]\n" + b"b: [" + b"*a," * 2_000_000 + b"]\n",
}


def _element(tag: int, content: bytes) -> bytes:
    return bytes((tag, 0x84)) + len(content).to_bytes(4, "big") + content


def _stamp_with(certificates: bytes) -> bytes:
    """An answer with these certificates, in the places where its reader looks for them."""
    signed = _element(0x30, b"\x02\x01\x03" + _element(0xA0, certificates))
    content = _element(0x30, b"\x06\x01\x2a" + _element(0xA0, signed))
    return _element(0x30, b"\x30\x03\x02\x01\x00" + content)


_STAMPS: Kinds = {
    "many certificates": lambda: _stamp_with(b"\x30\x00" * 499_000),
    "far too many": lambda: _stamp_with(b"\x30\x00" * 14_000_000),
    "one long certificate": lambda: _stamp_with(_element(0x30, b"\0" * 29_000_000)),
    "deep": lambda: b"\x30\x80" * 499_000,
}

HEAVY: Mapping[str, Kinds] = {
    **dict.fromkeys(("register", "history", "info", "portal_list", "service_page", "verdict"), _PAGES),
    "index_json": _JSON,
    "warc": _WARCS,
    "sheet": _SHEETS,
    "doccano": _JSON_LINES,
    "code_file": _LISTS,
    "review_file": _REVIEWS,
    "time_stamp": _STAMPS,
    **dict.fromkeys(("lexicon", "source_yaml"), _YAML),
}
