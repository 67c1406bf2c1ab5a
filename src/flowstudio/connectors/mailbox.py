"""Reading mail by IMAP: the standard library's client, in a thread."""

from __future__ import annotations

import asyncio
import imaplib
import socket
import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import httpcore

from flowstudio.connectors.guard import AllowedHosts, PrivateAddress, checked_addresses
from flowstudio.connectors.mail_reading import files_of, read_mail
from flowstudio.errors import BadSetting, Refused, Unauthorized, Unreachable
from flowstudio.services.detectors.messages import Letter

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from flowstudio.connectors.guard import Resolve
    from flowstudio.domain.json import JsonObject

TIMEOUT = 30.0
MOST_AT_ONCE = 100
MOST_OF_A_MAIL = 5_000_000
"""Bytes of a mail that are fetched: what is longer are attachments, and its text comes first."""
MOST_OF_FILES = 30_000_000
"""Bytes of attachments that are held at once."""


class ImapMailbox:
    """The Mailbox port over IMAP. Mail is read without marking it as seen; private addresses are not reached."""

    def __init__(self, allowed_private_hosts: Iterable[str] = (), *, resolve: Resolve | None = None) -> None:
        """`allowed_private_hosts` may be reached all the same, as `AllowedHosts` reads them."""
        self._allowed = AllowedHosts(allowed_private_hosts)
        self._resolve = resolve

    async def newer(self, url: str, place: JsonObject | None) -> tuple[JsonObject, Sequence[Letter]]:
        """Return the place after the newest mail, and the mails since `place`, oldest first, at most 100 at once.

        Raise Unreachable, Unauthorized, Refused for a private address, or BadSetting for an address that is none.
        """
        server = _server_of(url)
        try:
            found = await checked_addresses(server.host, server.port, self._allowed, self._resolve)
        except PrivateAddress:
            raise Refused(
                f"The mailbox at {server.host} has a private address. FlowStudio may not reach it.",
                hint="An administrator can allow it in FLOWSTUDIO_ALLOWED_PRIVATE_HOSTS.",
            ) from None
        except httpcore.ConnectError as error:
            raise Unreachable(f"The mailbox at {server.host} cannot be reached: {error}.") from None
        return await asyncio.to_thread(_newer, server, found, place)


@dataclass(frozen=True, slots=True)
class _Server:
    """Where a mailbox is, and who reads it."""

    host: str
    port: int
    sealed: bool
    user: str
    password: str
    folder: str


def private_host_of(url: str) -> tuple[str, ...]:
    """Return the `host:port` of a mailbox's address that an operator has set: whoever set it allowed it."""
    try:
        server = _server_of(url)
    except BadSetting:
        return ()
    return (f"[{server.host}]:{server.port}" if ":" in server.host else f"{server.host}:{server.port}",)


def _server_of(url: str) -> _Server:
    try:
        address = urlsplit(url)
        sealed, port = address.scheme == "imaps", address.port
    except ValueError:
        address, sealed, port = urlsplit(""), False, None
    if address.scheme not in ("imap", "imaps") or not address.hostname:
        raise BadSetting("The mailbox has no address like imaps://user:password@mail.example/INBOX.")
    parts = address.username or "", address.password or "", address.path.strip("/")
    user, password, folder = (unquote(part) for part in parts)
    if any(ord(sign) < 32 for sign in f"{user}{password}{folder}") or '"' in folder:
        raise BadSetting("The mailbox's address holds signs that no user, password or folder has.")
    return _Server(address.hostname, port or (993 if sealed else 143), sealed, user, password, folder or "INBOX")


def _newer(server: _Server, found: Sequence[str], place: JsonObject | None) -> tuple[JsonObject, list[Letter]]:
    try:
        client = _Sealed(server, found) if server.sealed else _Plain(server, found)
    except (OSError, imaplib.IMAP4.error) as error:
        raise Unreachable(f"The mailbox at {server.host} cannot be reached: {error}.") from error
    try:
        return _read(client, server, place)
    except imaplib.IMAP4.abort as error:
        raise Unreachable(f"The mailbox at {server.host} ended the connection.") from error
    except imaplib.IMAP4.error as error:
        raise Unreachable(f"The mailbox at {server.host} answered something else than expected: {error}.") from error
    except OSError as error:
        raise Unreachable(f"The mailbox at {server.host} cannot be read: {error}.") from error
    finally:
        try:
            client.logout()
        except (imaplib.IMAP4.error, OSError):
            client.shutdown()


def _dial(found: Sequence[str], port: int) -> socket.socket:
    """Connect to the first of the checked addresses that answers; the name is not looked up once more."""
    last: OSError = OSError("it has no address")
    for address in found:
        try:
            return socket.create_connection((address, port), TIMEOUT)
        except OSError as error:
            last = error
    raise last


class _Plain(imaplib.IMAP4):
    """Talks to a checked address, without TLS."""

    def __init__(self, server: _Server, found: Sequence[str]) -> None:
        self._found = found
        super().__init__(server.host, server.port, timeout=TIMEOUT)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        del timeout
        return _dial(self._found, self.port)


class _Sealed(imaplib.IMAP4_SSL):
    """Talks to a checked address by TLS; the certificate must be that of the name."""

    def __init__(self, server: _Server, found: Sequence[str]) -> None:
        self._found = found
        context = ssl.create_default_context()
        super().__init__(server.host, server.port, ssl_context=context, timeout=TIMEOUT)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        del timeout
        sealed: socket.socket = self.ssl_context.wrap_socket(_dial(self._found, self.port), server_hostname=self.host)
        return sealed


def _read(client: imaplib.IMAP4, server: _Server, place: JsonObject | None) -> tuple[JsonObject, list[Letter]]:
    try:
        client.login(server.user, server.password)
    except imaplib.IMAP4.error as error:
        if isinstance(error, imaplib.IMAP4.abort):
            raise
        raise Unauthorized(f"The mailbox at {server.host} does not accept the user or the password.") from error
    status, told = client.select(f'"{server.folder}"', readonly=True)
    if status != "OK":
        raise BadSetting(f'The mailbox has no folder "{server.folder}".')
    _, valid = client.response("UIDVALIDITY")
    validity = int(valid[0] or 0) if valid and valid[0] else 0
    del told
    last = int((place or {}).get("uid") or 0) if place and place.get("validity") == validity else 0
    found = sorted(uid for uid in _search(client, last + 1) if uid > last)
    if place is None or place.get("validity") != validity:
        return {"validity": validity, "uid": found[-1] if found else 0}, []
    chosen, letters, size = found[:MOST_AT_ONCE], list[Letter](), 0
    for at, uid in enumerate(chosen):
        letter = _letter(client, uid)
        letters += [letter] if letter is not None else []
        size += sum(len(file.content) for file in letter.files) if letter is not None else 0
        if size > MOST_OF_FILES:
            chosen = chosen[: at + 1]  # the rest at the next look
            break
    return {"validity": validity, "uid": chosen[-1] if chosen else last}, letters


def _search(client: imaplib.IMAP4, first: int) -> list[int]:
    _, found = client.uid("SEARCH", "UID", f"{first}:*")
    return [int(uid) for line in found or () if line for uid in line.split()]


def _letter(client: imaplib.IMAP4, uid: int) -> Letter | None:
    _, answer = client.uid("FETCH", str(uid), f"(UID BODY.PEEK[]<0.{MOST_OF_A_MAIL}>)")
    raw = next((part[1] for part in answer or () if isinstance(part, tuple)), None)
    if raw is None:
        return None
    return Letter(uid, read_mail(raw), files_of(raw, whole=len(raw) < MOST_OF_A_MAIL))
