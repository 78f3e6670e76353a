"""What a person can set for storing, linking and reporting, on top of the crawler's settings."""

from __future__ import annotations

from pydantic import Field

from crawler.config import CrawlConfig


class AuditConfig(CrawlConfig):
    """All settings of the product: environment variables `EGOV_AUDIT_…`."""

    db_url: str = Field("sqlite:///var/audit.db", description="Database: SQLite file or PostgreSQL address.")
    link_threshold: float = Field(
        90.0, ge=0, le=100, description="Least name similarity (0–100) at which a listing is linked to a service."
    )
    report: str = Field("var/report", description="Folder the report is written to.")
