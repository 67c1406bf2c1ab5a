"""People, sessions, sign-in links and API keys; of secrets only hashes are kept."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, func, insert, select, update

from flowstudio.domain.actor import Role
from flowstudio.domain.ids import new_id
from flowstudio.domain.json import JsonObject
from flowstudio.errors import Conflict, NotFound
from flowstudio.services.ports import User
from flowstudio.storage import tables
from flowstudio.storage.database import Database

_person, _member, _session = tables.person, tables.member, tables.session
_link, _key = tables.signin_link, tables.api_key


class SqlPeople:
    """The People store over the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def owner(self, workspace: str) -> User:
        """Return the owner of a workspace; raise NotFound."""
        query = _users().where(_member.c.workspace == workspace, _member.c.role == Role.OWNER.value)
        found = await self._first(query.order_by(_member.c.joined_at, _person.c.id))
        if found is None:
            raise NotFound("This workspace has no owner.")
        return found

    async def user(self, user_id: str) -> User | None:
        """Return a person, or None."""
        return await self._first(_users().where(_person.c.id == user_id))

    async def members(self, workspace: str) -> list[User]:
        """List the people of a workspace by name."""
        query = _users().where(_member.c.workspace == workspace).order_by(_person.c.name, _person.c.id)
        async with self._database.read() as connection:
            return [_user(row) for row in await connection.execute(query)]

    async def add_member(self, workspace: str, name: str, email: str, role: Role) -> User:
        """Add a person; raise Conflict where the email is known already."""
        now = self._database.clock.now()
        return await self._database.writer.run(lambda c: add_person(c, workspace, name, email, role, now))

    async def set_role(self, workspace: str, user_id: str, role: Role) -> None:
        """Change what a person may do; raise Conflict where no owner would be left."""
        changed = (
            update(_member)
            .where(_member.c.workspace == workspace, _member.c.person_id == user_id)
            .values(role=role.value)
        )

        def change(connection: Connection) -> None:
            with _an_owner_kept(connection, workspace):
                connection.execute(changed)

        await self._database.writer.run(change)

    async def remove_member(self, workspace: str, user_id: str) -> None:
        """Let a person in no more; their sessions end at once. Raise Conflict where no owner would be left."""
        gone = delete(_person).where(_person.c.id == user_id, _person.c.workspace == workspace)

        def remove(connection: Connection) -> None:
            with _an_owner_kept(connection, workspace):
                connection.execute(gone)

        await self._database.writer.run(remove)

    async def any_password(self) -> bool:
        """Say whether anybody has a password."""
        query = select(_person.c.id).where(_person.c.password_hash.is_not(None)).limit(1)
        async with self._database.read() as connection:
            return (await connection.execute(query)).first() is not None

    async def password_hash(self, email: str) -> tuple[User, str] | None:
        """Return the person with that email and the hash of their password, or None."""
        query = _users().where(_person.c.email == email.strip().lower(), _person.c.password_hash.is_not(None))
        async with self._database.read() as connection:
            row = (await connection.execute(query)).first()
        return None if row is None else (_user(row), row.password_hash)

    async def set_password(self, user_id: str, password_hash: str) -> None:
        """Keep the hash; every session and link of the person ends."""

        def keep(connection: Connection) -> None:
            changed = update(_person).where(_person.c.id == user_id).values(password_hash=password_hash)
            if not connection.execute(changed).rowcount:
                raise NotFound("There is no such person.")
            connection.execute(delete(_session).where(_session.c.person_id == user_id))
            connection.execute(delete(_link).where(_link.c.person_id == user_id))

        await self._database.writer.run(keep)

    async def add_link(self, user_id: str, secret_hash: str, expires: datetime) -> None:
        """Keep a sign-in link; links that are too old go."""

        def keep(connection: Connection) -> None:
            connection.execute(delete(_link).where(_link.c.expires_at < self._database.clock.now()))
            connection.execute(
                insert(_link).values(
                    secret_hash=secret_hash, workspace=_home(connection, user_id), person_id=user_id, expires_at=expires
                )
            )

        await self._database.writer.run(keep)

    async def take_link(self, secret_hash: str, now: datetime) -> User | None:
        """Return the person of an unused, unexpired link and mark it used; None otherwise."""
        taken = (
            update(_link)
            .where(_link.c.secret_hash == secret_hash, _link.c.used_at.is_(None), _link.c.expires_at > now)
            .values(used_at=now)
            .returning(_link.c.person_id)
        )
        user_id = await self._database.writer.run(lambda c: c.execute(taken).scalar())
        return None if user_id is None else await self.user(user_id)

    async def add_session(self, user_id: str, secret_hash: str, expires: datetime) -> None:
        """Keep a session; sessions that have ended go."""
        now = self._database.clock.now()

        def keep(connection: Connection) -> None:
            connection.execute(delete(_session).where(_session.c.expires_at < now))
            connection.execute(
                insert(_session).values(
                    secret_hash=secret_hash,
                    workspace=_home(connection, user_id),
                    person_id=user_id,
                    created_at=now,
                    expires_at=expires,
                )
            )

        await self._database.writer.run(keep)

    async def session(self, secret_hash: str, now: datetime) -> User | None:
        """Return whose session it is, None when it has ended."""
        query = _users().join(_session, _session.c.person_id == _person.c.id)
        return await self._first(query.where(_session.c.secret_hash == secret_hash, _session.c.expires_at > now))

    async def end_session(self, secret_hash: str) -> None:
        """End a session."""
        gone = delete(_session).where(_session.c.secret_hash == secret_hash)
        await self._database.writer.run(lambda c: c.execute(gone).rowcount)

    async def add_key(self, workspace: str, key_id: str, secret_hash: str, name: str, role: str) -> None:
        """Keep an API key."""
        now = self._database.clock.now()
        kept = insert(_key).values(
            id=key_id, workspace=workspace, secret_hash=secret_hash, name=name, role=role, created_at=now
        )
        await self._database.writer.run(lambda c: c.execute(kept).rowcount)

    async def key(self, key_id: str) -> tuple[str, str, str, str] | None:
        """Return (secret hash, workspace, name, role) of a key that is not revoked."""
        query = select(_key).where(_key.c.id == key_id, _key.c.revoked_at.is_(None))
        async with self._database.read() as connection:
            row = (await connection.execute(query)).first()
        return None if row is None else (row.secret_hash, row.workspace, row.name, row.role)

    async def keys(self, workspace: str) -> list[JsonObject]:
        """List the keys that are not revoked, the newest first: id, name, role, created_at."""
        query = select(_key).where(_key.c.workspace == workspace, _key.c.revoked_at.is_(None))
        async with self._database.read() as connection:
            rows = (await connection.execute(query.order_by(_key.c.created_at.desc(), _key.c.id))).all()
        return [{"id": row.id, "name": row.name, "role": row.role, "created_at": row.created_at} for row in rows]

    async def revoke_key(self, workspace: str, key_id: str) -> None:
        """Let a key open nothing any more; raise NotFound."""
        now = self._database.clock.now()

        def revoke(connection: Connection) -> None:
            ended = update(_key).where(_key.c.id == key_id, _key.c.workspace == workspace, _key.c.revoked_at.is_(None))
            if not connection.execute(ended.values(revoked_at=now)).rowcount:
                raise NotFound("There is no such key.")

        await self._database.writer.run(revoke)

    async def _first(self, query: Select[Any]) -> User | None:
        async with self._database.read() as connection:
            row = (await connection.execute(query)).first()
        return None if row is None else _user(row)


