"""Generated register pages: as large as the real ones, seeded, with what the source contract says of their structure.

`register_page(Spec(rows=1300))` gives bytes as the site would serve them. Names are put together from common words,
so that every row has its own; wordings of the other columns come from small sets, as on the real page.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

#: field → heading, in the order of the act in force, eleven columns with the kind of a service.
HEADINGS: dict[str, dict[str, str]] = {
    "ru": {
        "number": "№ п/п",
        "code": "Код государственной услуги",
        "name": "Наименование государственной услуги",
        "subname": "Наименование подвида государственной услуги",
        "recipient": "Сведения об услугополучателе (физическое и (или) юридическое лицо)",
        "developer": "Наименование центрального государственного органа, разрабатывающего подзаконный нормативный"
        " правовой акт, определяющий порядок оказания государственной услуги",
        "provider": "Наименование услугодателя",
        "intake": "Наименования организаций, осуществляющих прием заявлений и выдачу результатов оказания"
        ' государственной услуги, и (или) указание на веб-портал "электронного правительства"',
        "form": "Форма оказания государственной услуги (электронная (полностью или частично автоматизированная)"
        "/бумажная)",
        "payment": "Платность/бесплатность",
        "bylaw": "Наименование подзаконного нормативного правового акта, определяющего порядок оказания"
        " государственной услуги",
    },
    "kk": {
        "number": "Р/с №",
        "code": "Мемлекеттік көрсетілетін қызметтің коды",
        "name": "Мемлекеттік көрсетілетін қызметтің атауы",
        "subname": "Мемлекеттік көрсетілетін қызметтің кіші түрінің атауы",
        "recipient": "Көрсетілетін қызметті алушы туралы мәлімет (жеке және (немесе) заңды тұлға)",
        "developer": "Мемлекеттік қызмет көрсету тәртібін айқындайтын заңға тәуелді нормативтік құқықтық актіні"
        " әзірлейтін орталық мемлекеттік органның атауы",
        "provider": "Көрсетілетін қызметті берушінің атауы",
        "intake": "Өтініштерді қабылдауды және мемлекеттік қызмет көрсету нәтижелерін беруді жүзеге асыратын ұйымдардың"
        ' атаулары және (немесе) "электрондық үкіметтің" веб-порталына нұсқау',
        "form": "Мемлекеттік қызмет көрсету нысаны (электрондық (толық немесе ішінара автоматтандырылған)/қағаз)",
        "payment": "Ақылы/тегін",
        "bylaw": "Мемлекеттік қызмет көрсету тәртібін айқындайтын заңға тәуелді нормативтік құқықтық актінің атауы",
    },
}
VALUES: dict[str, dict[str, tuple[str, ...]]] = {
    "ru": {
        "recipient": ("Физические лица", "Юридические лица", "Физические и юридические лица"),
        "developer": ("Министерство юстиции", "Министерство внутренних дел", "Министерство сельского хозяйства"),
        "provider": ("Министерство юстиции", "Местные исполнительные органы областей", "Организации здравоохранения"),
        "intake": (
            "Веб-портал правительства для граждан и организаций, объекты информатизации",
            "1) канцелярия услугодателя; 2) Государственная корпорация; 3) веб-портал правительства; 4) абонентское"
            " устройство сотовой связи получателя услуги, зарегистрированного на портале",
        ),
        "form": (
            "Электронная/бумажная.",
            "Электронная (частично автоматизированная) /бумажная",
            "Проактивная",
            "Бумажная",
        ),
        "payment": ("Бесплатно", "Платно", "Платно/бесплатно"),
    },
    "kk": {
        "recipient": ("Жеке тұлғалар", "Заңды тұлғалар", "Жеке және заңды тұлғалар"),
        "developer": ("Әділет министрлігі", "Ішкі істер министрлігі", "Ауыл шаруашылығы министрлігі"),
        "provider": ("Әділет министрлігі", "Облыстардың жергілікті атқарушы органдары", "Денсаулық сақтау ұйымдары"),
        "intake": (
            "Азаматтар мен ұйымдарға арналған үкіметтің веб-порталы, ақпараттандыру объектілері",
            "1) көрсетілетін қызметті берушінің кеңсесі; 2) Мемлекеттік корпорация; 3) үкіметтің веб-порталы; 4)"
            " порталда тіркелген қызметті алушының ұялы байланысының абоненттік құрылғысы",
        ),
        "form": (
            "Электрондық/қағаз түрінде",
            "Электрондық (ішінара автоматтандырылған) Қағаз түрінде",
            "Проактивті",
            "Қағаз",
        ),
        "payment": ("Тегін", "Ақылы", "Ақылы/тегін"),
    },
}
_WORDS = {
    "ru": (
        ("Выдача", "Переоформление", "Регистрация", "Назначение", "Постановка на учет", "Прекращение действия"),
        ("справки", "лицензии", "разрешения", "пособия", "сертификата", "удостоверения", "заключения", "дубликата"),
        ("на право", "по вопросам", "для целей", "в сфере", "при осуществлении"),
        (
            "хранения",
            "перевозки",
            "обучения",
            "лечения",
            "строительства",
            "животноводства",
            "связи",
            "пользования недрами",
        ),
    ),
    "kk": (
        ("Облыстық", "Қалалық", "Жеке", "Мемлекеттік", "Халықаралық", "Қайталама"),
        ("анықтаманы", "лицензияны", "рұқсатты", "жәрдемақыны", "сертификатты", "куәлікті", "қорытындыны"),
        ("сақтау", "тасымалдау", "оқыту", "емдеу", "құрылыс", "мал шаруашылығы", "байланыс"),
        ("саласында беру", "мақсатында тіркеу", "үшін тағайындау", "бойынша қайта ресімдеу"),
    ),
}
_BYLAW = {
    "ru": "Об утверждении Правил оказания государственной услуги",
    "kk": "Мемлекеттік қызмет көрсету қағидаларын бекіту туралы",
}
_ORDER = {
    "ru": "приказ первого руководителя уполномоченного органа, зарегистрирован в реестре актов,",
    "kk": "уәкілетті органның бірінші басшысының бұйрығы, актілер тізілімінде тіркелген,",
}
_SECTION = {"ru": "Раздел жизни", "kk": "Өмір бөлімі"}
_SITUATION = {"ru": "Жизненная ситуация", "kk": "Өмірлік жағдай"}
_PAGE = """<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>{title} - ИПС "Әділет"</title><script>var page = 1;</script></head><body>
<div class="container_alpha slogan"><h1>{title}</h1><p>{requisites}</p></div>
<span class="status status_upd">{status}</span>
<div class="container_gamma text text_upd"><article>
<p>1. {title}.</p>
<p class="note">Сноска. {title}: 1 {requisites}.</p>
<table border="1" cellspacing="0" cellpadding="4">
{rows}
</table>
</article></div>
<div class="container_omega aftertext"><table><tr><td>0</td></tr></table></div>
</body></html>
"""


@dataclass(frozen=True)
class Spec:
    """What page to make. `fields` are the columns in order; `seed` changes names and values."""

    rows: int
    lang: str = "ru"
    seed: int = 0
    fields: tuple[str, ...] = tuple(HEADINGS["ru"])
    per_section: int = 60
    dead_every: int = 97  # every so many-th row is dead; 0 for none


def register_rows(spec: Spec) -> list[dict[str, str]]:
    """The services of the page as field → text, in order; a dead row has `dead` instead of its texts."""
    random_ = random.Random(f"{spec.seed} {spec.lang}")
    values = VALUES[spec.lang]
    rows: list[dict[str, str]] = []
    for number in range(1, spec.rows + 1):
        section, place = divmod(number - 1, spec.per_section)
        code = f"{section + 1:03d}{place // 20 + 1:02d}{place % 20 + 1:03d}"
        row = {"number": str(number), "code": code}
        if spec.dead_every and number % spec.dead_every == 0:
            text = "Исключена приказом" if spec.lang == "ru" else "Алып тасталды – бұйрығымен"
            rows.append({**row, "dead": f"{text} от 01.02.2023 № {number}"})
            continue
        words = " ".join(random_.choice(group) for group in _WORDS[spec.lang])
        row |= {name: random_.choice(texts) for name, texts in values.items()}
        row["name"] = f"{words} {number}"
        row["subname"] = words.split()[0] if number % 9 == 0 else ""
        row["bylaw"] = f'"{_BYLAW[spec.lang]} "{words}" {_ORDER[spec.lang]} 31.01.2020 № {number}'
        rows.append(row)
    return rows


def register_page(spec: Spec) -> bytes:
    """The page as served, UTF-8."""
    rows = [_row(HEADINGS[spec.lang][name] for name in spec.fields)]
    rows.append(_row(str(place) for place in range(1, len(spec.fields) + 1)))
    width = len(spec.fields)
    section = situation = ""
    for row in register_rows(spec):
        code = row["code"]
        if code[:3] != section:
            section = code[:3]
            rows.append(f'<tr><td colspan="{width}"><p>{section}. {_SECTION[spec.lang]} {section}</p></td></tr>')
        if code[:5] != situation:
            situation = code[:5]
            rows.append(f'<tr><td colspan="{width}"><p>{situation}. {_SITUATION[spec.lang]} {situation}</p></td></tr>')
        if "dead" in row:
            rows.append(
                f"<tr><td><p>{row['number']}</p></td><td><p>{code}</p></td>"
                f'<td colspan="{width - 2}"><p>{escape(row["dead"])}</p></td></tr>'
            )
        else:
            rows.append(_row(row[name] for name in spec.fields))
    ru = spec.lang == "ru"
    title = (
        "Об утверждении реестра государственных услуг"
        if ru
        else "Мемлекеттік көрсетілетін қызметтер тізілімін бекіту туралы"
    )
    requisites = "Приказ от 31 января 2020 года № 39/НҚ." if ru else "2020 жылғы 31 қаңтардағы № 39/НҚ бұйрығы."
    status = "Обновленный" if ru else "Жаңартылған"
    return _PAGE.format(title=title, requisites=requisites, status=status, rows="\n".join(rows)).encode()


def _row(cells: Iterable[str]) -> str:
    joined = "".join(
        f'<td width="120" valign="top"><p style="text-align: left">{escape(cell)}</p></td>\n' for cell in cells
    )
    return f"<tr>\n{joined}</tr>"
