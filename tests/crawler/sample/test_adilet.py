"""The sample's register: what its pages show is what the script and TRUTH.yml say. No product parser is used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import pytest
import yaml
from bs4 import BeautifulSoup

from crawler.pages.text import compare_key, looks_kazakh
from crawler.sample.adilet import ACT, PATH_WORDS
from crawler.sample.data import register, script, words
from crawler.sample.play import LANGS, Edition, editions
from crawler.sample.site import pages
from crawler.sample.truth import as_yaml, truth
from tests.crawler.sample.reading import Line, read_page

ENOUGH = {"2020-06-12": 90, "2021-07-09": 100, "2022-12-16": 110, "2024-12-13": 120}
EVERY_EDITION = [(str(edition.day), lang) for edition in editions() for lang in LANGS]
EVERY_PAIR = [
    pytest.param(lang, pair, id=f"{lang}-{pair['to']}")
    for lang in LANGS
    for pair in truth()["acts"][ACT][lang]["pairs"]
]


def edition_of(day: str) -> Edition:
    return next(edition for edition in editions() if str(edition.day) == day)


@cache
def lines(day: str, lang: str) -> list[Line]:
    edition = edition_of(day)
    page = pages("adilet")[f"/{PATH_WORDS[lang]}/archive/docs/{ACT}/{edition.day:%d.%m.%Y}"]
    return read_page(page.body, edition.spec["columns"], lang)


def living(day: str, lang: str) -> dict[str, Mapping[str, str]]:
    """Code → fields of its (first) live line."""
    found: dict[str, Mapping[str, str]] = {}
    for line in lines(day, lang):
        if not line.dead:
            found.setdefault(line.fields["code"], line.fields)
    return found


def facts(day: str, lang: str) -> dict[str, Any]:
    found: dict[str, Any] = truth()["acts"][ACT][lang]["editions"][day]
    return found


def test_truth_is_what_the_script_says() -> None:
    assert yaml.safe_load(as_yaml()) == truth()


@pytest.mark.parametrize(("day", "lang"), EVERY_EDITION)
def test_page_has_the_rows_that_truth_counts(day: str, lang: str) -> None:
    live = [line for line in lines(day, lang) if not line.dead]
    dead = [line for line in lines(day, lang) if line.dead]
    expected = facts(day, lang)
    assert (len(living(day, lang)), len(live), len(dead)) == (expected["services"], expected["lines"], expected["dead"])
    assert max(int(line.fields["number"]) for line in lines(day, lang)) == expected["last_number"]


@pytest.mark.parametrize("lang", LANGS)
def test_editions_are_as_large_as_the_demo_needs(lang: str) -> None:
    assert {day: len(living(day, lang)) >= least for day, least in ENOUGH.items()} == dict.fromkeys(ENOUGH, True)


@pytest.mark.parametrize(("lang", "pair"), EVERY_PAIR)
def test_every_account_closes(lang: str, pair: Mapping[str, Any]) -> None:
    children = sum(len(each["into"]) for each in (*pair["splits"], *pair["mergers"]))
    parents = sum(len(each["from"]) for each in (*pair["splits"], *pair["mergers"]))
    growth = len(pair["births"]) + len(pair["restorations"]) - len(pair["deaths"]) + children - parents
    assert pair["n1"] - pair["n0"] == growth
    assert (pair["n0"], pair["n1"]) == (len(living(pair["from"], lang)), len(living(pair["to"], lang)))


@pytest.mark.parametrize(("lang", "pair"), EVERY_PAIR)
def test_what_comes_and_goes_shows_between_the_pages(lang: str, pair: Mapping[str, Any]) -> None:
    before, after = living(pair["from"], lang), living(pair["to"], lang)
    names_before = {compare_key(fields["name"]) for fields in before.values()}
    names_after = {compare_key(fields["name"]) for fields in after.values()}
    came = {**pair["births"], **pair["restorations"]}
    went = dict(pair["deaths"])
    for event in (*pair["splits"], *pair["mergers"]):
        came.update(event["into"])
        went.update(event["from"])
    for name, code in came.items():
        assert compare_key(after[code]["name"]) not in names_before, name
    for name, code in went.items():
        assert compare_key(before[code]["name"]) not in names_after, name
    renamed = {compare_key(after[code]["name"]) for code in pair["renames"].values()}
    assert len(renamed - names_before) == len(pair["renames"])
    assert names_after - names_before == {compare_key(after[code]["name"]) for code in came.values()} | renamed


@pytest.mark.parametrize(("lang", "pair"), EVERY_PAIR)
def test_what_changes_shows_between_the_pages(lang: str, pair: Mapping[str, Any]) -> None:
    before, after = living(pair["from"], lang), living(pair["to"], lang)
    for old, new in (*pair["renumberings"].values(), *pair["moves"].values()):
        assert compare_key(before[old]["name"]) == compare_key(after[new]["name"])
    moved = {new: old for old, new in (*pair["renumberings"].values(), *pair["moves"].values())}
    for event in pair["takeovers"].values():
        bodies = (before[moved.get(event["code"], event["code"])]["developer"], after[event["code"]]["developer"])
        assert bodies == (words()["bodies"][event["from"]][lang], words()["bodies"][event["to"]][lang])
    for event in pair["flips"].values():
        spelt = (before[moved.get(event["code"], event["code"])]["form"], after[event["code"]]["form"])
        assert tuple(sorted(forms_spelt(form, lang)) for form in spelt) == (event["from"], event["to"])


def forms_spelt(text: str, lang: str) -> list[str]:
    found: list[str] = next(form["means"] for form in words()["forms"].values() if text in form[lang])
    return found


def test_script_has_every_kind_of_event() -> None:
    pairs = truth()["acts"][ACT]["ru"]["pairs"]
    kinds = ("births", "deaths", "restorations", "splits", "mergers", "renames", "renumberings", "moves", "takeovers")
    assert {kind for kind in kinds if not any(pair[kind] for pair in pairs)} == set()
    steps = [(tuple(flip["from"]), tuple(flip["to"])) for pair in pairs for flip in pair["flips"].values()]
    electronic = {"partially_automated", "fully_automated"}
    assert any(was == ("paper",) and electronic & set(now) for was, now in steps)
    assert any("fully_automated" in now and "partially_automated" in was for was, now in steps)
    assert any(now == ("paper",) and electronic & set(was) for was, now in steps)


def test_codes_are_reassigned_over_time() -> None:
    """The code that one service gives up is another's in the same edition: names must decide."""
    last = truth()["acts"][ACT]["ru"]["pairs"][-1]["renumberings"]
    given_up = {old for old, _ in last.values()}
    assert given_up & {new for _, new in last.values()}


