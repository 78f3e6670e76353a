"""What parsers give: frozen records of what a page says, and findings on what was not understood.

Nothing here knows Scrapy, the archive or a database. Text is kept as the page has it (white space folded),
meaning is beside it as enum values.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class Lang(StrEnum):
    """BCP 47 tags of the languages the sources speak. adilet's own path words are `rus` and `kaz`."""

    RU = "ru"
    KK = "kk"
    EN = "en"


class PageKind(StrEnum):
    """What a page is, told by its address alone."""

    ACT_TEXT = "act_text"  # an act's current text, or one edition of it (Target.edition_date set)
    ACT_INFO = "act_info"
    ACT_HISTORY = "act_history"
    PORTAL_LIST = "portal_list"
    SERVICE_PAGE = "service_page"
    ROBOTS = "robots"


class Verdict(StrEnum):
    """Whether a captured body is the page it was asked for. Only `ok` is ever parsed."""

    OK = "ok"
    CHALLENGE = "challenge"
    LOGIN = "login"
    MAINTENANCE = "maintenance"
    TRUNCATED = "truncated"
    EMPTY = "empty"
    HTTP_ERROR = "http_error"  # the status itself says no: 4xx, 5xx
    REDIRECT = "redirect"  # 3xx, kept but followed by its own rules
    NOT_HTML = "not_html"


class Level(StrEnum):
    """How grave a finding is. `error`: the record was not understood and is kept raw. `warning`: read, but odd."""

    WARNING = "warning"
    ERROR = "error"


class DeliveryForm(StrEnum):
    """Форма оказания / көрсету нысаны, as a member of a set."""

    FULLY_AUTOMATED = "fully_automated"
    PARTIALLY_AUTOMATED = "partially_automated"
    ELECTRONIC = "electronic"  # electronic, degree of automation not said
    PAPER = "paper"
    PROACTIVE = "proactive"
    ONE_APPLICATION = "one_application"
    COMPOSITE = "composite"
    NOT_AUTOMATED = "not_automated"


#: The forms that make an entry *digitised* (METHOD.md: any of the electronic forms).
ELECTRONIC_FORMS: frozenset[DeliveryForm] = frozenset(
    {
        DeliveryForm.FULLY_AUTOMATED,
        DeliveryForm.PARTIALLY_AUTOMATED,
        DeliveryForm.ELECTRONIC,
        DeliveryForm.PROACTIVE,
        DeliveryForm.ONE_APPLICATION,
        DeliveryForm.COMPOSITE,
    }
)


class Payment(StrEnum):
    """Платность, as a member of a set: a cell can hold both, with conditions."""

    FREE = "free"
    PAID = "paid"


class Recipient(StrEnum):
    """Услугополучатель, as a member of a set."""

    INDIVIDUAL = "individual"
    LEGAL_ENTITY = "legal_entity"


class ProviderLevel(StrEnum):
    """Who provides: central bodies, local executive bodies, or organisations below them; a member of a set."""

    CENTRAL = "central"
    LOCAL = "local"
    ORGANISATION = "organisation"


@dataclass(frozen=True, slots=True)
class Target:
    """What a request or a capture is about. `lang` is the language asked for, never a guess from the text.

    `act` and `edition_date` for the register (`edition_date` None = the current text), `slug` and `audience`
    (`citizen`, `business`) for the portal.
    """

    source: str
    kind: PageKind
    lang: Lang | None = None
    act: str = ""
    edition_date: date | None = None
    slug: str = ""
    audience: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a parser did not understand or found odd.

    `code` is a stable word (`unknown_form`), `address` says where (`table 1 row 17 column form`), `value` is the
    source's own text, cut to 500 characters.
    """

    code: str
    level: Level
    address: str
    message: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """One service row of the register's table, in reading order.

    Field names follow the columns' meaning. Texts are the cells' own (white space folded, nothing else changed);
    the frozensets are what the texts were read as, empty where nothing was understood (then there is a finding).
    """

    table: int  # 1-based number of the table in the page
    row: int  # 1-based number of the <tr> in that table
    ordinal: int  # 1-based number among the page's service rows, dead ones included
    number: str  # «№ п/п» as printed
    code: str  # digits only, leading zeros kept; "" if the row has none
    name: str
    subname: str = ""  # подвид
    section_code: str = ""
    section: str = ""
    subsection_code: str = ""
    subsection: str = ""
    recipient: str = ""
    developer: str = ""  # central body that writes the by-law; the "regulator"
    provider: str = ""
    intake: str = ""  # who takes applications and hands out results, portal included
    form: str = ""
    payment: str = ""
    bylaw: str = ""
    dead: bool = False  # excluded or repealed row: carries no service
    dead_text: str = ""
    forms: frozenset[DeliveryForm] = frozenset()
    payments: frozenset[Payment] = frozenset()
    recipients: frozenset[Recipient] = frozenset()
    provider_levels: frozenset[ProviderLevel] = frozenset()
    cells: tuple[str, ...] = ()  # the row's expanded cells as read, for the raw record


@dataclass(frozen=True, slots=True)
class RegisterPage:
    """An act's text with the register's rows.

    `last_number` is the source's own last row number (0 when it has none): fewer rows than that is a failed page.
    `complete` is False when an error finding makes the page unfit to become an edition (no table, unknown column…).
    """

    title: str
    requisites: str
    status_word: str
    lang: Lang | None  # as the letters say, None when they do not decide
    rows: tuple[RegisterRow, ...]
    last_number: int
    complete: bool
    notes: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def live(self) -> tuple[RegisterRow, ...]:
        """The rows that carry a service."""
        return tuple(row for row in self.rows if not row.dead)


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One edition named by the history table. `href` is the link as written; `current`: it is the text now shown."""

    date: date
    href: str
    current: bool
    status_word: str = ""
    info: str = ""


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """The list of an act's editions, in the table's order."""

    rows: tuple[HistoryRow, ...]
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class InfoPage:
    """An act's card: label → value, in page order, texts folded."""

    title: str
    status_word: str
    fields: tuple[tuple[str, str], ...]
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class PortalListing:
    """One link of a portal list. `slug` is the address's last part; `position` is 1-based in the whole list."""

    position: int
    category: str
    name: str
    href: str
    slug: str


@dataclass(frozen=True, slots=True)
class PortalList:
    """A portal list in one language for one audience. `complete` False: no listing found, or the structure broke."""

    listings: tuple[PortalListing, ...]
    complete: bool
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class ServicePage:
    """A service's passport on the portal. `result` is the text under the result heading, "" when the page has none.

    `blocks` holds every info block as (heading, text) in page order, `orderable` whether the order button is there.
    """

    title: str
    result: str
    orderable: bool
    blocks: tuple[tuple[str, str], ...] = ()
    findings: tuple[Finding, ...] = field(default=())
