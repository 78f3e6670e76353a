"""Only public addresses are asked, whatever a name or a redirect says, unless the operator named the host."""

from __future__ import annotations

import ipaddress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twisted.internet.address import IPv4Address

from crawler.config import CrawlConfig
from crawler.middlewares.addresses import GuardedResolver, is_public, named_hosts
from crawler.middlewares.redirects import RefusedError, follow
from crawler.sources.load import load_sources
from tests.crawler.faults import Answer, FaultServer, good
from tests.crawler.manners.logs import read_logs
from tests.crawler.manners.probe import crawl
from tests.crawler.manners.resolver import ANSWERS

PAGE = "/rus/docs/V2000019982"
RESOLVER = "tests.crawler.manners.resolver.LyingResolver"
PRIVATE = [
    "127.0.0.1",
    "10.1.2.3",
    "172.16.0.9",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "224.0.0.1",
]
WRAPPED = ["::1", "fe80::1", "fc00::1", "::ffff:127.0.0.1", "2002:7f00:1::1", "64:ff9b::a00:1", "ff02::1", "::"]
#: No longer in use, or never given to anybody; who still routes them does so at home.
FORMER = ["fec0::1", "::10.0.0.1", "::ffff:0:127.0.0.1", "64:ff9b:1::a00:1", "5f00::1"]


@pytest.mark.parametrize("address", [*PRIVATE, *WRAPPED, *FORMER, "255.255.255.255", "fe80::1%eth0"])
def test_an_address_at_home_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "::ffff:8.8.8.8"])
def test_an_address_of_the_internet_is(address: str) -> None:
    assert is_public(address)


@given(st.ip_addresses(v=4))
def test_a_wrapped_address_is_judged_like_the_bare_one(address: ipaddress.IPv4Address) -> None:
    number = int(address)
    mapped, translated = ipaddress.IPv6Address(0xFFFF << 32 | number), ipaddress.IPv6Address(0x64FF9B << 96 | number)
    assert is_public(str(mapped)) == is_public(str(translated)) == is_public(str(address))


@pytest.mark.parametrize("address", PRIVATE[:6])
def test_a_name_of_the_source_that_leads_home_is_not_asked(tmp_path: Path, address: str) -> None:
    """The real host's name, and a resolver that answers with an address of somebody's own network."""
    env = {ANSWERS: f"adilet.zan.kz={address}", "EGOV_AUDIT_ADILET_URL": ""}
    url = f"https://adilet.zan.kz{PAGE}"
    done = crawl([url], tmp_path, env, DNS_RESOLVER=RESOLVER)
    reason = f"not asked: adilet.zan.kz leads to {address}, which is no public address"
    logs = read_logs(tmp_path)
    assert (done.got, logs.captures) == ({}, [])
    assert logs.fetch("https://adilet.zan.kz/robots.txt")["detail"] == reason
    assert logs.codes("https://adilet.zan.kz/robots.txt") == ["private_address"]
    assert logs.run["result"] == "failed"


def test_a_host_that_the_operator_named_may_be_at_home(tmp_path: Path) -> None:
    with FaultServer({PAGE: good()}) as server:
        url = server.url.replace("localhost", "mirror.example") + PAGE
        done = crawl([url], tmp_path, {ANSWERS: "mirror.example=127.0.0.1"}, DNS_RESOLVER=RESOLVER)
        assert done.got[url]["verdict"] == "ok"
        assert server.paths == [PAGE]


class Turncoat:
    """A resolver whose answer is another one every time it is asked."""

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)

    def resolveHostName(self, receiver: Any, host: str, port: int = 0, *_: Any) -> None:  # noqa: N802
        """As Twisted's interface says."""
        receiver.resolutionBegan(None)
        receiver.addressResolved(IPv4Address("TCP", self.answers.pop(0), port))
        receiver.resolutionComplete()


class Receiver:
    """Keeps the addresses that a connection would be made to."""

    def __init__(self) -> None:
        self.got: list[str] = []

    def resolutionBegan(self, _: Any) -> None:  # noqa: N802
        """Nothing to note."""

    def addressResolved(self, address: Any) -> None:  # noqa: N802
        """Note it."""
        self.got.append(address.host)

    def resolutionComplete(self) -> None:  # noqa: N802
        """Nothing to note."""


