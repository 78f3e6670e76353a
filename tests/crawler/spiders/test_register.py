"""The register's spider in a real crawl of a loopback adilet: what it asks, in which order, and what it never asks."""

from __future__ import annotations

from pathlib import Path

from crawler.archive import reader
from crawler.archive.records import Outcome
from crawler.pages.records import Lang, PageKind
from tests.crawler.site import ACT, EDITIONS, NOW, Ended, Site, adilet, history, run, text


def crawl(archive: Path, site: Site, *options: str, **settings: str) -> Ended:
    asked = [f"--option={option}" for option in (f"act={ACT}", *options)]
    return run(archive, "-m", "crawler.harvest", "register", *asked, settings={"ADILET_URL": site.url, **settings})


def test_every_edition_by_the_first_form_that_robots_allow_and_nothing_twice(tmp_path: Path) -> None:
    with Site(adilet()).up() as site:
        ended = crawl(tmp_path, site)
    assert ended.code == 0
    assert ended.spiders["register"]["outcomes"] == {"fetched": 11, "forbidden": 1, "missing": 2}
    assert len(site.asked) == len(set(site.asked))
    expected = {"/robots.txt"}
    for word in ("rus", "kaz"):
        expected |= {
            f"/{word}/docs/{ACT}{tail}" for tail in ("", "/info", "/history", *(f"/{day}" for day in EDITIONS))
        }
    assert set(site.asked) == expected | {f"/kaz/archive/docs/{ACT}/{EDITIONS[0]}"}
    assert not any(path.startswith("/rus/archive/") for path in site.asked)
    assert not any(NOW in path for path in site.asked)
    first, second = (site.asked.index(f"/kaz/{form}{ACT}/{EDITIONS[0]}") for form in ("docs/", "archive/docs/"))
    assert first < second
    assert not any(agent.startswith("Scrapy") for agent in site.agents)


def test_each_asking_is_recorded_under_act_date_and_language(tmp_path: Path) -> None:
    with Site(adilet()).up() as site:
        ended = crawl(tmp_path, site)
    run_id = ended.spiders["register"]["run_id"]
    assert reader.run_ids(tmp_path) == [run_id]
    texts = [f for f in reader.fetches(tmp_path, run_id) if f.target.kind is PageKind.ACT_TEXT]
    told = {(f.target.lang, f.target.edition_date and f"{f.target.edition_date:%d.%m.%Y}", f.outcome) for f in texts}
    expected = {(lang, day, Outcome.FETCHED) for lang in (Lang.RU, Lang.KK) for day in (None, *EDITIONS[1:])}
    expected |= {(lang, EDITIONS[0], Outcome.MISSING) for lang in (Lang.RU, Lang.KK)}
    expected |= {(Lang.RU, EDITIONS[0], Outcome.FORBIDDEN), (Lang.KK, EDITIONS[0], Outcome.FETCHED)}
    assert told == expected
    assert {f.target.act for f in texts} == {ACT}
    record = reader.run_record(tmp_path, run_id)
    assert record.arguments["act"] == ACT
    assert record.arguments["lang"] == "ru,kk"


def test_language_day_and_sample_narrow_what_is_asked(tmp_path: Path) -> None:
    with Site(adilet()).up() as site:
        crawl(tmp_path, site, "lang=kk", "since=2021-01-01", "sample=1")
    base = f"/kaz/docs/{ACT}"
    assert sorted(site.asked) == sorted(
        ["/robots.txt", base, f"{base}/info", f"{base}/history", f"{base}/{EDITIONS[2]}"]
    )


def test_an_edition_that_the_site_refuses_is_asked_at_the_mirror_if_one_is_set(tmp_path: Path) -> None:
    pages = adilet()
    pages[f"/rus/docs/{ACT}/{EDITIONS[0]}"] = (403, text("нет"))
    mirrored = f"/rus/history/{ACT}/{EDITIONS[0]}"
    with Site(pages).up() as site, Site({"/robots.txt": "", mirrored: text("старая")}).up() as mirror:
        ended = crawl(tmp_path, site, "lang=ru", EDITION_MIRROR_URL=mirror.url)
    assert ended.code == 0
    assert mirror.asked == ["/robots.txt", "/robots.txt", mirrored], "a file without rules is asked for once more"
    fetches = reader.fetches(tmp_path, ended.spiders["register"]["run_id"])
    oldest = [f for f in fetches if f.target.edition_date and f"{f.target.edition_date:%d.%m.%Y}" == EDITIONS[0]]
    assert [f.outcome for f in oldest] == [Outcome.FORBIDDEN, Outcome.FORBIDDEN, Outcome.FETCHED]


def test_a_history_page_that_names_nothing_fails_the_run_after_the_rest_is_kept(tmp_path: Path) -> None:
    pages = adilet()
    pages[f"/rus/docs/{ACT}/history"] = text("таблицы нет")
    with Site(pages).up() as site:
        ended = crawl(tmp_path, site)
    summary = ended.spiders["register"]
    assert ended.code == 3
    assert (summary["result"], summary["finish_reason"]) == ("failed", "nothing_found")
    line = f"{site.url}/rus/docs/{ACT}/history: the history page names no edition"
    assert line in summary["detail"]
    assert len([told for told in ended.err.splitlines() if told.endswith(f"WARNING {line}")]) == 1
    assert f"/rus/docs/{ACT}" in site.asked
    assert f"/kaz/docs/{ACT}/{EDITIONS[2]}" in site.asked
    issues = [(i.code, i.level, i.url) for i in reader.issues(tmp_path, summary["run_id"])]
    assert ("nothing_found", "error", f"{site.url}/rus/docs/{ACT}/history") in issues


def test_scrapy_s_own_command_runs_it_too(tmp_path: Path) -> None:
    root = Path(__file__).parents[3]
    with Site(adilet()).up() as site:
        command = ("-m", "scrapy", "crawl", "register", "-a", f"act={ACT}", "-a", "lang=kk")
        ended = run(tmp_path, *command, settings={"ADILET_URL": site.url}, cwd=root)
    assert ended.code == 0, ended.err
    assert f"/kaz/docs/{ACT}/{EDITIONS[1]}" in site.asked
    assert len(reader.run_ids(tmp_path)) == 1


def test_scrapy_s_own_command_says_in_a_line_what_it_cannot_ask(tmp_path: Path) -> None:
    command = ("-m", "scrapy", "crawl", "register", "-a", "nonsense=1")
    ended = run(tmp_path, *command, settings={}, cwd=Path(__file__).parents[3])
    assert ended.code == 2
    assert ended.err == "egov-audit: register: unknown option 'nonsense'; there are: act, lang, since, sample\n"


def test_a_current_text_of_the_future_is_asked_by_its_date_and_so_is_the_one_in_force(tmp_path: Path) -> None:
    ahead = "01.01.2999"
    pages = adilet()
    base = f"/rus/docs/{ACT}"
    pages[f"{base}/history"] = history(ACT, "rus", EDITIONS, ahead)
    pages[f"{base}/{ahead}"] = text("будет")
    with Site(pages).up() as site:
        crawl(tmp_path, site, "lang=ru", "since=2026-01-01", "sample=1")
    assert sorted(site.asked) == sorted(
        ["/robots.txt", base, f"{base}/info", f"{base}/history", f"{base}/{EDITIONS[-1]}", f"{base}/{ahead}"]
    )
