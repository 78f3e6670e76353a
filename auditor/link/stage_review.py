"""A person's say in links: the open questions as a table to work in, decisions as rows with name, date and reason."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from auditor.db.links import (
    StoredLink,
    add_decision,
    decisions,
    last_words,
    link_by_id,
    links_of,
    machine_links,
    names_of,
    stored_links,
)
from auditor.db.models import EntryRow, ListingRow, MembershipRow, ServiceRow
from auditor.db.portal import gone_listings, listings
from auditor.link.services import PERSON, out_of_place
from auditor.link.stage_added import History, check_shape
from auditor.records import Link, LinkState, LinkType
from auditor.tables import write_csv
from crawler.calendar import local_day
from crawler.errors import ContentError, UsageError

#: Columns of a review file. `decision` (confirm, refuse or withdraw), `by` and `reason` are for the person; a line
#: without an id whose decision is `add` adds a link of its type between its two rows.
COLUMNS = ("id", "type", "probability", "older", "newer", "older_name", "newer_name", "evidence", "decision", "by",
           "reason")  # fmt: skip
#: Above all ids that a database gives.
_IDS = 2**63
#: Bytes of a review file: a question takes some five hundred.
_LARGEST = 10_000_000
#: Characters of a name, as the database holds them.
_LONGEST_NAME = 80
#: What a person may say of a link; who takes a decision back leaves the pair to the machine.
_STATES = {"confirm": LinkState.ACCEPTED, "refuse": LinkState.REFUSED, "withdraw": LinkState.CANDIDATE}
#: What a person says to link two rows that the machine did not.
ADD = "add"
#: What is told of it.
SAID = {LinkState.ACCEPTED: "confirmed", LinkState.REFUSED: "refused", LinkState.CANDIDATE: "withdrawn"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person says of one link. `older` and `newer` are the keys they saw, "" when they gave only the id.

    A link that is added has no id (0), but keys and a type.
    """

    link_id: int
    decision: str
    by: str
    reason: str
    older: str = ""
    newer: str = ""
    place: str = ""
    type: str = ""

    @property
    def at(self) -> str:
        """Where it was said, before what is wrong with it."""
        return f"{self.place}: " if self.place else ""


def open_questions(session: Session) -> list[StoredLink]:
    """Candidates that no person has decided yet, by id. What a confirmed listing might show besides is settled."""
    told = [one.link for one in decisions(session)]
    answered = {(link.older, link.newer) for link in told}
    shown = {link.newer for link in told if link.type is LinkType.LISTED and link.state is LinkState.ACCEPTED}
    return [
        one
        for one in stored_links(session, LinkState.CANDIDATE)
        if (one.link.older, one.link.newer) not in answered
        and not (one.link.type is LinkType.LISTED and one.link.newer in shown)
    ]


def links_at(session: Session, wanted: str) -> list[StoredLink]:
    """What links one thing counts by, oldest row first: an entry's or listing's key, a service's key, or a code.

    Where a person decided, the decision stands in the machine's place. Raises UsageError for what is not there.
    """
    keys = _keys_of(session, wanted.strip())
    if not keys:
        raise UsageError(f"nothing is called {wanted!r}: an entry's key (ACT/DATE/LANG/CODE), a code, a listing's key "
                         "(LANG/SLUG) or a service's key is needed")  # fmt: skip
    answered = {(one.link.older, one.link.newer) for one in decisions(session)}
    found = [
        one
        for one in links_of(session, keys)
        if one.link.state is not LinkState.CANDIDATE or one.linking_id is not None
        if one.linking_id is None or (one.link.older, one.link.newer) not in answered
    ]
    # A listing's key names no date: what the portal shows comes last.
    return sorted(found, key=lambda one: (one.link.type is LinkType.LISTED, one.link.newer.split("/")[1], one.id))


def _keys_of(session: Session, wanted: str) -> set[str]:
    """The keys of entries and listings that a key or a code names; of a service, all that belong to it."""
    entries = select(EntryRow.key).where(or_(EntryRow.key == wanted, EntryRow.code == (wanted or "–")))
    lang, _, slug = wanted.partition("/")
    listed = select(ListingRow.id).where(ListingRow.lang == lang, ListingRow.slug == slug)
    members = (
        select(MembershipRow.subject_key)
        .join(ServiceRow, ServiceRow.id == MembershipRow.service_id)
        .where(ServiceRow.key == wanted)
    )
    found = {*session.scalars(entries), *session.scalars(members)}
    return found | {wanted} if session.scalar(listed) is not None else found


