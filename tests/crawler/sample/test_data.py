"""The sample's data files: whole, and rendered to the same bytes every time."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from crawler.pages.records import DeliveryForm
from crawler.pages.text import KAZAKH_LETTERS
from crawler.sample.data import read_yaml, register, words

_DIGEST = """
from hashlib import sha256
from crawler.sample.site import pages
digest = sha256()
for site in ("adilet", "egov"):
    for path, page in pages(site).items():
        digest.update(repr((path, page.status, sorted(page.headers.items()))).encode() + page.body)
print(digest.hexdigest())
"""


def digest(seed: str) -> str:
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    run = subprocess.run([sys.executable, "-c", _DIGEST], env=environment, capture_output=True, text=True, check=True)
    return run.stdout.strip()


def test_two_renderings_give_the_same_bytes() -> None:
    first = digest("1")
    assert len(first) == 64
    assert digest("4242") == first


def leaves(value: object, path: tuple[object, ...]) -> Iterator[tuple[tuple[object, ...], object]]:
    if isinstance(value, dict):
        for key, each in value.items():
            yield from leaves(each, (*path, key))
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from leaves(each, (*path, number))
    else:
        yield path, value


@pytest.mark.parametrize("name", ["words.yml", "script.yml", "portal.yml"])
def test_yaml_says_what_it_looks_like(name: str) -> None:
    """A comma in an unquoted flow text would give a key without a value, an unquoted `no` a truth value."""
    for path, value in leaves(read_yaml(name), ()):
        assert value is not None, path
        assert all(isinstance(part, str | int) and not isinstance(part, bool) for part in path), path


def test_services_have_names_in_both_languages_and_known_words() -> None:
    for service in register().services.values():
        assert service.names["ru"] != service.names["kk"]
        assert not KAZAKH_LETTERS & set(service.names["ru"]), service.id
        assert all((*service.names.values(), *service.results.values(), *service.listing.values())), service.id
        assert set(service.results) <= {"ru", "kk", "en"}, service.id
        assert service.names.get("en") or "en" not in service.results, service.id
        assert service.coding[0] in ("transactional", "human_social"), service.id
        assert service.coding[1] in ("complete", "partial"), service.id
        assert len(service.code) == 8
        for group, key in (
            ("forms", service.form),
            ("bodies", service.developer),
            ("providers", service.provider),
            ("intake", service.intake),
            ("recipients", service.recipient),
            ("payments", service.payment),
        ):
            assert key in words()[group], (service.id, group)
        assert not service.slug or service.category in words()["categories"], service.id


def test_slugs_are_their_own() -> None:
    slugs = [service.slug for service in register().services.values() if service.slug]
    assert len(set(slugs)) == len(slugs)


def test_forms_mean_members_of_the_record() -> None:
    for name, form in words()["forms"].items():
        assert {DeliveryForm(member) for member in form["means"]}, name
