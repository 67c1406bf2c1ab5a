"""The outbox: events that are committed and not yet handed on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, select, update

from flowstudio.services.happening import Happening
from flowstudio.storage.columns import dump, to_micros
from flowstudio.storage.database import Database
from flowstudio.storage.record_events import RaisedEvents
from flowstudio.storage.statements import Statements
from flowstudio.storage.tables import event as _event


class SqlOutbox:
    """The Outbox over the database. It reads on the writing connection, so that it sees whatever has been told of."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._raised = RaisedEvents(database.memory)

    async def open(self, limit: int = 200) -> list[Happening]:
        """List events that are not handed on, the oldest first."""
        query = select(_event).where(_event.c.done_at.is_(None)).order_by(_event.c.position, _event.c.id).limit(limit)
        return await self._database.writer.run(lambda c: [_of(row) for row in c.execute(query)])

    async def add(self, happenings: Sequence[Happening]) -> None:
        """Write events; one whose id is there already stays as it is."""

        def write(connection: Connection) -> None:
            add_all(connection, self._raised, happenings)

        await self._database.writer.run(write)

    async def settle(self, happenings: Sequence[Happening]) -> None:
        """Mark events as handed on."""
        now = to_micros(self._database.clock.now())
        rows = [(now, one.workspace, one.id) for one in happenings]

        def mark(connection: Connection) -> None:
            Statements(connection).many("UPDATE event SET done_at = ? WHERE workspace = ? AND id = ?", rows)

        await self._database.writer.run(mark)

    async def reopen(self, workspace: str, event_id: str) -> None:
        """Let an event be handed on once more."""
        again = update(_event).where(_event.c.workspace == workspace, _event.c.id == event_id).values(done_at=None)
        await self._database.writer.run(lambda c: c.execute(again))


def add_all(connection: Connection, raised: RaisedEvents, happenings: Sequence[Happening]) -> None:
    """Write events inside a transaction."""
    rows = [(one.workspace, one.id, to_micros(one.at), one.type, dump(one.data), one.run_id) for one in happenings]
    raised.write(Statements(connection), rows)


def _of(row: Row[Any]) -> Happening:
    return Happening(row.workspace, row.id, row.type, row.data, row.position, row.run_id)
