"""`egov-audit link`: services through editions, languages and the portal."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from sqlalchemy.orm import Session

from auditor.cli.app import app, load_config, note, say, say_json
from auditor.cli.series import today
from auditor.db.links import link_counts
from auditor.db.session import open_database, transaction
from auditor.measure.stage_growth import keep_growth
from auditor.records import LinkState
from crawler.errors import ContentError

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
