"""`verify` names whatever was changed, added, removed or put in another's place."""

from __future__ import annotations

import gzip
import json
import random
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from crawler.archive import layout, manifest, reader
from crawler.archive.lines import capture_json, capture_of, dump
from crawler.archive.verify import inspect, verify
from crawler.archive.warc import members
from crawler.errors import UsageError
from tests.crawler.archive.sample import AT, EXCHANGE, page, sealed_run


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of three runs, with a revisit into the first."""
    root = tmp_path_factory.mktemp("pristine")
    day = timedelta(days=1)
    sealed_run(root, page(1), page(2), EXCHANGE, at=AT + day)
    sealed_run(root, replace(EXCHANGE, at=AT + day), page(3), stage="register", at=AT + 2 * day)
    sealed_run(root, page(4), at=AT + 3 * day)
    return root


@pytest.fixture
def archive(pristine: Path, tmp_path: Path) -> Path:
    shutil.copytree(pristine, tmp_path / "archive")
    return tmp_path / "archive"


def files(root: Path) -> list[Path]:
    return sorted(path for name in layout.FOLDERS for path in (root / name).rglob("*.*"))


def named(root: Path) -> set[str]:
    return {problem.file for problem in verify(root)}


def relative(root: Path, path: Path) -> str:
    return path.relative_to(root).as_posix()


def test_an_untouched_archive_is_clean_and_counted(archive: Path) -> None:
    found = inspect(archive)
    assert found.problems == ()
    # warcinfo of each run, then request and answer of each of the six exchanges
    assert (found.runs, found.records) == (3, 3 + 2 * 6)
    assert found.size == sum(path.stat().st_size for path in files(archive) if path.parent.name != "manifests")
    assert len(files(archive)) == 3 * 7


@pytest.mark.parametrize("seed", range(140))
def test_a_flipped_bit_anywhere_is_named(archive: Path, seed: int) -> None:
    chance = random.Random(seed)
    chosen = files(archive)
    path = chosen[seed % len(chosen)]
    content = bytearray(path.read_bytes())
    position = chance.randrange(len(content))
    content[position] ^= 1 << chance.randrange(8)
    path.write_bytes(content)
    assert relative(archive, path) in named(archive)


def test_a_changed_page_is_named_with_its_place(archive: Path) -> None:
    path = files(archive)[-1]
    assert path.name.endswith(".warc.gz")
    index = json.loads((archive / "index" / path.name.replace(".warc.gz", ".jsonl")).read_text().splitlines()[0])
    content = bytearray(path.read_bytes())
    content[index["offset"] + index["length"] // 2] ^= 1
    path.write_bytes(content)
    places = [problem.place for problem in verify(archive) if problem.file == relative(archive, path)]
    assert f"offset {index['offset']}" in places


@pytest.mark.parametrize("line", range(3))
@pytest.mark.parametrize("where", ["begin", "middle", "end", "request"])
def test_one_damaged_record_is_named_alone(archive: Path, line: int, where: str) -> None:
    """Of one run's file: that its sum differs, and the record. Those behind it are read and fit as before."""
    path = sorted((archive / "warc").iterdir())[0]
    run_id = path.name.removesuffix(".warc.gz")
    lines = [capture_of(json.loads(text)) for text in (archive / "index" / f"{run_id}.jsonl").read_text().splitlines()]
    begin, length = lines[line].offset, lines[line].length
    at = {"begin": begin, "middle": begin + length // 2, "end": begin + length - 6, "request": begin + length + 40}[
        where
    ]
    content = bytearray(path.read_bytes())
    content[at] ^= 0x10
    path.write_bytes(content)
    found = [problem for problem in verify(archive) if problem.file == relative(archive, path)]
    damaged = begin + length if where == "request" else begin
    assert [problem.place for problem in found] == ["", f"offset {damaged}"]
    others = {problem.message for problem in verify(archive)} - {problem.message for problem in found}
    assert all(f"refers to a body that does not lie in {path.name} at offset {begin}" == one for one in others)


def test_a_rewritten_index_line_is_named_with_its_line(archive: Path) -> None:
    path = sorted((archive / "index").iterdir())[0]
    path.write_text(path.read_text().replace('"status":200', '"status":404', 1))
    assert (relative(archive, path), "line 1") in {(problem.file, problem.place) for problem in verify(archive)}


@pytest.mark.parametrize("number", range(21))
def test_a_missing_file_is_named(archive: Path, number: int) -> None:
    path = files(archive)[number]
    path.unlink()
    problems = verify(archive)
    if path.parent.name != "manifests":
        assert {problem.file: problem.message for problem in problems}[relative(archive, path)] == "is missing"
    else:  # the files of that run are nobody's now
        assert f"warc/{path.stem}.warc.gz" in {problem.file for problem in problems}


