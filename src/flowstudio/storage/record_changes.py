"""Changes of records by people and programs, each one transaction on the writing connection."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, delete, insert, select

from flowstudio.domain.ids import new_id
from flowstudio.domain.json import JsonObject
from flowstudio.domain.record import RecordType
from flowstudio.domain.run import Write
from flowstudio.errors import ConfigRejected, Conflict, NotFound
from flowstudio.kit.record_rules import as_record, changed_fields, new_row, references
from flowstudio.kit.record_types import RecordTypes
from flowstudio.kit.record_values import field_of
from flowstudio.kit.words import spaced
from flowstudio.storage import tables
from flowstudio.storage.columns import to_micros
from flowstudio.storage.record_events import RaisedEvents
from flowstudio.storage.record_ledger import RecordLedger
from flowstudio.storage.statements import Statements

_type, _record = tables.record_type, tables.record


class RecordChange:
    """One change of one record."""

    def __init__(
        self,
        connection: Connection,
        workspace: str,
        record_type: RecordType,
        types: RecordTypes,
        now: datetime,
        zone: ZoneInfo,
        raised: RaisedEvents,
    ) -> None:
        self._sql = Statements(connection)
        self._workspace = workspace
        self._type = record_type
        self._types = types
        self._now = now
        self._zone = zone
        self._raised = raised

    def create(self, fields: JsonObject) -> JsonObject:
        """Create the record and return it."""
        record_id = str(fields.get("id") or new_id(self._type.name))
        row = new_row(self._type, fields, record_id, self._now, self._zone)
        self._check_references(row)
        self._write(Write("create", self._type.name, record_id, row))
        return as_record(self._type, row, 1, self._now, self._zone)

    def update(self, record_id: str, fields: JsonObject, revision: int | None) -> JsonObject:
        """Change fields and return the record as it is now."""
        changed = changed_fields(self._type, fields, self._now, self._zone)
        self._check_references(changed)
        ledger = self._ledger(record_id)
        held = ledger.held((self._workspace, self._type.name, record_id))
        if held.data is None:
            raise NotFound(f'There is no record "{record_id}" in {self._type.name}.')
        self._write(Write("update", self._type.name, record_id, changed, revision), ledger)
        return as_record(self._type, {**held.data, **changed}, held.revision + 1, self._now, self._zone)

    def delete(self, record_id: str) -> bool:
        """Delete the record; say whether it was there."""
        ledger = self._ledger(record_id)
        if ledger.held((self._workspace, self._type.name, record_id)).data is None:
            return False
        self._write(Write("delete", self._type.name, record_id, {}), ledger)
        return True

    def _ledger(self, record_id: str) -> RecordLedger:
        return RecordLedger(self._sql, [(self._workspace, self._type.name, record_id)])

    def _write(self, write: Write, ledger: RecordLedger | None = None) -> None:
        ledger = ledger or self._ledger(write.id)
        at = to_micros(self._now) or 0
        changes = ledger.take(self._workspace, [write], at)
        ledger.write()
        self._raised.write(self._sql, self._raised.of_changes(changes, at, None))

    def _check_references(self, fields: JsonObject) -> None:
        """Raise ConfigRejected for the id of a record that does not exist."""
        for name, target in references(self._type).items():
            record_id = fields.get(name)
            if record_id is None or target not in self._types:
                continue
            query = "SELECT 1 FROM record WHERE workspace = ? AND entity = ? AND id = ?"
            if not self._sql.rows(query, (self._workspace, self._types[target].name, record_id)):
                field = field_of(self._type.name, name)
                raise ConfigRejected(
                    f'{field} names "{record_id}", but there is no such record in {spaced(target)}.', setting=name
                )


def save_type(connection: Connection, workspace: str, own: RecordType, now: datetime, *, shipped: bool) -> None:
    """Keep a record type of a workspace's own."""
    if shipped:
        raise Conflict(f'"{own.name}" is a record type of FlowStudio.', hint="Choose another name.")
    connection.execute(delete(_type).where(_type.c.workspace == workspace, _type.c.name == own.name))
    document = own.model_dump(mode="json", exclude={"name", "sample_rows"})
    connection.execute(insert(_type).values(workspace=workspace, name=own.name, document=document, updated_at=now))


def delete_type(connection: Connection, workspace: str, name: str) -> bool:
    """Delete a record type of a workspace's own; say whether it was there."""
    held = select(_record.c.id).where(_record.c.workspace == workspace, _record.c.entity == name).limit(1)
    if connection.execute(held).first() is not None:
        raise Conflict(f"There are still records in {name}.", hint="Delete them first.")
    gone = connection.execute(delete(_type).where(_type.c.workspace == workspace, _type.c.name == name))
    return gone.rowcount > 0
