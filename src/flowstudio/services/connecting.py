"""Connecting another system by OAuth 2: a person gives leave on its page and comes back with a code."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from flowstudio.domain.actor import Actor, Role
from flowstudio.errors import BadRequest, NotFound, Unauthorized
from flowstudio.kit.oauth import Grant, read_grant
from flowstudio.services.template_needs import SERVICES, SET_BY

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from flowstudio.kit.ports import Clock
    from flowstudio.services.credentials import CredentialService

CALLBACK = "/connections/oauth"
"""Where the other system sends a person back to."""
_PATIENCE = timedelta(minutes=10)
_MOST = 1_000
_REALM = re.compile(r"[0-9]{1,30}")
_PROBED = ("slack", "stripe", "quickbooks", "llm")


@dataclass(frozen=True, slots=True)
class _Begun:
    workspace: str
    user_id: str
    name: str
    verifier: str
    until: datetime


class Exchange(Protocol):
    """Turns a code into lasting leave."""

    def __call__(self, grant: Grant, code: str, verifier: str, redirect: str) -> Awaitable[Grant]: ...


class Probe(Protocol):
    """Signs in with a connection and does nothing else; without a service it fetches the connection's token."""

    def __call__(self, service: str | None, name: str) -> Awaitable[None]: ...


class Connecting:
    """The verbs of connecting. What was begun is kept in memory: after a restart one begins again."""

    def __init__(
        self,
        credentials: CredentialService,
        exchange: Exchange,
        probe: Probe,
        clock: Clock,
        base_url: Callable[[], str],
    ) -> None:
        self._credentials = credentials
        self._exchange = exchange
        self._probe = probe
        self._clock = clock
        self._base_url = base_url
        self._begun: dict[str, _Begun] = {}

    @property
    def redirect(self) -> str:
        """Return the address that is registered with the other system."""
        return f"{self._base_url()}{CALLBACK}"

    def needs_leave(self, name: str) -> bool | None:
        """Say whether a connection waits for a person's leave; None where it needs none."""
        grant = read_grant(self._credentials.get(name) or "")
        return None if grant is None or grant.flow != "code" else not grant.refresh_token

    def begin(self, actor: Actor, name: str) -> str:
        """Return the page on which this person can give leave."""
        actor.require(Role.BUILDER)
        grant = read_grant(self._credentials.get(name) or "") if name in self._credentials.names() else None
        if grant is None or grant.flow != "code":
            raise NotFound(f'There is no connection "{name}" that asks a person for leave.')
        now = self._clock.now()
        self._begun = {state: one for state, one in self._begun.items() if one.until > now}
        if len(self._begun) >= _MOST:
            raise BadRequest("Too many connections are being made at once.", hint="Try again in ten minutes.")
        state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(48)
        self._begun[state] = _Begun(actor.workspace, actor.user_id, name, verifier, now + _PATIENCE)
        return grant.page(self.redirect, state, verifier)

    async def finish(self, actor: Actor, state: str, code: str, refused: str = "", realm: str = "") -> str:
        """Take the code with which the person who began comes back; return the connection's name.

        `realm` is the company that the person chose at QuickBooks.
        """
        begun = self._begun.pop(state, None)
        if begun is None or begun.until <= self._clock.now():
            raise BadRequest("This sign-in was not begun here, or too long ago.", hint="Press Connect again.")
        if (begun.workspace, begun.user_id) != (actor.workspace, actor.user_id):
            raise BadRequest("Somebody else began this sign-in.", hint="Press Connect yourself.")
        if refused or not code:
            raise Unauthorized(f"The other system gave no leave: {refused[:200] or 'no code came back'}.")
        grant = read_grant(self._credentials.get(begun.name) or "")
        if grant is None:
            raise NotFound(f'There is no connection "{begun.name}" any more.')
        if grant.provider == "quickbooks":
            if not _REALM.fullmatch(realm):
                raise BadRequest("QuickBooks did not say which company it is.", hint="Press Connect again.")
            grant = grant.model_copy(update={"realm_id": realm})
        connected = await self._exchange(grant, code, begun.verifier, self.redirect)
        await self._credentials.save(actor, begun.name, grant.provider or "oauth2", connected.text())
        return begun.name

    def can_test(self, name: str, kind: str) -> bool:
        """Say whether a connection can be tested by itself."""
        return self._tested_as(name, kind) is not None and not self.needs_leave(name)

    async def test(self, actor: Actor, name: str) -> None:
        """Sign in with a connection, and do nothing else; raise what a step would raise, or NotFound.

        The connection may be stored or come from the environment.
        """
        actor.require(Role.BUILDER)
        rows = {str(row["name"]): str(row["kind"]) for row in await self._credentials.list(actor)}
        service = self._tested_as(name, rows.get(name, "token"))
        if self._credentials.get(name) is None or service is None:
            raise NotFound("This connection cannot be tested by itself.", hint="Test a step that uses it.")
        await self._probe(service or None, name)

    @staticmethod
    def _tested_as(name: str, kind: str) -> str | None:
        """Return the service that a connection is for, empty where its token is all there is, None for no test."""
        if kind == "oauth2":
            return ""
        if kind in SERVICES:
            return kind
        return next((one for one in _PROBED if name == one or name in SET_BY[one]), None)
