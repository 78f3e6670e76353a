"""One crawl over many faults: an earlier run first, then a server where every page fails in its own way."""

from __future__ import annotations

import gzip
import hashlib
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.crawler.faults import Answer, FaultServer, good, packed, page
from tests.crawler.manners.logs import Logs, read_logs
from tests.crawler.manners.probe import Crawl, crawl

RUSSIAN = "Выдача справки о наличии недвижимости"
DOCS = "/rus/docs/V2000019982"
#: Name → what the server answers to it. Each is the address of an edition, told apart by its day.
FAULTS: dict[str, Answer | list[Answer]] = {
    "good": good(),
    "packed": packed(page()),
    "forbidden": Answer(403, b"<html>no</html>"),
    "missing": Answer(404, b"<html>no</html>"),
    "gone": Answer(410, b"<html>no</html>"),
    "busy": [Answer(429, b"<html>later</html>", {"Retry-After": "0"}), good()],
    "busy_until": [Answer(503, b"later", {"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}), good()],
    "broken": Answer(500, b"<html>error</html>"),
    "recovers": [Answer(502, b"<html>error</html>"), good()],
    "cut_gzip": packed(page(RUSSIAN * 50), keep=0.5),
    "bomb": packed(b"\0" * 3_000_000),
    "deflate_bomb": Answer(body=zlib.compress(b"\0" * 3_000_000), headers={"Content-Encoding": "deflate"}),
    "nested_bomb": Answer(
        body=gzip.compress(gzip.compress(b"\0" * 3_000_000)), headers={"Content-Encoding": "gzip, gzip"}
    ),
    "brotli": Answer(body=b"\x0b\x02\x80abc\x03", headers={"Content-Encoding": "br"}),
    "cp1251": Answer(body=page(RUSSIAN).decode().encode("cp1251")),
    "login": Answer(body=page("Вход").replace(b"container_gamma", b"x").replace(b"article", b"b")),
    "maintenance": Answer(body=b"<html><body><h1>Under maintenance</h1></body></html>"),
    "empty": Answer(body=b""),
    "unfinished": Answer(body=page()[:-14]),
    "pdf": Answer(body=b"%PDF-1.7", headers={"Content-Type": "application/pdf"}),
    "large": Answer(body=b"<html>" + b"x" * 2_000_000 + b"</html>"),
    "large_unsaid": Answer(body=b"<html>" + b"x" * 2_000_000 + b"</html>", length=-1),
    "short": Answer(body=page(), length=len(page()) + 100),
    "dropped": Answer(dropped=True),
    "elsewhere": Answer(302, headers={"Location": "http://example.com/rus/docs/V2000019982"}),
    "other_page": Answer(302, headers={"Location": "/rus/docs/V2000019982"}),
    "same_page": Answer(301, headers={"Location": "{url}/"}),
    "loop": Answer(302, headers={"Location": "{url}"}),
    "nowhere": Answer(302),
}
LIMIT = 1_000_000


def path_of(name: str) -> str:
    """The address of a fault's page: an edition, one day for each."""
    return f"{DOCS}/{list(FAULTS).index(name) + 1:02}.01.2021"


@dataclass(frozen=True)
class Tour:
    """The crawl over all faults, the server's log of it, the run's logs, and the earlier run's files by hash."""

    crawl: Crawl
    server: FaultServer
    logs: Logs
    archive: Path
    before: dict[str, str]

    def url(self, name: str) -> str:
        """The address of a fault's page."""
        return f"{self.server.url}{path_of(name)}"

    def asked(self, name: str) -> int:
        """How often the server was asked for it."""
        return self.server.paths.count(path_of(name))


def hashes(folder: Path) -> dict[str, str]:
    """Every file of a folder by what it holds."""
    return {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.rglob("*"))
        if file.is_file() and file.suffix != ".lock"
    }


@pytest.fixture(scope="session")
def tour(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tour]:
    """One good run, then one run over every fault, into the same archive."""
    archive = tmp_path_factory.mktemp("faults")
    routes: dict[str, Answer | list[Answer]] = {}
    for name, said in FAULTS.items():
        path = path_of(name)
        routes[path] = said
        if isinstance(said, Answer) and "{url}" in said.headers.get("Location", ""):
            routes[path] = Answer(said.status, headers={"Location": said.headers["Location"].format(url=path)})
        if name == "same_page":
            routes[f"{path}/"] = good("По новому адресу")
    with FaultServer({DOCS: good()}) as first:
        crawl([f"{first.url}{DOCS}"], archive)
    before = hashes(archive)
    with FaultServer(routes) as server:
        urls = [f"{server.url}{path_of(name)}" for name in FAULTS]
        done = crawl(urls, archive, DOWNLOAD_MAXSIZE=LIMIT, EGOV_FAILURES_IN_A_ROW=0)
        yield Tour(done, server, read_logs(archive), archive, before)
