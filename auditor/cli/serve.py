"""`egov-audit serve`: a release in the browser, read only."""

from __future__ import annotations

import contextlib
import os
import socket
import sqlite3
import sys
import threading
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any

import typer

from auditor.cli.app import app, note, say
from auditor.cli.release import chosen_release
from crawler.errors import UsageError

_LOOK_S = 1.0


@app.command()
def serve(
    port: Annotated[int, typer.Option("--port", help="Port; 0 takes a free one.", min=0, max=65535)] = 8001,
    host: Annotated[str, typer.Option("--host", help="Address to listen on; this machine alone unless set.")] = (
        "127.0.0.1"
    ),
    release: Annotated[
        Path | None, typer.Option("--release", help="Serve this release; a new one of the database unless set.")
    ] = None,
    door: Annotated[int, typer.Option("--door", hidden=True, help="The open door at which a server begins anew.")] = 0,
) -> None:
    """Open a release in the browser with Datasette: ready questions, search, SQL, CSV, XLSX, Atom. Reads only."""
    missing = [name for name in ("datasette", "datasette_xlsx", "datasette_atom", "uvicorn") if find_spec(name) is None]
    if missing:
        raise UsageError("serving needs more packages: pip install 'egov-audit[serve]'")
    file = chosen_release(release)
    _serve(file.absolute(), socket.socket(fileno=door) if door else _listen(host, port), anew=bool(door))


def _listen(host: str, port: int) -> socket.socket:
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        door = socket.socket(family)
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        door.bind(address)
        door.listen(64)
    except OSError as error:
        raise UsageError(f"cannot listen on {host} port {port}: {error.strerror}") from error
    return door


def _watch(served: Any, file: Path, door: socket.socket) -> None:  # noqa: ANN401 - Datasette's own
    """Begin anew at the same door when a question does not end; who waits there is answered then."""
    from auditor.release.guard import overrun

    while not overrun(served._all_file_connections):
        time.sleep(_LOOK_S)
    note("a question did not end: the server begins anew")
    door.set_inheritable(True)
    command = [sys.executable, "-c", "from auditor.cli.main import main; main()", "serve", "--release", str(file)]
    os.execv(sys.executable, [*command, "--door", str(door.fileno())])  # noqa: S606 - ourselves


def _serve(file: Path, door: socket.socket, *, anew: bool) -> None:
    import uvicorn
    from datasette.app import Datasette
    from datasette.database import Database
    from datasette.plugins import pm

    from auditor.release.guard import open_watched
    from auditor.release.plugin import Hooks
    from auditor.release.read import facts
    from auditor.release.served import SETTINGS, metadata, titles

    class Served(Database):  # type: ignore[misc]  # untyped, like all of Datasette
        """The release under guard."""

        def connect(self, write: bool = False) -> sqlite3.Connection:  # noqa: ARG002 - Datasette's own
            connection = open_watched(self.path)
            self._all_file_connections.append(connection)
            return connection

    name = facts(file)["id"]
    if set(file.name) & set("?#%"):
        raise UsageError(f"{file.name}: rename the file, its name cannot stand in an address")
    # Datasette shows the path it was given to whoever asks: the file's name alone.
    os.chdir(file.parent)
    pm.register(Hooks(name, titles(file)), "egov-audit")
    site = Datasette([], metadata=metadata(file), settings=SETTINGS)
    site.remove_database("_memory")
    served = Served(site, path=file.name, is_mutable=False)
    site.add_database(served, name=name)
    host, port = door.getsockname()[:2]
    if host not in ("127.0.0.1", "::1") and not anew:
        note(f"listening on {host}: whoever reaches this machine can read the release")
    if not anew:
        say(f"http://{f'[{host}]' if ':' in host else host}:{port}/")
        sys.stdout.flush()
    threading.Thread(target=_watch, args=(served, file, door), daemon=True).start()
    server = uvicorn.Server(uvicorn.Config(site.app(), log_level="warning", access_log=False))
    # With rich at hand Datasette prints every refused question with all its variables to stdout, which nobody may read:
    # a full pipe would stop the server.
    vars(sys.modules["datasette.handle_exception"])["rich"] = None
    with contextlib.suppress(KeyboardInterrupt), contextlib.redirect_stdout(sys.stderr):
        server.run(sockets=[door])
