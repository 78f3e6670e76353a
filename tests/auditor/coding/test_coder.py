"""The coder on the paper's own examples, on false friends, on result texts, and on any string at all."""

from __future__ import annotations

import threading
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.coding.coder import Coder
from auditor.records import Coding, CodingInput
from crawler.pages.records import Lang

CODER = Coder.load()


def code(name: str, result: str = "", lang: Lang = Lang.RU) -> Coding:
    return CODER.code(CodingInput(name, result, lang=lang))


def axes(name: str, result: str = "", lang: Lang = Lang.RU) -> tuple[str, str]:
    coding = code(name, result, lang)
    return str(coding.nature), str(coding.completeness)


@pytest.mark.parametrize(
    ("name", "lang", "expected"),
    [
        ("Постановка на очередь детей в детский сад", Lang.RU, ("human_social", "partial")),
        ("Запись на прием к врачу", Lang.RU, ("human_social", "partial")),
        ("Постановка на учет граждан, нуждающихся в жилище", Lang.RU, ("human_social", "partial")),
        ("Регистрация рождения ребенка", Lang.RU, ("transactional", "complete")),
        ("Регистрация заключения брака", Lang.RU, ("transactional", "complete")),
        ("Выдача водительского удостоверения", Lang.RU, ("transactional", "complete")),
        ("Государственная регистрация прав на недвижимое имущество", Lang.RU, ("transactional", "complete")),
        ("Выдача удостоверений на право управления маломерными судами", Lang.RU, ("transactional", "complete")),
        ("Регистрация миссионеров", Lang.RU, ("transactional", "complete")),
        ("Государственная регистрация подвижного состава", Lang.RU, ("transactional", "complete")),
        ("Балаларды балабақшаға кезекке қою", Lang.KK, ("human_social", "partial")),
        ("Дәрігердің қабылдауына жазылу", Lang.KK, ("human_social", "partial")),
        ("Тұрғын үйге мұқтаж азаматтарды есепке қою", Lang.KK, ("human_social", "partial")),
        ("Бала тууды тіркеу", Lang.KK, ("transactional", "complete")),
        ("Неке қиюды тіркеу", Lang.KK, ("transactional", "complete")),
        ("Жүргізуші куәліктерін беру", Lang.KK, ("transactional", "complete")),
        ("Миссионерлерді тіркеу", Lang.KK, ("transactional", "complete")),
        ("Queue for kindergarten", Lang.EN, ("human_social", "partial")),
    ],
)
def test_the_examples_of_the_paper(name: str, lang: Lang, expected: tuple[str, str]) -> None:
    assert axes(name, lang=lang) == expected


def test_a_refusal_is_never_a_result() -> None:
    name = "Постановка на учет граждан, нуждающихся в жилище"
    result = "Уведомление о постановке в очередь либо приказ об отказе в предоставлении услуги"
    assert axes(name, result) == ("human_social", "partial")


def test_a_refusal_in_brackets_strikes_out_only_itself() -> None:
    result = "Уведомление о назначении (об отказе в назначении) помощи"
    coding = code("Прием документов на социальную помощь", result)
    assert coding.completeness == "complete"
    assert [trigger.text for trigger in coding.triggers if trigger.field == "result"] == ["о назначении"]


def test_a_condition_is_not_a_result() -> None:
    name = "Прием документов в колледж"
    result = "Расписка. В случае поступления издается приказ о зачислении"
    assert axes(name, result) == ("human_social", "partial")


def test_the_form_of_handing_over_is_not_the_result() -> None:
    name = "Прием документов для участия в отборе"
    result = "Расписка. Форма предоставления результата: электронная, справка, свидетельство"
    assert axes(name, result)[1] == "partial"


def test_a_notice_of_assignment_is_not_a_notice_of_receipt() -> None:
    name = "Пособие семье"
    assert axes(name, "Уведомление о назначении пособия")[1] == "complete"
    assert axes(name, "Уведомление о приеме заявления")[1] == "partial"


def test_a_record_with_money_beside_it_becomes_human() -> None:
    name = "Регистрация рождения ребенка"
    assert axes(name, "Свидетельство о рождении")[0] == "transactional"
    assert axes(name, "Свидетельство о рождении и уведомление о назначении пособия")[0] == "human_social"


