"""Only public addresses are connected to, unless the operator named the host: a mirror, or a loopback server.

The check sits between the resolver and the connection: what it lets through is what is connected to, so a name that
gives another answer the next time (DNS rebinding) gains nothing.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from twisted.internet.interfaces import IHostnameResolver, IResolutionReceiver
from zope.interface import implementer  # type: ignore[import-untyped]

from crawler.config import CrawlConfig

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
#: All of IPv6 that was ever given to the public internet. What lies elsewhere and is not told as private (the former
#: site-local addresses, an IPv4 address behind zeros) may lead into somebody's own network all the same.
_PUBLIC6 = ipaddress.ip_network("2000::/3")
_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def is_public(text: str) -> bool:
    """Whether an IP address is one of the public internet; one that wraps an IPv4 address is judged by that.

    Raises ValueError for a text that is no address.
    """
    address = ipaddress.ip_address(text.partition("%")[0])
    return all(
        one.is_global and not one.is_multicast and (one.version == 4 or one in _PUBLIC6)
        for one in _inner(address) or (address,)
    )


def _inner(address: _Address) -> tuple[_Address, ...]:
    """The IPv4 addresses that an IPv6 address leads to: mapped, 6to4, Teredo, NAT64."""
    if isinstance(address, ipaddress.IPv4Address):
        return ()
    if address.ipv4_mapped is not None:
        return (address.ipv4_mapped,)
    if address.sixtofour is not None:
        return (address.sixtofour,)
    if address.teredo is not None:
        return tuple(address.teredo)
    if address in _NAT64:
        return (ipaddress.IPv4Address(int(address) & 0xFFFFFFFF),)
    return ()


def named_hosts(config: CrawlConfig) -> frozenset[str]:
    """The hosts that the operator named: those of other base addresses, and of the mirror."""
    given = (config.adilet_url, config.egov_url, config.edition_mirror_url)
    return frozenset(host for url in given if (host := urlsplit(url).hostname))


@implementer(IHostnameResolver)
class GuardedResolver:
    """A reactor's resolver whose answers are looked at: an address that is not public is not handed on.

    `refused` holds, by host, the last answer that was held back. One of these serves all crawls of a process.
    """

    def __init__(self, resolver: Any) -> None:  # noqa: ANN401 - Twisted's interfaces mean nothing to the type checker
        self._resolver = resolver
        self._named: frozenset[str] = frozenset()
        self.refused: dict[str, str] = {}

    def allow(self, hosts: frozenset[str]) -> None:
        """Let these hosts lead anywhere."""
        self._named |= hosts

    def resolveHostName(  # noqa: N802 - Twisted's interface
        self,
        resolutionReceiver: Any,  # noqa: ANN401, N803
        hostName: str,  # noqa: N803
        portNumber: int = 0,  # noqa: N803
        addressTypes: Sequence[Any] | None = None,  # noqa: N803
        transportSemantics: str = "TCP",  # noqa: N803
    ) -> Any:  # noqa: ANN401
        """As Twisted's interface says."""
        receiver = resolutionReceiver
        if hostName not in self._named:
            self.refused.pop(hostName, None)
            receiver = _Filter(resolutionReceiver, hostName, self.refused)
        return self._resolver.resolveHostName(receiver, hostName, portNumber, addressTypes, transportSemantics)


@implementer(IResolutionReceiver)
class _Filter:
    """Hands public addresses on and remembers the others."""

    def __init__(self, receiver: Any, host: str, refused: dict[str, str]) -> None:  # noqa: ANN401
        self._receiver, self._host, self._refused = receiver, host, refused

    def resolutionBegan(self, resolutionInProgress: Any) -> None:  # noqa: N802, N803, ANN401
        """As Twisted's interface says."""
        self._receiver.resolutionBegan(resolutionInProgress)

    def addressResolved(self, address: Any) -> None:  # noqa: N802, ANN401
        """As Twisted's interface says."""
        if is_public(address.host):
            self._receiver.addressResolved(address)
        else:
            self._refused[self._host] = address.host

    def resolutionComplete(self) -> None:  # noqa: N802
        """As Twisted's interface says."""
        self._receiver.resolutionComplete()


def guard(reactor: Any, hosts: frozenset[str]) -> GuardedResolver:  # noqa: ANN401
    """Put the guard before a reactor's resolver, once, and let these hosts lead anywhere."""
    resolver = reactor.nameResolver
    if not isinstance(resolver, GuardedResolver):
        resolver = GuardedResolver(resolver)
        reactor.installNameResolver(resolver)
    resolver.allow(hosts)
    return resolver
