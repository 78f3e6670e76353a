"""The sample's egov.kz: lists for citizens and business in three languages, and a page for each listed service."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from crawler.sample.answers import Page, page, render
from crawler.sample.data import Service, read_yaml, register, words
from crawler.sample.wording import pick, soil

PORTAL_LANGS = ("ru", "kk", "en")
AUDIENCES = ("citizen", "business")
_CHANGED = date(2024, 12, 20)


@dataclass(frozen=True, slots=True)
class Listing:
    """One service on the portal: where it is listed (audience, category), how it is called, what its page says.

    `service` is the register's service, None for a listing that the register does not have. `dead`: the link leads
    to a page that is not there.
    """

    slug: str
    places: tuple[tuple[str, str], ...]
    names: Mapping[str, str]
    results: Mapping[str, str]
    service: Service | None = None
    dead: bool = False

    def href(self, lang: str, category: str) -> str:
        """The link in a list; a few categories link the portal's other form of path."""
        folder = words()["categories"][category].get("path", "")
        if folder:
            return f"/cms/{lang}/services/{folder}/{self.slug}"
        return f"/cms/{lang}/online-services/for_citizen/{self.slug}"


@cache
def portal() -> Mapping[str, Any]:
    """What is particular on the portal (`portal.yml`)."""
    found: Mapping[str, Any] = read_yaml("portal.yml")
    return found


@cache
def listings() -> tuple[Listing, ...]:
    """Every listing of the portal, the register's services in the order of their codes, then the others."""
    found = [_of_service(service) for service in register().services.values() if service.slug]
    for key, dead in (("unregistered", False), ("dead_links", True)):
        found += [Listing(raw["slug"], (("citizen", raw["cat"]),), raw, raw["res"], dead=dead) for raw in portal()[key]]
    return tuple(found)


def _of_service(service: Service) -> Listing:
    places = [(service.audience, service.category)]
    if service.also:
        places.append((service.audience, service.also))
    if service.also_business:
        places.append(("business", service.also_business))
    names = {**service.names, **service.listing}
    return Listing(service.slug, tuple(places), names, service.results, service)


def listed(lang: str, audience: str) -> tuple[tuple[str, tuple[Listing, ...]], ...]:
    """A list's categories with their listings, in the page's order."""
    found = []
    for category in words()["categories"]:
        members = tuple(x for x in listings() if (audience, category) in x.places and lang in x.results)
        if members:
            found.append((category, members))
    return tuple(found)


def render_pages() -> Iterator[tuple[str, Page]]:
    """Every page of the site with its path."""
    yield "/robots.txt", page("User-agent: *\nDisallow:\n", _CHANGED, content_type="text/plain; charset=utf-8")
    for lang in PORTAL_LANGS:
        for audience in AUDIENCES:
            yield f"/cms/{lang}/online-services/for_{audience}", page(_list(lang, audience), _CHANGED)
        for listing in listings():
            if lang in listing.results and not listing.dead:
                answer = page(_service(listing, lang), _CHANGED)
                paths = {listing.href(lang, category) for _, category in listing.places}
                for path in sorted({*paths, f"/cms/{lang}/online-services/for_citizen/{listing.slug}"}):
                    yield path, answer


def _list(lang: str, audience: str) -> str:
    groups = [
        {
            "name": words()["categories"][category][lang],
            "links": [{"href": x.href(lang, category), "name": x.names[lang]} for x in members],
        }
        for category, members in listed(lang, audience)
    ]
    return render("portal_list.html.j2", lang=lang, audience=audience, groups=groups, words=_labels(lang))


def _service(listing: Listing, lang: str) -> str:
    labels = _labels(lang)
    return render(
        "service.html.j2",
        lang=lang,
        name=_soiled(listing.names[lang], listing.slug, lang),
        result=result_text(listing, lang),
        term=pick(labels["terms"], listing.slug),
        orderable=listing.slug not in portal()["not_orderable"],
        words=labels,
    )


def result_text(listing: Listing, lang: str) -> str:
    """What stands under the result heading: the result or a refusal; "" on the page whose block is empty."""
    if _has("empty_result", listing.slug, lang):
        return ""
    source = next((x["from"] for x in portal()["pasted_result"] if (x["slug"], x["lang"]) == (listing.slug, lang)), "")
    origin = next((x for x in listings() if x.slug == source), listing)
    return _soiled(origin.results[lang] + _labels(lang)["refusal"], listing.slug, lang)


def _soiled(text: str, slug: str, lang: str) -> str:
    if _has("soft_hyphens", slug, lang):
        return soil(text, "soft_hyphen", lang)
    return soil(text, "nbsp", lang) if _has("no_break_spaces", slug, lang) else text


def _has(fault: str, slug: str, lang: str) -> bool:
    return {"slug": slug, "lang": lang} in portal()[fault]


def _labels(lang: str) -> dict[str, Any]:
    return {key: value[lang] for key, value in words()["portal"].items()}
