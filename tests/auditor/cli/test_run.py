"""`egov-audit run` as cron starts it, over the sample's sites: what it says, leaves behind, sends, and survives."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
from collections.abc import Iterator
from email import message_from_string, policy
from pathlib import Path

import pytest

from auditor.evidence.stamping import check_stamps
from crawler.archive import seals
from crawler.archive.lines import moment
from crawler.sample.server import serve
from tests.auditor.cli.command import EGOV_AUDIT, Ended
from tests.auditor.cli.written import holds
from tests.auditor.evidence.authority import Authority, authority, served
from tests.auditor.ops.mailbox import Mailbox, Web, mail_server, web_server

SECRETS = ("marker-password", "marker-hook", "marker-beat", "marker-apprise", "marker-stamp")
TRUSTED = "EGOV_AUDIT_TIMESTAMP_CA_FILE"
#: What answers with a challenge page in the bad run: everything that the register's crawl begins with.
SHUT = frozenset({f"/{lang}/docs/V2000019982/history" for lang in ("rus", "kaz")})


@pytest.fixture(scope="module")
def mailbox() -> Iterator[Mailbox]:
    with mail_server() as box:
        yield box


@pytest.fixture(scope="module")
def web() -> Iterator[Web]:
    with web_server() as site:
        yield site


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cron")


def environment(folder: Path, mailbox: Mailbox, web: Web, sites: tuple[str, str]) -> dict[str, str]:
    """All that cron gives, and the settings."""
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": str(folder),
        "EGOV_AUDIT_ADILET_URL": sites[0],
        "EGOV_AUDIT_EGOV_URL": sites[1],
        "EGOV_AUDIT_DELAY": "0",
        "EGOV_AUDIT_SMTP_URL": f"smtp://watch:{SECRETS[0]}@127.0.0.1:{mailbox.port}",
        "EGOV_AUDIT_MAIL_TO": "desk@example.org",
        "EGOV_AUDIT_WEBHOOK": f"{web.address}/hook?key={SECRETS[1]}",
        "EGOV_AUDIT_APPRISE_URLS": f"{web.address.replace('http', 'json')}/chat?key={SECRETS[3]}",
        "EGOV_AUDIT_HEARTBEAT": f"{web.address}/beat/{SECRETS[2]}",
    }


def start(folder: Path, env: dict[str, str], *words: str) -> Ended:
    """The command by its absolute path, with nothing but `env` around it."""
    done = subprocess.run(
        ["/usr/bin/env", "-i", *(f"{name}={value}" for name, value in env.items()), str(EGOV_AUDIT), *words],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return Ended(done.returncode, done.stdout, done.stderr)


@pytest.fixture(scope="module")
def tsa(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority(tmp_path_factory.mktemp("tsa") / "own")


@pytest.fixture(scope="module")
def story(folder: Path, mailbox: Mailbox, web: Web, tsa: Authority) -> dict[str, Ended]:
    """Four runs in a row over the same sites. In the third one the register's site shuts us out; the first one has its
    root stamped, the last one finds no authority.
    """
    told: dict[str, Ended] = {}
    guarded: set[str] = set()
    with serve(guarded) as addresses:  # type: ignore[arg-type]  # the set is looked at with every request
        env = environment(folder, mailbox, web, addresses)
        with served(tsa.answer) as (url, _):
            stamp = {"EGOV_AUDIT_TIMESTAMP_URL": f"{url}?key={SECRETS[4]}"}
            told["first"] = start(folder, env | stamp | {TRUSTED: str(tsa.root)}, "run", "--quiet")
        told["digest"] = Ended(0, (folder / "var/report/en/feeds/digest.atom").read_text(), "")
        told["second"] = start(folder, env, "run", "--quiet", "--lang", "ru")
        told["good before"] = Ended(0, (folder / "var/state/last_good.json").read_text(), "")
        guarded |= SHUT
        told["shut out"] = start(folder, env, "run", "--quiet")
        told["good after"] = Ended(0, (folder / "var/state/last_good.json").read_text(), "")
        told["doctor"] = start(folder, env, "doctor", "--json", "--badge", "badge.svg", "--status-json", "status.json")
        guarded.clear()
        told["again"] = start(folder, env | stamp, "run", "--quiet", "--say-nothing-changed")
        told["too soon"] = start(folder, env, "run", "--quiet", "--once-a", "7d")
        told["doctor again"] = start(folder, env, "doctor", "--json", "--min-free-mb", "0")
    return told


def records(folder: Path) -> list[list[dict[str, object]]]:
    """The lines of every run's record, oldest run first."""
    paths = sorted((folder / "var/state/runs").glob("*.jsonl"))
    return [[json.loads(line) for line in path.read_text().splitlines()] for path in paths]


def test_the_first_run_says_in_one_digest_how_much_is_new(story: dict[str, Ended]) -> None:
    ended = story["first"]
    assert ended.code == 0, ended.out + ended.err
    assert not ended.err
    first, second = ended.out.splitlines()[:2]
    assert re.fullmatch(r"egov-audit run: good, \d{4}-\d\d-\d\d \d\d:\d\d UTC, \d{8}T\d{6}Z-run-[0-9a-f]{4}", first)
    assert "6 lists with 254 listings" in second
    assert "248 service pages" in second