def test_queue_and_grant_in_one_name_is_complete() -> None:
    assert axes("Постановка на очередь, а также предоставление жилища")[1] == "complete"
    assert axes("Постановка на очередь для предоставления жилища")[1] == "partial"
    assert axes("Тұрғын үйге кезекке қою және тұрғын үй беру", lang=Lang.KK)[1] == "complete"
    assert axes("Тұрғын үй беру үшін кезекке қою", lang=Lang.KK)[1] == "partial"


def test_old_and_new_terms_are_coded_alike() -> None:
    assert axes("Обеспечение инвалидов кресло-колясками") == axes("Обеспечение лиц с инвалидностью кресло-колясками")
    assert axes("Мүгедектерге протез беру", lang=Lang.KK) == axes("Мүгедектігі бар адамдарға протез беру", lang=Lang.KK)
    assert axes("Присвоение статуса оралмана") == axes("Присвоение статуса кандаса")


@pytest.mark.parametrize(
    ("name", "lang", "sector"),
    [
        ("Постановка на воинский учет", Lang.RU, "02"),
        ("Выдача справки о судимости", Lang.RU, "03"),
        ("Выдача водительского удостоверения", Lang.RU, "04"),
        ("Разрешение на специальное водопользование", Lang.RU, "05"),
        ("Постановка на учет нуждающихся в жилье", Lang.RU, "06"),
        ("Выдача больничного листа", Lang.RU, "07"),
        ("Лицензия на медицинскую деятельность", Lang.RU, "07"),
        ("Присвоение спортивных разрядов", Lang.RU, "08"),
        ("Лицензия на образовательную деятельность", Lang.RU, "09"),
        ("Справка о пенсионных отчислениях", Lang.RU, "10"),
        ("Регистрация брака", Lang.RU, "01"),
        ("Әскери есепке қою", Lang.KK, "02"),
        ("Экологиялық рұқсат беру", Lang.KK, "05"),
        ("Медициналық қызметке лицензия беру", Lang.KK, "07"),
        ("Дипломға апостиль қою", Lang.KK, "09"),
        ("Жәрдемақы тағайындау", Lang.KK, "10"),
        ("Выдача удостоверений на право управления маломерными судами", Lang.RU, "04"),
        ("Снятие с регистрации по месту жительства", Lang.RU, "01"),
        ("Халықты тұрғылықты жері бойынша тіркеу", Lang.KK, "01"),
        ("Жер учаскесін беру", Lang.KK, "04"),
    ],
)
def test_a_paper_stands_in_the_division_of_what_it_is_about(name: str, lang: Lang, sector: str) -> None:
    assert code(name, lang=lang).sector == sector


@pytest.mark.parametrize(
    ("lang", "name", "result", "output", "rule"),
    [
        (Lang.RU, "Постановка на очередь на получение земельного участка", "", "queue", "C2"),
        (Lang.RU, "Очередь на получение лесного участка", "", "queue", "C2"),
        (Lang.RU, "Получение участка", "Уведомление с номером очереди", "queue", "C2"),
        (Lang.RU, "Запись в электронную очередь в налоговую", "", "appointment", "C7"),
        (Lang.KK, "Бақша учаскесін алуға кезекке қою", "", "queue", "C2"),
        (Lang.KK, "Онлайн кезекке тұру", "", "appointment", "C7"),
        (Lang.KK, "ХҚКО-ға кезекке тұру", "", "appointment", "C7"),
        (Lang.EN, "Registration in the queue for a land plot", "", "queue", "C2"),
        (Lang.EN, "Electronic queue at the border", "", "appointment", "C7"),
        (Lang.RU, "Постановка на учет лиц, желающих усыновить детей", "", "finding", "C6"),
        (Lang.KK, "Бала асырап алуға тілек білдірген адамдарды есепке қою", "", "finding", "C6"),
        (Lang.EN, "Registration of persons wishing to adopt children", "", "finding", "C6"),
    ],
)
def test_a_place_in_a_queue_is_no_booked_turn_and_adopters_are_candidates(
    lang: Lang, name: str, result: str, output: str, rule: str
) -> None:
    coding = CODER.code(CodingInput(name, result, lang=lang))
    assert (coding.completeness, coding.output) == ("partial", output)
    assert rule in coding.rules


