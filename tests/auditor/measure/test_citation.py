"""A citation carries all that finds the figure again, and harmful names stay words in each format."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
import yaml

from auditor.measure.citation import Citation, as_bibtex, as_cff, as_text

CITED = Citation(
    figure="nature:human_social",
    title="Характер услуги, human_social",
    definition="live entries / live entries",
    value="16, 15 to 17 (8.6% of 186)",
    remarks=("machine-coded, unchecked",),
    as_of=date(2024, 12, 31),
    text="ru",
    act="V2000019982",
    edition=date(2024, 12, 13),
    release="20250101-0123456789ab",
    version="0.1.0",
    root="ab" * 32,
)
HOSTILE = replace(CITED, title='<script>"\x00\u202e\n}\\input{x} 5% & $1_#~^' + "я" * 10_000)


def test_the_text_names_day_edition_release_root_and_the_way_back() -> None:
    told = as_text(CITED)
    assert told.splitlines()[0] == "Характер услуги, human_social: 16, 15 to 17 (8.6% of 186)"
    for fact in (
        "Audit date: 2024-12-31",
        "edition of 2024-12-13",
        "Release: 20250101-0123456789ab",
        f"evidence: {'ab' * 32}",
        "egov-audit measure --as-of 2024-12-31 --lang ru --measure nature",
        "unchecked",
    ):
        assert fact in told


@pytest.mark.parametrize("cited", [CITED, HOSTILE])
def test_the_cff_is_yaml_with_what_version_1_2_requires(cited: Citation) -> None:
    told = yaml.safe_load(as_cff(cited))
    assert {"cff-version", "message", "title", "authors"} <= set(told)
    assert told["cff-version"] == "1.2.0"
    assert told["version"] == cited.release
    assert told["title"].endswith(cited.value)
    assert not {"\x00", "\u202e", "\n"} & set(told["title"])


@pytest.mark.parametrize("cited", [CITED, HOSTILE])
def test_bibtex_has_balanced_braces_and_no_bare_special(cited: Citation) -> None:
    told = as_bibtex(cited)
    depth = 0
    for sign in told:
        depth += (sign == "{") - (sign == "}")
        assert depth >= 0
    assert depth == 0
    assert told.endswith("}")
    body = told.partition("\n")[2]
    for sign in "%&$#_":
        assert body.count(sign) == body.count(f"\\{sign}"), sign
    assert "\\input" not in told
