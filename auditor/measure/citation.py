"""A figure as one cites it: what was observed, on which day, from which evidence; as text, BibTeX or CFF. Pure."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

#: What must not stand bare in a BibTeX field. Braces too: BibTeX counts them, even escaped ones.
_SPECIAL = {
    "\\": r"\textbackslash ",
    "{": "(",
    "}": ")",
    "~": r"\textasciitilde ",
    "^": r"\textasciicircum ",
    **{sign: f"\\{sign}" for sign in "&%$#_"},
}


@dataclass(frozen=True, slots=True)
class Citation:
    """One figure with all that a reader needs to find it again.

    `figure` is the measure's id, or `id:cell`; `title` and `definition` are in the reader's language; `value` is the
    count with its share, bounds and interval in words; `remarks` is what must be said beside it. `root` is the
    SHA-256 of the newest manifest of the archive, "" where there is none; `superseded` names values that were
    corrected. The facts of the three forms below are `reports.views.citation.facts`.
    """

    figure: str
    title: str
    definition: str
    value: str
    remarks: tuple[str, ...]
    as_of: date
    text: str
    act: str
    edition: date
    release: str
    version: str
    root: str
    superseded: tuple[str, ...] = ()

    @property
    def retrieval(self) -> str:
        """The command that gives the figure again from the same database."""
        return f"egov-audit measure --as-of {self.as_of} --lang {self.text} --measure {self.figure.partition(':')[0]}"


def as_text(cited: Citation, facts: Sequence[str]) -> str:
    """The citation for a footnote, one fact a line."""
    return "\n".join([f"{plain(cited.title)}: {cited.value}", *map(plain, facts)])


def as_bibtex(cited: Citation, facts: Sequence[str]) -> str:
    """The citation as one BibTeX entry; letters stay (UTF-8), what TeX reads as a command is escaped."""
    note = "; ".join(facts)
    fields = {
        "title": f"{cited.title}: {cited.value}",
        "author": "The public-services register auditor developers",
        "year": str(cited.as_of.year),
        "version": cited.version,
        "note": note,
    }
    # The author in braces of its own: it is a body, not a person with a first and a last name.
    told = {name: _tex(value) for name, value in fields.items()}
    told["author"] = f"{{{told['author']}}}"
    key = "".join(sign if sign.isalnum() and sign.isascii() else "-" for sign in f"{cited.figure}-{cited.as_of}")
    body = "".join(f"  {name} = {{{value}}},\n" for name, value in told.items())
    return f"@misc{{egov-audit-{key}-{cited.release},\n{body}}}"


def as_cff(cited: Citation, facts: Sequence[str]) -> str:
    """The citation as a file in the Citation File Format 1.2.0. Its strings are JSON's, which YAML reads alike."""
    lines = {
        "cff-version": "1.2.0",
        "message": "Cite the figure with its audit date, its release and its evidence.",
        "type": "dataset",
        "title": f"{plain(cited.title)}: {cited.value}",
        "abstract": "; ".join(map(plain, facts)),
        "version": cited.release,
    }
    told = [f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in lines.items()]
    return "\n".join([*told, "authors:", '  - name: "The public-services register auditor developers"'])


def plain(text: str) -> str:
    """One line without control, bidirectional and other unseen characters."""
    return " ".join("".join(sign if unicodedata.category(sign)[0] != "C" else " " for sign in text).split())


def _tex(text: str) -> str:
    return "".join(_SPECIAL.get(sign, sign) for sign in plain(text))
