"""YAML that people hand in: what is refused, and where it says so; what is plain is read as by any reader."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from crawler.config import CrawlConfig
from crawler.errors import ContentError
from crawler.plain_yaml import read_yaml
from crawler.sources.load import load_sources

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)
BOMB = "a: &a [1, 1]\n" + "".join(
    f"{new}: &{new} [*{old}, *{old}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)


@given(PLAIN)
def test_what_is_plain_is_read_as_by_any_reader(value: object) -> None:
    written = yaml.safe_dump(value, allow_unicode=True)
    assert read_yaml(written) == yaml.safe_load(written)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (BOMB, "line 2: an alias (*a) is not taken"),
        ("a:\n  b: 1\n  b: 2", "line 3: 'b' is given twice"),
        ("[" * 200_000, "line 1: more than 50 levels"),
        ("- " * 200_000, "line 1: more than 50 levels"),
        ("? [1]\n: 2", "line 1: a key is no plain value"),
        ("a: !!python/object/apply:os.system [id]", "line 1: could not determine a constructor"),
        ("a: [1", "line 2: did not find expected"),
        ("a: \x01", "unacceptable character"),
    ],
)
def test_what_is_not_plain_is_refused_with_its_line(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=r"^.") as caught:
        read_yaml(text)
    assert str(caught.value).startswith(said)
    assert "\n" not in str(caught.value)


def test_a_source_that_is_a_bomb_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "evil.yml").write_text(f"source: evil\n{BOMB}", encoding="utf-8")
    with pytest.raises(ContentError, match=r"^evil\.yml: no YAML in UTF-8: line 3: an alias"):
        load_sources(CrawlConfig(), tmp_path)
