"""Notices through Apprise: they arrive, and no address leaves in an error or a log."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator

import pytest

from auditor.ops.others import notify_others
from crawler.errors import SourceError, UsageError
from tests.auditor.ops.mailbox import Web, web_server

#: One of its plugins still reads pictures with the standard library.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr':DeprecationWarning")
MESSAGE = ("egov-audit run: failed", "register: challenge: страница")


@pytest.fixture
def web() -> Iterator[Web]:
    with web_server() as site:
        yield site


def service(web: Web, path: str) -> str:
    return f"{web.address.replace('http', 'json')}/{path}?key=marker-apprise"


def test_every_service_gets_the_message_once(web: Web) -> None:
    notify_others(f"{service(web, 'one')}  {service(web, 'two')}", MESSAGE, failed=True)
    assert [path.partition("?")[0] for _, path, _ in web.asked] == ["/one", "/two"]
    told = json.loads(web.asked[0][2])
    assert (told["title"], told["message"], told["type"]) == (*MESSAGE, "failure")


def test_a_no_is_told_by_number_without_the_address(web: Web, caplog: pytest.LogCaptureFixture) -> None:
    web.status = 500
    with pytest.raises(SourceError, match="not taken by address 1") as error:
        notify_others(service(web, "one"), MESSAGE, failed=False)
    assert "marker" not in str(error.value) + caplog.text


def test_an_unknown_service_is_a_mistake_without_its_address() -> None:
    with pytest.raises(UsageError, match="address 1") as error:
        notify_others("nonesuch://marker-apprise", MESSAGE, failed=True)
    assert "marker" not in str(error.value)


def test_without_the_extra_it_says_what_to_install() -> None:
    code = (
        "import sys; sys.modules['apprise'] = None\n"
        "from auditor.ops.others import notify_others\n"
        "from crawler.errors import UsageError\n"
        "try: notify_others('json://x', ('a', 'b'), failed=True)\n"
        "except UsageError as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "egov-audit[notify]" in done.stdout
