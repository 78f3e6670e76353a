"""What the workbench hands around: samples, sheets, answers. Frozen records, no database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from auditor.records import CodingInput, Completeness, Nature, Output
from crawler.pages.records import Lang


@dataclass(frozen=True, slots=True)
class Subject:
    """An entry or a listing that could be sampled: what a coder is shown of it, and the hash of that text."""

    kind: str
    key: str
    given: CodingInput
    evidence_hash: str
    digitised: bool = True


@dataclass(frozen=True, slots=True)
class Stratum:
    """One stratum: how many subjects the frame has, how many were drawn."""

    name: str
    frame: int
    drawn: int


@dataclass(frozen=True, slots=True)
class SampleItem:
    """A drawn subject. `weight` is how many subjects of the frame it stands for (the inverse of its chance)."""

    position: int
    subject: Subject
    stratum: str
    weight: float

    @property
    def key(self) -> str:
        """The subject's key: the item's id on every sheet."""
        return self.subject.key


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample as it was drawn. `by` are the words its strata are made of; `as_of` the day of the edition in force."""

    id: int
    name: str
    seed: int
    frame_size: int
    half_width: float | None
    by: tuple[str, ...]
    strata: tuple[Stratum, ...]
    codebook: str
    as_of: date
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet handed to one coder. `mark` stands in every row of its file."""

    id: int
    token: str
    sample_id: int
    coder: str
    form: str
    order_seed: str
    codebook: str
    made_at: datetime

    @property
    def mark(self) -> str:
        """Codebook version and token: by it a file is known again."""
        return f"v{self.codebook}-{self.token}"


@dataclass(frozen=True, slots=True)
class Answer:
    """One person's codes of one item. An `output` left empty is `unclear`, a sector left empty is ""."""

    key: str
    nature: Nature
    completeness: Completeness
    output: Output = Output.UNCLEAR
    sector: str = ""
    note: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a file and where: the row as a spreadsheet counts it, 0 for the file as a whole."""

    row: int
    column: str
    message: str

    def __str__(self) -> str:
        place = [f"row {self.row}"] if self.row else []
        place += [f"column {self.column}"] if self.column else []
        return f"{', '.join(place)}: {self.message}" if place else self.message


#: Languages of interface texts and of the codebook in words.
LANGS = (Lang.RU, Lang.KK, Lang.EN)
