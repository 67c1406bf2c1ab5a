"""While a workflow is tried out: nothing leaves, except to those on a list."""

from __future__ import annotations

import re
from collections.abc import Iterable
from fnmatch import fnmatchcase
from urllib.parse import parse_qs, urlsplit

import orjson

from flowstudio.domain.json import JsonObject
from flowstudio.errors import Refused
from flowstudio.kit.ports import HttpRequest, Mail, MailMessage

_READS = frozenset({"GET", "HEAD", "OPTIONS"})
_FREE = frozenset({"llm", "sql"})
"""Services that reach nobody: a draft is written, a database has its own switch."""


class OnlyTo:
    """The list: addresses, `*@example.com`, phone numbers, Slack channels, hosts, and names of services."""

    def __init__(self, entries: Iterable[str] = ()) -> None:
        """Everybody may be reached while the list is empty."""
        self._entries = tuple(_bare(entry) for entry in entries if entry.strip())

    def __bool__(self) -> bool:
        return bool(self._entries)

    def check(self, recipient: str) -> None:
        """Raise Refused for somebody who is not on the list."""
        if self._entries and not any(fnmatchcase(_bare(recipient), entry) for entry in self._entries):
            raise Refused(
                f"{recipient} is not on the list of those who may be reached while testing.",
                hint="An administrator keeps the list in FLOWSTUDIO_ONLY_TO; without it, everybody may be reached.",
            )

    def check_request(self, request: HttpRequest) -> None:
        """Raise Refused for a request that would reach somebody who is not on the list."""
        if not self._entries or request.service in _FREE:
            return
        match request.service:
            case "twilio":
                self.check(parse_qs((request.body or b"").decode()).get("To", [""])[0])
            case "slack":
                self.check(str(_json(request).get("channel") or ""))
            case None:
                if request.guarded and request.method.upper() not in _READS:  # else a connector's own address
                    self.check(urlsplit(request.url).hostname or request.url)
            case service:
                self.check(service)

    def check_hook(self, prepared: HttpRequest) -> None:
        """Raise Refused for a message to Slack that leaves by a hook: not its channel says where it goes."""
        if self._entries and prepared.service == "slack" and prepared.guarded:
            self.check(urlsplit(prepared.url).hostname or prepared.url)


class ListedMail:
    """The Mail port that lets mail out to those on the list only."""

    def __init__(self, mail: Mail, only_to: OnlyTo) -> None:
        self._mail = mail
        self._only_to = only_to

    async def send(self, message: MailMessage) -> JsonObject:
        """Send when everybody who would get it is on the list."""
        for recipient in (message.to, *message.cc, *message.bcc):
            self._only_to.check(recipient)
        return await self._mail.send(message)


def _bare(text: str) -> str:
    """Return a recipient as it is compared: small letters; of a phone number the digits and its plus."""
    bare = text.strip().casefold()
    found = re.search(r"<([^>]+)>$", bare)
    bare = found[1] if found else bare
    return re.sub(r"[\s()./-]", "", bare) if re.fullmatch(r"\+?[\d\s()./*-]+", bare) else bare


def _json(request: HttpRequest) -> JsonObject:
    try:
        found = orjson.loads(request.body or b"{}")
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}