def test_a_run_that_changes_nothing_is_silent(story: dict[str, Ended]) -> None:
    assert story["second"] == Ended(0, "", "")


def test_a_site_that_shuts_us_out_is_told_and_moves_no_pointer(story: dict[str, Ended], folder: Path) -> None:
    ended = story["shut out"]
    assert ended.code == 3
    assert not ended.err
    assert "failed (exit code 3)" in ended.out
    assert re.search(
        r"harvest: register: challenge: http\S+/docs/V2000019982/history answers with a challenge", ended.out
    )
    assert story["good before"].out == story["good after"].out
    assert (folder / "var/report/index.html").is_file(), "the report of what is kept still stands"


def test_the_doctor_names_the_blocked_source_and_the_badge_says_failing(story: dict[str, Ended], folder: Path) -> None:
    ended = story["doctor"]
    assert ended.code == 3
    told = json.loads(ended.out)
    states = {one["source"]: one["state"] for one in told["sources"]}
    assert states == {"adilet": "blocked", "egov": "alive"}
    assert "challenge" in next(one["why"] for one in told["sources"] if one["source"] == "adilet")
    assert json.loads((folder / "status.json").read_text())["level"] == "fail"
    assert "failing, last good run" in (folder / "badge.svg").read_text()
    found = {(one["what"], one["lang"]): one for one in told["expected"]}
    assert found["citizen", "ru"]["found"] == found["citizen", "ru"]["last_good"] == 95
    missing = found["V2000019982", "ru"]["missing"]
    assert [one["edition"] for one in missing if one["state"] == "forbidden"] == [
        "2020-01-31",
        "2021-12-24",
        "2022-03-18",
    ]


def test_recovery_is_told_and_the_doctor_is_content(story: dict[str, Ended]) -> None:
    assert story["again"].code == 0, story["again"].out
    assert "good again" in story["again"].out
    told = json.loads(story["doctor again"].out)
    assert story["doctor again"].code == 0, told["checks"]
    assert {one["source"]: one["state"] for one in told["sources"]} == {"adilet": "alive", "egov": "alive"}


def test_what_was_fetched_is_stamped_before_the_report_that_prints_it_and_that_report_after_it(
    story: dict[str, Ended], folder: Path, tsa: Authority
) -> None:
    made = seals.load_seals(folder / "var/archive")
    assert [one.kind for one in made[:4]] == ["timestamp", "report", "database", "timestamp"]
    first, _, rows, second = made[:4]
    assert (first.root, second.root) == (first.archive, rows.digest)
    when = moment(first.facts["time"])
    for said in (f"{when:%Y-%m-%dT%H:%M:%SZ}, http://127.0.0.1:", "/tsr, file seals/000001.tsr of the archive"):
        assert said in story["digest"].out
    assert f"Run root of the evidence: {first.root}" in story["digest"].out
    assert check_stamps(folder / "var/archive", made, tsa.root).held == 2


def test_an_authority_that_fails_is_told_of_once_and_takes_no_run_away(story: dict[str, Ended], folder: Path) -> None:
    told = [line for line in story["again"].out.splitlines() if "EGOV_AUDIT_TIMESTAMP_URL" in line]
    assert told == ["  warning: EGOV_AUDIT_TIMESTAMP_URL: not reached: Connection refused"]
    assert "good again" in story["again"].out
    # The stamp of the first run says nothing of what was fetched since.
    assert "time stamp" not in (folder / "var/report/en/feeds/digest.atom").read_text()


def test_an_authority_that_nobody_could_ask_is_a_matter_of_usage(tmp_path: Path) -> None:
    ended = start(tmp_path, {"HOME": str(tmp_path), "EGOV_AUDIT_TIMESTAMP_URL": "tsa.example/tsr"}, "run", "--quiet")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith("egov-audit: EGOV_AUDIT_TIMESTAMP_URL is no address of the kind")
    assert list(tmp_path.iterdir()) == [], "nothing was begun"


def test_a_first_run_that_reaches_nobody_says_why_and_nothing_else(tmp_path: Path, free_tcp_port: int) -> None:
    nobody = f"http://127.0.0.1:{free_tcp_port}"
    sites = {"EGOV_AUDIT_ADILET_URL": nobody, "EGOV_AUDIT_EGOV_URL": nobody, "EGOV_AUDIT_DELAY": "0"}
    ended = start(tmp_path, {"HOME": str(tmp_path), **sites}, "run", "--quiet")
    assert (ended.code, ended.err) == (3, "")
    _, harvest, advice = ended.out.splitlines()
    why = f"not asked: robots.txt of {nobody[7:]} cannot be read (connection refused)"
    assert harvest.count(why) == 2
    assert advice == "  what to do: egov-audit doctor"