def names_in(session: Session, links: Iterable[StoredLink]) -> dict[str, str]:
    """Names by key for both ends of links: of rows, and of listings as they were seen last."""
    links = list(links)
    keys = sorted({key for one in links for key in (one.link.older, one.link.newer)})
    found = {key: " ".join(filter(None, pair)) for key, pair in names_of(session, keys).items()}
    if any(one.link.type is LinkType.LISTED for one in links):
        shown = listings(session)
        gone = gone_listings(session, {one.key for one in shown})
        found |= {one.key: one.name for one in (*gone, *shown) if one.key in keys}
    return found


def export_links(session: Session, path: Path, links: Sequence[StoredLink]) -> None:
    """Write links as CSV to be filled in; what people said of them so far stands among the evidence."""
    names, said = names_in(session, links), said_of(session)
    rows = [
        (one.id, one.link.type, one.link.probability, one.link.older, one.link.newer, names.get(one.link.older, ""),
         names.get(one.link.newer, ""), "; ".join(f"{what}: {value}" for what, value in _told(one, said)), "", "", "")
        for one in links
    ]  # fmt: skip
    write_csv(path, COLUMNS, rows)


def said_of(session: Session) -> dict[tuple[str, str], StoredLink]:
    """People's last word by older and newer key: the decision in force, or that one was taken back."""
    return {(one.link.older, one.link.newer): one for one in last_words(session)}


def _told(one: StoredLink, said: Mapping[tuple[str, str], StoredLink]) -> list[tuple[str, str]]:
    word = said.get((one.link.older, one.link.newer))
    if word is None:
        return list(one.link.evidence)
    told = f"{word.link.decided_by}, {local_day(word.decided_at)}: {word.reason}"
    return [(SAID[word.link.state], told), *one.link.evidence]


def read_answers(path: Path) -> list[Answer]:
    """The decisions in a review file; lines without one are left out. Commas, semicolons or tabs part its cells.

    Raises ContentError with the line's number, also for a reason that stands without a decision.
    """
    if path.stat().st_size > _LARGEST:
        raise ContentError(f"{path.name} has more than {_LARGEST:,} bytes; no review file of ours has")
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            first = stream.readline()
            stream.seek(0)
            table = csv.DictReader(stream, delimiter=max(",;\t", key=first.count))
            missing = {"id", "older", "newer", "decision", "by", "reason"} - set(table.fieldnames or ())
            if missing:
                raise ContentError(f"{path.name}: no column {', '.join(sorted(missing))}")
            lines = ((line, f"{path.name} line {table.line_num}") for line in table)
            return [_answer(line, place) for line, place in lines if _given(line, place)]
    except (UnicodeDecodeError, csv.Error) as error:
        raise ContentError(f"{path.name} is no CSV in UTF-8: {error}") from error


def decide(session: Session, answers: Sequence[Answer], now: datetime) -> list[int]:
    """Keep decisions; gives the ids of the new ones. One that is in force word for word already is no new one.

    To withdraw a decision is kept like one, and leaves the pair to the machine as if nobody had decided it. To add a
    link is to confirm one that nobody proposed. Raises UsageError for a decision without a name or reason, ContentError
    for one about a link that is no longer proposed, for a withdrawal of nothing, for a link that the register has no
    place for and for two that differ about one link; then nothing is kept.
    """
    told = said_of(session)
    found: dict[tuple[str, str], tuple[Link, Answer]] = {}
    history = History(session) if any(answer.decision == ADD for answer in answers) else None
    for answer in _once(answers):
        if _in_force(answer, told):
            continue
        _check_named(answer)
        link = _added(history, answer) if history and answer.decision == ADD else _decision(session, answer, told)
        first = found.setdefault((link.older, link.newer), (link, answer))[1]
        if first is not answer:
            raise ContentError(f"{answer.at}its two rows are those of {_called(first)}; nothing was kept")
    for link, answer in list(found.values()):
        if link.group and link.state is LinkState.ACCEPTED:
            for one in _beside(session, answer.link_id, link.group):
                if (one.older, one.newer) not in told:
                    found.setdefault((one.older, one.newer), (_by_person(one, link.state, answer), answer))
    if history:
        _check_shapes(found, told, history.before)
    return [add_decision(session, link, now, answer.reason.strip()) for link, answer in found.values()]


def _beside(session: Session, link_id: int, group: str) -> list[Link]:
    """The machine's links of one split or merger: who confirms one has not said that the others are false."""
    known = link_by_id(session, link_id)
    linking = known[0].linking_id if known else None
    return [one for one in machine_links(session, [linking])[linking] if one.group == group] if linking else []


def _once(answers: Sequence[Answer]) -> list[Answer]:
    """Each answer once. Raises ContentError for two different ones about one link: which counts is not ours to say."""
    found: dict[int | tuple[str, str], Answer] = {}
    for answer in answers:
        first = found.setdefault(answer.link_id or (answer.older, answer.newer), answer)
        if replace(first, place="") != replace(answer, place=""):
            what = f"link {answer.link_id}" if answer.link_id else "the same link"
            raise ContentError(f"{answer.at}{what} is decided otherwise in {first.place}; nothing was kept")
    return list(found.values())


