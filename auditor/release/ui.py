"""Datasette's own words in the reader's language, which the browser names: Kazakh, Russian, else English as they are.

They are replaced in the finished page. Each pattern holds on to markup: a cell's text is escaped and looks like none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from markupsafe import Markup

from auditor.release.served import LANGS

_SEPARATOR = " · "

#: (what the page has, Russian, Kazakh). `\1` and so on stand for what stays.
_WORDS: tuple[tuple[str, str, str], ...] = (
    (r"<h3>Custom SQL query returning more than ([\d,]+) rows?", r"<h3>Запрос SQL; строк больше чем \1",
     r"<h3>SQL сұрауы; жолдар саны мынадан көп: \1"),
    (r"<h3>Custom SQL query returning ([\d,]+) rows?", r"<h3>Запрос SQL; строк: \1", r"<h3>SQL сұрауы; жолдар: \1"),
    (r"<h3>Custom SQL query", "<h3>Запрос SQL", "<h3>SQL сұрауы"),
    (r'(class="show-hide-sql">\(<a href="[^"]*">)show<', r"\1показать<", r"\1көрсету<"),
    (r'(class="show-hide-sql">\(<a href="[^"]*">)hide<', r"\1скрыть<", r"\1жасыру<"),
    (r"<h3>Query parameters</h3>", "<h3>Параметры вопроса</h3>", "<h3>Сұрақ параметрлері</h3>"),
    (r'(<label for="qp\d+">)words<', r"\1слова<", r"\1сөздер<"),
    (r'value="Run SQL"', 'value="Выполнить"', 'value="Орындау"'),
    (r'type="button" hidden>Format SQL<', 'type="button" hidden>Оформить SQL<', 'type="button" hidden>SQL реттеу<'),
    (r'class="canned-query-edit-sql">Edit SQL<', 'class="canned-query-edit-sql">Править SQL<',
     'class="canned-query-edit-sql">SQL өзгерту<'),
    (r'class="export-links">This data as ', 'class="export-links">Взять как ', 'class="export-links">Мына түрде алу: '),
    (r'<a href="#export">advanced<', '<a href="#export">подробнее<', '<a href="#export">толығырақ<'),
    (r'class="zero-results">0 (?:results|records)<', 'class="zero-results">Ничего не найдено<',
     'class="zero-results">Ештеңе табылмады<'),
    (r"<h3>([\d,]+) rows?(?=\s)", r"<h3>Строк: \1", r"<h3>Жолдар: \1"),
    (r'<label for="_search">Search:', '<label for="_search">Поиск:', '<label for="_search">Іздеу:'),
    (r'<option value="">- column -<', '<option value="">– столбец –<', '<option value="">– баған –<'),
    (r'<option value="">- remove filter -<', '<option value="">– убрать условие –<',
     '<option value="">– шартты алып тастау –<'),
    (r'<option value="">Sort\.\.\.<', '<option value="">Порядок…<', '<option value="">Реті…<'),
    (r'(<option value="[^"]*"[^>]*>)Sort by ([^<]*)<', r"\1По \2<", r"\1\2 бойынша<"),
    (r"> descending</label>", "> по убыванию</label>", "> кему ретімен</label>"),
    (r'value="Apply"', 'value="Применить"', 'value="Қолдану"'),
    (r'class="underlined">View and edit SQL<', 'class="underlined">Показать и править SQL<',
     'class="underlined">SQL көру және өзгерту<'),
    (r'(class="suggested-facets">\s*)Suggested facets:', r"\1Разложить по столбцу:", r"\1Баған бойынша бөлу:"),
    (r">Next page</a>", ">Следующая страница</a>", ">Келесі бет</a>"),
    (r"<h3>Advanced export</h3>", "<h3>Выгрузка</h3>", "<h3>Жүктеп алу</h3>"),
    (r"<p>JSON shape:", "<p>Вид JSON:", "<p>JSON түрі:"),
    (r"(<p>\s*)CSV options:", r"\1CSV:", r"\1CSV:"),
    (r"> download file</label>", "> файлом</label>", "> файл түрінде</label>"),
    (r"> stream all rows</label>", "> все строки</label>", "> барлық жол</label>"),
    (r'value="Export CSV"', 'value="Взять CSV"', 'value="CSV алу"'),
    (r'<h2 id="queries">Queries<', '<h2 id="queries">Готовые вопросы<', '<h2 id="queries">Дайын сұрақтар<'),
    (r'<h2 id="tables">Tables<', '<h2 id="tables">Таблицы<', '<h2 id="tables">Кестелер<'),
    (r"<p>([\d,]+) rows?</p>", r"<p>Строк: \1</p>", r"<p>Жолдар: \1</p>"),
    (r'<p>\.\.\. and (<a href="[^"]*">)([\d,]+) hidden tables?<', r"<p>… и \1скрытых таблиц: \2<",
     r"<p>… тағы \1жасырын кестелер: \2<"),
    (r"<h1>Register of public services, release ", "<h1>Реестр государственных услуг, выпуск ",
     "<h1>Мемлекеттік қызметтер тізілімі, шығарылым "),
    (r"<p>(\d+) editions?, (\d+) kept pages?, captured ([^<]*?) to ([^<]*?) UTC\. Cite as release ",
     r"<p>Редакций: \1, сохранённых страниц: \2, сняты с \3 по \4 UTC. Ссылаться на выпуск ",
     r"<p>Редакциялар: \1, сақталған беттер: \2, түсірілгені: \3 – \4 UTC. Сілтеме жасалатын шығарылым: "),
)  # fmt: skip
_COMPILED = tuple((re.compile(pattern), {"ru": ru, "kk": kk}) for pattern, ru, kk in _WORDS)
_TITLE = re.compile(r"(<h1 style=\"[^\"]*\">)([^<]*)(</h1>)")
_LISTED = re.compile(r"(<li><a href=\"[^\"]*\" title=\"[^\"]*\">)([^<]*)(</a>)")


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


def speak(page: str, order: Sequence[str]) -> Markup:
    """A page's HTML in the first of the languages; a title in three is told in it first, in a list alone."""
    text = str(page)
    if order[0] != "en":
        for pattern, said in _COMPILED:
            text = pattern.sub(said[order[0]], text)
    text = _TITLE.sub(lambda found: found[1] + _spans(found[2], order) + found[3], text)
    text = _LISTED.sub(lambda found: found[1] + _first(found[2], order) + found[3], text)
    return Markup(text)  # noqa: S704 - Datasette's own escaped page, with words of this module


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
