"""Everything that reads bytes others wrote: each parser and importer as a function of bytes, with seeds to start from.

A target may raise the product's own errors (`AuditError`) and nothing else.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from pathlib import Path

from cryptography import x509
from openpyxl import Workbook
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from auditor.coding.csvfile import inputs_of, read_table
from auditor.coding.lexicon import load_lexicon
from auditor.evidence.timestamp import read_answer
from auditor.link.stage_review import read_answers
from auditor.review.doccano import read_doccano
from auditor.review.sheetread import read_sheet
from crawler.archive.foreign import is_warc, read_warc
from crawler.archive.saved import read_folder
from crawler.config import CrawlConfig
from crawler.errors import AuditError
from crawler.pages.address import identify
from crawler.pages.history import parse_history
from crawler.pages.info import parse_info
from crawler.pages.portal import parse_portal_list, parse_service_page
from crawler.pages.records import Lang, PageKind, Target
from crawler.pages.register import parse_register
from crawler.pages.verdict import judge
from crawler.sample.site import pages
from crawler.sources.load import load_sources

NOW = datetime(2026, 1, 1, tzinfo=UTC)
_ADILET = "https://adilet.zan.kz/rus/docs/V2000019982"
#: An answer of OpenSSL's authority over b"x" to a query of this number; the certificate beside it vouches till 2126.
_STAMP, _NONCE = Path(__file__).parent / "stamp", 10313281287364179164
_EGOV = "https://egov.kz/cms/ru/online-services/for_citizen"


@dataclass(frozen=True, slots=True)
class FuzzTarget:
    """`read` takes the bytes and a folder of its own; `seeds` are inputs that it understands."""

    read: Callable[[bytes, Path], object]
    seeds: Callable[[], list[bytes]]


def run(name: str, data: bytes, folder: Path) -> None:
    """Feed one target. Raises whatever is no named error of the product."""
    with suppress(AuditError):  # a named error is an answer
        TARGETS[name].read(data, folder)


@cache
def _target(address: str) -> Target:
    found = identify(address, load_sources(CrawlConfig()).sites)
    assert found is not None
    return found


def _site_seeds(site: str, kind: PageKind, most: int = 3) -> Callable[[], list[bytes]]:
    def seeds() -> list[bytes]:
        base = {"adilet": "https://adilet.zan.kz", "egov": "https://egov.kz"}[site]
        sites = load_sources(CrawlConfig()).sites
        found = (
            page.body
            for path, page in pages(site).items()  # type: ignore[arg-type]
            if (target := identify(base + path, sites)) is not None and target.kind is kind and page.status == 200
        )
        # Small pages: a change in a large one mostly hits what nobody reads.
        return sorted(found, key=lambda body: (len(body), body))[:most]

    return seeds


def _judge(data: bytes, _folder: Path) -> None:
    kinds = list(PageKind)  # one judgement an input, as a harvest does
    judge(200, "text/html; charset=windows-1251", data, kinds[len(data) % len(kinds)])


def _list(data: bytes, _folder: Path) -> object:
    return parse_portal_list(data, _target(_EGOV), load_sources(CrawlConfig())["egov"].site, "text/html")


def _file(name: str, read: Callable[[Path], object]) -> Callable[[bytes, Path], object]:
    def written(data: bytes, folder: Path) -> object:
        path = folder / name
        path.write_bytes(data)
        return read(path)

    return written


def _index(path: Path) -> None:
    for page in read_folder(path.parent, NOW):
        page.body()


def _warc(path: Path) -> None:
    if is_warc(path):
        for page in read_warc(path, NOW):
            if not isinstance(page, str):
                page.body()


def _coded(path: Path) -> object:
    return inputs_of(read_table(path), path, Lang.RU)


def _source_file(path: Path) -> object:
    return load_sources(CrawlConfig(), path.parent)


@cache
def _vouching() -> tuple[x509.Certificate, ...]:
    return tuple(x509.load_pem_x509_certificates((_STAMP / "root.pem").read_bytes()))


def _time_stamp(data: bytes, _folder: Path) -> object:
    return read_answer(data, hashlib.sha256(b"x").hexdigest(), _NONCE, _vouching())


def _lexicon(data: bytes, _folder: Path) -> object:
    return load_lexicon(Lang.RU, data.decode("utf-8", errors="replace"))


def _warc_seeds() -> list[bytes]:
    found = []
    for packed in (True, False):
        out = BytesIO()
        writer = WARCWriter(out, gzip=packed)
        headers = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
        for body in (b"<html><body>1</body></html>", b""):
            record = writer.create_warc_record(
                _ADILET,
                "response",
                payload=BytesIO(body),
                http_headers=headers,
                warc_headers_dict={"WARC-Date": "2025-01-01T00:00:00Z"},
            )
            writer.write_record(record)
        found.append(out.getvalue())
    return found


def _index_seeds() -> list[bytes]:
    entry = {"url": _ADILET, "file": "index.json", "captured_at": "2025-01-01T00:00:00Z", "status": 200}
    return [json.dumps([entry | {"content_type": "text/html"}]).encode(), json.dumps([entry]).encode()]


def _sheet_seeds() -> list[bytes]:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (("id", "name", "nature", "completeness"), ("a", "Выдача справки", "transactional", "complete")):
        sheet.append(row)
    out = BytesIO()
    book.save(out)
    return [out.getvalue(), "id;name;nature\n1;Выдача справки;transactional\n".encode("utf-8-sig")]


def _said(*texts: str) -> Callable[[], list[bytes]]:
    return lambda: [text.encode() for text in texts]


def _shipped(path: str) -> Callable[[], list[bytes]]:
    return lambda: [(Path(__file__).parents[2] / path).read_bytes()]


TARGETS: Mapping[str, FuzzTarget] = {
    "register": FuzzTarget(
        lambda data, _: parse_register(data, _target(_ADILET), "text/html"), _site_seeds("adilet", PageKind.ACT_TEXT, 1)
    ),
    "history": FuzzTarget(
        lambda data, _: parse_history(data, _target(f"{_ADILET}/history")),
        _site_seeds("adilet", PageKind.ACT_HISTORY),
    ),
    "info": FuzzTarget(
        lambda data, _: parse_info(data, _target(f"{_ADILET}/info")), _site_seeds("adilet", PageKind.ACT_INFO)
    ),
    "portal_list": FuzzTarget(_list, _site_seeds("egov", PageKind.PORTAL_LIST, 1)),
    "service_page": FuzzTarget(
        lambda data, _: parse_service_page(data, _target(f"{_EGOV}/e_027")), _site_seeds("egov", PageKind.SERVICE_PAGE)
    ),
    "verdict": FuzzTarget(_judge, _site_seeds("egov", PageKind.SERVICE_PAGE)),
    "index_json": FuzzTarget(_file("index.json", _index), _index_seeds),
    "warc": FuzzTarget(_file("some.warc.gz", _warc), _warc_seeds),
    "sheet": FuzzTarget(_file("sheet", read_sheet), _sheet_seeds),
    "doccano": FuzzTarget(
        lambda data, folder: read_doccano(folder / "some.jsonl", data),
        _said('{"text": "a", "label": ["nature=transactional"], "item": "x", "id": 1}\n'),
    ),
    "code_file": FuzzTarget(
        _file("list.csv", _coded), _said("id,name,result,lang\n1,Выдача справки,Справка,ru\n2,Анықтама беру,,kk\n")
    ),
    "review_file": FuzzTarget(
        _file("review.csv", read_answers), _said("id,older,newer,decision,by,reason\n1,a,b,confirm,vera,same\n")
    ),
    "time_stamp": FuzzTarget(_time_stamp, _shipped("tests/fuzz/stamp/answer.tsr")),
    "lexicon": FuzzTarget(_lexicon, _shipped("auditor/coding/lexicon/ru.yml")),
    "source_yaml": FuzzTarget(_file("adilet.yml", _source_file), _shipped("crawler/sources/adilet.yml")),
}


def corpus(name: str) -> Iterator[bytes]:
    """What fuzzing of a target starts from: its seeds, and inputs that once were a fault (`found/NAME-*`)."""
    yield from TARGETS[name].seeds()
    for path in sorted((Path(__file__).parent / "found").glob(f"{name}-*")):
        yield path.read_bytes()
