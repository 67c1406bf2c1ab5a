"""Many rows of a table that somebody brings in: each by itself, so that one fault leaves the others alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from flowstudio.domain.record import RecordType
from flowstudio.errors import FlowStudioError
from flowstudio.kit.record_types import RecordTypes
from flowstudio.services.record_files import Row, RowResult
from flowstudio.storage.database import Database
from flowstudio.storage.record_changes import RecordChange
from flowstudio.storage.record_columns import RecordColumns
from flowstudio.storage.record_events import Change, EventRow, RaisedEvents
from flowstudio.storage.records import SqlRecords
from flowstudio.storage.tables import record


class _Silent(RaisedEvents):
    """Raises nothing."""

    def of_changes(self, changes: Sequence[Change], at: int, run_id: str | None) -> list[EventRow]:
        """Return no events."""
        return []


class SqlRecordRows(SqlRecords):
    """The RowKeeper over the database."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._silent = _Silent(database.memory)

    def types_of(self, workspace: str) -> RecordTypes:
        """Return the record types of the workspace, its own among them."""
        return self._database.memory.types(workspace)

    async def keys(self, workspace: str, entity: str, name: str) -> dict[str, str]:
        """Return the id of each record by the text of one of its fields, in small letters; the oldest counts."""
        types = self._database.memory.types(workspace)
        record_type = types.find(entity)
        async with self._database.read() as connection:
            postgres = connection.dialect.name == "postgresql"
            column = RecordColumns(record_type, types, workspace, postgres=postgres).raw_text(name)
            query = (
                select(column.label("key"), record.c.id)
                .where(record.c.workspace == workspace, record.c.entity == record_type.name)
                .order_by(record.c.position.desc())
            )
            rows = await connection.execute(query)
            if name == "id":
                return {str(row.id).casefold(): str(row.id) for row in rows}
            return {str(row.key).casefold(): str(row.id) for row in rows if row.key is not None}

    async def take_rows(
        self, workspace: str, entity: str, rows: Sequence[Row], *, raising: bool
    ) -> Sequence[RowResult]:
        """Write rows in one transaction, each under a savepoint of its own."""
        memory = self._database.memory
        types = memory.types(workspace)
        record_type, now, zone = types.find(entity), self._database.clock.now(), memory.zone(workspace)
        raised = self._raised if raising else self._silent

        def carry_out(connection: Connection) -> list[RowResult]:
            return [_taken(connection, workspace, record_type, types, row, now, zone, raised) for row in rows]

        return await self._database.writer.run(carry_out)


def _taken(
    connection: Connection,
    workspace: str,
    record_type: RecordType,
    types: RecordTypes,
    row: Row,
    now: datetime,
    zone: ZoneInfo,
    raised: RaisedEvents,
) -> RowResult:
    change = RecordChange(connection, workspace, record_type, types, now, zone, raised)
    raw = connection.connection.driver_connection
    assert raw is not None
    raw.execute("SAVEPOINT taken_row")
    try:
        if row.record_id:
            change.update(row.record_id, row.fields, None)
            result = RowResult(row.line, "change", row.record_id)
        else:
            made = change.create(row.fields)
            result = RowResult(row.line, "create", str(made["id"]))
    except FlowStudioError as error:
        raw.execute("ROLLBACK TO SAVEPOINT taken_row")
        result = RowResult(row.line, "fault", row.record_id or "", error.told)
    raw.execute("RELEASE SAVEPOINT taken_row")
    return result
