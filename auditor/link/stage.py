"""Links what was read: rows through editions, acts and languages, services over them, and the portal's listings.

A date of the register is linked again only when its readings, the decisions about it or the rules changed. Machine
links that are no longer found are withdrawn, never deleted.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy.orm import Session

from auditor.db.amendments import notes_of
from auditor.db.links import (
    CONFLICT,
    SERVICES,
    StoredLink,
    conflicts,
    decided,
    decisions,
    linkings,
    machine_links,
    make_services,
    members_of,
    memberships,
    names_of,
    store_memberships,
    sync_findings,
    sync_links,
)
from auditor.db.models import LinkingRow
from auditor.db.read import editions_in_force, entries_of_many
from auditor.link.agreement import settle
from auditor.link.editions import link_editions, unlinked
from auditor.link.languages import pair_languages
from auditor.link.orders import Orders, disagreements, orders_between
from auditor.link.plan import LINKER, Step, steps
from auditor.link.restored import link_restored
from auditor.link.services import Book, edition_of, keep_names, keeps_identity, out_of_place, rows_by_language
from auditor.link.words import name_key
from auditor.records import EditionRef, Entry, Link, LinkState, LinkType
from crawler.pages.amendments import Amendment
from crawler.pages.records import Finding, Lang, Level

#: The languages that the register's texts are read in; the first one names new services.
REGISTER_LANGS = (Lang.RU, Lang.KK)


@dataclass(slots=True)
class _Done:
    """One date as it is linked: rows and links, from memory or from the database."""

    step: Step
    rows: dict[str, list[str]]
    history: list[Link]
    translations: list[Link]
    fresh: bool


@dataclass(slots=True)
class RegisterLinking:
    """What one run of linking did: dates seen, dates linked anew, links added and withdrawn, services' conflicts."""

    steps: int = 0
    relinked: int = 0
    added: int = 0
    withdrawn: int = 0
    findings: int = 0
    memberships_changed: int = 0


@dataclass(slots=True)
class _Run:
    """The state of one run over the register's dates."""

    session: Session
    now: datetime
    known: dict[tuple[str, str, str], LinkingRow]
    people: list[StoredLink]
    report: RegisterLinking
    entries: dict[int, list[Entry]] = field(default_factory=dict)
    texts: dict[str, EditionRef] = field(default_factory=dict)
    before: dict[str, str] = field(default_factory=dict)
    gone: dict[Lang, dict[str, Entry | None]] = field(default_factory=lambda: {lang: {} for lang in REGISTER_LANGS})
    noted: dict[int, list[Amendment]] = field(default_factory=dict)
    used: set[tuple[str, str, str]] = field(default_factory=set)
    last_translations: list[Link] = field(default_factory=list)

    def rows(self, edition: EditionRef) -> list[Entry]:
        """The entries of a reading; those of a date are asked for twice in a row at most."""
        if edition.id not in self.entries:
            self.entries |= entries_of_many(self.session, [edition.id])
        return self.entries[edition.id]

    def notes(self, edition: EditionRef) -> list[Amendment]:
        """What the notes of a reading say of rows."""
        return self.noted.get(edition.id, [])

    def said(self, step: Step, lang: Lang, *, translation: bool = False) -> list[StoredLink]:
        """People's decisions about links to the rows of one text: from earlier rows, or from the other language's."""
        newer = step.texts[lang].key
        return [
            one
            for one in self.people
            if edition_of(one.link.newer) == newer and (one.link.type is LinkType.TRANSLATION) == translation
            if not out_of_place(one.link, self.before)
        ]


