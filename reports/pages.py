"""Writes the pages: which page is made from which view and template, and where it lies."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from auditor.measure.records import DatedAudit
from auditor.measure.report_records import Report
from auditor.records import Evidence
from reports.contexts.base import NavItem
from reports.contexts.method import ChooserPage, EvidencePage
from reports.copies import readable_copy
from reports.css import css_string
from reports.feeds import to_atom
from reports.i18n import LANGUAGES, Words
from reports.i18n import words as words_of
from reports.views.charts import Drawn, draw_all
from reports.views.corrections import corrections_page
from reports.views.facts import DIMENSIONS, Facts, copy_of, facts_of
from reports.views.feeds import feeds
from reports.views.figures import figures_page
from reports.views.front import TITLE, front_page
from reports.views.groups import group_page, groups_page
from reports.views.growth import account_file, former_page, growth_page, last_account
from reports.views.here import Site
from reports.views.lists import changes_page, dead_ends_page, flips_page
from reports.views.method import (
    cards_page,
    codebook_page,
    dictionary_page,
    editions_page,
    files_page,
    limits_page,
    method_page,
)
from reports.views.register import portal_page, register_page
from reports.views.series import series_page
from reports.views.services import service_page, services_page
from reports.views.wording import PROVENANCE

#: (path below the language's folder, template, context) of one page.
Page = tuple[str, str, object]


def environment() -> Environment:
    """The templates: an undefined name is an error, every text is escaped, words come from a catalogue."""
    env = Environment(
        loader=PackageLoader("reports", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        extensions=["jinja2.ext.i18n"],
    )
    env.filters["css_string"] = css_string
    return env


@dataclass(frozen=True, slots=True)
class Renderer:
    """The facts of a report, and what turns contexts into files."""

    facts: Facts

    @classmethod
    def of(cls, report: Report) -> Renderer:
        """A renderer of one report."""
        return cls(facts_of(report))

    def chooser(self, langs: Sequence[str], words: Words, out: Path) -> None:
        """The first page: which language to read in."""
        page = ChooserPage(
            title=words.say(TITLE),
            languages=tuple(
                (NavItem(f"{lang}/index.html", LANGUAGES[lang], False, lang), words_of(lang).say(TITLE))
                for lang in langs
            ),
            release=self.facts.report.release,
        )
        text = environment().get_template("chooser.html").render(page=page)
        (out / "index.html").write_text(text, encoding="utf-8", newline="\n")


def write_language(
    renderer: Renderer, words: Words, langs: tuple[str, ...], rules: Mapping[str, str], out: Path
) -> None:
    """Every page of a language below `out/LANG`, charts and feeds. Raises ContentError for a missing translation."""
    env = environment()
    env.install_gettext_translations(words.catalogue, newstyle=True)  # type: ignore[attr-defined]
    site = Site(renderer.facts, words, langs)
    charts = draw_all(site, out)
    folder = out / words.lang
    for path, template, page in _pages(site, charts, rules):
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        text = env.get_template(template).render(page=page)
        target.write_text(text, encoding="utf-8", newline="\n")
    (folder / "feeds").mkdir()
    for feed in feeds(site):
        (folder / "feeds" / feed.file).write_bytes(to_atom(feed))


def _pages(site: Site, charts: Mapping[str, Drawn], rules: Mapping[str, str]) -> Iterator[Page]:
    report = site.facts.report

    front = site.at("index.html")
    yield "index.html", "front.html", front_page(front, charts["rows"].at(front) if "rows" in charts else None)
    if report.now is not None:
        yield from _register_pages(site, charts, rules, report.now)
    if report.portals:
        yield "portal.html", "register.html", portal_page(site.at("portal.html"), report.portals)
    for path, template, view in (
        ("method.html", "text.html", method_page),
        ("limits.html", "text.html", limits_page),
        ("cards.html", "cards.html", cards_page),
        ("dictionary.html", "dictionary.html", dictionary_page),
        ("corrections.html", "corrections.html", corrections_page),
        ("editions.html", "editions.html", editions_page),
        ("codebook.html", "codebook.html", codebook_page),
    ):
        yield path, template, view(site.at(path))
    files = site.at("files.html")
    yield "files.html", "files.html", files_page(files, [drawn.at(files) for drawn in charts.values()])


def _register_pages(
    site: Site, charts: Mapping[str, Drawn], rules: Mapping[str, str], now: DatedAudit
) -> Iterator[Page]:
    facts = site.facts
    year = facts.report.as_of.year
    figures = site.at("figures.html")
    yield "figures.html", "figures.html", figures_page(figures, now, year, charts["two-by-two"].at(figures))
    growth = site.at("growth.html")
    drawn = {name: charts[name].at(growth) for name in ("rows", "digitised") if name in charts}
    yield "growth.html", "growth.html", growth_page(growth, drawn)
    for between in facts.report.accounts:
        if between is not last_account(facts.report):
            here = site.at(account_file(facts.report, between), "growth.html")
            yield here.path, "growth.html", former_page(here, between)
    series = site.at("series.html")
    yield "series.html", "series.html", series_page(series, charts["series"].at(series) if "series" in charts else None)
    for one in facts.report.years:
        if one.audit is not None:
            path = f"register/{one.year}.html"
            yield path, "register.html", register_page(site.at(path, "series.html"), one.audit, one.year)
    for dimension, folder in DIMENSIONS.items():
        index = site.at(f"{folder}/index.html")
        yield index.path, "groups.html", groups_page(index, dimension, charts[folder].at(index))
        for group in facts.groups[dimension]:
            here = site.at(f"{folder}/{group.file}", index.path)
            yield here.path, "group.html", group_page(here, dimension, group, now)
    yield "services/index.html", "services.html", services_page(site.at("services/index.html"))
    for record in facts.report.services.values():
        here = site.at(f"services/{facts.files[record.key]}.html", "services/index.html")
        yield here.path, "service.html", service_page(here, record, rules)
    yield "dead-ends.html", "dead_ends.html", dead_ends_page(site.at("dead-ends.html"), now)
    yield "label-flips.html", "flips.html", flips_page(site.at("label-flips.html"), now)
    yield "changes.html", "changes.html", changes_page(site.at("changes.html"))


def write_evidence(renderer: Renderer, bodies: Callable[[Evidence], bytes], out: Path) -> None:
    """The kept pages that the report shows, once for all languages. Raises OSError."""
    (out / "evidence").mkdir()
    report = renderer.facts.report
    kept: dict[str, tuple[Evidence, str]] = {}
    for key, evidence in report.places.items():
        kept.setdefault(copy_of(evidence).partition("#")[0], (evidence, text_language(key)))
    for record in report.editions:
        if record.cited:
            kept.setdefault(copy_of(record.evidence), (record.evidence, str(record.edition.lang)))
    show = kept_page_writer(report.release)
    for name, (evidence, lang) in sorted(kept.items()):
        (out / name).write_text(show(evidence, lang, bodies(evidence)), encoding="utf-8", newline="\n")


def text_language(key: str) -> str:
    """The language that a row's, listing's or service page's key names; empty without one."""
    return next((part for part in key.removeprefix("page:").split("/") if part in LANGUAGES), "")


def kept_page_writer(release: str) -> Callable[[Evidence, str, bytes], str]:
    """What turns a kept page (where it was read, language of its text, bytes) into HTML that is safe to open."""
    template = environment().get_template("evidence.html")
    provenances = {
        code: " · ".join(words_of(lang).say(text) for lang in LANGUAGES) for code, text in PROVENANCE.items()
    }

    def show(evidence: Evidence, lang: str, body: bytes) -> str:
        page = EvidencePage(
            url=evidence.url,
            captured=Words.moment_of(evidence.captured_at),
            sha256=evidence.sha256,
            provenance=provenances.get(evidence.provenance, evidence.provenance),
            warc=evidence.warc,
            offset=str(evidence.offset),
            run=evidence.run_id,
            release=release,
            text_lang=lang,
            body=readable_copy(body),
        )
        return template.render(page=page)

    return show