@pytest.mark.parametrize("name", ["warc/x.warc.gz", "index/x.jsonl", "runs/x/run.json", "manifests/x.json", "warc/a"])
def test_a_stray_file_is_named(archive: Path, name: str) -> None:
    (archive / name).parent.mkdir(exist_ok=True)
    (archive / name).write_bytes(b"{}")
    assert named(archive) == {name}


def _drop_last_line(path: Path) -> None:
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))


def _swap_lines(path: Path) -> None:
    path.write_bytes(b"".join(reversed(path.read_bytes().splitlines(keepends=True))))


def _append(path: Path) -> None:
    path.write_bytes(path.read_bytes() + path.read_bytes())


@pytest.mark.parametrize("change", [_drop_last_line, _swap_lines, _append])
@pytest.mark.parametrize("folder", ["index", "runs", "warc"])
def test_lines_dropped_swapped_or_doubled_are_named(archive: Path, folder: str, change: Callable[[Path], None]) -> None:
    path = next(path for path in files(archive) if path.is_relative_to(archive / folder))
    change(path)
    assert relative(archive, path) in named(archive)


def _forge(archive: Path, run_id: str, **changes: object) -> None:
    """Write a manifest anew with a digest of its own that fits, as somebody who knows the program could."""
    old = manifest.load(archive, run_id)
    (archive / "manifests" / f"{run_id}.json").write_bytes(manifest.encode(replace(old, **changes)))  # type: ignore[arg-type]


def test_a_forged_manifest_breaks_the_chain_behind_it(archive: Path) -> None:
    _forge(archive, reader.run_ids(archive)[0], sealed_at=AT)
    (problem,) = verify(archive)
    assert problem.message.startswith("was sealed after a manifest with sha256")


def test_a_run_left_out_of_the_chain_is_told_by_its_number(archive: Path) -> None:
    (archive / "manifests" / f"{reader.run_ids(archive)[1]}.json").unlink()
    messages = [problem.message for problem in verify(archive)]
    assert "is number 3 of the chain where 2 should be" in messages


def _rewrite_last(archive: Path, change: Callable[[bytes], bytes], **line_changes: int) -> None:
    """Write the last run anew: its answer changed, index line, digests of files and manifest all made to fit."""
    last = reader.run_ids(archive)[-1]
    warc, index = archive / "warc" / f"{last}.warc.gz", archive / "index" / f"{last}.jsonl"
    with warc.open("rb") as file:
        parts = [member.data for member in members(file)]
    parts[1] = change(parts[1])
    packed = [gzip.compress(part, mtime=0) for part in parts]
    warc.write_bytes(b"".join(packed))
    line = replace(capture_of(json.loads(index.read_text())), offset=len(packed[0]), length=len(packed[1]))
    index.write_bytes(dump(capture_json(replace(line, **line_changes))))
    old = manifest.load(archive, last)
    _forge(archive, last, files=tuple(manifest.file_entry(archive, archive / entry.path) for entry in old.files))


def test_a_rewritten_page_fails_its_own_digests(archive: Path) -> None:
    body = page(4).body
    _rewrite_last(archive, lambda record: record.replace(body, body[:-1] + b"!"))
    messages = [problem.message for problem in verify(archive)]
    assert [message.split(" does not")[0] for message in messages] == ["block digest", "payload digest"]


def test_a_size_that_is_not_the_bodys_is_named(archive: Path) -> None:
    size = len(page(4).body)
    told, other = f'"size":{size},'.encode(), f'"size":{size + 1},'.encode()
    _rewrite_last(archive, lambda record: record.replace(told, other), size=size + 1)
    assert [problem.message for problem in verify(archive)] == [
        f"the payload has {size} bytes, the record says {size + 1}"
    ]


def test_a_record_without_digests_or_without_our_header_is_named(archive: Path) -> None:
    _rewrite_last(archive, lambda record: record.replace(b"WARC-Block-Digest", b"WARC-Black-Digest"))
    assert [problem.message for problem in verify(archive)] == ["has no warc-block-digest"]
    _rewrite_last(archive, lambda record: record.replace(b"Egov-Audit-Capture", b"Egov-Audit-Captive"))
    assert "the record cannot be read: KeyError 'egov-audit-capture'" in [
        problem.message for problem in verify(archive)
    ]


def test_a_record_with_deep_json_is_named(archive: Path) -> None:
    """Whoever made the archive up can give the record's own header any depth."""
    deep = b"Egov-Audit-Capture: " + b"[" * 20_000
    _rewrite_last(archive, lambda record: re.sub(rb"Egov-Audit-Capture: [^\r]*", deep, record))
    assert any("the record cannot be read: RecursionError" in problem.message for problem in verify(archive))


def test_no_archive_is_not_a_clean_one(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no archive in"):
        verify(tmp_path)