def _called(answer: Answer) -> str:
    return f"link {answer.link_id} ({answer.place})" if answer.link_id else answer.place


def _in_force(answer: Answer, told: Mapping[tuple[str, str], StoredLink]) -> bool:
    """Whether an answer was kept before: linking withdraws a question once decided, so it may be stale by now."""
    known = told.get((answer.older, answer.newer))
    state = LinkState.ACCEPTED if answer.decision == ADD else _STATES.get(answer.decision)
    if known is None or state is not known.link.state:
        return False
    if answer.decision == ADD and _type(answer) != known.link.type:
        return False
    return (answer.by.strip(), answer.reason.strip()) == (known.link.decided_by, known.reason)


def _type(answer: Answer) -> str:
    return answer.type.casefold().replace(" ", "_")


def _check_named(answer: Answer) -> None:
    if answer.decision not in (*_STATES, ADD):
        raise ContentError(f"{answer.at}a decision is confirm, refuse, withdraw or add, not {answer.decision!r}")
    if not answer.by.strip() or not answer.reason.strip():
        raise UsageError(f"{answer.at}a decision needs a name (--by) and a reason (--reason)")
    if len(answer.by.strip()) > _LONGEST_NAME:
        raise UsageError(f"{answer.at}a name has at most {_LONGEST_NAME} characters")


def _added(history: History, answer: Answer) -> Link:
    try:
        link = history.link(_type(answer), answer.older, answer.newer)
    except ContentError as error:
        raise ContentError(f"{answer.at}{error}; nothing was kept") from error
    return replace(link, decided_by=answer.by.strip())


def _check_shapes(
    found: Mapping[tuple[str, str], tuple[Link, Answer]],
    told: Mapping[tuple[str, str], StoredLink],
    before: Mapping[str, str],
) -> None:
    """Raises ContentError for an added link whose type is another than that of what people say together."""
    links = {pair: one.link for pair, one in told.items()} | {pair: link for pair, (link, _) in found.items()}
    confirmed = [link for link in links.values() if link.state is LinkState.ACCEPTED and not out_of_place(link, before)]
    for link, answer in found.values():
        if answer.decision == ADD:
            try:
                check_shape(link, confirmed)
            except ContentError as error:
                raise ContentError(f"{answer.at}{error}; nothing was kept") from error


def _decision(session: Session, answer: Answer, told: Mapping[tuple[str, str], StoredLink]) -> Link:
    found = link_by_id(session, answer.link_id) if 0 < answer.link_id < _IDS else None
    if found is None:
        raise ContentError(f"{answer.at}there is no link {answer.link_id}; nothing was kept")
    stored, in_force = found
    seen = (answer.older or stored.link.older, answer.newer or stored.link.newer)
    if not in_force or seen != (stored.link.older, stored.link.newer):
        raise ContentError(f"{answer.at}link {answer.link_id} is stale, linking no longer proposes it; nothing was "
                           "kept. A decision is changed under its own id: `review links --decided`")  # fmt: skip
    state = _STATES[answer.decision]
    before = told.get(seen)
    if state is LinkState.CANDIDATE and (before is None or before.link.state is state):
        raise ContentError(f"{answer.at}no decision on link {answer.link_id} is in force, there is none to withdraw; "
                           "nothing was kept")  # fmt: skip
    return _by_person(stored.link, state, answer)


def _by_person(link: Link, state: LinkState, answer: Answer) -> Link:
    # A pair that is left to the machine is neither true nor false: it keeps what the evidence said.
    sure = {LinkState.ACCEPTED: 1.0, LinkState.REFUSED: 0.0}.get(state, link.score)
    return replace(link, state=state, rule=PERSON, probability=sure, decided_by=answer.by.strip())


def _given(line: Mapping[str, str | None], place: str) -> bool:
    decision, reason = ((line[name] or "").strip() for name in ("decision", "reason"))
    if reason and not decision:
        raise ContentError(f"{place}: a reason without a decision: write confirm, refuse, withdraw or add beside it")
    return bool(decision)


def _answer(line: Mapping[str, str | None], place: str) -> Answer:
    text = {name: (line.get(name) or "").strip() for name in COLUMNS}
    decision = text["decision"].casefold()
    adding = decision == ADD and not text["id"]
    if not (adding or (text["id"].isascii() and text["id"].isdigit())):
        raise ContentError(f"{place}: {text['id']!r} is no link's id")
    if decision == ADD and not adding:
        raise ContentError(
            f"{place}: link {text['id']} is there: confirm it, or add another one on a line without an id"
        )
    said = (decision, text["by"], text["reason"], text["older"], text["newer"], place)
    return Answer(0, *said, text["type"]) if adding else Answer(int(text["id"]), *said)