def test_the_output_is_told_by_another_word_where_the_deciding_one_tells_none() -> None:
    assert code("Назначение государственного социального пособия по инвалидности").output == "money"
    assert code("Регистрация цены на лекарственные средства").output == "record"
    assert code("Ыаоы").output == "unclear"


def test_a_class_of_people_without_more_says_whom_a_service_is_for() -> None:
    assert axes("Прогулки пенсионеров в парке") == ("human_social", "complete")
    assert axes("Загранпаспорт пенсионеру") == ("transactional", "complete")
    assert axes("Регистрация портала пенсионеров") == ("transactional", "complete")
    assert axes("Зағиптарды сүйемелдеу", lang=Lang.KK) == ("human_social", "complete")
    assert CODER.code(CodingInput("Ыаоы", category="Семья")).nature == "unclear"


@pytest.mark.parametrize(
    ("name", "lang", "rule"),
    [
        ("Выдача паспорта", Lang.RU, "N6"),
        ("Выдача удостоверений личности", Lang.RU, "N6"),
        ("Выдача водительского удостоверения", Lang.RU, "N6"),
        ("Выдача акта на землю", Lang.RU, "N6"),
        ("Справка об отсутствии налоговой задолженности", Lang.RU, "N6"),
        ("Выдача архивной справки", Lang.RU, "N6"),
        ("Выдача справки о безработице", Lang.RU, "N4"),
        ("Выдача больничного листа", Lang.RU, "N4"),
        ("Дубликат диплома", Lang.RU, "N4"),
        ("Выдача сертификата специалиста", Lang.RU, "N3"),
        ("Выдача справки", Lang.RU, "N1"),
        ("Жүргізуші куәлігін беру", Lang.KK, "N6"),
        ("Диплом телнұсқасын беру", Lang.KK, "N4"),
        ("Анықтама беру", Lang.KK, "N1"),
        ("Birth certificate", Lang.EN, "N6"),
    ],
)
def test_the_rule_of_a_paper_is_that_of_what_it_is_on(name: str, lang: Lang, rule: str) -> None:
    coding = code(name, lang=lang)
    assert (coding.nature, coding.rules[0]) == ("transactional", rule)
    assert coding.triggers[0].rule == rule


def test_a_coding_by_the_name_alone_says_so() -> None:
    assert code("Назначение пособия").rules == ("N2", "C3", "C11")
    assert "C11" not in code("Назначение пособия", "Уведомление о назначении пособия").rules
    assert code("Ыаоы").rules == ()


def test_a_division_that_no_word_tells_is_known_to_be_assumed() -> None:
    assert CODER.sector_is_assumed(CodingInput("Выдача справки"))
    assert not CODER.sector_is_assumed(CodingInput("Выдача акта на землю"))
    assert code("Выдача акта на землю").sector == "04"


@pytest.mark.parametrize(
    ("result", "lang", "expected"),
    [
        ("Расписка; зачисление осуществляется приказом по итогам экзаменов", Lang.RU, "partial"),
        ("Уведомление о приеме; решение о зачислении принимается комиссией позднее", Lang.RU, "partial"),
        ("Приказ о зачислении", Lang.RU, "complete"),
        ("Қолхат; оқуға қабылдау туралы бұйрық кейін шығарылады", Lang.KK, "partial"),
        ("Оқуға қабылдау туралы бұйрық", Lang.KK, "complete"),
        ("Receipt of acceptance of documents; an order is issued later", Lang.EN, "partial"),
    ],
)
def test_what_comes_later_is_no_result_yet(result: str, lang: Lang, expected: str) -> None:
    name = {
        Lang.RU: "Прием документов и зачисление в колледж",
        Lang.KK: "Колледжге құжаттар қабылдау және оқуға қабылдау",
        Lang.EN: "Acceptance of documents and enrollment in colleges",
    }[lang]
    assert axes(name, result, lang) == ("human_social", expected)


