"""The sample's adilet: texts, editions, cards and history pages of the four acts, in Russian and Kazakh."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from crawler.sample.answers import Page, challenge_page, page, render
from crawler.sample.data import register, script, words
from crawler.sample.play import Edition, Row, editions, new_row
from crawler.sample.table import tables
from crawler.sample.wording import genitive

PATH_WORDS = {"ru": "rus", "kk": "kaz"}
ACT = "V2000019982"
CHALLENGE_PATH = f"/rus/docs/{ACT}/compare"


def render_pages() -> Iterator[tuple[str, Page]]:
    """Every page of the site with its path: robots.txt, the act in force, the three earlier acts, a challenge."""
    yield (
        "/robots.txt",
        page(render("adilet_robots.txt.j2"), date(2020, 1, 1), content_type="text/plain; charset=utf-8"),
    )
    for lang, word in PATH_WORDS.items():
        yield from _act_in_force(lang, word)
        for spec in script()["older"]:
            yield from _older_act(spec, lang, word)
    yield CHALLENGE_PATH, challenge_page(CHALLENGE_PATH)


def _act_in_force(lang: str, word: str) -> Iterator[tuple[str, Page]]:
    base = f"/{word}/docs/{ACT}"
    head = {"act": ACT, "lang": lang, "word": word, "status": words()["status"]["updated"], **_texts("act", lang)}
    played = editions()
    current = next(each for each in played if each.spec.get("current"))
    for edition in played:
        text = page(_act_text(head, edition, lang), edition.spec["order"]["date"])
        dated = f"{edition.day:%d.%m.%Y}"
        yield f"/{word}/archive/docs/{ACT}/{dated}", text
        if edition.spec.get("reach") != "archive":
            yield f"{base}/{dated}", text
        if edition is current:
            yield base, text
    known = [(day, "") for day in script()["missing"]] + [
        (each.day, f"{each.spec['order']['number']}, {each.spec['order']['date']:%d.%m.%Y}") for each in played
    ]
    lines = [
        {"day": day, "href": base if day == current.day else f"/{word}/archive/docs/{ACT}/{day:%d.%m.%Y}", "info": info}
        for day, info in sorted(known)
    ]
    yield f"{base}/history", page(render("history.html.j2", **head, lines=lines, columns=6), current.day)
    yield f"{base}/info", page(render("info.html.j2", **head, changed=current.day), current.day)


def _act_text(head: Mapping[str, Any], edition: Edition, lang: str) -> str:
    order = edition.spec["order"]
    notes = [_texts("note", lang)["note"].format(gen=genitive("mcriap", lang), **order)] if edition.events else []
    parts = tables(edition.of(lang), edition.spec, lang, edition.day)
    return render("act.html.j2", **head, notes=notes, tables=parts, table_heads=_texts("table_heads", lang)["heads"])


def _older_act(spec: Mapping[str, Any], lang: str, word: str) -> Iterator[tuple[str, Page]]:
    act, current = spec["act"], spec["current_date"]
    base = f"/{word}/docs/{act}"
    repealed = spec["repealed"][lang]
    head = {
        "act": act,
        "lang": lang,
        "word": word,
        "status": words()["status"]["repealed"],
        "title": spec["title"][lang],
        "requisites": f"{spec['requisites'][lang]} {repealed}.",
        "preamble": _texts("act", lang)["preamble_older"],
    }
    labels = {key: value for key, value in _texts("act", lang).items() if key not in head}
    days = [(current, frozenset[str]())] + [(each["date"], frozenset(each["without"])) for each in spec.get("also", ())]
    layout = {"sections": False, "number_row": True, **spec, "columns": "old"}
    for day, without in days:
        rows = older_rows(spec, without)
        note = [f"{_texts('note', lang)['word']} {repealed}."] if day == current else []
        text = page(
            render(
                "act.html.j2",
                **head,
                **labels,
                notes=note,
                tables=tables(rows, layout, lang, day),
                table_heads=_texts("table_heads", lang)["older"],
            ),
            day,
        )
        yield f"/{word}/archive/docs/{act}/{day:%d.%m.%Y}", text
        yield f"{base}/{day:%d.%m.%Y}", text
        if day == current:
            yield base, text
    lines = [
        {"day": day, "href": base if day == current else f"/{word}/archive/docs/{act}/{day:%d.%m.%Y}", "info": ""}
        for day in sorted([*spec["missing"], *(day for day, _ in days)])
    ]
    history = render("history.html.j2", **head, **labels, lines=lines, columns=spec["columns_in_history"])
    yield f"{base}/history", page(history, current)
    yield f"{base}/info", page(render("info.html.j2", **head, **labels, changed=current), current)


def older_rows(spec: Mapping[str, Any], without: frozenset[str] = frozenset()) -> Sequence[Row]:
    """The rows of an earlier act: by code where it has codes, else in the script's order; forms of the time."""
    ids = [name for group in spec["ids"] for name in group if name not in without]
    rows = [new_row(register().services[name]) for name in ids]
    forms = {"p": "p", "ef": "e"}
    rows = [replace(row, forms=dict.fromkeys(PATH_WORDS, forms.get(row.service.form, "ep"))) for row in rows]
    return sorted(rows, key=lambda row: row.code) if "code" in spec["layout"] else rows


def _texts(group: str, lang: str) -> dict[str, Any]:
    found: dict[str, Any] = words()["adilet"][group][lang]
    return found
