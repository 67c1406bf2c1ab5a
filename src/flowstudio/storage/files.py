"""Files that runs and records hold: each content once per workspace, in the table of large values."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, Text, and_, cast, delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from flowstudio.kit.files import FileContent
from flowstudio.storage import tables
from flowstudio.storage.database import Database

_blob = tables.blob
_MARK = "sha256:"
"""Begins the hash of a file; those of steps' large values have no mark."""
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_HOLDERS: tuple[tuple[Table, str], ...] = (
    (tables.run, "event"), (tables.step, "body"), (tables.intent, "input"), (tables.wait, "detail"),
    (tables.event, "data"), (tables.record, "data"),
)  # fmt: skip
"""Where references to files stand; a file to which none of them leads is nobody's any more."""
_AT_ONCE = 200


class SqlFiles:
    """The FileStore over the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, workspace: str, digest: str, file: FileContent, most: int) -> bool:
        """Keep a file; False where the workspace's files would have more than `most` bytes with it."""
        now = self._database.clock.now()

        def write(connection: Connection) -> bool:
            ours = _blob.c.workspace == workspace, _blob.c.hash == digest
            # Young again where it is there: who sweeps meanwhile leaves it.
            if connection.execute(update(_blob).where(*ours).values(created_at=now)).rowcount:
                return True
            if connection.execute(_used(workspace)).scalar_one() + len(file.content) > most:
                return False
            values = {"media_type": file.media_type, "name": file.name, "content": file.content, "created_at": now}
            connection.execute(insert(_blob).values(workspace=workspace, hash=digest, **values))
            return True

        return await self._database.writer.run(write)

    async def get(self, workspace: str, digest: str) -> bytes | None:
        """Return the bytes behind a digest, or None."""
        query = select(_blob.c.content).where(_blob.c.workspace == workspace, _blob.c.hash == digest)
        async with self._database.read() as connection:
            found = (await connection.execute(query.where(_blob.c.name.is_not(None)))).scalar()
        return None if found is None else bytes(found)

    async def remove_unheld(self, before: datetime) -> int:
        """Remove files from before then to which no run, event or record leads any more; return how many."""
        old = and_(_blob.c.created_at < before, _blob.c.hash.startswith(_MARK), _blob.c.name.is_not(None))
        async with self._database.read() as connection:
            found = await connection.execute(select(_blob.c.workspace, _blob.c.hash).where(old))
            left = {(row.workspace, row.hash) for row in found}
            if not left:
                return 0
            for table, column in _HOLDERS:
                left -= await _held(connection, table, table.c[column])
            left -= await _held(connection, _blob, _blob.c.content, _blob.c.media_type == "application/json")
        unheld = sorted(left)
        for start in range(0, len(unheld), _AT_ONCE):
            some = unheld[start : start + _AT_ONCE]
            these = or_(*(and_(_blob.c.workspace == place, _blob.c.hash == digest) for place, digest in some))
            await self._database.writer.run(lambda c, these=these: c.execute(delete(_blob).where(these, old)))  # type: ignore[misc]
        return len(unheld)


def _used(workspace: str) -> Any:
    """Return the query for the bytes that the files of a workspace have."""
    size = func.coalesce(func.sum(func.length(_blob.c.content)), 0)
    return select(size).where(_blob.c.workspace == workspace, _blob.c.hash.startswith(_MARK))


async def _held(connection: AsyncConnection, table: Table, column: Any, *where: Any) -> set[tuple[str, str]]:
    """Return the workspace and digest of every file to which the values of a column lead."""
    raw = column is _blob.c.content
    query = select(table.c.workspace, column if raw else cast(column, Text).label("held")).where(*where)
    if not raw:
        query = query.where(cast(column, Text).contains(_MARK))
    held: set[tuple[str, str]] = set()
    async for row in await connection.stream(query):
        said = bytes(row[1]).decode() if raw else str(row[1])
        held.update((row[0], digest) for digest in _DIGEST.findall(said))
    return held
