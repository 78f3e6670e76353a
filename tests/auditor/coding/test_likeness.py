"""The statistical proposer: what it learns, when it is silent, and that it speaks only where the lexicon is weakest."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.coding.calibration import reliability
from auditor.coding.coder import Coder
from auditor.coding.lexicon import load_lexicon, load_yaml
from auditor.coding.likeness import FILE, Likeness, as_json, load_likeness
from auditor.coding.rules import load_rules
from auditor.records import CodingInput, Nature
from crawler.errors import ContentError
from crawler.pages.records import Lang
from tests.bench.folds import (
    NAMES,
    blind_decisions,
    confidence_folds,
    confidences,
    fold_of,
    hand_coded,
    learn,
    learned,
    likeness_alone,
)

README = Path(__file__).parents[3] / "README.md"

PAPERS = ["выписка реестра акций", "реестр выписка долей", "выписка акций"]
HELP = ["обед старикам двора", "обед соседям двора"]
SMALL = learn([(name.split(), name in HELP) for name in (*PAPERS, *HELP)])


def test_counts_are_names_not_words_and_single_sightings_are_left_out() -> None:
    assert (SMALL.human, SMALL.transactional) == (2, 3)
    assert SMALL.counts == {"выпи": (0, 3), "реес": (0, 2), "акци": (0, 2), "обед": (2, 0), "двор": (2, 0)}
    assert learn([(["обед", "обедать", "обедом"], True)] * 2).counts == {"обед": (2, 0)}


def test_a_proposal_names_its_most_telling_word_and_weighs_by_the_counts() -> None:
    told = SMALL.propose(["новый", "обед", "двору"])
    assert told is not None
    assert told.code is Nature.HUMAN_SOCIAL
    assert told.words == (1, 2)
    one = math.log((2 + 0.3) / (2 + 0.6)) - math.log(0.3 / (3 + 0.6))
    assert told.odds == pytest.approx(math.exp(2 * one + math.log(2 / 3)))


def test_it_keeps_silent_where_hardly_a_word_is_known_or_words_disagree() -> None:
    assert SMALL.propose(["ыаоы"]) is None
    assert SMALL.propose(["обед", "ыаоы"]) is None
    assert SMALL.propose([]) is None
    assert SMALL.propose(["обед", "двора", "выписка", "реестр"]) is None


def test_the_shipped_counts_are_those_of_the_names_coded_by_hand() -> None:
    for lang in (Lang.RU, Lang.KK):
        assert load_likeness(lang) == learned(hand_coded(lang))
    assert load_likeness(Lang.EN) is None
    assert as_json({lang: learned(hand_coded(lang)) for lang in (Lang.RU, Lang.KK)}) + "\n" == load_yaml(FILE)


@pytest.mark.parametrize("text", ["", "[]", '{"ru": 5}', '{"ru": {"human": 1, "transactional": 0, "counts": {}}}'])
def test_a_faulty_file_of_counts_is_one_clear_message(text: str) -> None:
    with pytest.raises(ContentError, match=r"^lexicon/likeness.json: "):
        load_likeness(Lang.RU, text)


def coder(likeness: Likeness | None) -> Coder:
    return Coder({Lang.RU: load_lexicon(Lang.RU)}, load_rules(), {Lang.RU: likeness} if likeness else {})


def test_it_speaks_only_where_the_lexicon_says_little() -> None:
    turned = Likeness(500, 500, dict.fromkeys(("выда", "спра", "изде", "обра", "сроч", "новы"), (400, 1)))
    papers, unknown = CodingInput("Выдача справки образца"), CodingInput("Срочный новый образец")
    bare = CodingInput("Выдача изделий образца")
    rules, both = coder(None), coder(turned)
    assert rules.code(papers).nature is both.code(papers).nature is Nature.TRANSACTIONAL
    assert (rules.code(bare).nature, both.code(bare).nature) == (Nature.TRANSACTIONAL, Nature.HUMAN_SOCIAL)
    assert both.code(unknown).nature is Nature.HUMAN_SOCIAL
    assert both.code(bare).nature_confidence == load_rules().confidence("likeness")
    assert both.code(bare).triggers[0].text == "Выдача"
    assert both.likeness_in_words(bare)[0] == "Выдача (Выда…): 400 human, 1 transactional names"
    assert both.likeness_in_words(papers) == [], "the lexicon decided: the counts say nothing of this coding"
    assert rules.version != both.version


def test_slightly_higher_odds_do_not_overrule_an_action_word() -> None:
    slight = Likeness(500, 500, dict.fromkeys(("выда", "изде"), (30, 14)))
    assert coder(slight).code(CodingInput("Выдача изделий")).nature is Nature.TRANSACTIONAL


def test_likeness_that_has_not_seen_a_name_spoils_hardly_one_that_the_lexicon_knows() -> None:
    """Five folds for the counts; the lexicon has learned from all these names, so likeness can only lose here."""
    right = {"rules": 0, "both": 0}
    for lang in (Lang.RU, Lang.KK):
        rows, lexicon, rules = hand_coded(lang), load_lexicon(lang), load_rules()
        alone = Coder({lang: lexicon}, rules)
        for fold in range(5):
            counts = learned(row for row in rows if fold_of(row[0]) != fold)
            both = Coder({lang: lexicon}, rules, {lang: counts})
            for name, human in rows:
                if fold_of(name) == fold:
                    truth = Nature.HUMAN_SOCIAL if human else Nature.TRANSACTIONAL
                    right["rules"] += alone.code(CodingInput(name, lang=lang)).nature is truth
                    right["both"] += both.code(CodingInput(name, lang=lang)).nature is truth
    assert right["both"] >= right["rules"] - 3


def test_likeness_alone_is_no_match_for_the_rules_as_the_readme_says() -> None:
    (ru, ru_silent), (kk, kk_silent) = (likeness_alone(lang, draws=10) for lang in (Lang.RU, Lang.KK))
    readme = " ".join(README.read_text(encoding="utf-8").split())
    assert (
        f"it is right on {ru.percent.value * 100:.1f}% ru, {kk.percent.value * 100:.1f}% kk (n {ru.items:,} and "
        f"{kk.items:,}) and silent on {ru_silent / ru.items * 100:.1f}% and {kk_silent / kk.items * 100:.1f}%"
    ) in readme
    assert ru.percent.value < 0.9 > kk.percent.value


def test_confidences_hold_on_names_they_were_not_learned_from() -> None:
    groups = reliability(confidence_folds(blind_decisions()))
    assert sum(group.count for group in groups) == len(blind_decisions()) == 10568
    for group in groups:
        if group.count >= 40:
            assert group.share >= group.confidence - 0.03


def test_shipped_confidences_are_near_what_blind_names_gave() -> None:
    table, rules = confidences((ground, right) for _, ground, right in blind_decisions()), load_rules()
    with (NAMES / "blind.csv").open(encoding="utf-8", newline="") as stream:
        grounds = [row["ground"] for row in csv.DictReader(stream)]
    often = {ground for ground in grounds if grounds.count(ground) >= 30}
    assert "likeness" in often
    for ground in often:
        assert abs(rules.confidence(ground) - table[ground]) < 0.05


@given(st.lists(st.text(max_size=12), max_size=12))
def test_no_words_make_it_raise(forms: list[str]) -> None:
    told = SMALL.propose(forms)
    assert told is None or (told.odds >= 2 and all(place < len(forms) for place in told.words))
