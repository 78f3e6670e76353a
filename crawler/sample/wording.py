"""What the cells of the sample's register say: the same meaning in the spellings that the real one mixes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any
from zlib import crc32

from crawler.sample.data import register, script, words
from crawler.sample.play import Row

#: Subsections whose services share one by-law: its cell spans their rows.
SHARED_BYLAW = frozenset({"00301", "00604", "00801", "01101"})
_LATIN = {"ru": str.maketrans("асеор", "aceop"), "kk": str.maketrans("әіое", "əioe")}
_LONG_WORD = 8


def pick(variants: Sequence[str], *key: object) -> str:
    """One of several spellings, always the same one for the same key."""
    return variants[crc32(repr(key).encode()) % len(variants)]


def cell_text(row: Row, field: str, lang: str, day: date) -> str:
    """The text of a row's cell in one language; `field` names the column. Raises KeyError for an unknown one."""
    service = row.service
    spellings = {"recipient": ("recipients", service.recipient), "payment": ("payments", service.payment)}
    spellings["form"] = ("forms", row.forms[lang])
    if field in spellings:
        group, key = spellings[field]
        return pick(words()[group][key][lang], service.id, f"{day}", lang)
    texts: dict[str, Callable[[], str]] = {
        "code": lambda: row.code,
        "name": lambda: name_text(row, lang, day),
        "developer": lambda: body(row.developer, lang),
        "provider": lambda: provider(row, lang, day),
        "intake": lambda: str(words()["intake"][service.intake][lang]),
        "bylaw": lambda: bylaw(row, lang),
    }
    return texts[field]()


def body(key: str, lang: str) -> str:
    """A central body's name."""
    return str(words()["bodies"][key][lang])


def genitive(key: str, lang: str) -> str:
    """A central body's name in the genitive."""
    name = body(key, lang)
    return str(words()["bodies"][key]["gen"]) if lang == "ru" else name + ("ның" if name.endswith("ы") else "нің")


def provider(row: Row, lang: str, day: date) -> str:
    """Who provides; names the capital as it was called on the day."""
    capital = words()["capital"]
    name = capital["before" if day < capital["before"]["until"] else "after"][lang]
    template: str = words()["providers"][row.service.provider][lang]
    return template.format(body=body(row.developer, lang), gen=genitive(row.developer, lang), capital=name)


def bylaw(row: Row, lang: str) -> str:
    """The by-law that says how the service is provided; some subsections share one."""
    shared = row.subsection in SHARED_BYLAW
    name = register().headings[row.subsection][lang] if shared else row.names[lang]
    number = 40 + crc32(row.service.subsection.encode()) % 700
    return f"{words()['bylaw'][lang].format(name=name)} ({words()['bylaw_short'][lang].format(number=number)})"


def dead_text(row: Row, lang: str) -> str:
    """What stands in the place of an excluded row."""
    return str(words()["dead"][row.dead][lang]).format(order=f"{genitive('mcriap', lang)} № {row.order}")


def name_text(row: Row, lang: str, day: date) -> str:
    """The service's name with the dirt that the script puts on it in this edition."""
    name = row.names[lang]
    for spot in script()["dirt"]:
        if (spot["date"], spot["lang"], spot["id"]) == (day, lang, row.service.id):
            name = soil(name, spot["kind"], lang)
    return name


def soil(text: str, kind: str, lang: str) -> str:
    """A text with one kind of dirt that the real pages carry. Raises KeyError for an unknown kind."""
    match kind:
        case "soft_hyphen":
            return " ".join(f"{w[:4]}\u00ad{w[4:]}" if len(w) >= _LONG_WORD else w for w in text.split(" "))
        case "latin":
            return text.translate(_LATIN[lang])
        case "nbsp":
            return text.replace(" ", "\u00a0", 2)
        case "double_space":
            return text.replace(" ", "  ", 1)
        case "straight_quotes":
            return text.replace("«", '"').replace("»", '"')
    raise KeyError(kind)


def column(spec: Mapping[str, Any], field: str, lang: str) -> str:
    """A column's heading in the wording that the edition uses."""
    return str(words()["columns"][spec["columns"]][field][lang])
