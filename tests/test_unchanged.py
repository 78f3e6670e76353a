"""The guard of shared folders sees what a test could do to one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.unchanged import unchanged


@pytest.mark.parametrize(
    ("hurt", "name"),
    [
        (lambda folder: (folder / "a/kept").write_text("other"), "a/kept"),
        (lambda folder: (folder / "a/kept").unlink(), "a/kept"),
        (lambda folder: (folder / "new").write_text(""), "new"),
    ],
)
def test_a_changed_folder_is_told_by_the_file(tmp_path: Path, hurt: Callable[[Path], object], name: str) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a/kept").write_text("text")
    with pytest.raises(AssertionError, match=f"all share: {name}$"), unchanged(tmp_path):
        hurt(tmp_path)


def test_what_a_reader_of_sqlite_leaves_is_no_change(tmp_path: Path) -> None:
    (tmp_path / "audit.db").write_text("rows")
    with unchanged(tmp_path):
        (tmp_path / "audit.db-shm").write_text("")
