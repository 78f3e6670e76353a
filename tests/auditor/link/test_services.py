"""Services as sets of rows: never two rows of one text, names that stay."""

from __future__ import annotations

from auditor.link.services import Book, keep_names, service_key
from auditor.records import Link, LinkState, LinkType


def key(day: int, lang: str, code: str = "00101001") -> str:
    """An entry's key."""
    return f"V1/2020-01-0{day}/{lang}/{code}"


def link(older: str, newer: str, kind: LinkType = LinkType.SAME, state: LinkState = LinkState.ACCEPTED) -> Link:
    """A link between two rows."""
    return Link(kind, older, newer, 1.0, "test", state)


def test_a_service_is_named_by_its_first_row_s_code() -> None:
    book = Book()
    book.step(
        {"ru": [key(1, "ru")], "kk": [key(1, "kk")]}, [], [link(key(1, "ru"), key(1, "kk"), LinkType.TRANSLATION)]
    )
    assert set(book.service_of.values()) == {service_key(key(1, "ru"))}
    assert service_key(key(1, "ru")).startswith("S-00101001-")
    assert service_key("V1/2020-01-01/ru/nabc").startswith("S-x-")
    assert service_key(key(1, "ru")) != service_key(key(2, "ru"))


def test_splits_candidates_and_refusals_start_new_services() -> None:
    book = Book()
    book.step({"ru": [key(1, "ru"), key(1, "ru", "2"), key(1, "ru", "3")]}, [], [])
    links = [
        link(key(1, "ru"), key(2, "ru"), LinkType.SPLIT),
        link(key(1, "ru", "2"), key(2, "ru", "2"), state=LinkState.CANDIDATE),
        link(key(1, "ru", "3"), key(2, "ru", "3"), state=LinkState.REFUSED),
    ]
    book.step({"ru": [key(2, "ru"), key(2, "ru", "2"), key(2, "ru", "3")]}, links, [])
    assert len(set(book.service_of.values())) == 6


def test_a_second_row_of_one_text_is_not_let_in_and_is_reported() -> None:
    book = Book()
    book.step({"ru": [key(1, "ru")]}, [], [])
    book.step({"ru": [key(2, "ru")]}, [link(key(1, "ru"), key(2, "ru"))], [])
    rows = {"ru": [key(3, "ru"), key(3, "ru", "2")]}
    back = link(key(1, "ru"), key(3, "ru", "2"), LinkType.RESTORED)
    book.step(rows, [link(key(2, "ru"), key(3, "ru")), back], [])
    assert book.service_of[key(3, "ru")] == book.service_of[key(1, "ru")] != book.service_of[key(3, "ru", "2")]
    assert book.conflicts == [(key(1, "ru"), key(3, "ru", "2"))]


def test_several_identity_links_of_one_row_are_a_split_or_a_merger_and_start_services() -> None:
    book = Book()
    book.step({"ru": [key(1, "ru"), key(1, "ru", "2"), key(1, "ru", "3")]}, [], [])
    links = [
        *(link(key(1, "ru"), key(2, "ru")), link(key(1, "ru"), key(2, "ru", "2"))),
        *(link(key(1, "ru", code), key(2, "ru", "3")) for code in ("2", "3")),
    ]
    book.step({"ru": [key(2, "ru"), key(2, "ru", "2"), key(2, "ru", "3")]}, links, [])
    assert len(set(book.service_of.values())) == 6
    assert book.conflicts == []


def test_languages_that_contradict_each_other_keep_two_services() -> None:
    book = Book()
    rows = {"ru": [key(1, "ru"), key(1, "ru", "2")], "kk": [key(1, "kk"), key(1, "kk", "2")]}
    same = [link(key(1, "ru", code), key(1, "kk", code), LinkType.TRANSLATION) for code in ("00101001", "2")]
    book.step(rows, [], same)
    crossed = [link(key(2, "ru"), key(2, "kk"), LinkType.TRANSLATION)]
    book.step(
        {"ru": [key(2, "ru")], "kk": [key(2, "kk")]},
        [link(key(1, "ru"), key(2, "ru")), link(key(1, "kk", "2"), key(2, "kk"))],
        crossed,
    )
    assert book.service_of[key(2, "ru")] != book.service_of[key(2, "kk")]
    assert book.conflicts == [(key(2, "ru"), key(2, "kk"))]


def test_two_services_that_never_met_in_one_text_become_one_under_the_elder_s_name() -> None:
    book = Book()
    book.step({"ru": [key(1, "ru")]}, [], [])
    book.step({"kk": [key(2, "kk")]}, [], [])
    rows = {"ru": [key(3, "ru")], "kk": [key(3, "kk")]}
    links = [link(key(1, "ru"), key(3, "ru")), link(key(2, "kk"), key(3, "kk"))]
    book.step(rows, links, [link(key(3, "ru"), key(3, "kk"), LinkType.TRANSLATION)])
    assert set(book.service_of.values()) == {service_key(key(1, "ru"))}
    assert sorted(book.held(service_key(key(1, "ru")))) == sorted(book.service_of)


def test_a_service_keeps_the_name_that_most_of_its_rows_had() -> None:
    members = {"S-new": ["a", "b", "c"], "S-other": ["d"]}
    assert keep_names(members, {"a": "S-old", "b": "S-old", "c": "S-x", "d": "S-old"}) == {
        "S-new": "S-old",
        "S-other": "S-other",
    }


def test_a_name_once_given_is_not_given_to_another_service() -> None:
    names = keep_names({"S-1": ["a"], "S-2": ["b"]}, {"a": "S-2"})
    assert names["S-1"] == "S-2"
    assert names["S-2"] not in ("S-1", "S-2")
