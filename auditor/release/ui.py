"""Datasette's pages in the reader's language, which the browser names: Kazakh, Russian, else English as they are; and
such that a reader with a keyboard or a screen reader can use them.

Both are done to the finished page. Each pattern holds on to markup: a cell's text is escaped and looks like none.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence

from auditor.release.served import LANGS, TIME_LIMIT_MS
from auditor.release.ui_words import (
    AROUND,
    CHOICES,
    CONDITIONS,
    HELP,
    MENU,
    REASONS,
    REFUSED,
    UNSAID,
    WORDS,
)

_SEPARATOR = " · "
_CHOSEN = tuple((rf'(<option value="{key}"(?: selected)?>)[^<]*<', rf"\1{ru}<", rf"\1{kk}<") for key, ru, kk in CHOICES)
_COMPILED = tuple((re.compile(pattern), {"ru": ru, "kk": kk}) for pattern, ru, kk in (*WORDS, *_CHOSEN))
_REFUSED = tuple((re.compile(pattern), dict(zip(LANGS, said, strict=True))) for pattern, *said in REFUSED)
_REASONS = tuple((re.compile(pattern, re.DOTALL), dict(zip(LANGS, said, strict=True))) for pattern, *said in REASONS)
_TITLE = re.compile(r"(<h1 style=\"[^\"]*\">)([^<]*)(</h1>)")
_LISTED = re.compile(r"(<li><a href=\"[^\"]*\" title=\"[^\"]*\">)([^<]*)(</a>)")
#: The heading of a page that refuses, in the tab and on the page; and why, there or over a question that failed.
_HEADING = re.compile(r"(<title>|<h1 class=\"refused\">)([^<]*)(?=</title>|</h1>)")
_WHY = re.compile(r'(<(div|p) class="message-error">)(.*?)(?=</\2>)', re.DOTALL)
_STYLE = (
    "<style>form input[type=submit] { background-color: #0062cc; border-color: #0062cc }"
    " form button[type=button] { color: #0062cc; border-color: #0062cc }"
    " .select-wrapper.filter-op { width: 8em } td em { color: #666 }"
    " .facet-info a.cross { text-decoration: underline !important }</style>"
)
#: A page's own scripts make an editor and a menu of each column: named, and the menu opened by a key too.
_SCRIPT = """<script>
addEventListener("load", () => {
  const said = %s;
  for (const field of document.querySelectorAll(".CodeMirror textarea")) field.setAttribute("aria-label", "SQL");
  for (const [name, words] of Object.entries(said))
    for (const found of document.querySelectorAll(".dropdown-" + name)) found.textContent = words;
  for (const found of document.querySelectorAll(".filter-row a")) found.setAttribute("aria-label", said.remove);
  for (const icon of document.querySelectorAll(".dropdown-menu-icon")) {
    icon.setAttribute("role", "button");
    icon.setAttribute("tabindex", "0");
    icon.setAttribute("aria-label", said.opens + ": " + icon.closest("th").dataset.column);
    icon.addEventListener("keydown", (pressed) => {
      if (pressed.key !== "Enter" && pressed.key !== " ") return;
      pressed.preventDefault();
      icon.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }));
      const items = [...document.querySelectorAll(".dropdown-menu li")];
      items.find((one) => one.style.display !== "none").firstChild.focus();
    });
  }
});
</script></body>"""


def languages(accepted: str) -> tuple[str, ...]:
    """Our languages in the order in which an Accept-Language wants them; those it does not name follow in ours."""
    wanted: list[tuple[float, int, str]] = []
    for place, part in enumerate(accepted.split(",")):
        name, _, rest = part.strip().partition(";")
        weight = re.fullmatch(r"\s*q=(0(?:\.\d+)?|1(?:\.0+)?)\s*", rest)
        if name[:2].lower() in LANGS and (weight or not rest):
            wanted.append((-float(weight[1]) if weight else -1.0, place, name[:2].lower()))
    named = [lang for _, _, lang in sorted(wanted)]
    return tuple(dict.fromkeys((*named, *LANGS)))


def speak(page: str, order: Sequence[str]) -> str:
    """A page's HTML in the first of the languages; a title in three is told in it first, in a list alone."""
    lang = order[0]
    page = _HEADING.sub(lambda found: found[1] + _turned(found[2], _REFUSED, lang), page)
    page = _WHY.sub(lambda found: found[1] + _reason(found[3], lang), page)
    for pattern, said in _COMPILED if lang != "en" else ():
        page = pattern.sub(lambda found, told=said[lang]: _filled(told, found), page)  # type: ignore[misc]
    page = _TITLE.sub(lambda found: found[1] + _spans(found[2], order) + found[3], page)
    page = _LISTED.sub(lambda found: found[1] + _first(found[2], order) + found[3], page)
    return _usable(page, lang)


