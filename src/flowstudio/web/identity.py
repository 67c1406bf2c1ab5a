"""Who makes a request: a session cookie for people, an API key for programs. Foreign pages are turned away."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, RedirectResponse, Response

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from flowstudio.domain.actor import Actor
    from flowstudio.services.signin import SignIn

COOKIE = "flowstudio_session"
OPEN_PATHS = (
    "/sign-in",
    "/static/",
    "/_nicegui",
    "/favicon.ico",
    "/api/v1/health",
    "/hooks/",
    "/forms/",
    "/a/",
    "/documents/",
)
LONGEST_PLACE = 2_000
"""Characters of a place that somebody is led to after signing in."""
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class Identity:
    """ASGI middleware: puts the actor into `scope["state"]["actor"]`, or answers that one must sign in first."""

    def __init__(self, app: ASGIApp, sign_in: SignIn) -> None:
        self.app = app
        self.sign_in = sign_in

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        path: str = scope["path"]
        headers = Headers(scope=scope)
        if _foreign(scope, headers):
            await refuse(scope, receive, send, 403, "This request comes from another site.")
            return
        actor = await self._actor(scope, headers)
        scope.setdefault("state", {})["actor"] = actor
        if actor is None and not path.startswith(OPEN_PATHS):
            await self._ask_to_sign_in(scope, receive, send)
            return
        await self.app(scope, receive, send)

    async def _actor(self, scope: Scope, headers: Headers) -> Actor | None:
        authorization = headers.get("authorization", "")
        if authorization.lower().startswith("bearer "):
            return await self.sign_in.key(authorization[7:].strip())
        return await self.sign_in.session(HTTPConnection(scope).cookies.get(COOKIE, ""))

    async def _ask_to_sign_in(self, scope: Scope, receive: Receive, send: Send) -> None:
        path: str = scope["path"]
        wants_page = scope["type"] == "http" and scope["method"] == "GET" and not path.startswith(("/api/", "/metrics"))
        if wants_page:
            place = f"{path}?{scope['query_string'].decode('latin-1')}".rstrip("?")
            back = "" if place == "/" else f"?to={quote(place)}"
            await RedirectResponse(f"/sign-in{back}", status_code=303)(scope, receive, send)
        else:
            await refuse(scope, receive, send, 401, "Sign in first.", "not_signed_in")


def _foreign(scope: Scope, headers: Headers) -> bool:
    """Say whether a browser sends this from another site's page (OWASP: verify Origin on unsafe requests)."""
    unsafe = scope["type"] == "websocket" or scope.get("method") not in SAFE_METHODS
    origin = headers.get("origin")
    if not unsafe or scope["path"].startswith("/hooks/"):
        return False
    if origin is not None:
        return urlsplit(origin).netloc != headers.get("host", "")
    return headers.get("sec-fetch-site", "none") not in ("none", "same-origin")


def place_here(wished: str) -> str:
    """Return the place of this house that somebody wished to see, the first page for any other."""
    inside = re.fullmatch(r"/(?![/\\])[^\\\x00-\x20\x7f]*", wished) and len(wished) <= LONGEST_PLACE
    return wished if inside and not wished.startswith("/sign-in") else "/"


async def refuse(
    scope: Scope, receive: Receive, send: Send, status: int, detail: str, code: str = "not_allowed", hint: str = ""
) -> None:
    """Answer a request with a problem instead of carrying it out."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 4000 + status, "reason": detail})
        return
    await problem(status, detail, code, hint)(scope, receive, send)


def problem(status: int, detail: str, code: str, hint: str = "") -> Response:
    """Return the answer to a program whose request is not carried out."""
    return JSONResponse(
        {"type": "about:blank", "title": detail, "status": status, "code": code, "detail": detail, "hint": hint},
        status_code=status,
        media_type="application/problem+json",
    )
