"""`egov-audit cite`: a figure as one cites it."""

from __future__ import annotations

from importlib.metadata import version
from typing import Annotated

import typer

from auditor.cli.app import app, load_config, say
from auditor.cli.figures import AsOf, Text, parse_day
from auditor.cli.series import checked_by_people, coding_note, keep_everything, measured_on
from auditor.corrections.stage import corrections
from auditor.db.permissions import pages_of_editions, permissions_used
from auditor.db.session import open_database, transaction
from auditor.measure.cards import card
from auditor.measure.citation import Citation, as_bibtex, as_cff, as_text
from auditor.measure.find import find_figure
from crawler.errors import UsageError
from crawler.pages.records import Lang

_FORMS = {"text": as_text, "bibtex": as_bibtex, "cff": as_cff}


@app.command()
def cite(
    figure: Annotated[str, typer.Argument(metavar="FIGURE", help="A measure's id, or id:cell (nature:human_social).")],
    *,
    as_of: AsOf = None,
    form: Annotated[str, typer.Option("--format", help="text, bibtex or cff.")] = "text",
    lang: Annotated[str, typer.Option("--lang", help="Language of the citation: en, ru, kk.")] = "en",
    text: Text = Lang.RU,
) -> None:
    """Cite a figure: value, bounds, definition, audit date, edition, release, program and run root of evidence."""
    from auditor.release.identity import release_id
    from crawler.archive.manifest import evidence_root
    from reports.i18n import languages, words
    from reports.views import citation
    from reports.views.permission import said

    known = card(figure.partition(":")[0])
    if form not in _FORMS:
        raise UsageError(f"no format {form!r}; there are {', '.join(_FORMS)}")
    if len(languages(lang)) != 1:
        raise UsageError(f"a citation has one language, not {lang!r}")
    say_in, config, day = words(languages(lang)[0]), load_config(), parse_day(as_of)
    with open_database(config.db_url) as engine, transaction(engine) as session:
        checked = checked_by_people(session, text)
        dated = measured_on(session, day, text, checked)
        found = find_figure(dated, figure)
        # The id of a release made now, which keeps every figure first: a citation must name the file that holds it.
        keep_everything(session)
        release = release_id(session)
        made = [one for one in corrections(session) if (one.figure, one.as_of, one.lang) == (figure, day, str(text))]
        permitted = permissions_used(session, pages_of_editions(session, text, day))
    shot = dated.snapshot
    cited = Citation(
        figure=figure,
        title=citation.title(say_in, found),
        definition=say_in.say(known.formula),
        value=citation.value(say_in, found),
        remarks=citation.remarks(say_in, dated, found, coding_note(checked, [dated]))
        + tuple(said(say_in, one) for one in permitted),
        as_of=day,
        text=str(text),
        act=shot.act,
        edition=shot.edition_date,
        release=release,
        version=version("egov-audit"),
        root=evidence_root(config.archive),
        superseded=citation.superseded(say_in, made),
    )
    say(_FORMS[form](cited, citation.facts(say_in, cited)))
