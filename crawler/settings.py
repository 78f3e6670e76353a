"""Every Scrapy setting with its reason. What a person can set comes from `EGOV_AUDIT_…` when a crawl starts.

A crawl started from a program hands its `CrawlConfig` over as the setting `EGOV_CONFIG`; then the environment is not
read. `scrapy crawl NAME -s KEY=VALUE` still wins over both.
"""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING

from crawler.config import CrawlConfig

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings

BOT_NAME = "egov-audit"
SPIDER_MODULES = ["crawler.spiders"]
NEWSPIDER_MODULE = "crawler.spiders"
ADDONS = {"crawler.settings.FromConfig": 0}

# --- Manners -----------------------------------------------------------------------------------------------------

#: robots.txt is obeyed, by our own middleware: Scrapy's takes an unreadable one for leave to fetch everything. The
#: setting itself is read by nothing here; it is true because it says what happens.
ROBOTSTXT_OBEY = True
#: The name that rules in robots.txt are matched against; the full user agent also holds version and contact.
ROBOTSTXT_USER_AGENT = "egov-audit"
#: One connection a host: these are a state's small servers, and nothing here is urgent.
CONCURRENT_REQUESTS_PER_DOMAIN = 1
#: Few requests under way at once, so that a stopped crawl has little left to hold back.
CONCURRENT_REQUESTS = 4
#: Callbacks give a few requests and no items; Scrapy's default starts a hundred tasks for every page.
CONCURRENT_ITEMS = 1
#: Scrapy would vary the delay by ±50 % and so go below it; the configured delay is a promise, not a mean.
DOWNLOAD_DELAY_JITTER = 0
#: Slower when the server is slow. The longest pause between two requests of a slow server, in seconds.
AUTOTHROTTLE_ENABLED = True
AUTOTHROTTLE_MAX_DELAY = 120
AUTOTHROTTLE_TARGET_CONCURRENCY = 1.0
#: Four further tries, each after everything else that is still to be asked, and only after failures that pass by
#: themselves: a page of a server that fails three times in ten is then lost twice in a thousand. Answers that may be
#: meant have fewer, by the middleware's own rule.
RETRY_TIMES = 4
RETRY_HTTP_CODES = [408, 429, 500, 502, 503, 504, 522, 524]
#: The ledger prints the line for an address that gave nothing; Scrapy's "gave up" would say it twice.
RETRY_GIVE_UP_LOG_LEVEL = "DEBUG"
#: Seconds of Retry-After that a crawl sits out; a site that asks for more gets peace, and the crawl ends.
EGOV_RETRY_AFTER_MAX = 600
#: Seconds of Crawl-delay that a crawl keeps; a site that asks for more does not want to be crawled.
EGOV_CRAWL_DELAY_MAX = 300
#: Pages failing one after another, each when it is first asked for, before the crawl ends: a server in trouble is not
#: helped by being asked on.
EGOV_FAILURES_IN_A_ROW = 10
#: Links from a spider's first page to a page: the sources need three, so what lies deeper is a maze.
EGOV_DEPTH_MAX = 8
#: Redirects are followed by the ledger's own rule (allowed hosts, same page, five at most), never by a page's markup.
REDIRECT_ENABLED = False
METAREFRESH_ENABLED = False
#: No proxy, whatever the environment names (http_proxy, https_proxy): what is kept must be the source's own words, and
#: a proxy resolves names by itself, so that nobody could say which address a page came from.
HTTPPROXY_ENABLED = False
#: No session, no tracking, no login: every page is asked for as by a first-time visitor.
COOKIES_ENABLED = False
REFERER_ENABLED = False
#: Our own encodings only, undone by our own middleware: Scrapy's would hide a cut body.
COMPRESSION_ENABLED = False
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.1",
    "Accept-Encoding": "gzip",
}

# --- Evidence ----------------------------------------------------------------------------------------------------

#: Chain and host name of every certificate are verified; `EGOV_AUDIT_CA_FILE` adds an authority, nothing turns it off.
DOWNLOAD_VERIFY_CERTIFICATES = True
DOWNLOAD_HANDLERS = {
    "http": "crawler.middlewares.tls.VerifyingHandler",
    "https": "crawler.middlewares.tls.VerifyingHandler",
    # The only two schemes a source can have; a link to any other is refused, not opened.
    "data": None,
    "file": None,
    "ftp": None,
    "s3": None,
}
#: 30 MB, compressed or not: thirty times the largest act. Scrapy's own limit is 1 GiB.
DOWNLOAD_MAXSIZE = 30_000_000
DOWNLOAD_WARNSIZE = 0
#: A body shorter than its Content-Length is kept, under the verdict `truncated`, instead of thrown away.
DOWNLOAD_FAIL_ON_DATALOSS = False
#: Conditional requests go through our archive; a second cache would be a second truth.
HTTPCACHE_ENABLED = False

DOWNLOADER_MIDDLEWARES = {
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,  # the ledger refuses foreign hosts, and records it
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
    "crawler.middlewares.ledger.Ledger": 50,  # outermost: sees every end
    "crawler.middlewares.robots.FailClosedRobots": 100,
    "crawler.middlewares.retry.Retries": 550,
    "crawler.middlewares.patience.Patience": 600,  # sees every failure, those that are tried again too
    "crawler.middlewares.evidence.Evidence": 900,  # next to the network: sees every answer
}
SPIDER_MIDDLEWARES = {
    "crawler.middlewares.resume.Resume": 50,  # before anything else looks at what the spider asks for
}
EXTENSIONS = {
    "crawler.extensions.run_record.RunRecord": 10,
    "scrapy.extensions.throttle.AutoThrottle": None,
    "crawler.extensions.throttle.Pace": 20,
}

# --- Quiet -------------------------------------------------------------------------------------------------------

#: No open ports and no outside control of a running crawl.
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
#: stderr holds one clear line for each address that gave no page; the rest is in the run's logs.
LOG_LEVEL = "WARNING"
LOG_FORMAT = "%(asctime)s %(levelname)s %(message)s"
LOGSTATS_INTERVAL = 0
FEED_EXPORT_ENCODING = "utf-8"


def crawl_config(settings: BaseSettings) -> CrawlConfig:
    """The configuration of a crawl: the one handed over as `EGOV_CONFIG`, else the environment's."""
    given = settings.get("EGOV_CONFIG")
    return given if isinstance(given, CrawlConfig) else CrawlConfig()


class FromConfig:
    """Scrapy add-on: the configuration as settings, made when a crawl starts, so that importing this reads nothing."""

    def update_settings(self, settings: BaseSettings) -> None:
        """Raises UsageError for a CA file that holds no certificate."""
        config = crawl_config(settings)
        if config.ca_file is not None:
            # OpenSSL is slow to load, and most commands read these settings without asking any host.
            from crawler.authorities import check_ca_file

            check_ca_file(config.ca_file)
        values: dict[str, object] = {
            "USER_AGENT": f"egov-audit/{version('egov-audit')} (+{config.contact})",
            "DOWNLOAD_DELAY": config.delay,
            "AUTOTHROTTLE_START_DELAY": config.delay,
            "DOWNLOAD_TIMEOUT": config.timeout,
            "EGOV_ARCHIVE": str(config.archive),
            "EGOV_BUDGET": config.budget,
            "EGOV_RESUME_HOURS": config.resume_hours,
            "EGOV_CA_FILE": str(config.ca_file) if config.ca_file else "",
        }
        for name, value in values.items():
            settings.set(name, value, priority="addon")
