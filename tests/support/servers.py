"""Real servers on loopback: SMTP with moods, and HTTP that a test scripts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class SmtpServer:
    """Takes mail and keeps it, or does what its mood says."""

    mood: str = "friendly"
    """friendly, later (451 to the content), never (550 to the recipient), later_recipient (450), drop (after DATA)."""
    mails: list[EmailMessage] = field(default_factory=list)
    envelopes: list[Envelope] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}/?starttls=no&from=flowstudio@brightline.example"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.mood == "never" or address.startswith("gone"):
            return "550 5.1.1 no such mailbox"
        if self.mood == "later_recipient":
            return "450 4.2.1 mailbox busy"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.mood == "later":
            return "451 4.3.0 try again"
        if self.mood == "refuses_content":
            return "554 5.7.1 looks like spam"
        assert envelope.content is not None
        raw = envelope.content if isinstance(envelope.content, bytes) else envelope.content.encode()
        self.mails.append(message_from_bytes(raw, EmailMessage, policy=policy.default))  # type: ignore[arg-type]
        self.envelopes.append(envelope)
        if self.mood == "drop":
            server.transport.abort()
        return "250 OK queued as 1"


@asynccontextmanager
async def smtp_server(mood: str = "friendly") -> AsyncIterator[SmtpServer]:
    """Serve SMTP on a free port, on the running loop."""
    found = SmtpServer(mood)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(found, hostname="mail.test", loop=loop), "127.0.0.1", 0)
    found.port = server.sockets[0].getsockname()[1]
    try:
        yield found
    finally:
        server.close()
        await server.wait_closed()


@dataclass
class Request:
    """What came in."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


Answer = Callable[[Request, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class HttpServer:
    """Keeps every request; `answer` writes the raw response, so that a test can break it anywhere."""

    answer: Answer
    requests: list[Request] = field(default_factory=list)
    port: int = 0

    def url(self, path: str = "/") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            request = await _read(reader)
            self.requests.append(request)
            await self.answer(request, writer)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


async def _read(reader: asyncio.StreamReader) -> Request:
    lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    method, target, _ = lines[0].split(" ", 2)
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:] if line)}
    return Request(method, target, headers, await reader.readexactly(int(headers.get("content-length", 0))))


def reply(status: int = 200, body: bytes = b"{}", **headers: str) -> Answer:
    """Answer with this status and body; `content_type` and the like become headers."""
    named = {"content-type": "application/json"} | {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in named.items())
    raw = f"HTTP/1.1 {status} Said\r\ncontent-length: {len(body)}\r\nconnection: close\r\n{head}\r\n".encode() + body

    async def answer(request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(raw)

    return answer


@asynccontextmanager
async def http_server(answer: Answer | None = None) -> AsyncIterator[HttpServer]:
    """Serve HTTP on a free port, on the running loop."""
    found = HttpServer(answer or reply())
    server = await asyncio.start_server(found.serve, "127.0.0.1", 0)
    found.port = server.sockets[0].getsockname()[1]
    try:
        yield found
    finally:
        server.close()
        await server.wait_closed()


class StoredSecrets:
    """Secrets for tests, by name."""

    def __init__(self, **secrets: Any) -> None:
        self._secrets = secrets

    def get(self, name: str) -> str | None:
        return self._secrets.get(name)
