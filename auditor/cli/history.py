"""`egov-audit link` and `review links`: services through editions, languages and the portal, and people's say in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy.orm import Session

from auditor.cli.app import app, load_config, note, say, say_json
from auditor.cli.series import today
from auditor.db.links import StoredLink, decisions, link_counts
from auditor.db.session import open_database, transaction
from auditor.link.stage_review import (
    Answer,
    decide,
    export_questions,
    names_in,
    open_questions,
    read_answers,
)
from auditor.measure.citation import plain
from auditor.measure.stage_growth import keep_growth
from auditor.records import LinkState
from crawler.errors import ContentError, UsageError

review_app = typer.Typer(help="What only a person can decide.", no_args_is_help=True)
app.add_typer(review_app, name="review")

Json = Annotated[bool, typer.Option("--json", help="Print JSON for a program.")]


@app.command("link")
def link_command(json_out: Json = False) -> None:
    """Follow services through editions, acts and languages, and link the portal's listings to them."""
    config = load_config()
    with open_database(config.db_url) as engine, transaction(engine) as session:
        summary = link_everything(session, config.link_threshold, datetime.now(UTC))
        # What the views say of changes and accounts rests on links: it must not outlive them.
        keep_growth(session, today())
    if json_out:
        say_json(summary)
        return
    say(_line("links", summary["links"]))
    say(_line("candidates", summary["candidates"]))
    say(_line("not linked", summary["unlinked"]))
    say(_line("listings", summary["listings"]))
    say(f"services: {summary['services']}")
    note(f"{summary['relinked']} of {summary['dates']} dates linked anew, {summary['findings']} findings")


def link_everything(session: Session, threshold: float, now: datetime) -> dict[str, Any]:
    """Link the register, then the portal; what `egov-audit link --json` prints.

    Raises ContentError where there is nothing to link.
    """
    from auditor.link.stage import link_register
    from auditor.link.stage_listings import link_portal

    register = link_register(session, now)
    portal = link_portal(session, threshold, now)
    if not any((register.steps, register.withdrawn, portal.linked, portal.ambiguous, portal.unlinked)):
        raise ContentError("nothing to link: no edition counts and no listing is stored; see `egov-audit status`")
    counts = link_counts(session)
    by_state: dict[LinkState, Counter[str]] = {state: Counter() for state in LinkState}
    for (kind, state), count in counts.by_type.items():
        by_state[state][str(kind)] += count
    return {
        "links": dict(sorted(by_state[LinkState.ACCEPTED].items())),
        "candidates": dict(sorted(by_state[LinkState.CANDIDATE].items())),
        "unlinked": {"ended": counts.ended, "begun": counts.begun},
        "listings": {"linked": portal.linked, "ambiguous": portal.ambiguous, "unlinked": portal.unlinked},
        "services": counts.services,
        "dates": register.steps,
        "relinked": register.relinked,
        "added": register.added + portal.added,
        "withdrawn": register.withdrawn + portal.withdrawn,
        "findings": counts.findings,
    }


def _line(title: str, counts: dict[str, int]) -> str:
    return f"{title}: " + (", ".join(f"{name} {count}" for name, count in counts.items()) or "none")


@review_app.command("links")
def review_links(
    *,
    export: Annotated[Path | None, typer.Option("--export", help="Write the open questions to this CSV file.")] = None,
    import_file: Annotated[Path | None, typer.Option("--import", help="Keep the decisions in this CSV file.")] = None,
    confirm: Annotated[int | None, typer.Option("--confirm", help="Id of a link that is true.")] = None,
    refuse: Annotated[int | None, typer.Option("--refuse", help="Id of a link that is false.")] = None,
    by: Annotated[str, typer.Option("--by", help="Who decides.")] = "",
    reason: Annotated[str, typer.Option("--reason", help="Why, in a line.")] = "",
    decided: Annotated[
        bool, typer.Option("--decided", help="List the decisions in force; --confirm or --refuse ID changes one.")
    ] = False,
    json_out: Json = False,
) -> None:
    """List links that the evidence does not settle, and keep people's decisions on them."""
    asked = [choice for choice in (export, import_file, confirm, refuse) if choice is not None]
    if len(asked) + decided > 1:
        raise UsageError("one of --export, --import, --confirm, --refuse, --decided at a time")
    if export is not None:
        from auditor.review.sheetfile import refuse_overwriting

        refuse_overwriting(export)
    with open_database(load_config().db_url) as engine, transaction(engine) as session:
        if export is not None:
            say(f"{export_questions(session, export)} open questions in {export}")
        elif import_file is not None:
            answers = read_answers(import_file)
            _decided(decide(session, answers, datetime.now(UTC)), len(answers))
        elif confirm is not None or refuse is not None:
            word = "confirm" if confirm is not None else "refuse"
            answer = Answer(int(str(asked[0])), word, by, reason)
            _decided(decide(session, [answer], datetime.now(UTC)), 1)
        elif decided:
            _show_decisions(session, json_out=json_out)
        else:
            _show_questions(session, json_out=json_out)


def _decided(ids: list[int], given: int) -> None:
    known = f", {given - len(ids)} were kept before" if given > len(ids) else ""
    say(f"{len(ids)} decisions kept{known}")
    if ids:
        note("run `egov-audit link` so that services follow them")


def _show_decisions(session: Session, *, json_out: bool) -> None:
    found = decisions(session)
    names = names_in(session, found)
    said = {LinkState.ACCEPTED: "confirmed", LinkState.REFUSED: "refused"}
    if json_out:
        say_json(
            [
                {
                    **_link_json(one, names),
                    "decision": said[one.link.state],
                    "by": one.link.decided_by,
                    "on": one.decided_at.date().isoformat(),
                    "reason": one.reason,
                }
                for one in found
            ]
        )
        return
    for one in found:
        say(f"{one.id}  {said[one.link.state]} {one.link.type}  {one.link.older}  {one.link.newer}")
        say(f"    {names.get(one.link.older, '')}\n    {names.get(one.link.newer, '')}")
        say(f"    {plain(one.link.decided_by)}, {one.decided_at.date()}: {plain(one.reason)}")
    note(f"{len(found)} decisions in force")


def _link_json(one: StoredLink, names: Mapping[str, str]) -> dict[str, Any]:
    ends = {"older": one.link.older, "newer": one.link.newer}
    return {"id": one.id, "type": str(one.link.type), **ends, **{f"{side}_name": names.get(key, "")
                                                               for side, key in ends.items()}}  # fmt: skip


def _show_questions(session: Session, *, json_out: bool) -> None:
    links = open_questions(session)
    names = names_in(session, links)
    if json_out:
        say_json(
            [
                {
                    **_link_json(one, names),
                    "probability": one.link.probability,
                    "evidence": dict(one.link.evidence),
                }
                for one in links
            ]
        )
        return
    for one in links:
        say(f"{one.id}  {one.link.type} {one.link.probability:.2f}  {one.link.older}  {one.link.newer}")
        say(f"    {names.get(one.link.older, '')}\n    {names.get(one.link.newer, '')}")
        for what, value in one.link.evidence:
            if what in ("order", "several"):
                say(f"    {what}: {value}")
    note(f"{len(links)} open questions")
