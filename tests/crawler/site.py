"""An own small adilet and egov.kz on a loopback port, and what was asked of it. Texts are written here."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

ACT, OLD_ACT = "V2000019982", "P100000745_"
EDITIONS = ("31.01.2020", "15.06.2021", "01.03.2023")
NOW = "01.09.2024"


@dataclass
class Site:
    """A loopback server. `pages`: path → body, or (status, body); anything else is 404. `asked`: paths in order."""

    pages: dict[str, str | tuple[int, str]]
    asked: list[str] = field(default_factory=list)
    agents: set[str] = field(default_factory=set)
    visited: threading.Event = field(default_factory=threading.Event)
    url: str = ""

    def count(self, path: str) -> int:
        """How often a path was asked."""
        return self.asked.count(path)

    @contextmanager
    def up(self) -> Iterator[Site]:
        """The server, until the block ends."""
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                site.asked.append(self.path)
                site.visited.set()
                site.agents.add(self.headers.get("User-Agent", ""))
                found = site.pages.get(self.path, (404, "<html><body><p>нет</p></body></html>"))
                status, text = found if isinstance(found, tuple) else (200, found)
                body = text.encode()
                self.send_response(status)
                kind = "text/plain" if self.path == "/robots.txt" else "text/html; charset=utf-8"
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                return

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        self.url = f"http://127.0.0.1:{server.server_port}"
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


def page(*parts: str) -> str:
    """A whole page."""
    return f"<!DOCTYPE html><html><head><title>т</title></head><body>{''.join(parts)}</body></html>"


def history(act: str, word: str, editions: Sequence[str] = EDITIONS, now: str = NOW) -> str:
    """An act's history page."""
    links = [(f"/{word}/archive/docs/{act}/{day}", day) for day in editions] + [(f"/{word}/docs/{act}", now)]
    head = "<tr><th>№</th><th>Заголовок</th><th>Дата изменения</th><th>Статус НПА</th></tr>"
    rows = "".join(
        f'<tr><td>{n}</td><td><a href="{href}">Реестр</a></td><td>{day}</td><td>Обновленный</td></tr>'
        for n, (href, day) in enumerate(links, 1)
    )
    return page(f'<table id="ethernatable">{head}{rows}</table>')


def text(name: str) -> str:
    """An act's text, or one edition of it: the crawl does not look inside."""
    return page(f'<div class="container_gamma text text_upd"><article><p>{name}</p><table></table></article></div>')


def info() -> str:
    """An act's card."""
    return page('<div class="slogan"><h1>Реестр</h1></div><table><tr><td>Статус</td><td>Обновленный</td></tr></table>')


def adilet(robots: str = "User-agent: *\nDisallow: /rus/archive/\n") -> dict[str, str | tuple[int, str]]:
    """One act in two languages: every edition by its first form of address, the oldest one by the second only."""
    pages: dict[str, str | tuple[int, str]] = {"/robots.txt": robots}
    for word in ("rus", "kaz"):
        base = f"/{word}/docs/{ACT}"
        pages |= {base: text("ныне"), f"{base}/info": info(), f"{base}/history": history(ACT, word)}
        pages |= {f"{base}/{day}": text(day) for day in EDITIONS[1:]}
        pages[f"/{word}/archive/docs/{ACT}/{EDITIONS[0]}"] = text(EDITIONS[0])
    return pages


def listing(*categories: tuple[str, Sequence[str]]) -> str:
    """A portal list: categories with the paths that they link."""
    items = (
        f'<div class="category-item"><h2>{name}</h2><ul>'
        + "".join(f'<li><a href="{path}">Услуга {path.rsplit("/", 1)[-1]}</a></li>' for path in paths)
        + "</ul></div>"
        for name, paths in categories
    )
    return page(f'<div id="region-content"><h1>Услуги</h1>{"".join(items)}</div>')


def service(name: str) -> str:
    """A service's page."""
    block = '<div class="info-block-horizontal"><p>Результат оказания услуги</p><p>Справка.</p></div>'
    return page(f'<div id="region-content"><h1>{name}</h1>{block}</div>')


def egov() -> dict[str, str | tuple[int, str]]:
    """Lists for citizens (three services, one in two categories) and business (one of the three, and one more)."""
    pages: dict[str, str | tuple[int, str]] = {"/robots.txt": "User-agent: *\nAllow: /\n"}
    for lang in ("ru", "kk", "en"):
        citizen, other = f"/cms/{lang}/online-services/for_citizen", f"/cms/{lang}/services"
        pages[citizen] = listing(
            ("Семья", [f"{citizen}/a_1", f"{citizen}/b_2"]), ("Дети", [f"{other}/family/c_3", f"{citizen}/a_1"])
        )
        pages[f"/cms/{lang}/online-services/for_business"] = listing(("Дело", [f"{other}/b_2", f"{other}/d_4"]))
        paths = [f"{citizen}/a_1", f"{citizen}/b_2", f"{other}/family/c_3", f"{other}/b_2", f"{other}/d_4"]
        pages |= {path: service(path.rsplit("/", 1)[-1]) for path in paths}
    return pages


@dataclass(frozen=True)
class Ended:
    """A finished command."""

    code: int
    out: str
    err: str

    @property
    def spiders(self) -> dict[str, dict[str, Any]]:
        """The summaries of `--json`, by spider."""
        return {each["spider"]: each for each in json.loads(self.out)["spiders"]}


def run(archive: Path, *command: str, settings: Mapping[str, str] | None = None, cwd: Path | None = None) -> Ended:
    """Run a module of ours without delay and with its own archive; `settings` are names after `EGOV_AUDIT_`."""
    values = {"ARCHIVE": str(archive), "DELAY": "0", "TIMEOUT": "20"} | dict(settings or {})
    environment = os.environ | {f"EGOV_AUDIT_{name}": value for name, value in values.items()}
    done = subprocess.run(
        [sys.executable, *command], env=environment, cwd=cwd, capture_output=True, text=True, check=False, timeout=120
    )
    return Ended(done.returncode, done.stdout, done.stderr)
