"""Merkle roots, proofs, seals: what they are, and that nothing can be changed, left out or written anew unseen."""

from __future__ import annotations

import hashlib
import json
import random
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.archive import layout, leaves, manifest, merkle, reader, seals
from crawler.archive.seals import Draft
from crawler.archive.verify import inspect
from tests.crawler.archive.sample import AT, EXCHANGE, page, sealed_run


def test_the_tree_is_that_of_rfc_6962() -> None:
    """Inputs and roots of the reference implementation of Certificate Transparency."""
    lines = [bytes.fromhex(text) for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657")]
    roots = {
        0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        4: "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        7: "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    }
    for count, root in roots.items():
        assert merkle.root_of(lines[:count]) == root


@given(st.lists(st.binary(max_size=8), min_size=1, max_size=40), st.data())
def test_every_line_has_a_proof_and_no_other_line_fits_it(lines: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(lines) - 1))
    steps = merkle.proof(lines, index)
    root = merkle.root_of(lines)
    assert merkle.climb(lines[index], steps) == root
    assert merkle.climb(lines[index] + b"x", steps) != root
    assert len(steps) <= (len(lines) - 1).bit_length()


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two runs, a seal, a run, a seal."""
    root = tmp_path_factory.mktemp("pristine")
    day = timedelta(days=1)
    sealed_run(root, page(1), page(2), at=AT + day)
    sealed_run(root, replace(EXCHANGE, at=AT + day), page(3), stage="register", at=AT + 2 * day)
    sealed(root, [b"a.html 1 x", b"b.html 2 y"])
    sealed_run(root, page(4), at=AT + 3 * day)
    sealed(root, [b"a.html 1 x", b"b.html 2 z"])
    return root


@pytest.fixture
def archive(pristine: Path, tmp_path: Path) -> Path:
    shutil.copytree(pristine, tmp_path / "archive")
    return tmp_path / "archive"


def sealed(root: Path, lines: list[bytes], **facts: str) -> seals.Seal:
    content = b"".join(line + b"\n" for line in lines)
    draft = Draft("report", merkle.root_of(lines), len(lines), facts, {seals.LINES: content})
    return seals.add_seal(root, draft, datetime(2026, 3, 9, tzinfo=UTC))


def places(root: Path) -> set[tuple[str, str]]:
    return {(problem.file, problem.place) for problem in inspect(root).problems}


def test_every_record_of_a_run_is_a_leaf_under_the_manifests_root(archive: Path) -> None:
    assert inspect(archive).problems == ()
    for run in manifest.load_all(archive):
        lines = (archive / "leaves" / f"{run.run_id}.txt").read_bytes().splitlines()
        assert merkle.root_of(lines) == run.root
        covered: dict[str, int] = {}
        for one in leaves.read_leaves(archive, run.run_id):
            assert covered.get(one.path, 0) == one.offset, "records lie one behind another"
            covered[one.path] = one.offset + one.length
            assert hashlib.sha256(leaves.read_bytes(archive, one)).hexdigest() == one.sha256
        own = f"leaves/{run.run_id}.txt"
        assert covered == {entry.path: entry.bytes for entry in run.files if entry.path != own}
        assert sum(one.path.startswith("warc/") for one in leaves.read_leaves(archive, run.run_id)) == run.records


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("folder", ["warc", "index", "runs"])
def test_a_flipped_bit_is_named_with_its_record(archive: Path, folder: str, seed: int) -> None:
    chance = random.Random(f"{folder}{seed}")
    chosen = sorted(path for path in (archive / folder).rglob("*.*") if path.name != "run.json")
    path = chance.choice(chosen)
    told = path.relative_to(archive).as_posix()
    content = bytearray(path.read_bytes())
    position = chance.randrange(len(content))
    run_id = next(run for run in reader.run_ids(archive) if run in told)
    own = [one for one in leaves.read_leaves(archive, run_id) if one.path == told]
    number, hit = next(
        (number, one) for number, one in enumerate(own, 1) if one.offset <= position < one.offset + one.length
    )
    content[position] ^= 1 << chance.randrange(8)
    path.write_bytes(content)
    assert (told, f"offset {hit.offset}" if folder == "warc" else f"line {number}") in places(archive)


@pytest.mark.parametrize("seed", range(30))
@pytest.mark.parametrize("folder", ["manifests", "leaves", "seals"])
def test_a_flipped_bit_in_what_vouches_is_named(archive: Path, folder: str, seed: int) -> None:
    chance = random.Random(f"{folder}{seed}")
    path = chance.choice(sorted((archive / folder).iterdir()))
    content = bytearray(path.read_bytes())
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    path.write_bytes(content)
    assert path.relative_to(archive).as_posix() in {file for file, _ in places(archive)}


def test_a_rewritten_leaf_is_named_with_its_line(archive: Path) -> None:
    path = archive / "leaves" / f"{reader.run_ids(archive)[0]}.txt"
    lines = path.read_text().splitlines()
    lines[2] = lines[2][:-64] + "0" * 64
    path.write_text("".join(f"{line}\n" for line in lines))
    assert (path.relative_to(archive).as_posix(), "line 3") in places(archive)


@pytest.mark.parametrize("path", ["/dev/zero", "warc/../../secret", "../secret", "open/x", "warc"])
def test_a_leaf_that_lies_elsewhere_is_not_read(archive: Path, path: str) -> None:
    run_id = reader.run_ids(archive)[0]
    with (archive / "leaves" / f"{run_id}.txt").open("a") as file:
        file.write(f"{path} 0 99999999999 {'0' * 64}\n")
    told = [problem.message for problem in inspect(archive).problems if problem.file == f"leaves/{run_id}.txt"]
    assert any(message.endswith("is no leaf") for message in told)


@pytest.mark.parametrize("folder", ["index", "manifests", "seals", "runs"])
@pytest.mark.parametrize("content", [b"[" * 100_000, b'{"a":' * 100_000, b"[]", b"1", b'"x"'])
def test_json_that_is_none_of_ours_is_named(archive: Path, folder: str, content: bytes) -> None:
    """Whoever made it up may have made it deep."""
    path = min(path for path in (archive / folder).rglob("*.json*") if path.is_file())
    path.write_bytes(content + b"\n")
    assert path.relative_to(archive).as_posix() in {file for file, _ in places(archive)}


def test_manifests_of_the_first_format_still_verify(archive: Path) -> None:
    """An archive as it was before there were roots: its manifests are written as they were, and a new run follows."""
    shutil.rmtree(archive / "seals")
    before = ""
    for run in manifest.load_all(archive):
        (archive / "leaves" / f"{run.run_id}.txt").unlink()
        kept = tuple(entry for entry in run.files if not entry.path.startswith("leaves/"))
        old = manifest.encode(replace(run, files=kept, root="", seal="", format=1, previous=before))
        assert {"root", "seal"}.isdisjoint(json.loads(old))
        layout.manifest_path(archive, run.run_id).write_bytes(old)
        before = hashlib.sha256(old).hexdigest()
    (archive / "leaves").rmdir()
    assert inspect(archive).problems == ()
    sealed_run(archive, page(5))
    assert inspect(archive).problems == ()
    last = manifest.load_all(archive)[-1]
    assert (last.previous, last.format, len(last.root)) == (before, 2, 64)


def test_a_removed_seal_breaks_the_chain(archive: Path) -> None:
    for path in (archive / "seals").glob("000001.*"):
        path.unlink()
    found = [problem.message for problem in inspect(archive).problems]
    assert "is number 2 of the seals where 1 should be" in found
    assert any(message.endswith("which is gone") for message in found), "the run sealed after it names it"


def test_what_lay_beside_the_newest_seal_names_it_when_it_is_gone_and_so_it_stays(archive: Path) -> None:
    """Not as after a kill, which leaves the seal itself behind in `open`: test_kill_stamped."""
    seals.seal_path(archive, 2).unlink()
    assert places(archive) == {("seals/000002.lines", "")}
    seals.add_seal(archive, Draft("timestamp", seals.head(archive), 0, {}), AT)
    assert places(archive) == {("seals/000002.lines", "")}


@pytest.mark.parametrize("number", range(3))
def test_a_removed_run_breaks_the_chain(archive: Path, number: int) -> None:
    """Removed with all its files, so that nothing of it is left lying; the last one too, for a seal names it."""
    run_id = reader.run_ids(archive)[number]
    for entry in manifest.load(archive, run_id).files:
        (archive / entry.path).unlink()
    layout.manifest_path(archive, run_id).unlink()
    messages = [problem.message for problem in inspect(archive).problems]
    assert any("of the chain where" in message or "which no run has" in message for message in messages)


def test_a_chain_written_anew_is_whole_and_holds_no_root_kept_outside(archive: Path) -> None:
    """Whoever owns the archive can write all of it again with another page; a root printed before tells."""
    kept = [seals.head(archive)]
    anew = archive.with_name("anew")
    day = timedelta(days=1)
    sealed_run(anew, page(1, b"<p>other</p>"), page(2), at=AT + day)
    sealed_run(anew, replace(EXCHANGE, at=AT + day), page(3), stage="register", at=AT + 2 * day)
    sealed(anew, [b"a.html 1 x", b"b.html 2 y"])
    sealed_run(anew, page(4), at=AT + 3 * day)
    sealed(anew, [b"a.html 1 x", b"b.html 2 z"])
    assert inspect(anew).problems == ()
    assert kept[0] in inspect(archive).roots
    assert kept[0] not in inspect(anew).roots


def test_the_head_covers_runs_and_seals_alike(archive: Path) -> None:
    first = seals.head(archive)
    assert first == seals.load_seals(archive)[-1].digest
    sealed_run(archive, page(6))
    second = seals.head(archive)
    assert second == manifest.load_all(archive)[-1].digest
    assert manifest.load_all(archive)[-1].seal == first
    third = sealed(archive, [b"c"]).digest
    assert seals.head(archive) == third
    assert {first, second, third} <= inspect(archive).roots
