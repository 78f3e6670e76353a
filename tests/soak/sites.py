"""The sample's sites, or a part of them, on loopback: what was asked of them, and a hook before each answer."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from http.server import ThreadingHTTPServer

from crawler.sample.answers import Page
from crawler.sample.server import _Handler as SampleHandler
from crawler.sample.site import pages
from tests.crawler.site import egov
from tests.soak.flaky import Trouble

Hook = Callable[[int], None]


class Watched:
    """Both sites. `asked` holds (site, path) of every request in order; `hook` is told its number before the answer.
    `settings` are what else a command over them finds in its environment.
    """

    def __init__(self, adilet: dict[str, Page], portal: dict[str, Page]) -> None:
        self.asked: list[tuple[str, str]] = []
        self.hook: Hook = lambda _number: None
        self.answers = {"adilet": adilet, "egov": portal}
        self.urls: dict[str, str] = {}
        self.trouble: Trouble | None = None
        self.settings: dict[str, str] = {}
        self._lock = threading.Lock()

    @contextmanager
    def up(self) -> Iterator[Watched]:
        """The servers, until the block ends."""
        with ExitStack() as stack:
            for name, answers in self.answers.items():
                self.urls[name] = stack.enter_context(self._running(name, answers))
            yield self

    @contextmanager
    def _running(self, name: str, answers: Mapping[str, Page]) -> Iterator[str]:
        watched = self

        class Handler(SampleHandler):
            known = answers
            guarded = frozenset()

            def do_GET(self) -> None:  # noqa: N802 - the library's name
                with watched._lock:
                    watched.asked.append((name, self.path))
                    number = len(watched.asked)
                watched.hook(number)
                good = answers.get(self.path)
                if watched.trouble is None or not watched.trouble.takes(self, good.body if good else b""):
                    super().do_GET()

            def handle(self) -> None:
                try:
                    super().handle()
                except OSError:
                    self.close_connection = True  # who asked was killed

        with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
            thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
            thread.start()
            try:
                yield f"http://127.0.0.1:{server.server_port}"
            finally:
                server.shutdown()
                thread.join()


def whole() -> Watched:
    """The sample as it ships: 60 pages of the register, 260 of the portal."""
    return Watched(dict(pages("adilet")), dict(pages("egov")))


def small() -> Watched:
    """The newest act with all its editions, and a portal of a few services."""
    adilet = {path: page for path, page in pages("adilet").items() if "V2000019982" in path or path == "/robots.txt"}
    like = pages("egov")["/cms/ru/online-services/for_citizen"]
    portal = {}
    for path, said in egov().items():
        body = str(said).encode()
        kind = "text/plain" if path == "/robots.txt" else like.headers["Content-Type"]
        portal[path] = Page(body=body, status=200, headers={**like.headers, "Content-Type": kind, "ETag": f'"{path}"'})
    return Watched(adilet, portal)
