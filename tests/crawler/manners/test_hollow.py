"""A site's layout around nothing, under status 200: asked for again, never taken for the page that it stands for."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from crawler.archive import reader
from tests.crawler import site
from tests.crawler.faults import Answer, FaultServer
from tests.crawler.manners.logs import read_logs
from tests.crawler.manners.probe import crawl

LIST = "/cms/kk/online-services/for_citizen"
TAG = {"ETag": '"of the page"', "Content-Type": "text/html; charset=utf-8"}
#: What stands around every page, and what a page is when the services behind the site do not answer.
LAYOUT = "<header><a href='/'>eGov</a></header><div id='region-content'><h1>Услуга</h1>{}</div><footer>АО</footer>"
HEADINGS = '<div class="info-block-horizontal"><p>{}<div></div></div>'


def answer(body: str) -> Answer:
    return Answer(body=body.encode(), headers=TAG)


def layout(content: str = "") -> Answer:
    return answer(site.page(LAYOUT.format(content)))


HOLLOW = layout("".join(map(HEADINGS.format, ("Как получить", "Результат оказания услуги"))))


def harvest(archive: Path, server: FaultServer) -> site.Ended:
    words = ("-m", "crawler.harvest", "portal", "--option=lang=kk", "--option=audience=citizen")
    return site.run(archive, *words, settings={"EGOV_URL": server.url})


def test_a_service_page_without_its_text_is_asked_for_again_now_and_at_the_next_harvest(tmp_path: Path) -> None:
    good = answer(site.service("Услуга"))
    slugs = ("passing", "headings", "layout")
    lines = answer(site.listing(("A", [f"{LIST}/{slug}" for slug in slugs])))
    routes = {
        LIST: lines,
        f"{LIST}/passing": [HOLLOW, layout(), good],
        f"{LIST}/headings": [*[HOLLOW] * 5, good],
        f"{LIST}/layout": [*[layout()] * 3, good],
    }
    with FaultServer(routes) as server:
        first = harvest(tmp_path, server)
        asked = Counter(path.rsplit("/", 1)[-1] for path in server.paths)
        lost = read_logs(tmp_path).fetch(f"{server.url}{LIST}/headings")
        codes = read_logs(tmp_path).codes(f"{server.url}{LIST}/headings")
        second = harvest(tmp_path, server)
        conditions = {path.path: path.headers.get("if-none-match") for path in server.asked}
    assert (first.code, second.code) == (0, 0), first.err + second.err
    assert asked == {"for_citizen": 1, "passing": 3, "headings": 5, "layout": 3}
    assert (lost["outcome"], lost["detail"], codes) == (
        "failed",
        "the page is empty, or a frame around nothing",
        ["empty"],
    )
    kept = reader.captures(tmp_path, second.spiders["portal"]["run_id"])
    texts = {one.target.slug: reader.read_body(tmp_path, one).decode() for one in kept if one.target.slug}
    assert texts == dict.fromkeys(slugs, site.service("Услуга")), "a tag vouches for no page without content"
    assert conditions[f"{LIST}/passing"], "and is asked by where there was some"


@pytest.mark.parametrize(
    ("content", "got"), [("<main><p>Новый вид</p></main>", True), ("<div class='container_gamma'></div>", False)]
)
def test_many_pages_in_a_row_without_content_are_what_the_site_says(tmp_path: Path, content: str, got: bool) -> None:
    paths = [f"/rus/docs/V2000019982/{day:02}.01.2021" for day in range(1, 16)]
    page = f"<html><head><title></title></head><body>{content}</body></html>"
    with FaultServer(dict.fromkeys(paths, answer(page))) as server:
        done = crawl([server.url + path for path in paths], tmp_path)
        asked = Counter(server.paths)
    assert set(done.got if got else done.lost) == {server.url + path for path in paths}
    assert done.stats["finish_reason"] == "finished", "a new face is kept for a parser that can read it"
    assert set(asked) == set(paths)
    assert sum(asked.values()) <= len(paths) + 10
