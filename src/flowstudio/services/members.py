"""The people of a workspace: who is in, and what each may do. Nobody gives away, or takes, more than they have."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from flowstudio.domain.actor import Actor, Role
from flowstudio.errors import BadRequest, NotFound

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from flowstudio.services.ports import AuditLog, User
    from flowstudio.services.signin import SignIn

INVITATION_LIFE = timedelta(days=3)
MAX_NAME, MAX_EMAIL = 100, 254
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")


class MemberStore(Protocol):
    """Keeps members; where a change would leave no owner, it raises Conflict and changes nothing."""

    async def members(self, workspace: str) -> Sequence[User]: ...

    async def user(self, user_id: str) -> User | None: ...

    async def add_member(self, workspace: str, name: str, email: str, role: Role) -> User: ...

    async def set_role(self, workspace: str, user_id: str, role: Role) -> None: ...

    async def remove_member(self, workspace: str, user_id: str) -> None: ...


class MemberService:
    """The verbs of members."""

    def __init__(self, people: MemberStore, sign_in: SignIn, audit: AuditLog, base_url: str) -> None:
        self._people = people
        self._sign_in = sign_in
        self._audit = audit
        self._base_url = base_url
        self.changed: list[Callable[[str], object]] = []
        """Hear of a person who may do other things now, or nothing any more."""

    async def list(self, actor: Actor) -> Sequence[User]:
        """List the people by name."""
        actor.require(Role.VIEWER)
        return await self._people.members(actor.workspace)

    async def add(self, actor: Actor, name: str, email: str, role: Role) -> tuple[User, str]:
        """Add a person; return them with a sign-in link that holds three days and once.

        Raise BadRequest for a name or an email that is none, Conflict for somebody who is a member already.
        """
        _require(actor, role)
        name, email = name.strip(), email.strip()
        if not 0 < len(name) <= MAX_NAME:
            raise BadRequest(f"A name has 1 to {MAX_NAME} characters.")
        if len(email) > MAX_EMAIL or not _EMAIL.fullmatch(email):
            raise BadRequest(f'"{email[:80]}" is no email address.')
        user = await self._people.add_member(actor.workspace, name, email, role)
        await self._audit.note(actor.workspace, actor.name, "member.added", user.id, {"name": name, "role": role.value})
        return user, await self._link(user)

    async def link(self, actor: Actor, user_id: str) -> str:
        """Return a fresh sign-in link for a person; it holds three days and once."""
        user = await self._found(actor, user_id)
        await self._audit.note(actor.workspace, actor.name, "member.link_made", user_id, {"name": user.name})
        return await self._link(user)

    async def set_role(self, actor: Actor, user_id: str, role: Role) -> User:
        """Change what a person may do; raise Conflict where no owner would be left."""
        user = await self._found(actor, user_id)
        _require(actor, role)
        await self._people.set_role(actor.workspace, user_id, role)
        detail = {"name": user.name, "before": user.role, "role": role.value}
        await self._audit.note(actor.workspace, actor.name, "member.role_changed", user_id, detail)
        self._tell(user_id)
        return await self._found(actor, user_id)

    async def remove(self, actor: Actor, user_id: str) -> None:
        """Let a person in no more: their sessions end at once. Raise Conflict where no owner would be left."""
        user = await self._found(actor, user_id)
        await self._people.remove_member(actor.workspace, user_id)
        await self._audit.note(actor.workspace, actor.name, "member.removed", user_id, {"name": user.name})
        self._tell(user_id)

    def _tell(self, user_id: str) -> None:
        for hear in self.changed:
            hear(user_id)

    async def _link(self, user: User) -> str:
        return f"{self._base_url}/sign-in/{await self._sign_in.make_link(user, INVITATION_LIFE)}"

    async def _found(self, actor: Actor, user_id: str) -> User:
        """Return a member that this actor may change."""
        actor.require(Role.ADMIN)
        user = await self._people.user(user_id)
        if user is None or user.workspace != actor.workspace:
            raise NotFound("There is no such person in this workspace.")
        _require(actor, Role(user.role))
        return user


def _require(actor: Actor, role: Role) -> None:
    actor.require(Role.ADMIN)
    actor.require(role)
