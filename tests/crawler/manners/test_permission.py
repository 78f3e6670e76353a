"""Leave given in writing: opens what it names and nothing else, and is written down with each page."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from crawler.archive.warc import members, parse
from crawler.sources.load import FOLDER
from tests.crawler.faults import Answer, FaultServer, good, robots
from tests.crawler.manners.logs import read_logs
from tests.crawler.manners.probe import Crawl, crawl

OPEN = "/rus/docs/V2000019982"
RUSSIAN, KAZAKH = (f"/{word}/archive/docs/V2000019982/01.01.2021" for word in ("rus", "kaz"))
CLOSED = robots("User-agent: *\nDisallow: /rus/archive/\nDisallow: /kaz/archive/\nCrawl-delay: 0.01\n")
LETTER = "0123456789abcdef" * 4
WHO = "Институт законодательства"


def ask(tmp_path: Path, server: FaultServer, paths: list[str], **leave: Any) -> Crawl:
    """Crawl with sources whose file has leave for /rus/archive/ on the server's host, or on the host that is given."""
    folder = tmp_path / "sources"
    folder.mkdir()
    host = server.url.removeprefix("http://")
    file = yaml.safe_load((FOLDER / "adilet.yml").read_text(encoding="utf-8"))
    file |= {"base": server.url, "hosts": [host, "adilet.zan.kz"]}
    file["robots_permission"] = [{"path": "/rus/archive/", "who": WHO, "date": "2024-03-01", "sha256": LETTER} | leave]
    (folder / "adilet.yml").write_text(yaml.safe_dump(file), encoding="utf-8")
    return crawl([server.url + path for path in paths], tmp_path / "archive", {"EGOV_AUDIT_SOURCES": str(folder)})


def test_a_closed_page_is_asked_for_by_leave_and_only_that(tmp_path: Path) -> None:
    routes = {OPEN: good("Открыто"), RUSSIAN: good("Русский"), KAZAKH: good("Қазақ"), "/robots.txt": CLOSED}
    with FaultServer(routes) as server:
        done = ask(tmp_path, server, [OPEN, RUSSIAN, KAZAKH])
        assert sorted(server.paths) == sorted([OPEN, RUSSIAN])
    logs, host = read_logs(tmp_path / "archive"), server.url.removeprefix("http://")
    line = f"robots.txt of {host} forbids it; asked by written permission of {WHO}, 2024-03-01"
    told = [issue for issue in logs.issues if issue["code"] == "robots_permission"]
    assert [(one["url"], one["message"], one["value"]) for one in told] == [(server.url + RUSSIAN, line, LETTER)]
    assert logs.codes(server.url + KAZAKH) == ["robots_forbidden"]
    assert logs.run["arguments"]["robots_permission"] == [
        {"where": f"{host}/rus/archive/", "who": WHO, "date": "2024-03-01", "sha256": LETTER}
    ]
    assert done.lines[0] == f"WARNING {server.url}{RUSSIAN}: {line} (said once)"
    assert notes(tmp_path / "archive") == {
        f"{server.url}/robots.txt": "",
        server.url + OPEN: "",
        server.url + RUSSIAN: f"{line}, letter sha256 {LETTER}",
    }


def notes(archive: Path) -> dict[str, str]:
    """What the WARC file itself says beside each answer."""
    (warc,) = (archive / "warc").glob("*.warc.gz")
    with warc.open("rb") as file:
        records = [parse(member.data).headers for member in members(file)]
    told = [(one["warc-target-uri"], one["egov-audit-capture"]) for one in records if "egov-audit-capture" in one]
    return {url: json.loads(capture)["note"] for url, capture in told}


def test_leave_of_another_host_opens_nothing(tmp_path: Path) -> None:
    with FaultServer({RUSSIAN: good(), "/robots.txt": CLOSED}) as server:
        ask(tmp_path, server, [RUSSIAN], host="adilet.zan.kz")
        assert server.paths == []
    assert read_logs(tmp_path / "archive").codes(server.url + RUSSIAN) == ["robots_forbidden"]


@pytest.mark.parametrize("answer", [Answer(500, b"error"), Answer(403, b"no")])
def test_leave_opens_nothing_where_the_rules_cannot_be_read(tmp_path: Path, answer: Answer) -> None:
    with FaultServer({RUSSIAN: good(), "/robots.txt": answer}) as server:
        ask(tmp_path, server, [RUSSIAN])
        assert server.paths == []


def test_a_redirect_needs_its_own_leave(tmp_path: Path) -> None:
    """From the open address of an edition to its closed one: by leave where it is given, else not at all."""
    routes = {"/robots.txt": CLOSED, RUSSIAN: good(), KAZAKH: good()}
    for word, closed in (("rus", RUSSIAN), ("kaz", KAZAKH)):
        routes[f"/{word}/docs/V2000019982/01.01.2021"] = Answer(302, headers={"Location": closed})
    with FaultServer(routes) as server:
        ask(tmp_path, server, [f"/{word}/docs/V2000019982/01.01.2021" for word in ("rus", "kaz")])
        assert RUSSIAN in server.paths
        assert KAZAKH not in server.paths
    kept = notes(tmp_path / "archive")
    assert LETTER in kept[server.url + RUSSIAN]
    assert not any(kept[f"{server.url}/{word}/docs/V2000019982/01.01.2021"] for word in ("rus", "kaz"))