def link_register(session: Session, now: datetime) -> RegisterLinking:
    """Link every date of the register that is not linked from the same readings already, and keep services."""
    texts = {lang: editions_in_force(session, lang) for lang in REGISTER_LANGS}
    plan = steps(texts)
    run = _Run(session, now, linkings(session), decisions(session), RegisterLinking(steps=len(plan)))
    run.texts = {text.key: text for found in texts.values() for text in found}
    run.before = {step.texts[lang].key: text.key for step in plan for lang, text in step.before.items()}
    run.noted = notes_of(session, [text.id for text in run.texts.values()])
    book, entered = Book(), 0
    done: list[_Done] = []
    for step in plan:
        one = _link_step(run, step)
        done.append(one)
        run.report.relinked += one.fresh
        if run.report.relinked == len(done):  # everything anew so far: no need to keep a date's links in memory
            book.step(one.rows, one.history, one.translations)
            one.rows, one.history, one.translations = {}, [], []
            entered = len(done)
        needed = {text.id for text in step.texts.values()}
        run.entries = {edition: rows for edition, rows in run.entries.items() if edition in needed}
    _withdraw_unplanned(run)
    if done and run.report.relinked == len(done):
        _write_all(run, book)
    elif run.report.relinked:
        _keep_services(run, done, book, entered)
    return run.report


def _link_step(run: _Run, step: Step) -> _Done:
    pairs = {lang: _history_pair(step, lang) for lang in step.texts}
    translation = _translation_pair(step)
    people = {lang: run.said(step, lang) for lang in pairs}
    said = [one for found in people.values() for one in found]
    if translation:
        said += run.said(step, Lang.KK, translation=True)
    told = [f"{one.link.older}>{one.link.newer}:{one.link.state}:{one.link.type}" for one in said]
    gone = [hashlib.sha256(" ".join(sorted(run.gone[lang])).encode()).hexdigest() for lang in sorted(step.texts)]
    noted = [repr(run.notes(text)) for text in (*step.before.values(), *step.texts.values())]
    inputs = step.inputs([*told, *gone, *noted])
    wanted = [*pairs.values(), *([translation] if translation else [])]
    run.used.update(wanted)
    if all(pair in run.known and run.known[pair].inputs_hash == inputs for pair in wanted):
        _pass_over(run, pairs)
        return _Done(step, {}, [], [], fresh=False)
    return _relink(run, step, people, inputs)


def _pass_over(run: _Run, pairs: Mapping[Lang, tuple[str, str, str]]) -> None:
    """A date that is linked already: only what ended and came back in it is carried on."""
    for lang, pair in pairs.items():
        row = run.known[pair]
        for key in row.restored:
            run.gone[lang].pop(key, None)
        run.gone[lang].update(dict.fromkeys(row.ended))
    run.last_translations = []


def _relink(run: _Run, step: Step, people: Mapping[Lang, list[StoredLink]], inputs: str) -> _Done:
    found: dict[Lang, list[Link]] = {}
    for lang, text in step.texts.items():
        before = run.rows(step.before[lang]) if lang in step.before else []
        orders = _orders(run, step, lang)
        found[lang] = link_editions(before, run.rows(text), [one.link for one in people[lang]], orders)
        run.report.findings += sync_findings(
            run.session, f"link orders {text.key}", text.capture_id, disagreements(orders, found[lang]), run.now
        )
    translations, findings = _translate(run, step)
    found = _settled(run, step, found, translations)
    history: list[Link] = []
    for lang in step.texts:
        row = _linking(run, _history_pair(step, lang), str(lang), inputs)
        history += _store_history(run, step, row, found[lang], people[lang])
    pair = _translation_pair(step)
    if pair:
        _store(run, _linking(run, pair, "", inputs), translations)
        run.report.findings += sync_findings(
            run.session, f"link {step.act} {step.day}", step.texts[Lang.RU].capture_id, findings, run.now
        )
    run.last_translations = translations
    rows = rows_by_language(entry for text in step.texts.values() for entry in run.rows(text))
    return _Done(step, rows, history, translations, fresh=True)


def _orders(run: _Run, step: Step, lang: Lang) -> Orders:
    """What the amending orders say between a text and the one before it."""
    if lang not in step.before:
        return Orders()
    older, newer = step.before[lang], step.texts[lang]
    return orders_between(run.rows(older), run.rows(newer), run.notes(older), run.notes(newer))


