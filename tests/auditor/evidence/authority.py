"""A time-stamping authority of our own: OpenSSL's, behind a loopback port, and the wrong turns one can take."""

from __future__ import annotations

import datetime as dt
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_SETTINGS = """[tsa]
default_tsa = own
[own]
serial = {folder}/serial
signer_cert = {folder}/signer.pem
signer_key = {folder}/signer.key
certs = {folder}/between.pem
signer_digest = sha256
default_policy = 1.2.3.4
digests = {digests}
ess_cert_id_alg = sha256
"""


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _certificate(subject: str, key: ec.EllipticCurvePrivateKey, by: str, with_key: ec.EllipticCurvePrivateKey) -> bytes:
    now, day = dt.datetime.now(dt.UTC), dt.timedelta(days=1)
    signs = subject.startswith("signer")
    made = (
        x509.CertificateBuilder(_name(by), _name(subject), key.public_key(), x509.random_serial_number())
        .not_valid_before(now - day)
        .not_valid_after(now + 30 * day)
        .add_extension(x509.BasicConstraints(ca=not signs, path_length=None), critical=True)
    )
    if signs:
        made = made.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
    return made.sign(with_key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


@dataclass(frozen=True, slots=True)
class Authority:
    """Signer, a certificate between and a root below a folder."""

    folder: Path

    @property
    def root(self) -> Path:
        """The certificate that a person puts into the settings."""
        return self.folder / "root.pem"

    def answer(self, query: bytes, digests: str = "sha256") -> bytes:
        """What OpenSSL's authority says to a query."""
        (self.folder / "query").write_bytes(query)
        (self.folder / "settings").write_text(_SETTINGS.format(folder=self.folder, digests=digests))
        command = ("openssl", "ts", "-reply", "-config", "settings", "-queryfile", "query", "-out", "answer")
        subprocess.run(command, cwd=self.folder, check=True, capture_output=True)
        return (self.folder / "answer").read_bytes()


def authority(folder: Path) -> Authority:
    """Make one, with new keys."""
    folder.mkdir()
    root, between, signer = (ec.generate_private_key(ec.SECP256R1()) for _ in range(3))
    (folder / "root.pem").write_bytes(_certificate("root of time", root, "root of time", root))
    (folder / "between.pem").write_bytes(_certificate("between", between, "root of time", root))
    (folder / "signer.pem").write_bytes(_certificate("signer\x1b[31m of time", signer, "between", between))
    (folder / "signer.key").write_bytes(
        signer.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    (folder / "serial").write_text("01\n")
    return Authority(folder)


@contextmanager
def served(answer: Callable[[bytes], bytes], status: int = 200, **head: str) -> Iterator[tuple[str, list[bytes]]]:
    """The address of a server that answers each posted query so, and the queries it got."""
    asked: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(self.rfile.read(int(self.headers["Content-Length"])))
            body = answer(asked[-1])
            self.send_response(status)
            for name, value in head.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing on stderr."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/tsr", asked
        finally:
            server.shutdown()
            thread.join()
