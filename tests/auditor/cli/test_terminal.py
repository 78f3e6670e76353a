"""What a terminal, a pipe or a narrow locale makes of the command: never a traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from auditor.cli.app import note, say, wrapped
from tests.auditor.cli.command import EGOV_AUDIT, egov_audit


@pytest.mark.parametrize("words", [("--version",), ("--help",)])
def test_a_reader_that_goes_away_ends_it_without_a_word(tmp_path: Path, words: tuple[str, ...]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [str(EGOV_AUDIT), *words], cwd=tmp_path, stdout=writing, stderr=subprocess.PIPE, text=True, check=False
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, "")


def test_the_version(tmp_path: Path) -> None:
    ended = egov_audit(tmp_path, "--version")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith("egov-audit ")


def test_a_narrow_locale_loses_nothing(tmp_path: Path) -> None:
    narrow = {"LC_ALL": "C", "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    ended = egov_audit(tmp_path, "query", "--lang", "ru", **narrow)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out == egov_audit(tmp_path, "query", "--lang", "ru").out
    ended = egov_audit(tmp_path, "code-file", "нет.csv", "out.csv", **narrow)
    assert ended.code == 2
    assert "cannot be read" in ended.err


def test_start_up_leaves_the_heavy_libraries_alone() -> None:
    program = "import sys, auditor.cli.main; print(*{'scipy', 'scrapy', 'pymorphy3'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_a_terminal_gets_no_orders(capsys: pytest.CaptureFixture[str]) -> None:
    """Names and addresses come from a site; tabs and line ends are ours."""
    say("a\tb\nc\x1b]0;title\x07\x9b31m")
    note("d\x1b[2J")
    told = capsys.readouterr()
    assert told.out == "a\tb\nc\\x1b]0;title\\x07\\x9b31m\n"
    assert "\x1b" not in told.err


def test_long_lines_break_between_words_and_addresses_stay_whole() -> None:
    text = "  result: " + "Уведомление о назначении " * 5
    assert all(len(piece) <= 40 for piece in wrapped(text, 40))
    assert wrapped(text, 40)[1].startswith("      "), "what goes on stands further in"
    assert " ".join(piece.strip() for piece in wrapped(text, 40)) == text.strip()
    address = "    https://egov.kz/cms/ru/online-services/for_citizen/pass-1_mu"
    assert wrapped(address, 40) == [address]
    assert wrapped("rules", 40) == ["rules"]
    assert wrapped("", 40) == [""], "an empty line stays one"