def _store_history(
    run: _Run, step: Step, row: LinkingRow, found: Sequence[Link], people: Sequence[StoredLink]
) -> list[Link]:
    """Keep one text's links to earlier rows, rows that came back included; gives those that count or may count."""
    lang = Lang(row.lang)
    before = run.rows(step.before[lang]) if lang in step.before else []
    links = decided(found, people)
    ended, begun = unlinked(before, run.rows(step.texts[lang]), links)
    back = _restored(run, lang, begun, [one.link for one in people])
    sure = [link for link in (*back, *links) if link.type is LinkType.RESTORED and link.state is LinkState.ACCEPTED]
    came = {link.newer for link in sure}
    row.ended, row.restored = [entry.key for entry in ended], sorted(link.older for link in sure)
    row.begun = [entry.key for entry in begun if entry.key not in came]
    _store(run, row, [*found, *back])
    for key in row.restored:
        run.gone[lang].pop(key, None)
    run.gone[lang].update({entry.key: entry for entry in ended})
    return [*links, *back]


def _history_pair(step: Step, lang: Lang) -> tuple[str, str, str]:
    return ("history", step.before[lang].key if lang in step.before else "", step.texts[lang].key)


def _translation_pair(step: Step) -> tuple[str, str, str] | None:
    if set(REGISTER_LANGS) <= set(step.texts):
        return ("translation", step.texts[Lang.RU].key, step.texts[Lang.KK].key)
    return None


def _translate(run: _Run, step: Step) -> tuple[list[Link], list[Finding]]:
    if _translation_pair(step) is None:
        return [], []
    links, findings = pair_languages(run.rows(step.texts[Lang.RU]), run.rows(step.texts[Lang.KK]))
    return decided(links, run.said(step, Lang.KK, translation=True)), findings


def _settled(
    run: _Run, step: Step, found: dict[Lang, list[Link]], translations: Sequence[Link]
) -> dict[Lang, list[Link]]:
    """Candidates of one language settled by the other, where both have the same two dates."""
    open_questions = any(link.state is LinkState.CANDIDATE for links in found.values() for link in links)
    dates = {(text.act, text.edition_date) for text in step.before.values()}
    if not open_questions or len(step.before) < 2 or len(dates) != 1:
        return found
    earlier = run.last_translations or _stored_translations(run, step)
    twins: dict[str, str] = {}
    for link in (*earlier, *translations):
        if keeps_identity(link):
            twins[link.older], twins[link.newer] = link.newer, link.older
    one, two = REGISTER_LANGS
    return {one: settle(found[one], found[two], twins), two: settle(found[two], found[one], twins)}


def _stored_translations(run: _Run, step: Step) -> list[Link]:
    row = run.known.get(("translation", step.before[Lang.RU].key, step.before[Lang.KK].key))
    return machine_links(run.session, [row.id])[row.id] if row else []


def _restored(run: _Run, lang: Lang, begun: Sequence[Entry], people: Sequence[Link]) -> list[Link]:
    """Links to rows that begin here from rows that ended earlier; people's refusals hold."""
    gone = run.gone[lang]
    if not begun or not gone:
        return []
    refused = {(link.older, link.newer) for link in people if link.state is LinkState.REFUSED}
    names = {name_key(entry.name, entry.subname) for entry in begun}
    unread = names_of(run.session, [key for key, entry in gone.items() if entry is None])
    wanted = {edition_of(key) for key, (name, subname) in unread.items() if name_key(name, subname) in names}
    ids = [run.texts[key].id for key in sorted(wanted) if key in run.texts]
    for entries in entries_of_many(run.session, ids).values() if ids else ():
        gone.update({entry.key: entry for entry in entries if entry.key in gone})
    candidates = [entry for entry in gone.values() if entry is not None]
    return [link for link in link_restored(candidates, begun) if (link.older, link.newer) not in refused]


def _linking(run: _Run, pair: tuple[str, str, str], lang: str, inputs: str) -> LinkingRow:
    row = run.known.get(pair)
    if row is None:
        row = LinkingRow(kind=pair[0], older=pair[1], newer=pair[2], lang=lang, ended=[], begun=[], restored=[])
        run.known[pair] = row
        run.session.add(row)
    row.inputs_hash, row.linker, row.linked_at = inputs, LINKER, run.now
    run.session.flush()
    return row


def _store(run: _Run, row: LinkingRow, links: Sequence[Link]) -> None:
    machine = [link for link in links if link.decided_by == "machine"]
    added, withdrawn = sync_links(run.session, row.id, machine, run.now)
    run.report.added += added
    run.report.withdrawn += withdrawn