def test_a_name_that_changes_its_mind_is_judged_by_what_is_connected_to() -> None:
    """DNS rebinding: a public answer for a look, a private one for the connection."""
    resolver = GuardedResolver(Turncoat("93.184.215.14", "127.0.0.1", "93.184.215.14"))
    told = []
    for _ in range(3):
        receiver = Receiver()
        resolver.resolveHostName(receiver, "adilet.zan.kz", 443)
        told.append((receiver.got, dict(resolver.refused)))
    assert told == [(["93.184.215.14"], {}), ([], {"adilet.zan.kz": "127.0.0.1"}), (["93.184.215.14"], {})]


def test_no_host_is_named_unless_somebody_does() -> None:
    assert named_hosts(CrawlConfig()) == frozenset()
    named = CrawlConfig(adilet_url="http://localhost:8000/x", egov_url="http://10.0.0.8")
    assert named_hosts(named) == {"localhost", "10.0.0.8"}


@pytest.mark.parametrize("address", [*PRIVATE, "localhost", "[::1]", "metadata.google.internal"])
def test_a_redirect_to_an_address_at_home_is_refused(address: str) -> None:
    source = load_sources(CrawlConfig())["adilet"]
    with pytest.raises(RefusedError, match="is not a host of this source"):
        follow(f"https://adilet.zan.kz{PAGE}", 302, f"https://{address}{PAGE}", source.fetch_hosts, (source.site,))


def test_a_proxy_of_the_environment_gets_nothing(tmp_path: Path) -> None:
    """It would answer in the source's place, and resolve names where nobody looks."""
    with FaultServer({PAGE: good()}) as server, FaultServer({}) as proxy:
        address = proxy.url.replace("http://", "http://user:marked@")
        done = crawl(
            [server.url + PAGE], tmp_path, {"http_proxy": address, "https_proxy": address, "all_proxy": address}
        )
        assert (done.got[server.url + PAGE]["verdict"], proxy.paths) == ("ok", [])


@pytest.mark.parametrize("address", ["127.0.0.1:9", "169.254.169.254", "[::ffff:10.0.0.1]"])
def test_a_page_that_redirects_home_is_recorded_and_not_followed(tmp_path: Path, address: str) -> None:
    """Through the whole crawl: nothing of the address at home is asked for, and the record says why."""
    moved = Answer(status=302, headers={"Location": f"http://{address}{PAGE}"})
    with FaultServer({PAGE: moved}) as server:
        url = server.url + PAGE
        done = crawl([url], tmp_path)
    assert (done.got, done.lost[url]["code"]) == ({}, "redirect_refused")
    assert "is not a host of this source" in done.lost[url]["detail"]
    assert {capture["url"] for capture in read_logs(tmp_path).captures} == {server.url + "/robots.txt", url}


def test_what_a_site_says_gives_the_terminal_no_orders(tmp_path: Path) -> None:
    """A redirect's address with the signs that colour, retitle or fill the clipboard: they are written out."""
    moved = Answer(status=302, headers={"Location": "http://x\x1b[31m.example/\x1b]52;c;aGk=\x07"})
    with FaultServer({PAGE: moved}) as server:
        done = crawl([server.url + PAGE], tmp_path)
    assert "redirect to http://x\\x1b[31m.example/" in done.lines[0]
    assert "\x1b" not in done.stderr
    assert "\\x1b[31m" in read_logs(tmp_path).fetch(server.url + PAGE)["detail"]


def test_a_maze_ends(tmp_path: Path) -> None:
    """Every page names one more: what lies too many links away is recorded, and not asked for."""
    routes = {f"{PAGE}/{number:02}.01.2021": good() for number in range(1, 31)}
    with FaultServer({PAGE: good(), **routes}) as server:
        done = crawl([server.url + PAGE], tmp_path, PROBE_MAZE=True)
        asked = len(server.paths)
    (lost,) = done.lost.values()
    assert (asked, lost["code"], lost["detail"]) == (9, "too_deep", "not asked: more than 8 links from the start")


def test_a_page_that_trickles_is_given_up_in_time(tmp_path: Path) -> None:
    """Its head comes at once and its body never ends: the time counts for the whole of it."""
    with FaultServer({PAGE: Answer(body=b"<html>", length=1_000, stuck=True)}) as server:
        url = server.url + PAGE
        done = crawl([url], tmp_path, RETRY_TIMES=0, PROBE_GIVEN_UP=[url])
    assert done.lost[url]["code"] == "timeout"
