"""The register beside the portal: digitised entries that no listing shows, listings that no entry explains, fan-out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from auditor.link.words import GENERIC, folded, stem, words
from auditor.measure.compute import is_digitised, keys_of
from auditor.measure.presence import Lists, Presence
from auditor.measure.records import CodedEntry, Figure, Measured
from auditor.measure.scene import PortalScene, Scene
from crawler.errors import ContentError
from crawler.pages.records import Lang

#: Rows that must bear one template before it counts as one.
LEAST_ROWS = 3


def _portal(scene: Scene) -> PortalScene:
    if scene.portal is None:
        raise ContentError(scene.absent.get("portal", "no complete list of the portal was read"))
    return scene.portal


def listings(scene: Scene) -> list[Measured]:
    """The services that the portal lists in the language of the register's text."""
    shown = _portal(scene).shown
    if not shown:
        raise ContentError(f"no listing of the portal in {scene.snapshot.lang} was read")
    unread = [one for one in _portal(scene).unread if one.startswith(f"{scene.snapshot.lang}/")]
    remark = f"lists of the portal never read whole: {', '.join(unread)}" if unread else ""
    return [Measured("listings", (Figure("listings", "", len(shown), None, shown),), remark=remark)]


def phantoms(scene: Scene) -> list[Measured]:
    """Digitised entries whose service no listing shows, in any language of the portal, as far as that is proven.

    The head counts proven absences among the observed entries; what is merely not seen yet is a cell of its own and
    the difference between `low` and `high`. Undecided links may show an entry, so they lower `low`. Raises ContentError
    when nothing is digitised or no list was read.
    """
    portal = _portal(scene)
    digital = [row for row in scene.snapshot.entries if is_digitised(row.entry)]
    if not digital:
        raise ContentError("no entry of this edition is digitised")
    lists = Lists(portal.lists, portal.unread)
    listings: dict[str, list[str]] = defaultdict(list)
    for listing, services in portal.services_of.items():
        for service in services:
            listings[service].append(listing)
    perhaps = {service for services in portal.maybe.values() for service in services}
    cells: dict[Presence, list[CodedEntry]] = {presence: [] for presence in Presence}
    for row in digital:
        service = scene.service_of.get(row.entry.key, "")
        cells[lists.presence(listings.get(service, ()))].append(row)
    absent, open_ones = cells[Presence.ABSENT], cells[Presence.NOT_OBSERVED]
    observed = [row for row in digital if row not in open_ones]
    doubted = sum(scene.service_of.get(row.entry.key, "") in perhaps for row in absent)
    head = Figure(
        *("phantoms", "", len(absent), len(observed), keys_of(absent), keys_of(observed)),
        low=len(absent) - doubted,
        high=len(absent) + len(open_ones),
    )
    figures = [head]
    for presence, rows in cells.items():
        figures.append(Figure("phantoms", str(presence), len(rows), len(digital), keys_of(rows), keys_of(digital)))
    remark = ""
    if not lists.can_prove:
        remark = "no absence is proven: that takes complete lists of two harvests at least 14 days apart"
    if portal.unread:
        remark = f"no absence is proven: lists of the portal never read whole: {', '.join(portal.unread)}"
    return [Measured("phantoms", tuple(figures), remark=remark)]


def unregistered(scene: Scene) -> list[Measured]:
    """Listings in the language of the register's text that show no service of the edition in force.

    Listings that an undecided link would tie to a service in force are counted, and lower `low`.
    """
    portal = _portal(scene)
    in_force = {scene.service_of.get(row.entry.key, "") for row in scene.snapshot.entries} - {""}
    shown = portal.shown
    if not shown:
        raise ContentError(f"no listing of the portal in {scene.snapshot.lang} was read")
    alone, details, doubted = [], [], 0
    for key in shown:
        services = portal.services_of.get(key, ())
        if in_force.intersection(services):
            continue
        alone.append(key)
        perhaps = in_force.intersection(portal.maybe.get(key, ()))
        doubted += bool(perhaps)
        if perhaps:
            details.append((key, f"perhaps {', '.join(sorted(perhaps))}"))
        elif services:
            details.append((key, f"shows {', '.join(services)}, which is not in the edition in force"))
    figure = Figure(
        *("unregistered", "", len(alone), len(shown), tuple(alone), shown), low=len(alone) - doubted,
        high=len(alone),
    )  # fmt: skip
    return [Measured("unregistered", (figure,), details=tuple(details))]