def condition(english: str, chosen: Iterable[tuple[str, str, str]], asked: Mapping[str, str], lang: str) -> str:
    """What a table's rows were chosen by, in words: Datasette's `english`, or ours of the conditions `chosen` (column,
    kind, value) and of the search and the order `asked` for.
    """
    if lang == "en" or not english or any(name.startswith(("_where", "_through", "_search_")) for name in asked):
        return english
    around = AROUND[lang]
    # A table that is not searched takes no notice of the words.
    searched = f'search matches "{asked["_search"]}"' in english if asked.get("_search") else False
    said = [around["found"].format(v=asked["_search"])] if searched else []
    said += [CONDITIONS[kind][lang].format(c=column, v=value) for column, kind, value in chosen if kind in CONDITIONS]
    by = asked.get("_sort_desc") or asked.get("_sort") or ""
    order = around["order"].format(c=by) + (around["down"] if asked.get("_sort_desc") else "") if by else ""
    return "; ".join(part for part in (around["where"] + ", ".join(said) if said else "", order) if part)


def first(title: str, order: Sequence[str]) -> str:
    """A title in three languages in the reader's alone; any other as it is."""
    told = _told(title, order)
    return told[0][1] if told else title


def _usable(page: str, lang: str) -> str:
    help_ = HELP[lang]
    page = page.replace("<html>", f'<html lang="{lang}">', 1)
    page = page.replace('<section class="content">', '<section class="content" role="main">', 1)
    for begin, name in (("select", "column"), ("select", "op"), ('input type="text"', "value")):
        page = re.sub(rf'<{begin} name="_filter_{name}(?:_\d+)?"', rf'\g<0> aria-label="{help_[name]}"', page)
    page = page.replace('<select name="_sort"', f'<select name="_sort" aria-label="{help_["sort"]}"', 1)
    page = re.sub(r'<textarea (?=id="sql-editor"|style="width: 90%")', r'\g<0>aria-label="SQL" ', page)
    page = page.replace('class="cross">&#x2716;', f'class="cross" aria-label="{help_["remove"]}">&#x2716;')
    page = page.replace("</head>", f"{_STYLE}</head>", 1)
    before, end, after = page.rpartition("</body>")
    return before + (_SCRIPT % json.dumps(MENU[lang], ensure_ascii=False) if end else "") + after


def _filled(told: str, found: re.Match[str]) -> str:
    """`told` with what was found in it: a number's thousands apart as these languages write them."""

    def put(place: re.Match[str]) -> str:
        kept = found[int(place[1])]
        return kept.replace(",", "\N{NO-BREAK SPACE}") if re.fullmatch(r"\d{1,3}(?:,\d{3})+", kept) else kept

    return re.sub(r"\\(\d)", put, told)


def _turned(text: str, patterns: Sequence[tuple[re.Pattern[str], Mapping[str, str]]], lang: str) -> str:
    for pattern, said in patterns:
        if found := pattern.fullmatch(text):
            return found.expand(said[lang])
    return text


def _reason(text: str, lang: str) -> str:
    """Why something is refused; in Datasette's or SQLite's English, and said to be, where we have no words for it."""
    told = _turned(text.strip(), _REASONS, lang).replace("{seconds}", str(TIME_LIMIT_MS // 1000))
    if lang == "en" or told != text.strip():
        return told
    return UNSAID[lang].format(reason=f'<span lang="en">{told}</span>')


def _told(title: str, order: Sequence[str]) -> list[tuple[str, str]]:
    parts = title.split(_SEPARATOR)
    if len(parts) != len(LANGS):
        return []
    said = dict(zip(LANGS, parts, strict=True))
    return [(lang, said[lang]) for lang in order]


def _first(title: str, order: Sequence[str]) -> str:
    told = _told(title, order)
    return f'<span lang="{told[0][0]}">{told[0][1]}</span>' if told else title


def _spans(title: str, order: Sequence[str]) -> str:
    """The title in the reader's language, the others small below it: three questions in one line filled a phone."""
    told = _told(title, order)
    if not told:
        return title
    small = "display: block; font-size: 0.95rem; font-weight: normal; line-height: 1.35; margin-top: 0.3rem"
    lead = f'<span lang="{told[0][0]}" style="display: block; font-size: 1.3rem; line-height: 1.25">{told[0][1]}</span>'
    return lead + "".join(f'<span lang="{lang}" style="{small}">{said}</span>' for lang, said in told[1:])
