"""What one language's text leaves open, the other's may settle: the same two rows stand in both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from auditor.link.services import keeps_identity
from auditor.records import Link, LinkState


def settle(links: Sequence[Link], other: Sequence[Link], twins: Mapping[str, str]) -> list[Link]:
    """`links` of one language with candidates settled by the certain links of the `other` one.

    `twins` gives a row's translation in the other language, for both editions. A candidate whose twin rows are linked
    for certain is accepted, and its rivals fall away; one whose twins are both linked elsewhere falls away.
    """
    certain = {(link.older, link.newer) for link in other if keeps_identity(link)}
    goes_to = dict(certain)
    comes_from = {newer: older for older, newer in certain}
    taken = {key for link in links if link.state is LinkState.ACCEPTED for key in (link.older, link.newer)}
    accepted: dict[tuple[str, str], Link] = {}
    for link in links:
        pair = (twins.get(link.older, ""), twins.get(link.newer, ""))
        free = link.older not in taken and link.newer not in taken
        if link.state is LinkState.CANDIDATE and pair in certain and free:
            evidence = (*link.evidence, ("other language", "same link"))
            accepted[link.older, link.newer] = replace(
                link, state=LinkState.ACCEPTED, rule="other_language", evidence=evidence
            )
            taken |= {link.older, link.newer}
    settled = []
    for link in links:
        if (link.older, link.newer) in accepted:
            settled.append(accepted[link.older, link.newer])
        elif link.state is not LinkState.CANDIDATE:
            settled.append(link)
        elif link.older not in taken and link.newer not in taken:
            older, newer = twins.get(link.older, ""), twins.get(link.newer, "")
            if not (goes_to.get(older, newer) != newer and comes_from.get(newer, older) != older):
                settled.append(link)
    return settled
