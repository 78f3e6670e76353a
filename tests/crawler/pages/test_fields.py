"""Cells as sets: every spelling of the source contract is read, noise or not; what is left over is given back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.pages.fields import read_forms, read_payments, read_provider_levels, read_recipients
from crawler.pages.records import DeliveryForm, Payment, ProviderLevel, Recipient

FULL, PART, NOT = DeliveryForm.FULLY_AUTOMATED, DeliveryForm.PARTIALLY_AUTOMATED, DeliveryForm.NOT_AUTOMATED
ELECTRONIC, PAPER, PROACTIVE = DeliveryForm.ELECTRONIC, DeliveryForm.PAPER, DeliveryForm.PROACTIVE
ONE, COMPOSITE = DeliveryForm.ONE_APPLICATION, DeliveryForm.COMPOSITE

FORMS = [
    ("Электронная/бумажная.", {ELECTRONIC, PAPER}),
    ("Электронная (частично автоматизированная) /бумажная", {PART, PAPER}),
    ("Электрондық (ішінара автоматтандырылған) Қағаз түрінде", {PART, PAPER}),
    ("электронная (полностью автоматизированная)", {FULL}),
    ("Электронная (полностью автоматизированная)", {FULL}),
    ("проактивная", {PROACTIVE}),
    ('оказываемая по принципу "одного заявления"', {ONE}),
    ("композитная", {COMPOSITE}),
    ("Электрондық (толық автоматтандырылған)/композиттік", {FULL, COMPOSITE}),
    ("проактивтік", {PROACTIVE}),
    ("толық автоматтандырылған", {FULL}),
    ("электрондық (толық автоматтандырылған)", {FULL}),
    ("проактивті", {PROACTIVE}),
    ('"бір өтініш" қағидаты бойынша', {ONE}),
    ("«бір өтініш» қағидаты бойынша көрсетілетін", {ONE}),
    ("автоматтандырылмаған", {NOT}),
    ("Электрондық (автоматтандырылмаған)", {ELECTRONIC, NOT}),
    ("Электронная (не автоматизированная)", {ELECTRONIC, NOT}),
    ("Бумажная", {PAPER}),
    ("БУМАЖНАЯ", {PAPER}),
    ("В бумажной форме", {PAPER}),
    ("на бумажном носителе и в электронном виде", {PAPER, ELECTRONIC}),
    ("Электронды/қағаз түрінде", {ELECTRONIC, PAPER}),
    ("Электрондыққағаз", {ELECTRONIC, PAPER}),
    ("Электронная(частично автоматизированная)/бумажная/проактивная", {PART, PAPER, PROACTIVE}),
    ("электронная (полностью или частично автоматизированная), бумажная", {FULL, PART, PAPER}),
    ("электрондық (ішінара немесе толық автоматтандырылған) және (немесе) қағаз түрінде", {FULL, PART, PAPER}),
    ("Электронная, электронная (частично автоматизированная)", {ELECTRONIC, PART}),
    ("Частично автоматизированная (электронная)/бумажная", {PART, PAPER}),
    ("Электронная\u00ad (час\u00adтично автома тизированная)\u00a0/ бумаж\nная.", {PART, PAPER}),
    ("Элeктpoнная/бумaжная", {ELECTRONIC, PAPER}),  # Latin e, p, o, a
    ("Электрондык (iшiнара автоматтандырылган)/кагаз туринде", {PART, PAPER}),  # no Kazakh keyboard, Latin i
    ("Электронная (частично автоматизированная)* / бумажная;", {PART, PAPER}),
    (
        "электронная (полностью автоматизированная)/бумажная/ оказываемая по принципу «одного заявления»",
        {FULL, PAPER, ONE},
    ),
]


@pytest.mark.parametrize(("text", "forms"), FORMS)
def test_delivery_form_is_read_whole(text: str, forms: set[DeliveryForm]) -> None:
    reading = read_forms(text)
    assert (reading.values, reading.leftover) == (forms, "")


@pytest.mark.parametrize(
    ("text", "forms", "leftover"),
    [
        ("Факсимильная", set(), "факсимильная"),
        ("Электронная/устная", {ELECTRONIC}, "устная"),
        ("неэлектронная", {ELECTRONIC}, "не"),
        ("Бумажная до 1 января 2025 года", {PAPER}, "до1января2025года"),
        ("Электронная (автоматизированная)", {ELECTRONIC}, "автоматизированная"),
        ("", set(), ""),
        ("—", set(), ""),
    ],
)
def test_what_a_form_cell_has_beyond_known_words_is_given_back(
    text: str, forms: set[DeliveryForm], leftover: str
) -> None:
    reading = read_forms(text)
    assert (reading.values, reading.leftover) == (forms, leftover)


NOISE = st.sampled_from(["", " ", "\u00a0", "\u00ad", "\n", "  ", ".", ",", ";"])


@given(st.sampled_from(FORMS), st.lists(NOISE, min_size=8, max_size=8), st.booleans())
def test_noise_inside_a_form_changes_nothing(
    case: tuple[str, set[DeliveryForm]], noise: list[str], shout: bool
) -> None:
    text, forms = case
    step = max(len(text) // len(noise), 1)
    pieces = [text[place : place + step] for place in range(0, len(text), step)]
    noisy = "".join(piece + noise[place % len(noise)] for place, piece in enumerate(pieces))
    reading = read_forms(noisy.upper() if shout else noisy)
    assert (reading.values, reading.leftover) == (forms, "")


@given(st.sampled_from(FORMS), st.text(alphabet="0123456789zqw", min_size=1, max_size=12), st.booleans())
def test_whatever_stands_beside_a_form_is_given_back(
    case: tuple[str, set[DeliveryForm]], other: str, before: bool
) -> None:
    text, forms = case
    reading = read_forms(f"{other} {text}" if before else f"{text} {other}")
    assert reading.values == forms
    assert other in reading.leftover


@given(st.text(max_size=200))
def test_no_text_raises(text: str) -> None:
    assert isinstance(read_forms(text).values, frozenset)
    for read in (read_payments, read_recipients, read_provider_levels):
        assert isinstance(read(text).values, frozenset)


@pytest.mark.parametrize(
    ("text", "payments"),
    [
        ("Бесплатно", {Payment.FREE}),
        ("Платно", {Payment.PAID}),
        ("Тегін", {Payment.FREE}),
        ("Ақылы", {Payment.PAID}),
        ("Платно/бесплатно", {Payment.FREE, Payment.PAID}),
        ("Ақылы/тегін", {Payment.FREE, Payment.PAID}),
        ("Бес\u00adплатная", {Payment.FREE}),
        ("безплатно", {Payment.FREE}),
        ("Бесплатно, при выдаче дубликата платно", {Payment.FREE, Payment.PAID}),
        ("Плата не взимается", {Payment.FREE}),
        ("За государственную регистрацию взимается сбор", {Payment.PAID}),
        ("Бесплатно (госпошлина отменена)", {Payment.FREE}),
        ("Государственная пошлина не взимается", {Payment.FREE}),
        ("Мемлекеттік баж алынбайды", {Payment.FREE}),
        ("Не бесплатно", {Payment.PAID}),
        ("Для жителей страны не бесплатно, детям бесплатно", {Payment.FREE, Payment.PAID}),
        ("В стране бесплатно", {Payment.FREE}),
        ("Тегін емес", {Payment.PAID}),
        ("Платная, кроме льготных категорий, для которых бесплатна", {Payment.FREE, Payment.PAID}),
        ("Госпошлина взимается", {Payment.PAID}),
        ("см. приложение", set()),
        ("", set()),
    ],
)
def test_payment(text: str, payments: set[Payment]) -> None:
    assert read_payments(text).values == payments


@pytest.mark.parametrize(
    ("text", "recipients"),
    [
        ("Физические лица", {Recipient.INDIVIDUAL}),
        ("Юридические лица", {Recipient.LEGAL_ENTITY}),
        ("Физические и (или) юридические лица", {Recipient.INDIVIDUAL, Recipient.LEGAL_ENTITY}),
        ("Юр. лица, физ. лица", {Recipient.INDIVIDUAL, Recipient.LEGAL_ENTITY}),
        ("Жеке тұлғалар", {Recipient.INDIVIDUAL}),
        ("Заңды тұлғалар", {Recipient.LEGAL_ENTITY}),
        ("Жеке және (немесе) заңды тұлғалар", {Recipient.INDIVIDUAL, Recipient.LEGAL_ENTITY}),
        ("Индивидуальные предприниматели", {Recipient.INDIVIDUAL}),
        ("Жеке кәсіпкерлер, заңды тұлғалар", {Recipient.INDIVIDUAL, Recipient.LEGAL_ENTITY}),
        ("Граждане Республики Казахстан", {Recipient.INDIVIDUAL}),
        ("Субъекты предпринимательства", {Recipient.INDIVIDUAL, Recipient.LEGAL_ENTITY}),
        ("Организации гражданской авиации", set()),
        ("Организации физической культуры", set()),
        ("Жекеменшік ұйымдар", set()),
        ("Азаматтық авиация ұйымдары", set()),
        ("Филиалы иностранных юридических лиц", {Recipient.LEGAL_ENTITY}),
        ("Шетелдік заңды тұлғалар", {Recipient.LEGAL_ENTITY}),
        ("Иностранцы и лица без гражданства", {Recipient.INDIVIDUAL}),
        ("Шетелдіктер және азаматтығы жоқ тұлғалар", {Recipient.INDIVIDUAL}),
        ("Все желающие", set()),
    ],
)
def test_recipient(text: str, recipients: set[Recipient]) -> None:
    assert read_recipients(text).values == recipients


CENTRAL, LOCAL, ORGANISATION = ProviderLevel.CENTRAL, ProviderLevel.LOCAL, ProviderLevel.ORGANISATION


@pytest.mark.parametrize(
    ("text", "levels"),
    [
        ("Министерство юстиции", {CENTRAL}),
        ("МВД", {CENTRAL}),
        ("Комитет лесного хозяйства, его территориальные инспекции", {CENTRAL}),
        ("Территориальные департаменты", {CENTRAL}),
        ("Акиматы областей", {LOCAL}),
        ("Аким района", {LOCAL}),
        ("МИО областей, городов республиканского значения", {LOCAL}),
        ("Местные исполнительные органы", {LOCAL}),
        ("Жергілікті атқарушы органдар", {LOCAL}),
        ("Аудан әкімдігі", {LOCAL}),
        ("ЖАО", {LOCAL}),
        ("Школы всех видов", {ORGANISATION}),
        ("Организации здравоохранения", {ORGANISATION}),
        ("Государственная корпорация", {ORGANISATION}),
        ("Денсаулық сақтау ұйымдары", {ORGANISATION}),
        ("Әділет министрлігі", {CENTRAL}),
        ("ІІМ", {CENTRAL}),
        ("МИО, организации образования", {LOCAL, ORGANISATION}),
        ("Министерство обороны, акиматы городов", {CENTRAL, LOCAL}),
        ("Местные органы военного управления", {CENTRAL}),
        ("Жергілікті әскери басқару органдары", {CENTRAL}),
        ("МО, оказывающие ПМСП", {ORGANISATION}),
        ("Подведомственные организации образования", {ORGANISATION}),
        ("Министерство и его ведомства", {CENTRAL}),
        ("Такими лицами", set()),
        ("Кто-нибудь", set()),
    ],
)
def test_provider_level(text: str, levels: set[ProviderLevel]) -> None:
    assert read_provider_levels(text).values == levels
