"""A second harvest: unchanged pages cost no body, reach the callback all the same, and are told from changed ones."""

from __future__ import annotations

from pathlib import Path

from tests.crawler.faults import PLAIN, Answer, FaultServer, good, page
from tests.crawler.manners.logs import read_logs
from tests.crawler.manners.probe import crawl

PAGES = {
    "/rus/docs/V2000019982": good("Текст", ETag='"one"'),
    "/rus/docs/P1300000983": good("Другой", **{"Last-Modified": "Wed, 21 Oct 2015 07:28:00 GMT"}),
    "/rus/docs/P100000745_": good("Без признаков"),
}


def test_an_unchanged_page_costs_no_body_and_reaches_the_callback(tmp_path: Path) -> None:
    with FaultServer(PAGES) as server:
        urls = [server.url + path for path in PAGES]
        first, second = crawl(urls, tmp_path), crawl(urls, tmp_path)
        conditions = [
            (asked.headers.get("if-none-match"), asked.headers.get("if-modified-since"))
            for asked in server.asked
            if asked.path != "/robots.txt"
        ]
    assert conditions[:3] == [(None, None)] * 3
    assert conditions[3:] == [('"one"', None), (None, "Wed, 21 Oct 2015 07:28:00 GMT"), (None, None)]
    assert second.stats["egov/unchanged"] == 2
    assert {url: got["text"] for url, got in second.got.items()} == {url: got["text"] for url, got in first.got.items()}
    assert all(got["status"] == 200 and got["verdict"] == "ok" for got in second.got.values())
    logs = read_logs(tmp_path)
    kept = {line["url"]: line for line in logs.captures}
    assert [(kept[url]["record"], kept[url]["status"]) for url in urls] == [
        ("revisit", 304),
        ("revisit", 304),
        ("revisit", 200),
    ]
    assert [logs.fetch(url)["capture_id"] for url in urls] == [kept[url]["capture_id"] for url in urls]
    assert logs.run["detail"] == "3 fetched"


def test_a_changed_page_is_kept_anew(tmp_path: Path) -> None:
    path = "/rus/docs/V2000019982"
    with FaultServer({path: [good("Было", ETag='"one"'), good("Стало", ETag='"two"')]}) as server:
        crawl([server.url + path], tmp_path)
        second = crawl([server.url + path], tmp_path)
    assert "Стало" in second.got[server.url + path]["text"]
    assert "egov/unchanged" not in second.stats


def test_a_failed_page_is_no_ground_for_a_condition(tmp_path: Path) -> None:
    path = "/rus/docs/V2000019982"
    broken = Answer(body=page()[:-14], headers={"ETag": '"one"'})
    with FaultServer({path: [*[broken] * 5, good("Целая", ETag='"one"')]}) as server:
        crawl([server.url + path], tmp_path)
        second = crawl([server.url + path], tmp_path)
        assert all("if-none-match" not in asked.headers for asked in server.asked)
    assert "Целая" in second.got[server.url + path]["text"]


def test_an_unchanged_answer_that_nobody_asked_for_is_no_page(tmp_path: Path) -> None:
    path = "/rus/docs/V2000019982"
    with FaultServer({path: Answer(304)}) as server:
        done = crawl([server.url + path], tmp_path)
    assert done.lost[server.url + path]["verdict"] == "empty"


def test_a_page_whose_evidence_was_damaged_is_asked_for_in_full(tmp_path: Path) -> None:
    path = "/rus/docs/V2000019982"
    with FaultServer({path: good("Текст", ETag='"one"')}) as server:
        crawl([server.url + path], tmp_path)
        warc = next(tmp_path.glob("warc/*.warc.gz"))
        content = bytearray(warc.read_bytes())
        kept = read_logs(tmp_path).fetch(server.url + path)["capture_id"]
        line = next(line for line in read_logs(tmp_path).captures if line["capture_id"] == kept)
        content[line["offset"] + line["length"] // 2] ^= 0xFF
        warc.write_bytes(bytes(content))
        second = crawl([server.url + path], tmp_path)
        conditions = [asked.headers.get("if-none-match") for asked in server.asked if asked.path == path]
    assert conditions == [None, '"one"', None]
    assert "Текст" in second.got[server.url + path]["text"]
    assert "evidence_unreadable" in read_logs(tmp_path).codes(server.url + path)


def test_one_connection_carries_all_pages_of_a_host(tmp_path: Path) -> None:
    paths = [f"/rus/docs/V2000019982/{day:02}.01.2021" for day in range(1, 11)]
    with FaultServer(dict.fromkeys(paths, good())) as server:
        done = crawl([server.url + path for path in paths], tmp_path)
        assert len(done.got) == 10
        assert server.connections == 1


def test_cookies_are_not_sent_back_and_the_language_is_asked_for(tmp_path: Path) -> None:
    russian, kazakh = "/rus/docs/V2000019982", "/kaz/docs/V2000019982"
    routes = {path: good() for path in (russian, kazakh)}
    routes["/robots.txt"] = Answer(body=b"User-agent: *", headers={**PLAIN, "Set-Cookie": "session=1; Path=/"})
    with FaultServer(routes) as server:
        crawl([server.url + russian, server.url + kazakh], tmp_path)
        asked = {one.path: one.headers for one in server.asked}
    assert all("cookie" not in headers for headers in asked.values())
    assert (asked[russian]["accept-language"], asked[kazakh]["accept-language"]) == ("ru", "kk")
