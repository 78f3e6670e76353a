"""Runs over a flaky site until the database says what a good site's says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from auditor.db.session import open_database, transaction
from auditor.ops.stage import read_picture
from crawler.pages.records import Lang
from tests.auditor.cli.command import Ended
from tests.soak.sites import Watched
from tests.soak.state import RUN, egov_audit

AS_OF = date(2024, 12, 31)
#: A reading that is held is stored, named and in no figure: an empty table is met with that.
_COUNTS = frozenset({"good", "accepted"})


@dataclass
class Told:
    """How the runs ended, what is still unlike the good site's after the last one, and what was ever stored wrongly.

    A figure that rests on fewer pages is missing, not wrong: it says what was not read.
    """

    ends: list[Ended] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def equal(self) -> bool:
        """Whether nothing is missing and nothing was wrong after any run."""
        return not self.missing and not self.wrong


def known(folder: Path, *, figures: bool = True) -> Mapping[str, object]:
    """What the database of a folder says: texts of editions that count, lists, pages, figures."""
    facts: dict[str, object] = {}
    with open_database(f"sqlite:///{folder / 'var/audit.db'}") as engine, transaction(engine) as session:
        for lang in (Lang.RU, Lang.KK):
            picture = read_picture(session, AS_OF, lang)
            facts |= {f"figure {key}": value for key, value in picture.figures.items() if figures}
    facts |= {f"edition {key}": (one.rows, one.text) for key, one in picture.editions.items() if one.state in _COUNTS}
    facts |= {f"list {key}": slugs for key, slugs in picture.lists.items()}
    return facts | {f"page {key}": text for key, text in picture.pages.items()}


def unlike(wanted: Mapping[str, object], found: Mapping[str, object]) -> list[str]:
    """The names of facts that one has and the other has not, or has otherwise."""
    return sorted(name for name in wanted.keys() | found.keys() if wanted.get(name) != found.get(name))


def runs_until_equal(folder: Path, sites: Watched, wanted: Mapping[str, object], most: int) -> Told:
    """Run the whole line, at most so often."""
    told = Told()
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(1, most + 1):
        told.ends.append(egov_audit(folder, sites, *RUN, EGOV_AUDIT_TIMEOUT="1"))
        found = known(folder)
        told.missing = unlike(wanted, found)
        told.wrong += [
            f"run {number}: {name}"
            for name in sorted(found)
            if not name.startswith("figure ") and wanted.get(name) != found[name]
        ]
        if not told.missing:
            break
    return told
