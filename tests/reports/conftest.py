"""The sample as a report: its database, its records and its site, made once a session and only read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from auditor.coding.codebook import CODEBOOK, rules_in_words
from auditor.db.session import connect, transaction
from auditor.ingest.status import not_read
from auditor.measure.report_records import Report
from auditor.measure.stage_report import read_report
from auditor.measure.stage_series import Asked
from crawler.archive.reader import read_payload
from crawler.pages.records import Lang
from reports.build import build, languages_wanted
from reports.finding import find
from reports.i18n import LANGUAGES
from reports.story import write_story
from tests.auditor.measure.sample import fill, harvested

#: The sample's last edition is of 13 December 2024; the portal was listed before the year's end.
HARVESTED = datetime(2024, 12, 20, 8, tzinfo=UTC)


@dataclass(frozen=True)
class Sample:
    """The sample in a database, with its archive."""

    db_url: str
    archive: Path


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    folder = tmp_path_factory.mktemp("report-sample")
    harvested(folder / "archive", HARVESTED)
    db_url = f"sqlite:///{folder}/audit.db"
    fill(db_url, folder / "archive")
    return Sample(db_url, folder / "archive")


@contextmanager
def reading(sample: Sample) -> Iterator[Report]:
    """The records of the sample's report on the last day of 2024."""
    engine = connect(sample.db_url)
    with transaction(engine) as session:
        asked = Asked(Lang.RU, CODEBOOK, tuple(not_read(session)), date(2024, 12, 31))
        yield read_report(session, asked, None, "machine-coded, unchecked")
    engine.dispose()


def build_site(sample: Sample, report: Report, out: Path) -> Path:
    """The sample's site in three languages."""
    wanted = languages_wanted(("en", "ru", "kk"), rules_in_words)
    return build(report, lambda kept: read_payload(sample.archive, kept), wanted, out).parent


def build_story(sample: Sample, report: Report, finding: str, out: Path) -> Path:
    """A finding's story pack in three languages."""
    found = find(report, finding)
    return write_story(report, found, lambda kept: read_payload(sample.archive, kept), tuple(LANGUAGES), out).parent


@pytest.fixture(scope="session")
def sample_report(sample: Sample) -> Iterator[Report]:
    with reading(sample) as report:
        yield report


@pytest.fixture(scope="session")
def site(sample: Sample, sample_report: Report, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_site(sample, sample_report, tmp_path_factory.mktemp("report-site") / "site")
