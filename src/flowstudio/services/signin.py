"""Signing in: links, passwords, sessions and API keys. Secrets are shown once and kept as hashes only."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from flowstudio.domain.actor import Actor, Role
from flowstudio.errors import BadRequest, NotFound, NotSignedIn
from flowstudio.services.pace import Pace

if TYPE_CHECKING:
    from flowstudio.domain.json import JsonObject
    from flowstudio.kit.ports import Clock
    from flowstudio.services.ports import People, User

LINK_LIFE = timedelta(minutes=10)
SESSION_LIFE = timedelta(days=14)
MIN_PASSWORD, MAX_PASSWORD = 10, 200
MOST_WRONG = 10
"""Wrong passwords from one place for one person within `WRONG_WITHIN`."""
MOST_WRONG_HERE = 50
"""The same for everybody from that place: nobody tries one password on all people."""
WRONG_WITHIN = timedelta(minutes=10)
_TOO_OFTEN = "Too many wrong passwords were tried."
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
"""OWASP's minimum for Argon2id: 19 MiB, two passes, one lane."""
_DUMMY = _hasher.hash(secrets.token_urlsafe(16))


def digest(secret: str) -> str:
    """Return the hash under which a random secret is kept (it has 256 bits, so a fast hash is enough)."""
    return hashlib.sha256(secret.encode()).hexdigest()


def actor_of(user: User, via: str = "page") -> Actor:
    """Return the actor a signed-in user is."""
    return Actor(workspace=user.workspace, user_id=user.id, name=user.name, role=Role(user.role), via=via)


class SignIn:
    """Tells who a session, a link or a key belongs to, and whether it still does."""

    def __init__(self, people: People, clock: Clock) -> None:
        self._people = people
        self._clock = clock
        self._wrong = Pace(clock, MOST_WRONG, WRONG_WITHIN, _TOO_OFTEN)
        self._wrong_here = Pace(clock, MOST_WRONG_HERE, WRONG_WITHIN, _TOO_OFTEN)
        self._local: tuple[str, Actor] | None = None

    def make_local_key(self, actor: Actor) -> str:
        """Return a key for commands on this machine; it ends with the process."""
        secret = secrets.token_urlsafe(32)
        self._local = (digest(secret), actor)
        return f"fs_local_{secret}"

    async def make_link(self, user: User, life: timedelta = LINK_LIFE) -> str:
        """Return the secret of a fresh sign-in link, valid once and for `life`."""
        secret = secrets.token_urlsafe(32)
        await self._people.add_link(user.id, digest(secret), self._clock.now() + life)
        return secret

    async def use_link(self, secret: str) -> str:
        """Trade a link's secret for a session secret; raise NotSignedIn when it is used or too old."""
        user = await self._people.take_link(digest(secret), self._clock.now())
        if user is None:
            raise NotSignedIn(
                "This sign-in link is used or too old.", hint="Make a fresh one with: flowstudio user link"
            )
        return await self._begin_session(user)

    async def with_password(self, email: str, password: str, place: str = "") -> str:
        """Trade email and password for a session secret; raise NotSignedIn, never saying which was wrong.

        Raise TooMany after many wrong ones from the same place: nobody finds a password by trying.
        """
        email = email.strip().lower()
        self._wrong.check(email, place)
        self._wrong_here.check(place)
        found = await self._people.password_hash(email)
        known = found[1] if found else _DUMMY
        if not await asyncio.to_thread(_matches, known, password[: MAX_PASSWORD + 1]) or found is None:
            self._wrong.count(email, place)
            self._wrong_here.count(place)
            raise NotSignedIn("Email and password do not fit together.")
        return await self._begin_session(found[0])

    async def set_password(self, actor: Actor, user_id: str, password: str) -> None:
        """Set a password; every session and link of the user ends.

        Nobody sets the password of somebody who may do more: raise NotAllowed.
        """
        if user_id != actor.user_id:
            actor.require(Role.ADMIN)
            user = await self._people.user(user_id)
            if user is None or user.workspace != actor.workspace:
                raise NotFound("There is no such person in this workspace.")
            actor.require(Role(user.role))
        if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
            raise BadRequest(f"A password has {MIN_PASSWORD} to {MAX_PASSWORD} characters.")
        await self._people.set_password(user_id, await asyncio.to_thread(_hasher.hash, password))

    async def _begin_session(self, user: User) -> str:
        secret = secrets.token_urlsafe(32)
        await self._people.add_session(user.id, digest(secret), self._clock.now() + SESSION_LIFE)
        return secret

    async def session(self, secret: str) -> Actor | None:
        """Return who a session secret belongs to, or None."""
        if not secret:
            return None
        user = await self._people.session(digest(secret), self._clock.now())
        return actor_of(user) if user is not None else None

    async def end(self, secret: str) -> None:
        """Sign out."""
        await self._people.end_session(digest(secret))

    async def make_key(self, actor: Actor, name: str, role: Role) -> str:
        """Return a new API key `fs_<id>_<secret>`; it is shown this once."""
        actor.require(Role.ADMIN)
        actor.require(role)
        key_id, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
        await self._people.add_key(actor.workspace, key_id, digest(secret), name.strip() or "API key", role.value)
        return f"fs_{key_id}_{secret}"

    async def key(self, text: str) -> Actor | None:
        """Return who an API key belongs to, or None."""
        prefix, _, rest = text.partition("_")
        key_id, _, secret = rest.partition("_")
        if prefix != "fs" or not key_id or not secret:
            return None
        if key_id == "local":
            known = self._local
            return known[1] if known is not None and hmac.compare_digest(known[0], digest(secret)) else None
        found = await self._people.key(key_id)
        if found is None or not hmac.compare_digest(found[0], digest(secret)):
            return None
        _, workspace, name, role = found
        return Actor(workspace=workspace, user_id=f"key:{key_id}", name=name, role=Role(role), via="api")

    async def keys(self, actor: Actor) -> list[JsonObject]:
        """List the API keys, without their secrets."""
        actor.require(Role.ADMIN)
        return await self._people.keys(actor.workspace)

    async def revoke_key(self, actor: Actor, key_id: str) -> None:
        """End an API key."""
        actor.require(Role.ADMIN)
        await self._people.revoke_key(actor.workspace, key_id)

    async def owner(self, workspace: str) -> User:
        """Return the owner of a workspace."""
        return await self._people.owner(workspace)

    async def any_password(self) -> bool:
        """Say whether anybody has a password (then no link is printed at the start)."""
        return await self._people.any_password()


def _matches(known: str, password: str) -> bool:
    try:
        return _hasher.verify(known, password)
    except (VerificationError, InvalidHashError):
        return False
