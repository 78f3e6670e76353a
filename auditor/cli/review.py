"""`egov-audit review links`: links that the evidence does not settle, and people's decisions on links."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy.orm import Session

from auditor.cli.app import app, load_config, note, say, say_json
from auditor.db.links import StoredLink, last_words
from auditor.db.session import open_database, transaction
from auditor.link.stage_review import (
    ADD,
    SAID,
    Answer,
    decide,
    export_links,
    links_at,
    names_in,
    open_questions,
    read_answers,
    said_of,
)
from auditor.measure.citation import plain
from auditor.records import LinkState
from crawler.calendar import local_day
from crawler.errors import UsageError

review_app = typer.Typer(help="What only a person can decide.", no_args_is_help=True)
app.add_typer(review_app, name="review")

Json = Annotated[bool, typer.Option("--json", help="Print JSON for a program.")]


@review_app.command("links")
def review_links(
    *,
    export: Annotated[
        Path | None,
        typer.Option("--export", help="Write the open questions, or what --decided or --of lists, to this CSV file."),
    ] = None,
    import_file: Annotated[Path | None, typer.Option("--import", help="Keep the decisions in this CSV file.")] = None,
    confirm: Annotated[int | None, typer.Option("--confirm", help="Id of a link that is true.")] = None,
    refuse: Annotated[int | None, typer.Option("--refuse", help="Id of a link that is false.")] = None,
    withdraw: Annotated[
        int | None, typer.Option("--withdraw", help="Id of a decision to take back: the machine judges its link again.")
    ] = None,
    add: Annotated[
        str | None,
        typer.Option(
            "--add",
            metavar="TYPE",
            help="Link the rows of --older and --newer, which nothing proposed: same, renamed, reworded, renumbered, "
            "moved, taken_over, split, merged, regrouped, restored.",
        ),
    ] = None,
    older: Annotated[
        list[str] | None,
        typer.Option("--older", metavar="KEY", help="Earlier row of an added link; of a merger, each."),
    ] = None,
    newer: Annotated[
        list[str] | None, typer.Option("--newer", metavar="KEY", help="Later row of an added link; of a split, each.")
    ] = None,
    by: Annotated[str, typer.Option("--by", help="Who decides: a name or an alias; releases show it.")] = "",
    reason: Annotated[str, typer.Option("--reason", help="Why, in a line.")] = "",
    decided: Annotated[
        bool,
        typer.Option("--decided", help="List people's decisions; --confirm, --refuse or --withdraw ID changes one."),
    ] = False,
    of: Annotated[
        str | None,
        typer.Option(
            "--of", metavar="KEY", help="List the links, sure ones too, of an entry, code, listing or service."
        ),
    ] = None,
    json_out: Json = False,
) -> None:
    """List links that the evidence does not settle, and keep people's decisions on any link."""
    given = {"confirm": confirm, "refuse": refuse, "withdraw": withdraw}
    said = [(word, link_id) for word, link_id in given.items() if link_id is not None]
    keeping = len(said) + (import_file is not None) + (add is not None)
    if keeping + (export is not None) > 1 or keeping + decided + (of is not None) > 1:
        raise UsageError("one of --export, --import, --confirm, --refuse, --withdraw, --add at a time; --decided and "
                         "--of KEY list, alone or with --export")  # fmt: skip
    if (add is not None, add is not None) != (bool(older), bool(newer)):
        raise UsageError("--add TYPE, --older KEY and --newer KEY go together")
    if export is not None:
        from auditor.review.sheetfile import refuse_overwriting

        refuse_overwriting(export)
    with open_database(load_config().db_url) as engine, transaction(engine) as session:
        if not keeping:
            _list(session, export, of, decided=decided, json_out=json_out)
            return
        if import_file is not None:
            answers = read_answers(import_file)
        elif add is not None:
            pairs = dict.fromkeys((old.strip(), new.strip()) for old in older or () for new in newer or ())
            answers = [Answer(0, ADD, by, reason, *pair, type=add) for pair in pairs]
        else:
            answers = [Answer(link_id, word, by, reason) for word, link_id in said]
        _decided(decide(session, answers, datetime.now(UTC)), len(answers))


