"""No input makes a parser or importer fail otherwise than by an error with a name."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.targets import TARGETS, corpus, run

#: What breaks readers: ends of things, odd characters, huge numbers, the tokens of the formats themselves.
_PIECES = [
    *(
        b"<",
        b">",
        b"</td>",
        b"<table>",
        b"<tr><td rowspan=99999 colspan=-1>",
        b"</table>",
        b"<!--",
        b"]]>",
        b"&#0;",
        b"&#x110000;",
    ),
    *(b"\0", b"\xff", b"\xef\xbb\xbf", b"\xed\xa0\x80", "\u202e\u200b".encode(), "ә".encode(), b"\r\n\r\n", b'"', b"'"),
    *(
        b"{",
        b"[",
        b"]" * 50,
        b"," * 50,
        b"- " * 50,
        b": ",
        b"&a [*a]",
        b"!!python/object:os.system x",
        b"\t",
        b"=cmd|' /C calc'!A0",
    ),
    *(
        b"99999999999999999999999",
        b"-1",
        b"31.02.2020",
        b"0001-01-01",
        b"NaN",
        b"WARC/1.1\r\n",
        b"Content-Length: -5\r\n",
    ),
]


@st.composite
def _spoilt(draw: st.DrawFn, seeds: tuple[bytes, ...]) -> bytes:
    """A seed with parts cut out, doubled, replaced and put in; or bytes of any kind."""
    if draw(st.integers(0, 9)) == 0:
        return draw(st.binary(max_size=400))
    data = draw(st.sampled_from(seeds))
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(data)))
        end = min(len(data), start + draw(st.integers(0, 200)))
        piece = draw(st.one_of(st.sampled_from(_PIECES), st.binary(max_size=12), st.just(data[start:end] * 2)))
        data = data[:start] + piece + data[end:]
    return data


@pytest.mark.parametrize("name", sorted(TARGETS))
def test_spoilt_input_is_read_or_refused_by_name(name: str) -> None:
    seeds = tuple(corpus(name))
    assert seeds

    @settings(max_examples=60, suppress_health_check=list(HealthCheck))
    @given(_spoilt(seeds))
    def check(data: bytes) -> None:
        with tempfile.TemporaryDirectory() as folder:
            run(name, data, Path(folder))

    check()


@pytest.mark.parametrize("name", sorted(TARGETS))
def test_a_seed_is_read_without_a_word(name: str, tmp_path: Path) -> None:
    """Fuzzing starts from inputs that get through, else it would test the first check alone."""
    for seed in TARGETS[name].seeds()[:1]:
        TARGETS[name].read(seed, tmp_path)


@pytest.mark.parametrize("path", sorted((Path(__file__).parent / "found").iterdir()), ids=lambda path: path.name)
def test_what_once_was_a_fault_is_read_or_refused_by_name(path: Path, tmp_path: Path) -> None:
    run(path.name.partition("-")[0], path.read_bytes(), tmp_path)
