"""Bodies of API calls: not too large, and JSON that everybody reads the same way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect

from flowstudio.domain.json_text import read_json
from flowstudio.errors import BadRequest
from flowstudio.web.identity import SAFE_METHODS, refuse

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

PREFIX = "/api/"
MAX_BODY = 16 * 1024 * 1024
"""Bytes of a JSON body: a document has at most 10 MB; routes that take files count themselves."""


class JsonBodies:
    """ASGI middleware that reads JSON bodies of the API before their routes do, and refuses what is not right."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] != "http" or not scope["path"].startswith(PREFIX) or scope["method"] in SAFE_METHODS:
            await self.app(scope, receive, send)
            return
        kind = Headers(scope=scope).get("content-type", "").partition(";")[0].strip().lower()
        if kind and kind != "application/json" and not kind.endswith("+json"):
            await self.app(scope, receive, send)
            return
        try:
            body = await whole_body(receive, MAX_BODY)
        except ClientDisconnect:
            return
        if body is None:
            detail = f"A body has at most {MAX_BODY // 1024 // 1024} MB."
            await refuse(scope, receive, send, 413, detail, BadRequest.code)
            return
        try:
            if _for_json(kind, body):
                read_json(body)
        except BadRequest as error:
            await refuse(scope, receive, send, 400, error.message, error.code, error.hint)
            return
        await self.app(scope, _again(body, receive), send)


async def whole_body(receive: Receive, most: int) -> bytes | None:
    """Return the body of a request, None where it has more than `most` bytes.

    Raise ClientDisconnect when the caller is gone before its end: half a body is none.
    """
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        chunk: bytes = message.get("body", b"")
        size += len(chunk)
        if size > most:
            return None
        chunks.append(chunk)
        if not message.get("more_body", False):
            return b"".join(chunks) if len(chunks) > 1 else chunk


def _for_json(kind: str, body: bytes) -> bool:
    """Say whether a body is meant as JSON: it says so, or says nothing and looks like it."""
    return bool(body.strip()) if kind else body.lstrip()[:1] in (b"{", b"[")


def _again(body: bytes, receive: Receive) -> Receive:
    """Return what gives the body once more, and after it whatever comes from the caller."""
    given = False

    async def receive_again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receive_again
