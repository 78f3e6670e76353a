"""The sources' files: what they must hold, and what a mistake in one says."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
import yaml

from crawler.config import CrawlConfig
from crawler.errors import ContentError, UsageError
from crawler.pages.records import Lang
from crawler.sources.load import FOLDER, load_sources

ADILET = yaml.safe_load((FOLDER / "adilet.yml").read_text(encoding="utf-8"))


def bound(value: float, reason: str = "a guard against broken readings") -> dict[str, object]:
    return {"value": value, "reason": reason}


def leave(**changes: object) -> dict[str, object]:
    """A permission in writing, whole but for what is changed (None: left out)."""
    whole = {"path": "/rus/archive/", "who": "Министерство юстиции", "date": "2024-03-01", "sha256": "a" * 64} | changes
    return {"robots_permission": [{key: value for key, value in whole.items() if value is not None}]}


def write(folder: Path, **changes: object) -> Path:
    content = {key: value for key, value in (ADILET | changes).items() if value is not None}
    (folder / "adilet.yml").write_text(yaml.safe_dump(content), encoding="utf-8")
    return folder


def test_the_two_sources_as_shipped() -> None:
    sources = load_sources(CrawlConfig())
    assert [(s.name, s.facts.spider) for s in sources.all] == [("adilet", "register"), ("egov", "portal")]
    assert [act.id for act in sources["adilet"].acts] == ["P070000561_", "P100000745_", "P1300000983", "V2000019982"]
    assert sources["adilet"].facts.ask == (Lang.RU, Lang.KK)
    assert sources["egov"].audiences == ("citizen", "business")
    assert sources["adilet"].fetch_hosts == {"adilet.zan.kz", "insecure.zan.kz"}
    for source in sources.all:
        assert source.facts.expectations.fill
        assert source.facts.licence
        assert source.facts.coverage


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"licenze": "x"}, "adilet.yml: licenze: Extra inputs"),
        ({"publisher": None}, "adilet.yml: publisher: Field required"),
        ({"acts": [{"id": "745", "date": "2010-07-20", "title": "x"}]}, "adilet.yml: acts.0.id"),
        ({"forms": [{"kind": "act_text", "path": "/{language}/docs"}]}, "adilet.yml: forms.0.path"),
        ({"ask": ["de"]}, "adilet.yml: ask.0"),
        ({"base": "adilet.zan.kz"}, "adilet.yml: base"),
        ({"base": "https://adilet.example"}, "adilet.yml: base: its host is not one of hosts"),
        ({"lang_words": {"rus": "ru"}}, "adilet.yml: ask: lang_words has no word for kk"),
        ({"mirror_hosts": []}, "adilet.yml: mirror_hosts: a form is for a mirror"),
        ({"expectations": {"fill": {"nam": bound(1.0)}}}, "adilet.yml: expectations.fill: no record has a field nam"),
        ({"expectations": {"fill": {"name": bound(1.1)}}}, "adilet.yml: expectations.fill.name: Input should be less"),
        ({"expectations": {"min_rows": 50}}, "adilet.yml: expectations.min_rows: a bound is written with why"),
        (
            {"expectations": {"max_rows": bound(1, "so")}},
            "adilet.yml: expectations.max_rows: a bound is",
        ),
        (leave(paht="/x"), "adilet.yml: robots_permission.0.paht: Extra inputs"),
        (leave(date="01.03.2024"), "adilet.yml: robots_permission.0.date: Input should be a valid date"),
        (leave(date="2124-03-01"), "adilet.yml: robots_permission.0.date: 2124-03-01 is in the future"),
        (leave(sha256="abc"), "adilet.yml: robots_permission.0.sha256: String should match"),
        (leave(sha256=None), "adilet.yml: robots_permission.0.sha256: Field required"),
        (leave(who=" "), "adilet.yml: robots_permission.0.who: String should have at least"),
        (leave(path="rus/archive"), "adilet.yml: robots_permission.0.path: String should match"),
        (leave(path="/rus/../x"), "adilet.yml: robots_permission.0.path: /rus/../x goes up"),
        (leave(host="egov.kz"), "adilet.yml: robots_permission: egov.kz is not one of hosts"),
        (leave(letter="none.pdf"), "adilet.yml: robots_permission.0: letter: none.pdf cannot be read: No such file"),
        (leave(letter="../adilet.yml"), "adilet.yml: robots_permission.0: letter: ../adilet.yml is no file name"),
        (leave(letter="adilet.yml"), "adilet.yml: robots_permission.0: letter: adilet.yml has sha256 "),
        ({"certificates": {"egov.kz": "a" * 64}}, "adilet.yml: certificates: egov.kz is not one of hosts"),
        ({"certificates": {"adilet.zan.kz": "A1"}}, "adilet.yml: certificates: adilet.zan.kz: a SHA-256 has 64"),
        ({"expectations": {"fill": {"name": 0.5}}}, "adilet.yml: expectations.fill.name: a bound is written with why"),
    ],
)
def test_a_mistake_is_named_with_file_and_key(tmp_path: Path, changes: dict[str, object], says: str) -> None:
    with pytest.raises(ContentError) as caught:
        load_sources(CrawlConfig(), write(tmp_path, **changes))
    assert str(caught.value).startswith(says)


def test_a_file_that_is_no_yaml_and_one_that_is_no_mapping(tmp_path: Path) -> None:
    (tmp_path / "broken.yml").write_text("a: [", encoding="utf-8")
    with pytest.raises(ContentError, match=r"broken\.yml"):
        load_sources(CrawlConfig(), tmp_path)
    (tmp_path / "broken.yml").write_text("- a", encoding="utf-8")
    with pytest.raises(ContentError, match=r"broken\.yml"):
        load_sources(CrawlConfig(), tmp_path)


def test_two_files_of_one_source(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "second.yml").write_text((tmp_path / "adilet.yml").read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(ContentError, match="same source"):
        load_sources(CrawlConfig(), tmp_path)


def test_a_lookup_beside_the_sources_is_left_alone(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "columns.yml").write_text("name: [a]", encoding="utf-8")
    assert load_sources(CrawlConfig(), tmp_path).spiders == ("register",)


def test_another_base_address_is_the_only_host_to_fetch_from() -> None:
    sources = load_sources(CrawlConfig(adilet_url="http://127.0.0.1:9/x/", edition_mirror_url="http://localhost:8"))
    assert sources["adilet"].site.base == "http://127.0.0.1:9/x"
    assert sources["adilet"].fetch_hosts == {"127.0.0.1:9", "localhost:8"}
    assert sources["egov"].fetch_hosts == {"egov.kz"}
    assert sources["egov"].site.mirror == ""


@pytest.mark.parametrize("address", ["adilet.zan.kz", "ftp://adilet.zan.kz", "https://", "https://a.kz/?q=1"])
def test_a_base_address_that_is_none(address: str) -> None:
    with pytest.raises(UsageError, match="no base address"):
        load_sources(CrawlConfig(adilet_url=address))


def test_an_unknown_name_lists_the_known_ones() -> None:
    sources = load_sources(CrawlConfig())
    with pytest.raises(UsageError, match="adilet, egov"):
        sources["zan"]
    with pytest.raises(UsageError, match="register, portal"):
        sources.of_spider("zan")


def test_the_letter_itself_is_held_to_its_sum(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_bytes(b"may")
    digest = hashlib.sha256(b"may").hexdigest()
    source = load_sources(CrawlConfig(sources=write(tmp_path, **leave(letter="letter.txt", sha256=digest))))["adilet"]
    assert source.permissions == [
        {"where": "adilet.zan.kz/rus/archive/", "who": "Министерство юстиции", "date": "2024-03-01", "sha256": digest}
    ]


@pytest.mark.parametrize(
    ("url", "covered"),
    [
        ("https://adilet.zan.kz/rus/archive/docs/V2000019982/01.01.2021", True),
        ("http://www.adilet.zan.kz/rus/archive/", True),
        ("https://adilet.zan.kz/rus/archives/x", False),
        ("https://adilet.zan.kz/kaz/archive/x", False),
        ("https://adilet.zan.kz:8443/rus/archive/x", False),
        ("https://insecure.zan.kz/rus/archive/x", False),
        ("https://adilet.zan.kz/rus/archive/../search/x", False),
        ("https://adilet.zan.kz/rus/archive/%2E%2e/search/x", False),
        ("https://adilet.zan.kz/rus/archive/..;/search/x", False),
        ("https://adilet.zan.kz/rus/archive//x", False),
    ],
)
def test_a_permission_covers_its_path_on_its_host_and_no_more(tmp_path: Path, url: str, covered: bool) -> None:
    source = load_sources(CrawlConfig(), write(tmp_path, **leave()))["adilet"]
    assert (source.permission(url) is not None) == covered


def test_a_folder_without_a_source(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"EGOV_AUDIT_SOURCES: .* holds no source"):
        load_sources(CrawlConfig(sources=tmp_path))