def test_one_row_stands_in_one_language_alone() -> None:
    only = {day: set(living(day, "ru")) ^ set(living(day, "kk")) for day in ENOUGH}
    assert only == {**{day: set() for day in ENOUGH}, "2024-12-13": {register().services["land_purpose"].code}}


@pytest.mark.parametrize(("day", "lang"), EVERY_EDITION)
def test_dirt_changes_a_name_and_only_its_look(day: str, lang: str) -> None:
    spots = [spot for spot in script()["dirt"] if (str(spot["date"]), spot["lang"]) == (day, lang)]
    rows = {row.service.id: row for row in edition_of(day).of(lang)}
    page = pages("adilet")[f"/{PATH_WORDS[lang]}/archive/docs/{ACT}/{edition_of(day).day:%d.%m.%Y}"].body.decode()
    for spot in spots:
        clean = rows[spot["id"]].names[lang]
        shown = living(day, lang)[rows[spot["id"]].code]["name"]
        assert compare_key(shown) == compare_key(clean)
        assert f"<p>{clean}</p>" not in page


def act_paths(kind: str) -> Iterator[tuple[str, str]]:
    for lang, word in PATH_WORDS.items():
        for act in (ACT, *(spec["act"] for spec in script()["older"])):
            yield lang, f"/{word}/docs/{act}{kind}"


@pytest.mark.parametrize(("lang", "path"), [*act_paths(""), *act_paths("/info"), *act_paths("/history")])
def test_act_has_text_card_and_history_in_its_language(lang: str, path: str) -> None:
    page = pages("adilet")[path]
    soup = BeautifulSoup(page.body, "lxml")
    assert (page.status, soup.html["lang"]) == (200, lang)  # type: ignore[index]
    assert looks_kazakh(soup.get_text()) is (lang == "kk")
    assert soup.title is not None
    assert soup.title.get_text().endswith(' - ИПС "Әділет"')
    assert soup.select_one("div.container_alpha.slogan h1") is not None
    status = soup.select_one("span.status")
    assert status is not None
    repealed = ACT not in path
    assert (status.get_text() in ("Утративший силу", "Күшін жойған")) is repealed


@pytest.mark.parametrize(("lang", "path"), [*act_paths("/history")])
def test_history_names_editions_that_answer_and_some_that_do_not(lang: str, path: str) -> None:
    soup = BeautifulSoup(pages("adilet")[path].body, "lxml")
    links = [str(link["href"]) for link in soup.select("table#ethernatable td a")]
    word = PATH_WORDS[lang]
    missing = [link for link in links if link not in pages("adilet")]
    archive_only = [
        link
        for link in links
        if link in pages("adilet")
        and f"/{word}/archive/" in link
        and link.replace("archive/", "") not in pages("adilet")
    ]
    assert missing, "an edition that no address gives"
    assert (len(archive_only) == 1) is (ACT in path)
    assert links.count(path.removesuffix("/history")) == 1
    assert len(set(links)) == len(links)


@pytest.mark.parametrize("spec", script()["older"], ids=lambda spec: spec["act"])
@pytest.mark.parametrize("lang", LANGS)
def test_earlier_acts_have_their_rows(spec: Mapping[str, Any], lang: str) -> None:
    for day, expected in truth()["acts"][spec["act"]][lang]["editions"].items():
        dotted = ".".join(reversed(day.split("-")))
        found = read_page(pages("adilet")[f"/{PATH_WORDS[lang]}/docs/{spec['act']}/{dotted}"].body, "old", lang)
        assert len(found) == expected["rows"]
        assert all(line.fields["name"] for line in found)


def test_robots_forbids_what_the_source_forbids() -> None:
    robots = pages("adilet")["/robots.txt"].body.decode()
    assert [line for line in robots.splitlines() if line.startswith("Disallow")] == [
        "Disallow: /rus/search/",
        "Disallow: /rus/list/docs/",
        "Disallow: /rus/archive/",
    ]


@pytest.mark.parametrize(("day", "lang"), EVERY_EDITION)
def test_every_live_line_fills_every_column(day: str, lang: str) -> None:
    layout = set(edition_of(day).spec["layout"]) - {"subname"}
    for line in lines(day, lang):
        if not line.dead:
            assert {field for field in layout if not line.fields.get(field)} == set(), line
