"""What a person can set for storing, linking and reporting, on top of the crawler's settings."""

from __future__ import annotations

import os
from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, InitSettingsSource, PydanticBaseSettingsSource

from auditor.secret_file import SETTING, read_secrets
from crawler.config import CrawlConfig

#: The settings that may hold a secret, and what belongs to them; they alone may stand in the file.
SECRETS = (
    *("apprise_urls", "db_url", "heartbeat", "mail_from", "mail_to", "notify", "smtp_url", "timestamp_url", "webhook"),
)


class AuditConfig(CrawlConfig):
    """All settings of the product: environment variables `EGOV_AUDIT_…`, the secret ones also from a file.

    Raises pydantic's ValidationError for a value of the wrong kind, UsageError for a file of secrets that is not fit.
    """

    db_url: str = Field("sqlite:///var/audit.db", description="Database: SQLite file or PostgreSQL address.")
    link_threshold: float = Field(
        90.0,
        ge=0,
        le=100,
        description="Least name similarity (0–100) at which a nearly equal name links a listing to a service; "
        "shortened names are weighed word by word.",
    )
    report: str = Field("var/report", description="Folder the report is written to.")
    release: Path = Field(Path("var/release"), description="Folder that releases are written to.")
    state: Path = Field(
        Path("var/state"), description="Folder of the runs' records, the run lock and the pointer to the last good run."
    )
    timestamp_ca_file: Path | None = Field(
        None,
        description="PEM file of a time-stamping authority's root certificate (and any between), where Mozilla's list "
        "does not hold it.",
    )
    secrets_file: Path | None = Field(
        None,
        description="File, yours alone (mode 600), with the settings below and `EGOV_AUDIT_DB_URL` as lines "
        "`name=value`; the environment wins over it.",
    )
    timestamp_url: SecretStr = Field(
        SecretStr(""),
        description="RFC 3161 authority that `run` has stamp the chain root (extra `timestamp`); the report prints the "
        "stamp that covers its root.",
    )
    heartbeat: SecretStr = Field(
        SecretStr(""),
        description="File that gets the time, or http(s) address that is asked for, when a run has ended well.",
    )
    smtp_url: SecretStr = Field(
        SecretStr(""),
        description="Mail server for messages about runs: `smtp://user:password@host:port` or `smtps://…`.",
    )
    mail_to: str = Field("", description="Who gets those messages, by commas.")
    mail_from: str = Field("", description="Sender of those messages; `egov-audit@` the mail server unless set.")
    webhook: SecretStr = Field(
        SecretStr(""),
        description="Address that gets the same message as JSON (`text`, `run_id`, `result`, `exit_code`).",
    )
    apprise_urls: SecretStr = Field(
        SecretStr(""),
        description="Apprise addresses, parted by blanks, that get the same message (extra `notify`): `tgram://…`.",
    )
    notify: str = Field(
        "failure,recovery",
        description="When a message is sent, by commas: failure, recovery, change, a kind of change (edition, listing, "
        "page, figure, issue, drop, unread, stamp), an issue's code.",
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """A command's own options win over the environment, which wins over the file of secrets."""
        path = os.environ.get(SETTING)
        held = read_secrets(Path(path), SECRETS) if path else {}
        return (
            init_settings,
            env_settings,
            dotenv_settings,
            file_secret_settings,
            InitSettingsSource(settings_cls, held),
        )
