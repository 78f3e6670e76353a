"""What the feeds say: changes since the year before by kind, and a digest of the report and its editions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time

from auditor.diff.records import Change, ChangeType
from auditor.records import Entry
from crawler.pages.text import plain
from reports.contexts.services import ChangesPage
from reports.feeds import Feed, FeedEntry, tag
from reports.views.corrections import corrected_line, correction_view, newest_first
from reports.views.facts import full_name
from reports.views.here import FEEDS, Here, Site, entry_group
from reports.views.lists import changes_page
from reports.views.method import editions_page
from reports.views.wording import EVENTS, FIELDS, word

_NEW = frozenset({ChangeType.ADDED, ChangeType.RESTORED})


def feeds(site: Site) -> Iterator[Feed]:
    """Every feed of one language. A change stands in each feed that it belongs to, under one id."""
    report = site.facts.report
    here = site.at("feeds/digest.atom")
    said = changes_page(here)
    sorted_changes = _sorted(report.changes)
    counts = {name: len(found) for name, found in sorted_changes.items()}
    digest = _digest(here, said, counts)
    page = "../changes.html" if report.now else "../index.html"
    for name, title in FEEDS.items():
        if name == "digest":
            entries, about, href = digest, "", "../editions.html"
        elif name == "corrected":
            entries, about, href = _corrected(here), "", "../corrections.html"
        else:
            entries = tuple(_change(here, change) for change in sorted_changes[name])
            about, href = said.lead, page
        yield Feed(
            file=f"{name}.atom",
            id=tag("feed", name, here.words.lang, report.lang),
            lang=here.words.lang,
            title=f"{here.words.say(title)} – {here.words.say('Audit of the public services register of Kazakhstan')}",
            about=" ".join(text for text in (about, said.frame.sample) if text),
            updated=max((one.updated for one in entries), default=_midnight(report.as_of)),
            href=href,
            entries=entries,
        )


def _sorted(changes: tuple[Change, ...]) -> Mapping[str, list[Change]]:
    """Each change under its feeds: one at least, two where a row got another form and another text."""
    found: dict[str, list[Change]] = {name: [] for name in FEEDS if name not in ("digest", "corrected")}
    for change in changes:
        if change.type is ChangeType.COSMETIC:
            continue
        if change.type in _NEW:
            found["new"].append(change)
        elif change.type is ChangeType.REMOVED:
            found["removed"].append(change)
        else:
            fields = {one.field for one in change.fields}
            if "form" in fields:
                found["flipped"].append(change)
            if fields != {"form"}:
                found["rewritten"].append(change)
    return found


def _corrected(here: Here) -> tuple[FeedEntry, ...]:
    """A correction an entry. What is known of it never changes, so its id and its time last."""
    words = here.words
    return tuple(
        FeedEntry(
            id=tag("correction", words.lang, one.key, one.noted_at.isoformat(), one.old, one.new),
            updated=one.noted_at,
            title=f"{view.figure}: {view.old} → {view.new.text}",
            lines=(
                corrected_line(words, one),
                f"{words.say('Audit date')}: {view.day}",
                f"{words.say('Why')}: {view.reason}",
                f"{words.say('Who noticed')}: {view.noticed_by}",
            ),
            href=f"../corrections.html#{view.id}",
        )
        for one in newest_first(here.site.facts.report.corrections)
        for view in (correction_view(here, one),)
    )


def _change(here: Here, change: Change) -> FeedEntry:
    words, report = here.words, here.site.facts.report
    rows = change.newer or change.older
    shown = rows[0]
    lines = [f"{word(words, EVENTS, change.type)}: {full_name(shown)}"]
    lines += [f"{word(words, FIELDS, 'code')}: {shown.code}"] if shown.code else []
    lines += [entry_group(shown)] if entry_group(shown) else []
    lines += [
        f"{word(words, FIELDS, one.field)}: {plain(one.before) or '–'} → {plain(one.after) or '–'}"
        for one in change.fields
    ]
    if len(change.older) > 1 or len(change.newer) > 1:
        both = (" + ".join(full_name(row) for row in side) for side in (change.older, change.newer))
        lines.append(" → ".join(both))
    return FeedEntry(
        id=tag("change", words.lang, report.lang, report.years[-2].as_of, change.type, *_content(here, change)),
        updated=_midnight(_day(here, change)),
        title=full_name(shown),
        lines=tuple(lines),
        href=here.row_href(shown.key) or f"../changes.html#{change.type}",
        lang=str(report.lang),
    )


def _content(here: Here, change: Change) -> Iterator[str]:
    """What a change is about. Services, not rows: a row's key names its edition, and a newer one may change nothing."""
    service_of = here.site.facts.report.service_of
    for side in (change.older, change.newer):
        yield " ".join(sorted(service_of.get(row.key, row.key) for row in side))
    for one in change.fields:
        yield f"{one.field}: {plain(one.before)} → {plain(one.after)}"


def _day(here: Here, change: Change) -> date:
    """The day of the first edition that shows the change, as far as the service's history tells it."""
    report = here.site.facts.report
    before, now = report.years[-2].as_of, report.now
    newest = now.snapshot.edition_date if now else report.as_of
    days = {day for row in change.newer or change.older if (day := _seen(here, row, gone=not change.newer)) is not None}
    return max((day for day in days if before < day <= newest), default=newest)


def _seen(here: Here, row: Entry, *, gone: bool) -> date | None:
    record = here.site.facts.service(row.key)
    if record is None:
        return None
    return record.stays[-1].until if gone else record.stays[-1].first


def _digest(here: Here, said: ChangesPage, counts: Mapping[str, int]) -> tuple[FeedEntry, ...]:
    """The report with its counts of changes and the root it rests on, then one entry an edition that was read."""
    words, report = here.words, here.site.facts.report
    kept = [one.captured_at for one in report.places.values()] + [one.evidence.captured_at for one in report.editions]
    lines = [said.lead]
    if any(counts.values()):
        lines += [f"{words.say(FEEDS[name])}: {words.number(count)}" for name, count in counts.items()]
        if twice := sum(counts.values()) - sum(one.type is not ChangeType.COSMETIC for one in report.changes):
            lines.append(words.count(
                "%(n)s change is another form and another text at once and counts in both.",
                "%(n)s changes are another form and another text at once and count in both.", twice,
            ))  # fmt: skip
    lines += [f"{words.say('Release')}: {report.release}"] if report.release else []
    lines += [f"{words.say('Run root of the evidence')}: {report.root}"] if report.root else []
    lines += [said.frame.stamped] if said.frame.stamped else []
    whole = FeedEntry(
        id=tag("report", words.lang, report.lang, report.as_of),
        updated=max(kept, default=_midnight(report.as_of)),
        title=f"{words.say('Figures on')} {words.day(report.as_of)}",
        lines=tuple(lines),
        href="../index.html",
    )
    return (
        whole,
        *(
            FeedEntry(
                id=tag("edition", words.lang, record.edition.key),
                updated=_midnight(record.edition.edition_date),
                title=f"{words.say('Edition')} {view.act}, {words.day(record.edition.edition_date)}",
                lines=(view.rows, view.state, f"sha256 {view.sha256}"),
                href=f"../editions.html#{view.id}",
            )
            for record, view in zip(report.editions, editions_page(here).rows, strict=True)
        ),
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
