"""OAuth 2 for systems that a user connects: tokens by client credentials, by a code with PKCE, and by refreshing."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from urllib.parse import urlencode

from flowstudio.connectors.service import Send
from flowstudio.domain.json import JsonObject
from flowstudio.errors import Unauthorized, Unreachable
from flowstudio.kit.answers import answer_text, checked
from flowstudio.kit.oauth import Grant, read_grant
from flowstudio.kit.ports import HttpRequest

Keep = Callable[[str, str], Awaitable[None]]
"""Keeps a connection's new secret: some systems give a new refresh token with every token."""
_EARLY = 60.0
"""Seconds before its end at which a token counts as used up."""
_NAMES = {"quickbooks": "QuickBooks"}
_USUAL = 3600.0
_SHORTEST = 30.0


class OAuthTokens:
    """Gives the token of a connection, fetched when the last one is used up; one fetch at a time per connection."""

    def __init__(self, keep: Keep | None = None) -> None:
        self._keep = keep
        self._tokens: dict[str, tuple[str, float, str]] = {}
        """Name → (what it was fetched with, until when, token)."""
        self._locks: dict[str, asyncio.Lock] = {}

    async def bearer(self, name: str, secret: str, send: Send) -> str | None:
        """Return the token, or None where the secret is no grant but a token by itself."""
        grant = read_grant(secret)
        if grant is None:
            return None
        async with self._locks.setdefault(name, asyncio.Lock()):
            whose = (grant.client_id, grant.client_secret, grant.token_url, grant.realm_id)
            mark = hashlib.sha256("\n".join(whose).encode()).hexdigest()
            known = self._tokens.get(name)
            if known is not None and known[0] == mark and known[1] > time.monotonic():
                return known[2]
            answer = await fetch_token(grant, _form(grant), send)
            self._tokens[name] = (mark, time.monotonic() + lasts(answer), str(answer["access_token"]))
            fresh = answer.get("refresh_token")
            if fresh and fresh != grant.refresh_token and grant.flow == "code" and self._keep is not None:
                await self._keep(name, grant.with_refresh(str(fresh)).text())
            return self._tokens[name][2]

    def forget(self, name: str) -> None:
        """Drop a token that the other system does not take any more."""
        self._tokens.pop(name, None)

    def forget_all(self) -> None:
        """Drop every token."""
        self._tokens.clear()


async def fetch_token(grant: Grant, form: dict[str, str], send: Send) -> JsonObject:
    """Ask for a token; raise Unauthorized where it is refused, Unreachable where it may be asked again."""
    basic = base64.b64encode(f"{grant.client_id}:{grant.client_secret}".encode()).decode()
    headers = {
        "Authorization": f"Basic {basic}",
        "Content-Type": "application/x-www-form-urlencoded",
        "Accept": "application/json",
    }
    other = _NAMES.get(grant.provider, "the other system")
    return await token_of(
        HttpRequest("POST", grant.token_url, headers, body=urlencode(form).encode(), guarded=not grant.provider),
        f"The sign-in of {other}",
        f"{other[0].upper()}{other[1:]} does not accept our sign-in any more.",
        "Connect it again under Connections.",
        send,
    )


async def token_of(request: HttpRequest, system: str, refused: str, hint: str, send: Send) -> JsonObject:
    """Return the answer to a request for a token: `access_token`, `expires_in` and more.

    Raise Unauthorized, saying `refused` and `hint`, where there is to be none. Whatever may pass by itself is
    Unreachable or RateLimited, no answer at all too: a token that never came has done nothing.
    """
    response = await send(replace(request, repeatable=True))
    if response.status in (408, 425, 429) or response.status >= 500:
        checked(response, system)
    body = response.body if isinstance(response.body, dict) else {}
    if response.status < 400 and not isinstance(response.body, dict):
        raise Unreachable(f"{system} gave an answer that cannot be read.", status=response.status)
    if response.status >= 400 or not body.get("access_token"):
        answer = answer_text({key: value for key, value in body.items() if "token" not in key})
        raise Unauthorized(refused, answer=answer, status=response.status, hint=hint)
    return body


def lasts(answer: JsonObject) -> float:
    """Return the seconds for which the token of an answer is used."""
    try:
        given = float(answer.get("expires_in") or _USUAL)
    except (TypeError, ValueError):
        given = _USUAL
    return max(_SHORTEST, given - _EARLY)


async def exchange_code(grant: Grant, code: str, verifier: str, redirect: str, send: Send) -> Grant:
    """Return the grant with the refresh token that a code of the other system's page gives."""
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect}
    if grant.takes_proof:
        form |= {"code_verifier": verifier, "client_id": grant.client_id}
    answer = await fetch_token(grant, form, send)
    if not answer.get("refresh_token"):
        raise Unauthorized(
            "The other system gave no lasting leave.",
            hint="Ask for the scope that lets us refresh, often offline_access.",
        )
    return grant.with_refresh(str(answer["refresh_token"]))


def _form(grant: Grant) -> dict[str, str]:
    scope = {"scope": grant.scope} if grant.scope else {}
    if grant.flow == "client":
        return {"grant_type": "client_credentials", **scope}
    if not grant.refresh_token:
        raise Unauthorized("This connection is not connected yet.", hint="Press Connect under Connections.")
    return {"grant_type": "refresh_token", "refresh_token": grant.refresh_token}
