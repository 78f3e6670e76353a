"""`egov-audit prove`: whoever gets the folder can check it with `warcio` and `sha256sum`, and sees what was changed."""

from __future__ import annotations

import csv
import json
import os
import random
import re
import shutil
import socket
import subprocess
from pathlib import Path

import pytest

from auditor.evidence import timestamp
from crawler.archive import seals
from tests.auditor.cli.command import Ended, egov_audit
from tests.auditor.evidence.authority import Authority
from tests.auditor.evidence.conftest import DEMO, StampedDemo, settings


def check(folder: Path, tools: Path, *command: str) -> Ended:
    """A third party's machine: the system's own programs and warcio, no setting of ours, another directory."""
    done = subprocess.run(
        command or ("bash", str(folder / "check.sh")),
        capture_output=True,
        text=True,
        check=False,
        cwd=folder if command else "/",
        env={"PATH": f"{tools}:/usr/bin:/bin"},
    )
    return Ended(done.returncode, done.stdout, done.stderr)


def test_a_third_party_finds_that_all_fits(proof: Path, tools: Path, stamped_demo: StampedDemo) -> None:
    assert check(proof, tools, "sha256sum", "--quiet", "-c", "SHA256SUMS").code == 0
    assert check(proof, tools, "warcio", "check", "evidence.warc.gz").code == 0
    done = check(proof, tools)
    assert (done.code, done.err) == (0, "")
    stamped, all_fits = done.out.splitlines()
    assert re.fullmatch(r"chain/(manifest|seal)-\d{6}\.json was there on .+ GMT: chain/seal-\d{6}\.tsr", stamped)
    assert all_fits == f"all fits; the root is {seals.head(settings(stamped_demo.folder).archive)}"


def test_the_folder_says_what_was_counted_and_why(proof: Path) -> None:
    told = json.loads((proof / "figure.json").read_text())
    rows = list(csv.DictReader((proof / "entries.csv").open(encoding="utf-8")))
    counted = [row for row in rows if row["counted"] == "yes"]
    assert (told["value"], told["of"]) == (len(counted), len(rows))
    assert {(row["nature"], row["completeness"]) for row in counted} == {("human_social", "complete")}
    assert told["definition"]["formula"]
    codings = json.loads((proof / "codings.json").read_text())
    assert all(codings[row["key"]]["rules"] and row["sha256"] and row["record"] for row in counted)
    assert all(words for row in counted for words in codings[row["key"]]["rules"].values())
    assert all(codings[row["key"]]["coder_version"] for row in counted)


def test_the_page_named_beside_an_entry_holds_its_name(proof: Path, tools: Path) -> None:
    row = next(csv.DictReader((proof / "entries.csv").open(encoding="utf-8")))
    page = subprocess.run(
        ["warcio", "extract", "--payload", "evidence.warc.gz", row["offset"]],
        capture_output=True,
        check=True,
        cwd=proof,
        env={"PATH": f"{tools}:/usr/bin:/bin"},
    ).stdout
    assert row["name"] in page.decode()


@pytest.mark.parametrize("part", ["evidence.warc.gz", "entries.csv", "records", "proofs", "chain", "SHA256SUMS"])
def test_a_flipped_byte_is_seen_even_where_the_sums_are_made_to_fit(
    proof: Path, tools: Path, tmp_path: Path, part: str
) -> None:
    """Once as it comes, once with SHA256SUMS written anew: then the proofs, the chain or the pages' own sums tell."""
    chance = random.Random(part)
    folder = tmp_path / "core"
    shutil.copytree(proof, folder)
    path = folder / part
    path = chance.choice(sorted(path.iterdir())) if path.is_dir() else path
    content = bytearray(path.read_bytes())
    position = chance.randrange(len(content))
    content[position] ^= 1
    path.write_bytes(content)
    assert check(folder, tools).code == 1
    if part in ("evidence.warc.gz", "records", "proofs", "chain"):
        script = "find . -type f ! -name SHA256SUMS ! -name '.*' | xargs sha256sum > S && mv S SHA256SUMS"
        assert check(folder, tools, "bash", "-c", script).code == 0
        done = check(folder, tools)
        assert (done.code, "DOES NOT FIT" in done.out) == (1, True)


def test_a_time_stamp_is_checked_with_openssl_alone(proof: Path, tools: Path, tsa: Authority, tmp_path: Path) -> None:
    """The line that the folder gives, then a token of another root with every sum made to fit."""
    (line,) = [line for line in (proof / "chain/stamps.txt").read_text().splitlines() if "openssl" in line]
    assert "Verification: OK" in check(proof / "chain", tools, *line.split()).out
    folder = tmp_path / "core"
    shutil.copytree(proof, folder)
    (token,) = (folder / "chain").glob("*.tsr")
    token.write_bytes(tsa.answer(timestamp.query_for(b"another root").content))
    script = "find . -type f ! -name SHA256SUMS ! -name '.*' | xargs sha256sum > S && mv S SHA256SUMS"
    assert check(folder, tools, "bash", "-c", script).code == 0
    done = check(folder, tools)
    assert (done.code, f"DOES NOT FIT: chain/{token.name} is no stamp of" in done.out) == (1, True)


def test_nothing_in_it_tells_of_the_machine_it_was_made_on(proof: Path, demo: Path) -> None:
    marks = [str(demo), str(proof), f"{Path.home()}/", socket.gethostname(), os.getcwd()]
    for path in proof.rglob("*"):
        if path.is_file() and path.suffix not in (".gz", ".tsr"):
            text = path.read_text(encoding="utf-8")
            assert not [mark for mark in marks if len(mark) > 2 and mark in text], path


def test_a_cell_and_a_portal_figure_can_be_proven_too(demo: Path, tmp_path: Path, tools: Path) -> None:
    for figure in ("two_by_two:human_social/partial", "listings"):
        out = tmp_path / figure.partition(":")[0]
        made = egov_audit(demo, "prove", figure, "--out", str(out), **DEMO)
        assert made.code == 0, made.err
        assert check(out, tools).code == 0


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("nothing",), "no measure 'nothing'; known are count, "),
        (("nature:nothing",), "nature has no cell 'nothing'; there are: "),
        (("count", "--out", "var"), "var holds something else: choose another folder with --out"),
    ],
)
def test_what_cannot_be_proven_is_said_in_one_line(demo: Path, words: tuple[str, ...], line: str) -> None:
    done = egov_audit(demo, "prove", *words, **DEMO)
    assert (done.code, done.out) == (2, "")
    assert done.err.splitlines()[-1].startswith(f"egov-audit: {line}")
