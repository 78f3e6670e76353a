"""`egov-audit verify` and `egov-audit import` as a person runs them: one line, an exit code, JSON for programs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from auditor.cli.main import main
from tests.crawler.archive.sample import page, sealed_run
from tests.crawler.archive.test_import import ADDRESS, AT, HTML, entry, folder


@dataclass(frozen=True, slots=True)
class Done:
    """How a command ended and what it said."""

    returncode: int
    stdout: str
    stderr: str


Command = Callable[..., Done]


@pytest.fixture
def egov_audit(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """The command's own entry point, in this process: `egov_audit(archive, *words)`."""

    def run(root: Path, *words: str) -> Done:
        monkeypatch.setenv("EGOV_AUDIT_ARCHIVE", str(root))
        monkeypatch.setattr(sys, "argv", ["egov-audit", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return Done(int(ended.value.code or 0), said.out, said.err)

    return run


def test_the_installed_command_verifies_where_the_environment_points(tmp_path: Path) -> None:
    run_id = sealed_run(tmp_path / "archive", page(1))
    command = [str(Path(sys.executable).with_name("egov-audit")), "verify"]
    told = os.environ | {"EGOV_AUDIT_ARCHIVE": "archive"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=told, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    (tmp_path / "archive" / "index" / f"{run_id}.jsonl").unlink()
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=told, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (5, f"index/{run_id}.jsonl: is missing\n")


def test_verify_says_what_was_read_and_how_to_hold_us_to_it(tmp_path: Path, egov_audit: Command) -> None:
    root = tmp_path / "archive"
    sealed_run(root, page(1))
    done = egov_audit(root, "verify")
    assert (done.returncode, done.stderr) == (0, "")
    first, second = done.stdout.splitlines()
    assert first.startswith("1 runs, 3 records, ")
    noted = second.split("sha256 ")[1]
    sealed_run(root, page(2))
    assert egov_audit(root, "verify", "--holds", noted).returncode == 0
    told = json.loads(egov_audit(root, "verify", "--json", "--root", noted).stdout)
    assert (told["ok"], told["runs"], told["problems"], told["roots_held"]) == (True, 2, [], {noted: True})
    lost = egov_audit(root, "verify", "--root", noted, "--root", "0" * 64)
    assert lost.returncode == 5
    assert "holds no root 0000" in lost.stderr


def test_roots_are_printed_kept_in_a_file_and_held_against_the_chain(tmp_path: Path, egov_audit: Command) -> None:
    root, file = tmp_path / "archive", tmp_path / "roots.txt"
    assert egov_audit(root, "root").returncode == 2
    file.write_text("# printed in the reports of spring\n\n")
    for number in range(2):
        sealed_run(root, page(number))
        printed = egov_audit(root, "root")
        assert (printed.returncode, printed.stderr) == (0, "")
        with file.open("a") as lines:
            lines.write(printed.stdout)
    assert json.loads(egov_audit(root, "root", "--json").stdout)["root"] == printed.stdout.split()[0]
    done = egov_audit(root, "verify", "--roots", str(file))
    assert (done.returncode, "all 2 roots kept elsewhere are in the chain" in done.stdout) == (0, True)
    anew = tmp_path / "anew"
    for number in range(2):
        sealed_run(anew, page(number))
    done = egov_audit(anew, "verify", "--roots", str(file))
    assert (done.returncode, done.stdout) == (5, "")
    for wrong in ("", "# nothing\n", "12ab  2026-03-01\n"):
        file.write_text(wrong)
        assert egov_audit(root, "verify", "--roots", str(file)).returncode == 2
    assert egov_audit(root, "verify", "--roots", str(tmp_path / "none")).returncode == 2


def test_verify_names_what_does_not_fit_and_ends_with_five(tmp_path: Path, egov_audit: Command) -> None:
    root = tmp_path / "archive"
    run_id = sealed_run(root, page(1))
    log = root / "runs" / run_id / "fetches.jsonl"
    log.write_text(log.read_text().replace("fetched", "FETCHED"))
    done = egov_audit(root, "verify")
    assert done.returncode == 5
    assert f"runs/{run_id}/fetches.jsonl line 1: cannot be read" in done.stdout
    assert done.stderr == "egov-audit: the archive is not as sealed: 2 problems\n"
    told = json.loads(egov_audit(root, "verify", "--json").stdout)
    assert told["ok"] is False
    assert {problem["file"] for problem in told["problems"]} == {f"runs/{run_id}/fetches.jsonl"}


@pytest.mark.parametrize("verb", ["verify", "reindex", "root"])
def test_without_an_archive_it_is_a_wrong_call(tmp_path: Path, egov_audit: Command, verb: str) -> None:
    done = egov_audit(tmp_path / "none", verb)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("egov-audit: no archive in ")
    assert len(done.stderr.splitlines()) == 1


def test_import_says_what_was_taken_and_what_was_there(tmp_path: Path, egov_audit: Command) -> None:
    root, saved = tmp_path / "archive", folder(tmp_path / "saved", entry())
    assert egov_audit(root, "import", str(saved)).stdout.startswith("1 pages taken, 0 already there (run ")
    again = egov_audit(root, "import", str(saved), "--json")
    assert again.returncode == 0
    told = json.loads(again.stdout)
    assert (told["taken"], told["already"], told["unknown"]) == (0, 1, [])


def test_import_of_one_page(tmp_path: Path, egov_audit: Command) -> None:
    root = tmp_path / "archive"
    (tmp_path / "a.html").write_bytes(HTML)
    done = egov_audit(root, "import", str(tmp_path / "a.html"), "--url", ADDRESS, "--captured-at", AT)
    assert (done.returncode, done.stderr) == (0, "")
    alone = egov_audit(root, "import", str(tmp_path / "a.html"), "--url", ADDRESS)
    assert (alone.returncode, alone.stdout) == (2, "")
    assert alone.stderr == "egov-audit: --url and --captured-at go together, and --edition-date with them\n"


def test_import_of_unknown_addresses_takes_the_rest_and_ends_with_four(tmp_path: Path, egov_audit: Command) -> None:
    strange = [entry(url=f"https://example.org/{number}") for number in range(2)]
    done = egov_audit(tmp_path / "archive", "import", str(folder(tmp_path / "saved", entry(), *strange)))
    assert (done.returncode, done.stdout.split(" (run")[0]) == (4, "1 pages taken, 0 already there")
    assert done.stderr.splitlines() == [
        "no page of a known source, not taken: https://example.org/0",
        "no page of a known source, not taken: https://example.org/1",
        "egov-audit: import of saved: 2 unknown addresses",
    ]


def test_import_of_a_bad_index_is_one_line_and_ends_with_four(tmp_path: Path, egov_audit: Command) -> None:
    saved = folder(tmp_path / "saved", entry(), entry(file="../../x"))
    done = egov_audit(tmp_path / "archive", "import", str(saved))
    assert (done.returncode, done.stdout) == (4, "")
    assert done.stderr == "egov-audit: index.json entry 2: lies outside the folder: ../../x\n"


@pytest.mark.parametrize("command", ["import", "verify"])
def test_an_archive_that_cannot_be_one_is_said_in_one_line(tmp_path: Path, command: str, egov_audit: Command) -> None:
    (tmp_path / "archive").write_bytes(b"a file")
    saved = folder(tmp_path / "saved", entry())
    done = egov_audit(tmp_path / "archive", command, *([str(saved)] if command == "import" else []))
    assert (done.returncode, done.stdout) == ({"import": 3, "verify": 2}[command], "")
    assert len(done.stderr.splitlines()) == 1
    assert str(tmp_path / "archive") in done.stderr
    assert (tmp_path / "archive").read_bytes() == b"a file"


def test_an_unknown_option_is_a_wrong_call(tmp_path: Path, egov_audit: Command) -> None:
    assert egov_audit(tmp_path / "archive", "verify", "--nonsense").returncode == 2