def test_a_run_too_soon_after_a_good_one_does_nothing(story: dict[str, Ended], folder: Path) -> None:
    assert story["too soon"] == Ended(0, "", "")
    assert len(records(folder)) == 4


def test_one_message_for_the_failure_one_for_the_recovery(story: dict[str, Ended], mailbox: Mailbox, web: Web) -> None:
    subjects = [str(message_from_string(mail, policy=policy.default)["Subject"]) for mail in mailbox.messages]
    assert ["failed" in subjects[0], "good again" in subjects[1], len(subjects)] == [True, True, 2]
    assert mailbox.logins == [("watch", SECRETS[0])] * 2
    assert {str(to) for _, to in mailbox.envelopes} == {"['<desk@example.org>']"}
    hooks = [json.loads(body) for method, path, body in web.asked if path.startswith("/hook")]
    assert [one["result"] for one in hooks] == ["failed", "good"]
    assert "challenge" in hooks[0]["text"]
    chats = [json.loads(body)["type"] for method, path, body in web.asked if path.startswith("/chat")]
    assert chats == ["failure", "info"]
    assert sum(path.startswith("/beat") for _, path, _ in web.asked) == 3, "the bad run has no heartbeat"


def test_every_run_has_a_record_and_no_record_a_secret_or_a_path(story: dict[str, Ended], folder: Path) -> None:
    runs = records(folder)
    assert [run[-1]["result"] for run in runs] == ["good", "good", "failed", "good"]
    assert all(run[0]["record"] == "begin" and run[-1]["record"] == "end" for run in runs)
    bad = runs[2]
    assert bad[-1]["verdicts"]["register"]["verdict challenge"] >= 1  # type: ignore[index]
    assert any(line["record"] == "issue" and "challenge" in str(line["message"]) for line in bad)
    assert runs[0][-1]["counts"]["listings/ru/citizen"] == 95  # type: ignore[index]
    assert holds(SECRETS, folder) == []
    assert not [secret for secret in SECRETS for ended in story.values() if secret in ended.out + ended.err]
    for path in (folder / "var/state/runs").glob("*.jsonl"):
        assert str(folder) not in path.read_text()


def test_a_killed_run_leaves_no_lock_and_is_called_interrupted(
    folder: Path, mailbox: Mailbox, web: Web, story: dict[str, Ended]
) -> None:
    before = len(records(folder))
    with serve() as addresses:
        env = environment(folder, mailbox, web, addresses)
        with subprocess.Popen(
            [str(EGOV_AUDIT), "run"], cwd=folder, env=env, stderr=subprocess.PIPE, text=True, start_new_session=True
        ) as child:
            assert child.stderr is not None
            # Its first word: the lock is held, the record begun.
            assert "== harvest" in child.stderr.readline()
            busy = start(folder, env, "run", "--quiet")
            os.killpg(child.pid, signal.SIGKILL)
        assert busy.code == 3
        assert busy.err.splitlines() == ["egov-audit: another run is at work, nothing was done"]
        assert not busy.out
        doctor = start(folder, env, "doctor", "--min-free-mb", "0")
        assert "was killed" in doctor.out
        ended = start(folder, env, "run", "--quiet")
    assert ended.code == 0, ended.out
    assert "good again" in ended.out
    assert [run[-1].get("result") for run in records(folder)][before:] == ["interrupted", "good"]


def test_a_run_that_is_told_to_stop_says_so_and_frees_the_lock(folder: Path, mailbox: Mailbox, web: Web) -> None:
    with serve() as addresses:
        env = environment(folder, mailbox, web, addresses)
        with subprocess.Popen(
            [str(EGOV_AUDIT), "run"], cwd=folder, env=env, stderr=subprocess.PIPE, text=True, stdout=subprocess.DEVNULL
        ) as child:
            assert child.stderr is not None
            lines = iter(child.stderr.readline, "")
            assert any("== ingest" in line for line in lines)
            child.send_signal(signal.SIGTERM)
            rest = list(lines)
        assert child.returncode == 128 + signal.SIGTERM, rest
    last = records(folder)[-1][-1]
    assert (last["record"], last["result"]) == ("end", "failed")
    assert "SystemExit" in str(last["detail"])


def test_a_database_that_cannot_be_had_keeps_no_evidence_from_being_kept(
    tmp_path: Path, mailbox: Mailbox, web: Web
) -> None:
    sent = len(mailbox.messages)
    with serve(frozenset({"/robots.txt"})) as addresses:
        env = environment(tmp_path, mailbox, web, addresses)
        nowhere = "postgresql://audit:marker-password@127.0.0.1:9/none"
        ended = start(tmp_path, {**env, "EGOV_AUDIT_DB_URL": nowhere}, "run", "--quiet")
    assert ended.code == 4
    assert "database" in ended.out
    assert len(mailbox.messages) == sent + 1
    assert list((tmp_path / "var/archive/manifests").glob("*.json"))
    assert records(tmp_path)[-1][-1]["result"] == "failed"
    assert SECRETS[0] not in ended.out + "".join(path.read_text() for path in (tmp_path / "var/state/runs").iterdir())