def test_a_called_doctor_is_a_step_until_the_result_says_that_care_is_given() -> None:
    assert axes("Вызов врача на дом") == ("human_social", "partial")
    assert axes("Вызов скорой медицинской помощи") == ("human_social", "complete"), "who comes is the help itself"
    assert axes("Жедел медициналық көмек шақыру", lang=Lang.KK) == ("human_social", "complete")
    assert axes("Calling an ambulance", lang=Lang.EN) == ("human_social", "complete")
    assert axes("Вызов врача на дом", "Запись вызова, затем на дому оказывается медицинская помощь")[1] == "complete"
    assert axes("Дәрігерді үйге шақыру", "Шақыру жазбасы, одан кейін үйде көмек көрсетіледі", Lang.KK)[1] == "complete"


def test_a_finding_that_care_follows_stays_one_whatever_paper_tells_it() -> None:
    assert axes("Установление инвалидности", "Справка об инвалидности") == ("human_social", "partial")
    assert axes("Мүгедектікті белгілеу", "Мүгедектік туралы анықтама", Lang.KK) == ("human_social", "partial")
    assert axes("Establishment of disability", "Certificate of disability", Lang.EN) == ("human_social", "partial")


def test_a_test_whose_result_is_a_certificate_is_the_paper() -> None:
    assert axes("Анонимное обследование на ВИЧ") == ("human_social", "complete")
    assert axes("Обследование на ВИЧ", "Справка об исследовании на антитела") == ("transactional", "complete")


def test_a_clause_on_refusal_takes_nothing_from_what_stands_before_it() -> None:
    name = "Предоставление услуг специалиста жестового языка"
    given = "при положительном решении – уведомление об оформлении документов, при отказе – мотивированный ответ"
    assert axes(name, given) == ("human_social", "partial")
    assert axes("Назначение пособия", "Мотивированный ответ при отказе; назначение пособия")[1] == "complete"
    assert axes("Көмек көрсету", "Кезекке қою туралы хабарлама, бас тартқан жағдайда – жауап", Lang.KK)[1] == "partial"


def test_ready_papers_handed_out_against_a_receipt_are_the_form_of_handing_over() -> None:
    handed = " Выдача готовых документов осуществляется на основании расписки при предъявлении удостоверения."
    assert axes("Выдача справки", "Справка." + handed) == ("transactional", "complete")
    assert axes("Запись на прием к врачу", "Дата и время приема." + handed) == ("human_social", "partial")
    handed = " Корпорацияда дайын құжаттарды беру қолхат негізінде жүзеге асырылады."
    assert axes("Сынауға өтініш қабылдау", "Сынақ күні туралы хабарлама." + handed, Lang.KK)[1] == "partial"


def test_what_is_told_or_given_apart_is_no_result_yet() -> None:
    told = "Талон о регистрации заявления; о предоставлении путевки будет сообщено дополнительно"
    assert axes("Прием заявления на летний отдых детей", told) == ("human_social", "partial")
    receipt = "Расписка о приеме документов. При зачислении – приказ о зачислении"
    assert axes("Прием документов и зачисление в школу", receipt) == ("human_social", "partial")


def test_a_sentence_on_what_people_do_then_adds_no_result_to_a_step() -> None:
    told = "Направление на общежитие. Договор найма заключается с комендантом в момент заселения."
    assert axes("Предоставление общежития студентам", told) == ("human_social", "partial")
    told = "Жұмыссыз ретінде тіркелгені туралы хабарлама. Тіркелген адам тағайындалған күндері келуге міндетті."
    assert axes("Жұмыссыз ретінде тіркеу", told, Lang.KK) == ("human_social", "partial")
    given = "Расписка о приеме документов. Приказ о зачислении выдается в канцелярии."
    assert axes("Зачисление в школу", given)[1] == "complete", "a verb of handing over gives a result"
    assert axes("Выдача справки", "Справка формируется в базе. Заявитель получает ее там.")[1] == "complete"


def test_a_paper_on_status_in_place_of_care_is_a_paper() -> None:
    assert axes("Обслуживание инвалидов", "Справка об инвалидности") == ("transactional", "complete")