def _withdraw_unplanned(run: _Run) -> None:
    """Pairs that no longer follow each other (an edition between them was read since) lose their links."""
    for pair, row in run.known.items():
        if row.kind in ("history", "translation") and pair not in run.used and row.inputs_hash:
            _store(run, row, [])
            row.inputs_hash, row.ended, row.begun, row.restored = "", [], [], []


def _keep_services(run: _Run, done: Sequence[_Done], begun: Book, entered: int) -> None:
    """Memberships after a run that left some dates as they were: new last dates are entered behind, else all anew.

    `begun` holds the first `entered` dates already, of which nothing else is in memory any more.
    """
    fresh = [index for index, one in enumerate(done) if one.fresh]
    tail = [done[index] for index in fresh]
    new = [key for one in tail for keys in one.rows.values() for key in keys]
    if fresh == list(range(fresh[0], len(done))) and not memberships(run.session, "entry", new):
        before = memberships(run.session, "entry", {link.older for one in tail for link in one.history})
        book = Book(before, lambda service: members_of(run.session, service))
        for one in tail:
            book.step(one.rows, one.history, one.translations)
        moved = {key: service for service, keys in book.added.items() for key in keys}
        texts = {text.key for one in tail for text in one.step.texts.values()}
        book.conflicts += [pair for pair in conflicts(run.session) if edition_of(pair[1]) not in texts]
        _write(run, book, moved, memberships(run.session, "entry", moved))
        return
    for one in done[entered:]:
        _load(run, one)
        begun.step(one.rows, one.history, one.translations)
    _write_all(run, begun)


def _write_all(run: _Run, book: Book) -> None:
    known = memberships(run.session, "entry")
    names = keep_names(book.added, known)
    book.added = {names[service]: keys for service, keys in book.added.items()}
    _write(run, book, {key: service for service, keys in book.added.items() for key in keys}, known)


def _load(run: _Run, one: _Done) -> None:
    """Rows and links of a date that was not linked anew."""
    if one.fresh:
        return
    texts = entries_of_many(run.session, [text.id for text in one.step.texts.values()])
    one.rows = rows_by_language(entry for entries in texts.values() for entry in entries)
    for lang in one.step.texts:
        row = run.known[_history_pair(one.step, lang)]
        one.history += decided(machine_links(run.session, [row.id])[row.id], run.said(one.step, lang))
    pair = _translation_pair(one.step)
    if pair:
        row = run.known[pair]
        people = run.said(one.step, Lang.KK, translation=True)
        one.translations = decided(machine_links(run.session, [row.id])[row.id], people)


def _write(run: _Run, book: Book, wanted: Mapping[str, str], old: Mapping[str, str]) -> None:
    first = {service: min(key.split("/")[1] for key in keys) for service, keys in book.added.items()}
    make_services(run.session, {service: date.fromisoformat(day) for service, day in first.items()}, run.now)
    run.report.memberships_changed = store_memberships(run.session, "entry", wanted, old)
    found = [
        Finding(CONFLICT, Level.WARNING, newer, "a link would give a service two rows of one text", older)
        for older, newer in book.conflicts
    ]
    found += _refused_but_one(run)
    said = "a person decided this link, but an edition between its two rows was read since: it counts no more"
    found += [
        Finding("decision_out_of_place", Level.WARNING, one.link.newer, said, one.link.older)
        for one in run.people
        if out_of_place(one.link, run.before)
    ]
    run.report.findings += sync_findings(run.session, SERVICES, None, found, run.now)


def _refused_but_one(run: _Run) -> list[Finding]:
    """Pairs that a person refused and that are one service still, tied through the other language or other rows."""
    refused = [one.link for one in run.people
               if one.link.state is LinkState.REFUSED and one.link.type is not LinkType.LISTED]  # fmt: skip
    service_of = memberships(run.session, "entry", {key for link in refused for key in (link.older, link.newer)})
    said = "a person refused this link, but both rows are one service still, through other links"
    return [
        Finding("refusal_without_effect", Level.WARNING, link.newer, said, link.older)
        for link in refused
        if link.older in service_of and service_of[link.older] == service_of.get(link.newer)
    ]
