"""The one message of a run to whatever Apprise can reach (extra `notify`): chats, telephones, pagers."""

from __future__ import annotations

import logging

from crawler.errors import SourceError, UsageError

_SETTING = "EGOV_AUDIT_APPRISE_URLS"


def notify_others(urls: str, message: tuple[str, str], *, failed: bool) -> None:
    """Send (subject, text) to each address, parted by blanks.

    Raises UsageError without the extra or for an address that Apprise does not know, SourceError where a service did
    not take the message: they are told by number, for an address holds its secret.
    """
    try:
        import apprise
    except ImportError:
        raise UsageError(f"{_SETTING} needs the extra notify: pip install 'egov-audit[notify]'") from None
    for name in ("apprise", "urllib3"):  # what they log may repeat an address
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    asset = apprise.AppriseAsset(app_id="egov-audit", app_desc="egov-audit", app_url="", secure_logging=True)
    kind = apprise.NotifyType.FAILURE if failed else apprise.NotifyType.INFO
    refused = []
    for number, url in enumerate(urls.split(), 1):
        service = apprise.Apprise(asset=asset)
        if not service.add(url):
            raise UsageError(f"{_SETTING}: Apprise knows no service for address {number}")
        if not service.notify(title=message[0], body=message[1], notify_type=kind, body_format="text"):
            refused.append(str(number))
    if refused:
        raise SourceError(f"{_SETTING}: the message was not taken by address {', '.join(refused)}")
