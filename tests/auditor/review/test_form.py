"""The terminal form as a real process fed by a keyboard's lines: kept at once, stopped, resumed, three languages."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios
from pathlib import Path

import pytest
import yaml

import auditor.review
from auditor.coding.codebook import rules_in_full
from auditor.records import Completeness, Nature, Output
from auditor.review.words import CHOICES, code_word, word
from crawler.pages.records import Lang
from tests.auditor.review import desk
from tests.auditor.review.conftest import Sheet
from tests.auditor.review.test_sheets import people


def code(lines: str | bytes, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `egov-audit sheet code` with these lines as its keyboard."""
    given = lines if isinstance(lines, bytes) else lines.encode()
    done = subprocess.run(
        [sys.executable, "-c", "from auditor.cli.main import main; main()", "sheet", "code", *arguments],
        input=given, capture_output=True, env={**os.environ, "PYTHONIOENCODING": "utf-8"}, timeout=120, check=False,
    )  # fmt: skip
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


@pytest.fixture
def drawn(lite: Sheet) -> None:
    """A sample of three items."""
    assert lite("sample", "--size", "3", "--strata", "lang") == 0


def test_kept_at_once_and_gone_on_with(drawn: None) -> None:
    # nature 2, completeness by its word, output 6, no sector, a note; then the second item up to its second answer.
    first = code("2\npartial\n6\n\nочередь\n1\n1\n", "--coder", "anna")
    assert first.returncode == 0, first.stderr
    assert "Природа услуги" in first.stdout
    assert "1 answers of anna kept" in first.stderr
    ((coding,),) = people().values()
    assert (coding.coding.nature, coding.coding.completeness) == (Nature.HUMAN_SOCIAL, Completeness.PARTIAL)
    assert (coding.coding.output, coding.coding.sector) == (Output.QUEUE, "")
    assert "Закодировано 1 из 3" in first.stdout

    second = code("1\n1\n\n7\n\nq\n", "--coder", "anna", "--lang-ui", "en")
    assert "Item 1 of 3" not in second.stdout, "the first item is coded"
    assert "Stopped. 2 of 3 are coded" in second.stdout
    third = code("1\n1\n\n\n\n", "--coder", "anna", "--lang-ui", "kk")
    assert "Барлық жазба кодталды" in third.stdout
    assert sorted(one.coding.sector for (one,) in people().values()) == ["", "", "07"]


def test_back_skip_rules_and_no_such_answer(drawn: None) -> None:
    lines = ["b", "?", "9", "human_social", "b", "1", "1", "1", "", "", "s", "b", "s", "b", "2", "2", "", "", "", "q"]
    done = code("\n".join(lines) + "\n", "--coder", "boris", "--lang-ui", "en")
    assert done.returncode == 0, done.stderr
    assert "This is the first item of this sitting." in done.stdout
    assert "C11" in done.stdout
    assert "A refusal is never a result." in done.stdout, "rules are told whole"
    assert "There is no such answer: 9" in done.stdout
    found = sorted(str(codings[-1].coding.nature) for codings in people().values())
    assert found == ["human_social", "transactional"]


def test_a_terminal_of_eighty_columns_gets_whole_words(drawn: None) -> None:
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    environment = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
    process = subprocess.Popen(
        [sys.executable, "-c", "from auditor.cli.main import main; main()", "sheet", "code", "--coder", "anna"],
        stdin=theirs, stdout=theirs, stderr=theirs, env={**environment, "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip
    os.close(theirs)
    os.write(ours, b"?\nq\n")
    shown = b""
    with contextlib.suppress(OSError):  # the other end is closed: Linux says so by an error
        while part := os.read(ours, 65536):
            shown += part
    os.close(ours)
    assert process.wait(timeout=60) == 0
    lines = shown.decode().replace("\r", "").split("\n")
    assert max(map(len, lines)) <= 80
    assert "Остановлено. Закодировано 0 из 3" in shown.decode()
    words = " ".join(" ".join(lines).split())
    assert rules_in_full(Lang.RU)["C10"] in words, "broken between words alone"


def test_a_russian_keyboard_gives_the_same_commands(drawn: None) -> None:
    done = code("ы\n1\nи\n2\n1\n\n\nэ\nй\n", "--coder", "anna", "--lang-ui", "kk")
    assert "Кодталғаны 1 / 3" in done.stdout
    ((coding,),) = people().values()
    assert coding.coding.nature is Nature.HUMAN_SOCIAL


def test_no_machine_code_and_no_other_coder_is_shown(drawn: None) -> None:
    code("2\n2\n\n\nmy secret note\n", "--coder", "anna")
    other = code("q\n", "--coder", "boris", "--lang-ui", "en")
    for hidden in ("machine", "anna", "secret", "confidence"):
        assert hidden not in other.stdout + other.stderr


def test_bytes_that_are_no_text_are_no_answer(drawn: None) -> None:
    done = code(b"\xff\xfe\n2\n2\n\n\n\nq\n", "--coder", "anna", "--lang-ui", "en")
    assert done.returncode == 0, done.stderr
    assert "There is no such answer" in done.stdout
    assert len(people()) == 1


def test_an_answer_is_changed_in_a_later_sitting(drawn: None) -> None:
    code("2\n2\n\n\n\n1\n1\n\n\n\nq\n", "--coder", "anna")
    keys = sorted(people())
    none = code("q\n", "--coder", "anna", "--again", "--item", "nothing")
    assert none.returncode == 2
    assert "anna coded no item nothing" in none.stderr
    human = next(key for key, (one,) in people().items() if one.coding.nature is Nature.HUMAN_SOCIAL)
    done = code("1\n1\n\n\n\n", "--coder", "anna", "--again", "--item", human, "--lang-ui", "en")
    assert done.returncode == 0, done.stderr
    assert "Your answer so far: human_social / partial\n" in done.stdout, "the output was left open"
    codings = people()[human]
    assert [str(one.coding.nature) for one in codings] == ["human_social", "transactional"], "nothing is overwritten"
    through = code("s\ns\n", "--coder", "anna", "--again", "--lang-ui", "en")
    assert through.stdout.count("Your answer so far: transactional / complete") == 2
    assert sorted(people()) == keys


def test_what_was_coded_on_a_file_is_changed_there(drawn: None, lite: Sheet, tmp_path: Path) -> None:
    path = tmp_path / "anna.csv"
    assert lite("export", "--coder", "anna", "--out", path) == 0
    desk.fill_in(path, lambda number, row: {"nature": "unclear", "completeness": "unclear"})
    assert lite("import", path) == 0
    key = desk.read(path)[0]["id"]
    assert code("1\n", "--coder", "anna", "--again", "--item", key).returncode == 2


def test_without_a_sample(lite: Sheet) -> None:
    done = code("", "--coder", "anna")
    assert done.returncode == 2
    assert "no sample was drawn yet" in done.stderr


def test_every_text_is_there_in_three_languages() -> None:
    raw = yaml.safe_load((Path(auditor.review.__path__[0]) / "words.yml").read_text(encoding="utf-8"))
    for kind in ("axes", "fields", "form"):
        for name, texts in raw[kind].items():
            assert [word(kind, name, lang) for lang in Lang] == [texts[lang] for lang in Lang]
    for column, codes in CHOICES.items():
        assert set(codes) == set(raw["codes"][column])
        for one in codes:
            texts = [code_word(column, one, lang) for lang in Lang]
            assert all(texts)
            assert len(set(texts)) >= 2, f"{column} {one} is not translated"
