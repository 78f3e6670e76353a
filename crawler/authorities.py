"""Certificate authorities: the system's, Mozilla's, and those of one PEM file that a person names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import certifi
from OpenSSL import SSL, crypto
from twisted.internet._sslverify import IOpenSSLTrustRoot
from twisted.internet.ssl import platformTrust
from zope.interface import implementer  # type: ignore[import-untyped]

from crawler.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path


@implementer(IOpenSSLTrustRoot)
class SystemAnd:
    """The system's authorities, Mozilla's list (a bare container has no other), and those of one PEM file.

    An intermediate authority in the file is enough: a person who names it vouches for it, and a server that sends its
    leaf alone is the reason for the file. (OpenSSL by itself would want the chain up to a self-signed root.)
    """

    def __init__(self, ca_file: Path | None) -> None:
        self._system: Any = platformTrust()  # type: ignore[no-untyped-call]
        self._ca_file = ca_file

    def _addCACertsToContext(self, context: SSL.Context) -> None:  # noqa: N802 - Twisted's name
        self._system._addCACertsToContext(context)
        context.load_verify_locations(certifi.where())
        if self._ca_file is not None:
            context.load_verify_locations(str(self._ca_file))
            store = context.get_cert_store()
            if store is not None:
                store.set_flags(crypto.X509StoreFlags.PARTIAL_CHAIN)


def check_ca_file(path: Path) -> None:
    """Raises UsageError if a file holds no certificates that OpenSSL can read."""
    try:
        SSL.Context(SSL.TLS_CLIENT_METHOD).load_verify_locations(str(path))
    except SSL.Error as error:
        what = "holds no certificate in PEM form" if path.is_file() else "cannot be read"
        raise UsageError(f"EGOV_AUDIT_CA_FILE: {path} {what}") from error
