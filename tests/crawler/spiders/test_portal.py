"""The portal's spider in a real crawl of a loopback egov.kz."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from crawler.archive import reader
from crawler.pages.records import Lang, PageKind
from tests.crawler.site import Ended, Site, egov, listing, page, run, service

CITIZEN = "/cms/{}/online-services/for_citizen"
LANGS = ("ru", "kk", "en")
#: A robots.txt without rules is asked for once more: a server in trouble gives empty answers.
_NO_RULES = ["/robots.txt"] * 2


def crawl(archive: Path, site: Site, *options: str, **settings: str) -> Ended:
    asked = [f"--option={option}" for option in options]
    return run(archive, "-m", "crawler.harvest", "portal", *asked, settings={"EGOV_URL": site.url, **settings})


def test_each_list_and_each_service_once_a_language(tmp_path: Path) -> None:
    with Site(egov()).up() as site:
        ended = crawl(tmp_path, site)
    assert ended.code == 0
    assert len(site.asked) == len(set(site.asked))
    kept = list(reader.captures(tmp_path, ended.spiders["portal"]["run_id"]))
    lists = Counter((c.target.audience, c.target.lang) for c in kept if c.target.kind is PageKind.PORTAL_LIST)
    assert lists == {(audience, lang): 1 for audience in ("citizen", "business") for lang in Lang}
    services = Counter((c.target.slug, c.target.lang) for c in kept if c.target.kind is PageKind.SERVICE_PAGE)
    assert services == {(slug, lang): 1 for slug in ("a_1", "b_2", "c_3", "d_4") for lang in Lang}


def test_a_small_budget_goes_to_the_lists_first(tmp_path: Path) -> None:
    with Site(egov()).up() as site:
        ended = crawl(tmp_path, site, BUDGET="7")
    assert ended.code == 3
    assert ended.spiders["portal"]["finish_reason"] == "budget"
    lists = {
        f"/cms/{lang}/online-services/{audience}" for lang in LANGS for audience in ("for_citizen", "for_business")
    }
    assert set(site.asked) == {"/robots.txt", *lists}


def test_a_dead_link_is_one_line_and_no_failure(tmp_path: Path) -> None:
    pages = egov()
    for lang in LANGS:
        pages[f"/cms/{lang}/services/d_4"] = (404, page("нет"))
    with Site(pages).up() as site:
        ended = crawl(tmp_path, site)
    assert ended.code == 0
    assert ended.spiders["portal"]["outcomes"] == {"fetched": 15, "missing": 3}
    for lang in LANGS:
        dead = [line for line in ended.err.splitlines() if f"/cms/{lang}/services/d_4" in line]
        assert len(dead) == 1
        assert dead[0].endswith("missing: the server answers 404")


def test_the_next_path_of_a_service_is_tried_when_the_first_is_dead(tmp_path: Path) -> None:
    citizen, other = f"{CITIZEN.format('kk')}/a_1", "/cms/kk/services/a_1"
    lines = listing(("A", [citizen]), ("B", [citizen]), ("C", [other]), ("D", ["/cms/kk/services/family/a_1"]))
    pages = {"/robots.txt": "", CITIZEN.format("kk"): lines, other: page('<div class="info-block-horizontal">x</div>')}
    with Site(dict(pages)).up() as site:
        ended = crawl(tmp_path, site, "lang=kk", "audience=citizen")
    assert ended.code == 0
    assert site.asked == [*_NO_RULES, CITIZEN.format("kk"), citizen, citizen, other]


def test_audience_language_and_sample_narrow_what_is_asked(tmp_path: Path) -> None:
    with Site(egov()).up() as site:
        crawl(tmp_path, site, "lang=kk", "audience=citizen", "sample=2")
    citizen = CITIZEN.format("kk")
    assert sorted(site.asked) == sorted(["/robots.txt", citizen, f"{citizen}/a_1", "/cms/kk/services/family/c_3"])


def test_an_empty_list_fails_the_run_after_the_rest_is_kept(tmp_path: Path) -> None:
    pages = egov()
    pages[CITIZEN.format("kk")] = listing()
    pages[CITIZEN.format("en")] = listing(("Family", []))
    with Site(pages).up() as site:
        ended = crawl(tmp_path, site)
    summary = ended.spiders["portal"]
    assert ended.code == 3
    assert summary["finish_reason"] == "nothing_found"
    assert "the list names no service (and 1 more)" in summary["detail"]
    assert site.count("/cms/kk/services/d_4") == 1
    codes = Counter(issue.code for issue in reader.issues(tmp_path, summary["run_id"]))
    assert codes["nothing_found"] == 2


def test_links_to_other_hosts_are_not_followed_and_one_into_another_language_is_put_right(tmp_path: Path) -> None:
    pages = {
        "/robots.txt": "",
        CITIZEN.format("kk"): listing(("A", ["https://elsewhere.example/cms/kk/services/x", "/cms/ru/services/a_1"])),
        f"{CITIZEN.format('kk')}/a_1": service("x"),
    }
    with Site(dict(pages)).up() as site:
        ended = crawl(tmp_path, site, "lang=kk", "audience=citizen")
    assert ended.code == 0, ended.err
    assert site.asked == [_NO_RULES[0], *pages]