def test_things_done_stand_beside_a_step_after_a_comma_too() -> None:
    assert axes("Тууды тіркеу, жәрдемақы тағайындау, балабақшаға кезекке қою", lang=Lang.KK)[1] == "complete"


def test_triggers_point_into_the_text_as_it_was_given() -> None:
    name = "Назна\u00adчение посо\u00adбия"
    coding = code(name)
    assert coding.nature == "human_social"
    trigger = coding.triggers[0]
    assert trigger.text == name[trigger.start : trigger.end] == "посо\u00adбия"


def test_latin_letters_in_a_word_do_not_hide_it() -> None:
    assert axes("Нaзнaчeниe пocoбия") == axes("Назначение пособия")  # six Latin look-alikes


def test_nothing_to_go_by_is_an_abstention() -> None:
    coding = code("Ыаоы")
    assert (coding.nature, coding.completeness, coding.output, coding.sector) == ("unclear", "unclear", "unclear", "")
    assert coding.confidence == 0
    assert code("").nature == "unclear"


def test_a_text_of_a_megabyte_is_coded() -> None:
    assert axes("Назначение пособия. " * 50_000) == ("human_social", "complete")
    assert code("ы" * 1_000_000).nature == "unclear"


_WORDS = [example.text for lang in Lang for example in CODER.lexicon(lang).examples]
_TEXTS = st.one_of(
    st.text(max_size=80),
    st.lists(st.sampled_from(_WORDS), min_size=1, max_size=3).map(" ".join),
    st.text(alphabet='пособиежәрдмақы «»"\u00ad\u200b.,;-–́̆ \n', max_size=60),
)


def _answer(coding: Coding) -> tuple[object, ...]:
    return coding.nature, coding.completeness, coding.output, coding.sector, coding.rules, coding.confidence


@settings(max_examples=300, deadline=None)
@given(_TEXTS, _TEXTS, _TEXTS, st.sampled_from(list(Lang)))
def test_no_string_makes_the_coder_raise(name: str, result: str, category: str, lang: Lang) -> None:
    coding = CODER.code(CodingInput(name, result, category, lang=lang))
    assert 0 <= coding.confidence <= 1
    for trigger in coding.triggers:
        text = {"name": name, "result": result, "category": category}[trigger.field]
        assert text[trigger.start : trigger.end] == trigger.text


@settings(max_examples=300, deadline=None)
@given(_TEXTS, _TEXTS, st.sampled_from(list(Lang)))
def test_how_letters_are_composed_makes_no_difference(name: str, result: str, lang: Lang) -> None:
    composed = CodingInput(unicodedata.normalize("NFC", name), unicodedata.normalize("NFC", result), lang=lang)
    apart = CodingInput(unicodedata.normalize("NFD", name), unicodedata.normalize("NFD", result), lang=lang)
    assert _answer(CODER.code(composed)) == _answer(CODER.code(apart))


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(_WORDS), st.sampled_from(_WORDS), st.data(), st.sampled_from(list(Lang)))
def test_soft_hyphens_and_kinds_of_quotes_make_no_difference(
    name: str, result: str, data: st.DataObject, lang: Lang
) -> None:
    at = data.draw(st.integers(0, len(name)))
    noisy = name[:at] + "\u00ad" + name[at:]
    plain = CODER.code(CodingInput(f'"{name}"', result, lang=lang))
    assert _answer(CODER.code(CodingInput(f"«{noisy}»", result, lang=lang))) == _answer(plain)


def test_order_and_threads_make_no_difference() -> None:
    inputs = [CodingInput(text, lang=lang) for lang in Lang for text in _WORDS[:200]]
    expected = Coder.load().code_all(inputs)
    shared = Coder.load()
    answers: dict[int, list[Coding]] = {}

    def work(number: int) -> None:
        order = inputs if number % 2 else inputs[::-1]
        done = dict(zip(order, shared.code_all(order), strict=True))
        answers[number] = [done[one] for one in inputs]

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 4
    assert all(answer == expected for answer in answers.values())


def test_equal_inputs_are_coded_once() -> None:
    coder = Coder.load([Lang.RU])
    assert coder.code(CodingInput("Выдача справки")) is coder.code(CodingInput("Выдача справки"))
