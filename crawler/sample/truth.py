"""What a right reading of the sample must find: `data/TRUTH.yml`, derived from the script's states.

`python -m crawler.sample.truth` prints it. Tests of linking, of the account and of the measures check against the file.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import pairwise
from typing import Any

import yaml

from crawler.sample.adilet import ACT, older_rows
from crawler.sample.data import read_yaml, script, words
from crawler.sample.egov import AUDIENCES, PORTAL_LANGS, listed, listings
from crawler.sample.play import LANGS, Edition, Row, editions

_ELECTRONIC = frozenset(
    {"electronic", "partially_automated", "fully_automated", "proactive", "one_application", "composite"}
)


@cache
def truth() -> Mapping[str, Any]:
    """The file as it stands in the package."""
    found: Mapping[str, Any] = read_yaml("TRUTH.yml")
    return found


def derive() -> dict[str, Any]:
    """The same from the data: per act, language and edition what there is, per pair of editions what happened."""
    played = editions()
    in_force = [each for each in played if not each.spec.get("future")]
    acts: dict[str, Any] = {ACT: {}}
    for lang in LANGS:
        met = [each for each in in_force if lang == "kk" or each.spec.get("reach") != "archive"]
        acts[ACT][lang] = {
            "editions": {str(each.day): edition_facts(each.of(lang), lang) for each in played},
            "pairs": [pair_facts(before, after, lang) for before, after in pairwise(met)],
        }
    for spec in script()["older"]:
        without = {each["date"]: frozenset(each["without"]) for each in spec.get("also", ())}
        days = {**without, spec["current_date"]: frozenset[str]()}
        acts[spec["act"]] = {
            lang: {"editions": {str(day): {"rows": len(older_rows(spec, days[day]))} for day in sorted(days)}}
            for lang in LANGS
        }
    statuses = {"missing": [str(day) for day in script()["missing"]], "forbidden_ru": [], "future": []}
    for each in played:
        if each.spec.get("reach") == "archive":
            statuses["forbidden_ru"].append(str(each.day))
        if each.spec.get("future"):
            statuses["future"].append(str(each.day))
    return {"acts": acts, "statuses": statuses, "portal": portal_facts(in_force[-1])}


def lines_of(row: Row) -> int:
    """How many lines of the table a live row takes: one, or one a kind of the service."""
    return max(1, len(row.service.subs))


def forms_of(row: Row, lang: str) -> frozenset[str]:
    """The delivery forms of a row in one language, as members of `DeliveryForm`."""
    return frozenset(words()["forms"][row.forms[lang]]["means"])


def edition_facts(rows: Sequence[Row], lang: str) -> dict[str, Any]:
    """Numbers of one text: services (live rows of the script), lines, dead rows, last number, the four fields."""
    live = [row for row in rows if not row.dead]
    digitised = [row for row in live if forms_of(row, lang) & _ELECTRONIC]
    fields = Counter(" ".join(row.service.coding[:2]) for row in live)
    core = [row for row in digitised if row.service.coding[:2] == ("human_social", "complete")]
    return {
        "services": len(live),
        "lines": sum(lines_of(row) for row in live),
        "dead": len(rows) - len(live),
        "last_number": len(rows),
        "digitised": len(digitised),
        "digitised_lines": sum(lines_of(row) for row in digitised),
        "core_complete": len(core),
        "coded": dict(sorted(fields.items())),
    }


def pair_facts(before: Edition, after: Edition, lang: str) -> dict[str, Any]:
    """What happened between two editions of one language. Services are named by id, with their codes."""
    old = {row.service.id: row for row in before.of(lang)}
    new = {row.service.id: row for row in after.of(lang)}
    alive_before = {name for name, row in old.items() if not row.dead}
    alive_after = {name for name, row in new.items() if not row.dead}
    events = [event for each in editions() if before.day < each.day <= after.day for event in each.events]
    splits = [event for event in events if "split" in event]
    mergers = [event for event in events if "merge" in event]
    parents = {event["split"] for event in splits} | {name for event in mergers for name in event["merge"]}
    children = {name for event in splits for name in event["into"]} | {event["into"] for event in mergers}
    kept = sorted(alive_before & alive_after)
    coded = {name: (old[name].code, new[name].code) for name in kept if old[name].code != new[name].code}
    moved = {name for name in coded if old[name].subsection != new[name].subsection}
    return {
        "from": str(before.day),
        "to": str(after.day),
        "n0": len(alive_before),
        "n1": len(alive_after),
        "births": _codes(alive_after - old.keys() - children, new),
        "deaths": _codes(alive_before - alive_after - parents, old),
        "restorations": _codes((alive_after & old.keys()) - alive_before, new),
        "splits": [{"from": _codes([event["split"]], old), "into": _codes(event["into"], new)} for event in splits],
        "mergers": [{"from": _codes(event["merge"], old), "into": _codes([event["into"]], new)} for event in mergers],
        "renames": _codes((name for name in kept if old[name].names[lang] != new[name].names[lang]), new),
        "renumberings": {name: list(codes) for name, codes in coded.items() if name not in moved},
        "moves": {name: list(codes) for name, codes in coded.items() if name in moved},
        "takeovers": {
            name: {"code": new[name].code, "from": old[name].developer, "to": new[name].developer}
            for name in kept
            if old[name].developer != new[name].developer
        },
        "flips": {
            name: {"code": new[name].code, "from": sorted(was), "to": sorted(now)}
            for name in kept
            if (was := forms_of(old[name], lang)) != (now := forms_of(new[name], lang))
        },
    }


def portal_facts(edition: Edition) -> dict[str, Any]:
    """What the portal lists, and how it fits the edition in force (Russian text)."""
    alive = {row.service.id: row for row in edition.of("ru") if not row.dead}
    links = {
        x.slug: alive[x.service.id].code if x.service and x.service.id in alive else ""
        for x in listings()
        if not x.dead
    }
    on_portal = set(links.values())
    digitised = [row for row in alive.values() if forms_of(row, "ru") & _ELECTRONIC]
    return {
        "listings": {
            lang: {audience: sum(len(x) for _, x in listed(lang, audience)) for audience in AUDIENCES}
            for lang in PORTAL_LANGS
        },
        "pages": {lang: sum(lang in x.results and not x.dead for x in listings()) for lang in PORTAL_LANGS},
        "links": dict(sorted(links.items())),
        "dead_links": [x.slug for x in listings() if x.dead],
        "phantoms": sorted(row.code for row in digitised if row.code not in on_portal),
        "unregistered": sorted(slug for slug, code in links.items() if not code),
    }


def _codes(names: Iterable[str], rows: Mapping[str, Row]) -> dict[str, str]:
    return {name: rows[name].code for name in sorted(names)}


def as_yaml() -> str:
    """The text of `TRUTH.yml`."""
    head = (
        "# What a right reading of the sample finds. Made by: python -m crawler.sample.truth\n"
        "# A test holds it to the script, and the rendered pages to it. Services are named by id, with their codes.\n"
        "# `services` are numbered live rows, `lines` live lines of the table (one a kind of the service).\n"
        "# In every pair: n1 = n0 + births + restorations - deaths + children - parents of splits and mergers.\n"
    )
    return head + yaml.safe_dump(derive(), allow_unicode=True, sort_keys=False, width=110)


if __name__ == "__main__":
    sys.stdout.write(as_yaml())
