"""What a person can set for fetching and keeping pages: environment variables `EGOV_AUDIT_…`, read once per command."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class CrawlConfig(BaseSettings):
    """Settings of harvest and archive. Raises pydantic's ValidationError for a value of the wrong kind.

    Every field has a description; the README's table is checked against it.
    """

    model_config = SettingsConfigDict(env_prefix="EGOV_AUDIT_", frozen=True, extra="ignore")

    archive: Path = Field(
        default=Path("var/archive"), description="Folder of the evidence archive (WARC, index, manifests)."
    )
    sources: Path | None = Field(
        default=None,
        description="Folder of the sources' files in place of the program's own (a copy of `crawler/sources`): bounds, "
        "hosts, permissions given in writing.",
    )
    contact: str = Field(
        default="https://github.com/egov-audit/egov-audit",
        pattern=r"^[ -~]+$",  # it stands in a header
        description="Address or e-mail in the user agent, so that a site's owner can reach whoever runs this.",
    )
    adilet_url: str = Field(
        default="", description="Another base address for adilet.zan.kz: a mirror or a loopback server."
    )
    egov_url: str = Field(default="", description="Another base address for egov.kz: a mirror or a loopback server.")
    edition_mirror_url: str = Field(
        default="",
        description="Base address of a mirror that keeps old editions under its own paths (https://zakon.uchet.kz); "
        "empty: it is not asked.",
    )
    delay: float = Field(
        default=2.0, ge=0, description="Seconds between two requests to one host (a longer Crawl-delay wins)."
    )
    budget: int = Field(
        default=20_000, ge=1, description="Requests one harvest of one source may make, robots.txt included."
    )
    resume_hours: float = Field(
        default=24.0,
        ge=0,
        le=24,
        description="Hours after its start within which a killed harvest is gone on with where it was; 0: begun anew.",
    )
    timeout: float = Field(default=60.0, gt=0, description="Seconds until a request that gives nothing is given up.")
    ca_file: Path | None = Field(
        default=None,
        description="PEM file of extra certificate authorities, for a host that sends an incomplete chain.",
    )
