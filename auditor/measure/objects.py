"""What a service is about: the words of its name that say neither how the state serves nor whom.

"Putting children on the queue for a kindergarten" and "enrolling children in kindergartens" are about one thing, the
kindergarten; that is what tells whether an entry completes another one.
"""

from __future__ import annotations

from functools import lru_cache

from auditor.link.words import GENERIC, STEM_LENGTH, folded, stem, words
from crawler.pages.records import Lang

#: Share of the completing entry's object words that the partial one must be about too.
SHARED = 0.6

_STEPS = (
    "постановка постановки учет учета очередь очереди очередность запись записи прикрепление направление направления"
    " направлений зачисление прием приём приема документов назначение обеспечение участие участия организация"
    " организации организациях организациям нуждающихся нуждающиеся желающих ищущих число получение получения"
    " оказание условиях отдельным категориям передача постановке выдача регистрация вызов"
    " кезек кезекке кезегіне қою қойылған есепке алу жазылу тіркелу жолдама қабылдау тағайындау қамтамасыз ету ұйым"
    " ұйымдар ұйымдары ұйымдарына ұйымдарда мұқтаж келетін үшін қатысу құжаттар құжаттарды ресімдеу жіберу шақыру"
)
_WHOM = (
    "граждан гражданам граждане лиц лица лицам детей детям дети ребенка ребенку ребенок инвалидностью инвалидность"
    " гражданин человек обучающихся лет года"
    " адам адамдар адамдарды адамдарға азамат азаматтар азаматтарды бала балалар балаларды балаларға баланы тұлға"
    " тұлғалар тұлғаларға мүгедектігі жас жасқа"
)
_LEFT_OUT = GENERIC | frozenset(stem(word) for word in f"{_STEPS} {_WHOM}".split())


@lru_cache(maxsize=16384)
def object_stems(name: str) -> tuple[str, ...]:
    """The stems of what a service is about, in the name's order, each once."""
    found = dict.fromkeys(stem(word) for word in words(folded(name)) if len(word) > 2)
    return tuple(one for one in found if one not in _LEFT_OUT and not one.isdigit() and len(one) <= STEM_LENGTH)


def completes(whole: str, part: str, lang: Lang) -> bool:
    """Whether an entry named `whole` gives the thing that an entry named `part` is only a step towards.

    It must be about what the part is about and little else: its main object (the first one in Russian, the last in
    Kazakh, where the verb ends the name) is the part's too, and so are most of the others.
    """
    of_whole, of_part = object_stems(whole), frozenset(object_stems(part))
    if not of_whole or not of_part:
        return False
    main = of_whole[-1] if lang is Lang.KK else of_whole[0]
    return main in of_part and sum(one in of_part for one in of_whole) >= SHARED * len(of_whole)
