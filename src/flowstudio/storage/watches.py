"""What triggers remember between two looks; a change of it and the events it raises are one transaction."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, delete, select

from flowstudio.domain.json import JsonObject
from flowstudio.services.happening import Happening, Note
from flowstudio.storage.columns import dump, to_micros
from flowstudio.storage.database import Database
from flowstudio.storage.outbox import add_all
from flowstudio.storage.record_events import RaisedEvents
from flowstudio.storage.statements import Statements
from flowstudio.storage.tables import watch as _watch

_KEEP = (
    "INSERT INTO watch (workspace, workflow_id, trigger_id, key, value, at) VALUES (?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (workspace, workflow_id, trigger_id, key) DO UPDATE SET value = excluded.value, at = excluded.at"
)
_DROP = "DELETE FROM watch WHERE workspace = ? AND workflow_id = ? AND trigger_id = ? AND key = ?"


class SqlWatches:
    """The WatchStore over the database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._raised = RaisedEvents(database.memory)

    async def all(self, workspace: str, workflow_id: str, trigger_id: str) -> dict[str, JsonObject]:
        """Return everything a trigger remembers, by key."""
        query = select(_watch.c.key, _watch.c.value).where(
            _watch.c.workspace == workspace, _watch.c.workflow_id == workflow_id, _watch.c.trigger_id == trigger_id
        )
        async with self._database.read() as connection:
            return {row.key: row.value for row in await connection.execute(query)}

    async def one(self, workspace: str, workflow_id: str, trigger_id: str, key: str) -> JsonObject | None:
        """Return what a trigger remembers under a key."""
        query = select(_watch.c.value).where(
            _watch.c.workspace == workspace, _watch.c.workflow_id == workflow_id, _watch.c.trigger_id == trigger_id,
            _watch.c.key == key,
        )  # fmt: skip
        async with self._database.read() as connection:
            found: JsonObject | None = (await connection.execute(query)).scalar()
            return found

    async def note(self, notes: Sequence[Note], happenings: Sequence[Happening] = ()) -> None:
        """Remember (a note without a value forgets), and raise events with it."""
        now = to_micros(self._database.clock.now())
        kept = [(*_place(one), dump(one.value), now) for one in notes if one.value is not None]
        gone = [_place(one) for one in notes if one.value is None]

        def write(connection: Connection) -> None:
            sql = Statements(connection)
            sql.many(_KEEP, kept)
            sql.many(_DROP, gone)
            add_all(connection, self._raised, happenings)

        await self._database.writer.run(write)

    async def forget(self, workspace: str, workflow_id: str, trigger_id: str) -> None:
        """Forget everything a trigger remembers."""
        gone = delete(_watch).where(
            _watch.c.workspace == workspace, _watch.c.workflow_id == workflow_id, _watch.c.trigger_id == trigger_id
        )
        await self._database.writer.run(lambda c: c.execute(gone))


def _place(note: Note) -> tuple[str, str, str, str]:
    return note.workspace, note.workflow_id, note.trigger_id, note.key