def add_person(
    connection: Connection, workspace: str, name: str, email: str, role: Role, now: datetime, user_id: str | None = None
) -> User:
    """Add a person to a workspace; raise Conflict where the email is known already."""
    address = email.strip().lower()
    if connection.execute(select(_person.c.id).where(_person.c.email == address)).first() is not None:
        raise Conflict("Somebody with this email is a member already.")
    person_id = user_id or new_id("usr")
    connection.execute(
        insert(_person).values(id=person_id, workspace=workspace, name=name, email=address, created_at=now)
    )
    connection.execute(insert(_member).values(workspace=workspace, person_id=person_id, role=role.value, joined_at=now))
    return User(person_id, workspace, name, address, role.value)


@contextmanager
def _an_owner_kept(connection: Connection, workspace: str) -> Iterator[None]:
    """Raise Conflict where a change takes away the last owner."""
    owners = select(func.count()).where(_member.c.workspace == workspace, _member.c.role == Role.OWNER.value)
    before = connection.execute(owners).scalar_one()
    yield
    if before and not connection.execute(owners).scalar_one():
        raise Conflict("A workspace keeps at least one owner.", hint="Make somebody else an owner first.")


def _users() -> Select[Any]:
    return (
        select(
            _person.c.id, _person.c.name, _person.c.email, _person.c.password_hash, _member.c.workspace, _member.c.role
        )
        .join(_member, _member.c.person_id == _person.c.id)
        .where(_person.c.disabled_at.is_(None))
    )


def _user(row: Row[Any]) -> User:
    return User(row.id, row.workspace, row.name, row.email, row.role, has_password=row.password_hash is not None)


def _home(connection: Connection, user_id: str) -> str:
    found = connection.execute(select(_person.c.workspace).where(_person.c.id == user_id)).scalar()
    if found is None:
        raise NotFound("There is no such person.")
    return str(found)