def fan_out(scene: Scene) -> list[Measured]:
    """Rows whose names are one template with another object, and services with several listings.

    The head counts rows that share a name template with at least two others, of all rows. The cell `listings` counts
    entries whose service has more than one listing (in the text's language) among those with any; without lists it is
    not there, and the remark says why.
    """
    rows = scene.snapshot.entries
    shared = templates([(row.entry.key, row.entry.name) for row in rows], scene.snapshot.lang)
    in_template = {key: name for name, keys in shared.items() for key in keys}
    kept = [row for row in rows if row.entry.key in in_template]
    figures = [Figure("fan_out", "", len(kept), len(rows), keys_of(kept), keys_of(rows))]
    details = [(key, f"template: {in_template[key]}") for key in keys_of(kept)]
    derived: list[tuple[str, float]] = [("name_templates", len(shared))]
    if shared:
        derived.append(("most_rows_per_template", max(len(keys) for keys in shared.values())))
    if scene.portal is None:
        remark = scene.absent.get("portal", "no complete list of the portal was read")
        return [Measured("fan_out", tuple(figures), 0, tuple(derived), tuple(details), remark)]
    listed = _listed(scene, scene.portal)
    several = [row for row in rows if len(listed.get(row.entry.key, ())) > 1]
    base = tuple(key for key in keys_of(rows) if key in listed)
    figures.append(Figure("fan_out", "listings", len(several), len(base), keys_of(several), base))
    details += [(key, f"listings: {', '.join(listed[key])}") for key in keys_of(several)]
    if listed:
        counts = [len(found) for found in listed.values()]
        derived += [("listings_per_entry", round(sum(counts) / len(counts), 2)), ("most_listings", max(counts))]
    return [Measured("fan_out", tuple(figures), 0, tuple(derived), tuple(details))]


def _listed(scene: Scene, portal: PortalScene) -> dict[str, list[str]]:
    """The listings of each entry whose service has any."""
    by_service: dict[str, list[str]] = defaultdict(list)
    for key in portal.shown:
        for service in portal.services_of.get(key, ()):
            by_service[service].append(key)
    keys = keys_of(scene.snapshot.entries)
    return {key: by_service[service] for key in keys if (service := scene.service_of.get(key, "")) in by_service}


def templates(names: Sequence[tuple[str, str]], lang: Lang) -> dict[str, list[str]]:
    """Name templates that at least three differently named rows share → their keys; `names` are (key, name).

    A template is the run of general words that a name starts with in Russian («выдача лицензии …») or ends with in
    Kazakh («… лицензия беру»), at least two of them.
    """
    rows: dict[tuple[str, ...], list[tuple[str, str]]] = defaultdict(list)
    wording: dict[tuple[str, ...], str] = {}
    for key, name in names:
        said = words(folded(name))
        run: list[str] = []
        for word in said if lang is not Lang.KK else reversed(said):
            if stem(word) not in GENERIC:
                break
            run.append(word)
        if len(run) < 2 or len(run) == len(said):
            continue
        general = run[:2] if lang is not Lang.KK else list(reversed(run[:2]))
        shape = tuple(stem(word) for word in general)
        rows[shape].append((key, " ".join(said)))
        wording.setdefault(shape, " ".join(general))
    return {
        wording[shape]: [key for key, _ in found]
        for shape, found in sorted(rows.items())
        if len({name for _, name in found}) >= LEAST_ROWS
    }
