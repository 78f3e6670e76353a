"""A small archive: one harvested page a run."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from crawler.archive.records import Exchange
from crawler.archive.writer import open_run
from crawler.pages.records import Lang, PageKind, Target, Verdict


def keep_one(root: Path) -> str:
    """Keep a page in a run of its own and seal it; gives the run's id."""
    run = open_run(root, "register", {})
    run.write(
        Exchange(
            target=Target("adilet", PageKind.ACT_INFO, Lang.RU, "V2000019982"),
            method="GET",
            url="https://adilet.zan.kz/rus/docs/V2000019982/info",
            at=datetime.now(UTC),
            status=200,
            reason="OK",
            request_headers=(),
            response_headers=(("Content-Type", "text/html"),),
            body=f"<p>карточка {run.run_id}</p>".encode(),
            verdict=Verdict.OK,
        )
    )
    run.close("good", "1 fetched", {"pages_ok": 1})
    return run.run_id
