"""Credentials: stored sealed, used by steps, never shown again."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Protocol

from flowstudio.domain.actor import Actor, Role
from flowstudio.errors import BadRequest, NotFound
from flowstudio.kit.oauth import needed_grant, read_grant
from flowstudio.observe import redactor

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flowstudio.domain.json import JsonObject
    from flowstudio.kit.ports import Secrets
    from flowstudio.services.ports import AuditLog
    from flowstudio.services.sealing import Seal

KINDS: dict[str, str] = {
    "token": "Token (bearer)",
    "basic": "Name and password, written name:password",
    "api_key": "Key in a header, written Header: value",
    "database": "Database, written postgresql://name:password@host/database or sqlite:///file.db",
    "oauth2": "OAuth 2 with another system",
    "quickbooks": "QuickBooks, connected by a person",
    "secret": "Secret of a webhook or signature",
}
_NAME = re.compile(r"^[A-Za-z][A-Za-z0-9_\- ]{0,79}$")
MAX_SECRET = 20_000


class CredentialStore(Protocol):
    """Keeps sealed secrets."""

    async def save(self, workspace: str, name: str, kind: str, sealed: bytes) -> None: ...

    async def sealed(self, workspace: str) -> dict[str, bytes]: ...

    async def list(self, workspace: str) -> Sequence[JsonObject]: ...

    async def delete(self, workspace: str, name: str) -> bool: ...


class CredentialService:
    """The verbs of credentials; also the Secrets port of steps: stored ones first, then those of the environment."""

    def __init__(
        self,
        store: CredentialStore,
        seal: Seal,
        environment: Secrets,
        audit: AuditLog,
        providers: Mapping[str, JsonObject] | None = None,
    ) -> None:
        """Take in `providers` what the grants of each provider have in common: its addresses and its scope."""
        self._providers: Mapping[str, JsonObject] = providers or {}
        self._store = store
        self._seal = seal
        self._environment = environment
        self._audit = audit
        self._open: dict[str, str] = {}

    async def load(self, workspace: str) -> None:
        """Open the workspace's secrets into memory; they are masked in logs and errors from then on."""
        sealed = await self._store.sealed(workspace)
        self._open = {name: self._seal.open(content, name) for name, content in sealed.items()}
        grants = [grant for secret in self._open.values() if (grant := read_grant(secret)) is not None]
        parts = [part for grant in grants for part in (grant.client_secret, grant.refresh_token) if part]
        redactor.protect((*self._open.values(), *parts))

    def get(self, name: str) -> str | None:
        """Return a secret for a step, or None."""
        return self._open.get(name) or self._environment.get(name)

    def names(self) -> list[str]:
        """List the stored credentials by name."""
        return sorted(self._open)

    async def list(self, actor: Actor) -> Sequence[JsonObject]:
        """List the credentials, without their secrets."""
        actor.require(Role.VIEWER)
        return await self._store.list(actor.workspace)

    async def save(self, actor: Actor, name: str, kind: str, secret: str) -> None:
        """Keep a credential, in place of one of the same name."""
        actor.require(Role.BUILDER)
        if not _NAME.match(name):
            raise BadRequest("A connection's name begins with a letter and has letters, digits, blanks, _ and -.")
        if kind not in KINDS:
            raise BadRequest(f"A connection is one of: {', '.join(KINDS)}.")
        if not secret or len(secret) > MAX_SECRET:
            raise BadRequest("A secret has 1 to 20,000 characters.")
        if kind == "oauth2" or kind in self._providers:
            secret = needed_grant(secret, self._providers.get(kind)).text()
        await self._store.save(actor.workspace, name, kind, self._seal.close(secret))
        await self.load(actor.workspace)
        await self._audit.note(actor.workspace, actor.name, "credential.saved", name, {"kind": kind})

    async def renew(self, workspace: str, name: str, secret: str) -> None:
        """Keep the secret that another system gave in place of the one before; noted as FlowStudio's own deed.

        One that came from the environment is stored from then on: the environment holds what is taken no longer.
        """
        if self.get(name) is None:
            return  # deleted meanwhile
        grant = read_grant(secret)
        kind = "token" if grant is None else grant.provider or "oauth2"
        await self._store.save(workspace, name, kind, self._seal.close(secret))
        await self.load(workspace)
        await self._audit.note(workspace, "FlowStudio", "credential.renewed", name)

    async def delete(self, actor: Actor, name: str) -> None:
        """Delete a credential; steps that use it fail from then on and say so."""
        actor.require(Role.BUILDER)
        if not await self._store.delete(actor.workspace, name):
            raise NotFound(f'There is no connection "{name}".')
        await self.load(actor.workspace)
        await self._audit.note(actor.workspace, actor.name, "credential.deleted", name)
