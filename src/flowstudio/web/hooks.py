"""The lean way in for webhooks: an ASGI application of its own, ahead of the interface's middleware.

A call is parsed, matched in memory, started, and answered after its steps are on disk.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import orjson
from starlette.requests import ClientDisconnect

from flowstudio.domain.json_text import read_json
from flowstudio.errors import FlowStudioError, TooMany
from flowstudio.services.hook_extras import Call
from flowstudio.web.bodies import whole_body

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from flowstudio.services.hooks import HookService

PREFIX = "/hooks/"
MAX_BODY = 1_000_000
_TOO_LARGE = b'{"detail":"A webhook takes at most 1 MB.","code":"bad_request"}'
JSON_HEADERS = [(b"content-type", b"application/json")]
_ALWAYS = [(b"x-content-type-options", b"nosniff"), (b"content-security-policy", b"sandbox; default-src 'none'")]
"""On every answer: what a workflow answers is shown by browsers as a stranger's page, without scripts and sign-in."""


Header = tuple[bytes, bytes]
Answer = tuple[int, list[Header], bytes]
"""Status, headers without the length, body."""
Read = Callable[[int], Awaitable["bytes | None"]]
"""Gives the body of a call, None where it has more bytes than asked for."""


@dataclass(frozen=True, slots=True)
class HttpCall:
    """A call as it came in; the names of its headers are in small letters."""

    method: str
    path: str
    query_string: bytes
    sent: Sequence[Header]
    read: Read

    @property
    def headers(self) -> dict[str, str]:
        """Return the headers as text."""
        return {name.decode("latin-1"): value.decode("latin-1") for name, value in self.sent}

    @property
    def query(self) -> dict[str, Any]:
        """Return what stands behind the question mark."""
        return _by_name(self.query_string.decode("latin-1")) if self.query_string else {}


class Hooks:
    """ASGI middleware that answers `/hooks/…` itself and hands everything else on."""

    def __init__(self, app: ASGIApp, service: HookService) -> None:
        self.app = app
        self.service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] != "http" or not scope["path"].startswith(PREFIX):
            await self.app(scope, receive, send)
            return

        async def read(most: int) -> bytes | None:
            return await whole_body(receive, most)

        call = HttpCall(scope["method"], scope["path"], scope["query_string"], scope["headers"], read)
        try:
            status, headers, body = await self.answer(call)
        except ClientDisconnect:
            return
        sized = [*headers, (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": sized})
        await send({"type": "http.response.body", "body": body})

    async def answer(self, call: HttpCall) -> Answer:
        """Answer a call of an address below `/hooks/`; raise ClientDisconnect when its body breaks off."""
        try:
            status, headers, body = await self._answer(call)
        except TooMany as error:
            status, headers, body = _problem(429, error)
            headers = [*headers, (b"retry-after", str(int(error.after or 1)).encode())]
        except FlowStudioError as error:
            status, headers, body = _problem(_STATUS.get(error.code, 400), error)
        return status, [*headers, *_ALWAYS], body

    async def _answer(self, call: HttpCall) -> Answer:
        token, _, slug = call.path[len(PREFIX) :].partition("/")
        listening = self.service.find(token, slug.rstrip("/"))
        if listening is None:
            return await self._elsewhere(call, token, slug.rstrip("/"))
        method = str(listening.trigger.config.get("method") or "POST").upper()
        if call.method not in method.replace(",", " ").split() and method != "ANY":
            return (
                405,
                [*JSON_HEADERS, (b"allow", method.encode())],
                b'{"detail":"This webhook takes another method.","code":"bad_request"}',
            )
        raw = await call.read(MAX_BODY)
        if raw is None:
            return 413, JSON_HEADERS, _TOO_LARGE
        headers, query = call.headers, call.query
        self.service.check(listening, headers, query, raw)
        body = parse_body(headers.get("content-type", ""), raw)
        reply = await self.service.receive(listening, body, headers, query)
        out = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in reply.headers.items()]
        return reply.status, out or JSON_HEADERS, reply.body

    async def _elsewhere(self, call: HttpCall, token: str, slug: str) -> Answer:
        """Answer a call for which there is no webhook trigger: a step may wait for it, or an example is caught."""
        extras = self.service.extras
        if extras is not None and extras.takes(token, slug):
            raw = await call.read(MAX_BODY)
            if raw is None:
                return 413, JSON_HEADERS, _TOO_LARGE
            headers = call.headers
            body = parse_body(headers.get("content-type", ""), raw)
            answer = await extras.receive(token, slug, Call(call.method, headers, call.query, raw, body))
            if answer is not None:
                return 200, JSON_HEADERS, orjson.dumps(answer)
        return 404, JSON_HEADERS, b'{"detail":"There is no webhook at this address.","code":"not_found"}'


def parse_body(content_type: str, raw: bytes) -> Any:
    """Return the body as data: JSON, a form as an object, other text as text; raise BadRequest when it is broken."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind in ("", "application/json") or kind.endswith("+json"):
        return read_json(raw) if raw.strip() else {}
    if kind == "application/x-www-form-urlencoded":
        return _by_name(raw.decode("utf-8", "replace"))
    if kind.startswith("text/"):
        return raw.decode("utf-8", "replace")
    raise _UnsupportedBody(f'A body of the type "{kind}" cannot be read.', hint="Send JSON, a form, or text.")


def _by_name(text: str) -> dict[str, Any]:
    """Return the values of a form or a query by name; a name that stands there several times has a list."""
    found: dict[str, Any] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        if name not in found:
            found[name] = value
        elif isinstance(found[name], list):
            found[name].append(value)
        else:
            found[name] = [found[name], value]
    return found


class _UnsupportedBody(FlowStudioError):
    """A body of this type cannot be read."""

    code = "unsupported_body"
    who = "user"


_STATUS = {
    "not_found": 404,
    "not_signed_in": 401,
    "not_allowed": 403,
    "conflict": 409,
    "too_many": 429,
    "unsupported_body": 415,
    "storage_failed": 503,  # nothing was accepted: the sender tries again
    "internal_error": 500,
}


def _problem(status: int, error: FlowStudioError) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
    return (
        status,
        [(b"content-type", b"application/problem+json")],
        orjson.dumps({"status": status, "code": error.code, "detail": error.message, "hint": error.hint}),
    )
