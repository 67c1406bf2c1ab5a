"""Mail by SMTP: tells what was refused for good from what may be tried again, and both from what may have left."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from email.errors import MessageError
from email.message import EmailMessage
from email.policy import SMTP as WIRE
from urllib.parse import parse_qs, unquote, urlsplit

import aiosmtplib

from flowstudio.connectors.mail_form import build_mime, recipients_of
from flowstudio.domain.json import JsonObject
from flowstudio.errors import ConfigRejected, OutcomeUnknown, Refused, Unauthorized, Unreachable
from flowstudio.kit.ports import MailMessage

_TIMEOUT = 30.0
"""Seconds for each answer of the server."""
_LONGEST = 60.0
"""Seconds for a whole mail: a server that says a little again and again gets no more."""
_CODES = range(200, 600)
_YES = frozenset({"1", "yes", "true", "required", "on"})
_NO = frozenset({"0", "no", "false", "never", "off"})


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail goes out, read from `smtp://user:password@host:port/?starttls=…&from=…` (or `smtps://`)."""

    host: str
    port: int
    username: str | None
    password: str | None
    tls: bool
    starttls: bool | None
    """None: where the server offers it."""
    sender: str

    @classmethod
    def of(cls, url: str, sender: str | None = None) -> MailServer:
        """Read the address; raise ValueError with a sentence that does not show the password."""
        parts = urlsplit(url)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise ValueError("The mail server is written as smtp://user:password@host:port.")
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        wish = query.get("starttls", "auto").lower()
        tls = parts.scheme == "smtps"
        username = unquote(parts.username) if parts.username else None
        return cls(
            host=parts.hostname,
            port=parts.port or (465 if tls else 587),
            username=username,
            password=unquote(parts.password) if parts.password else None,
            tls=tls,
            starttls=False if tls or wish in _NO else True if wish in _YES else None,
            sender=sender
            or query.get("from")
            or (username if username and "@" in username else f"flowstudio@{parts.hostname}"),
        )


class SmtpMail:
    """The Mail port by SMTP. One connection per mail: what fails, fails alone."""

    def __init__(self, server: MailServer, *, timeout: float = _TIMEOUT, longest: float = _LONGEST) -> None:
        self._server = server
        self._timeout = timeout
        self._longest = longest

    async def send(self, message: MailMessage) -> JsonObject:
        """Send. Raise Unreachable (nothing left, try again), Refused (for good), Unauthorized or OutcomeUnknown."""
        now = datetime.now(UTC)
        # On a thread: printing attachments takes its time.
        mime = await asyncio.to_thread(build_mime, message, self._server.sender, now)
        client, given = self._client(), False
        try:
            async with asyncio.timeout(self._longest):
                await self._connect(client)
                refused = await self._envelope(client, mime, recipients_of(message))
                given = True
                answer = await self._content(client, mime)
            await _goodbye(client)
        except TimeoutError:
            late = f"did not take the mail within {self._longest:g} seconds."
            if given:
                raise OutcomeUnknown(f"The mail server {self._server.host} {late} It may have been sent.") from None
            raise Unreachable(f"The mail server {self._server.host} {late}") from None
        finally:
            client.close()
        status = "sent" if not refused else f"sent, but not to {', '.join(refused)}"
        return {"message_id": message.message_id or mime["Message-ID"], "status": status, "answer": answer}

    def _client(self) -> aiosmtplib.SMTP:
        server = self._server
        return aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            timeout=self._timeout,
            use_tls=server.tls,
            start_tls=server.starttls,
        )

    async def _connect(self, client: aiosmtplib.SMTP) -> None:
        try:
            await client.connect()
            if self._server.username:
                await client.login(self._server.username, self._server.password or "")
        except aiosmtplib.SMTPAuthenticationError as error:
            raise Unauthorized(
                "The mail server does not accept our sign-in.",
                answer=str(error.code),
                hint="Look at the mail connection.",
            ) from None
        except aiosmtplib.SMTPResponseException as error:
            raise _answered(error.code, error.message) from None
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            said = _short(error)
            what = "shows a certificate that is not trusted" if "CERTIFICATE_VERIFY" in said else "cannot be reached"
            raise Unreachable(f"The mail server {self._server.host} {what}.", answer=said) from None

    async def _envelope(self, client: aiosmtplib.SMTP, mime: EmailMessage, recipients: list[str]) -> list[str]:
        """Give sender and recipients; return those that the server refused for good while it took others."""
        refused: list[str] = []
        try:
            await client.mail(mime["From"].addresses[0].addr_spec)
            for place, recipient in enumerate(recipients):
                try:
                    await client.rcpt(recipient)
                except aiosmtplib.SMTPRecipientRefused as error:
                    if place == 0:  # the one the mail is for; the rest are copies
                        raise _answered(error.code, error.message, recipient) from None
                    refused.append(recipient)
        except aiosmtplib.SMTPResponseException as error:
            raise _answered(error.code, error.message) from None
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            raise Unreachable("The mail server broke off before the mail was sent.", answer=_short(error)) from None
        return refused

    async def _content(self, client: aiosmtplib.SMTP, mime: EmailMessage) -> str:
        try:
            wire = mime.as_bytes(policy=WIRE)
        except (MessageError, UnicodeError, ValueError) as error:
            raise ConfigRejected(
                "The mail cannot be written: an address or header has signs that mail does not take."
            ) from error
        try:
            answer = await client.data(wire)
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            if isinstance(error, aiosmtplib.SMTPResponseException) and error.code in _CODES:
                raise _answered(error.code, error.message) from None
            raise OutcomeUnknown(
                "The mail server broke off while it was given the mail. It may have been sent.", hint=_short(error)
            ) from None
        return str(answer.message)[:200]


async def _goodbye(client: aiosmtplib.SMTP) -> None:
    """End the connection in order. The mail is accepted: how this goes does not matter."""
    try:
        async with asyncio.timeout(2):
            await client.quit()
    except (aiosmtplib.SMTPException, OSError, TimeoutError):
        pass


def _answered(code: int, text: str, recipient: str = "") -> Unreachable | Refused:
    if code not in _CODES:
        return Unreachable(
            "What answers there does not speak as a mail server does.", answer=" ".join(text.split())[:300]
        )
    whom = f" the mail to {recipient}" if recipient else " the mail"
    answer = f"{code} {' '.join(text.split())}"[:300]
    if 400 <= code < 500:
        return Unreachable(f"The mail server does not take{whom} at the moment: {answer}", answer=answer, status=code)
    return Refused(f"The mail server refused{whom}: {answer}", answer=answer, status=code)


def _short(error: BaseException) -> str:
    return " ".join(str(error).split())[:300]