def _list(session: Session, export: Path | None, of: str | None, *, decided: bool, json_out: bool) -> None:
    if of is not None:
        what, links, show = "links", links_at(session, of), _show_links
    elif decided:
        what, links, show = "decisions", last_words(session), _show_decisions
    else:
        what, links, show = "open questions", open_questions(session), _show_questions
    if export is not None:
        export_links(session, export, links)
        say(f"{len(links)} {what} in {export}")
    else:
        show(session, links, json_out=json_out)


def _decided(ids: list[int], given: int) -> None:
    known = f", {given - len(ids)} were kept before" if given > len(ids) else ""
    say(f"{len(ids)} decisions kept{known}")
    if ids:
        note("run `egov-audit link` so that services follow them")


def _show_decisions(session: Session, links: Sequence[StoredLink], *, json_out: bool) -> None:
    names = names_in(session, links)
    if json_out:
        say_json([{**_link_json(one, names), **_word_json(one)} for one in links])
        return
    for one in links:
        say(f"{one.id}  {SAID[one.link.state]} {one.link.type}  {one.link.older}  {one.link.newer}")
        say(f"    {names.get(one.link.older, '')}\n    {names.get(one.link.newer, '')}")
        say(f"    {_by(one)}")
    withdrawn = sum(one.link.state is LinkState.CANDIDATE for one in links)
    note(f"{len(links) - withdrawn} decisions in force" + (f", {withdrawn} withdrawn" if withdrawn else ""))


def _show_links(session: Session, links: Sequence[StoredLink], *, json_out: bool) -> None:
    """Each with its id, by which a person refuses a sure one too."""
    names = names_in(session, links)
    state = {one.id: str(one.link.state) if one.linking_id else SAID[one.link.state] for one in links}
    if json_out:
        say_json(
            [
                {
                    **_link_json(one, names),
                    "state": state[one.id],
                    **{name: getattr(one.link, name) for name in ("probability", "score", "rule", "group")},
                    "evidence": _evidence(one),
                }
                for one in links
            ]
        )
        return
    for one in links:
        link = one.link
        say(f"{one.id}  {state[one.id]} {link.type} {link.probability:.2f} {link.rule}  {link.older}  {link.newer}")
        for name in dict.fromkeys(names.get(key, "") for key in (link.older, link.newer)):
            say(f"    {name}")
    wrong = "a wrong one is refused by its id: --refuse ID --by NAME --reason WHY"
    missing = "one that is missing is added: --add TYPE --older KEY --newer KEY --by NAME --reason WHY"
    note(f"{len(links)} links in force; {wrong if links else missing}")


def _by(one: StoredLink) -> str:
    return f"{plain(one.link.decided_by)}, {local_day(one.decided_at)}: {plain(one.reason)}"


def _word_json(one: StoredLink) -> dict[str, str]:
    return {"decision": SAID[one.link.state], "by": one.link.decided_by, "on": local_day(one.decided_at).isoformat(),
            "reason": one.reason}  # fmt: skip


def _link_json(one: StoredLink, names: Mapping[str, str]) -> dict[str, Any]:
    ends = {"older": one.link.older, "newer": one.link.newer}
    return {"id": one.id, "type": str(one.link.type), **ends, **{f"{side}_name": names.get(key, "")
                                                               for side, key in ends.items()}}  # fmt: skip


def _evidence(one: StoredLink) -> dict[str, str]:
    """What speaks for a link by what it is about; of one thing several may be said."""
    said: dict[str, list[str]] = {}
    for what, value in one.link.evidence:
        said.setdefault(what, []).append(value)
    return {what: "; ".join(values) for what, values in said.items()}


def _show_questions(session: Session, links: Sequence[StoredLink], *, json_out: bool) -> None:
    names, words = names_in(session, links), said_of(session)
    said = {one.id: words.get((one.link.older, one.link.newer)) for one in links}
    if json_out:
        say_json(
            [
                {
                    **_link_json(one, names),
                    "probability": one.link.probability,
                    "evidence": _evidence(one),
                    **(_word_json(word) if (word := said[one.id]) else {}),
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
        if word := said[one.id]:
            say(f"    {SAID[word.link.state]}: {_by(word)}")
    note(f"{len(links)} open questions")
