"""Records as one attempt sees them: its writes are noted, shown at once, and committed with the step."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, tzinfo

from flowstudio.domain.json import JsonObject
from flowstudio.domain.record import ENTITY, REVISION, RecordType
from flowstudio.domain.run import Effect, Write
from flowstudio.engine.records import Key, RecordView, revision_of
from flowstudio.errors import NotAllowed, NotFound
from flowstudio.kit.record_rules import TEST_MARK, RecordIds, as_record, changed_fields, new_row, stored_row
from flowstudio.kit.words import human, spaced


class WorkRecords:
    """The `StepRecords` of one attempt: one write per record, in the order in which records were first touched."""

    __slots__ = ("_effects", "_ids", "_now", "_own", "_rows", "_view", "_writes", "_zone")

    def __init__(self, view: RecordView, ids: RecordIds, now: datetime, zone: tzinfo, *, own: bool) -> None:
        """`own`: the action is the product's own for what it writes, so it may write system record types."""
        self._view = view
        self._ids = ids
        self._now = now
        self._zone = zone
        self._own = own
        self._writes: dict[Key, Write] = {}
        self._effects: dict[Key, Effect] = {}
        self._rows: dict[Key, JsonObject | None] = {}

    @property
    def writes(self) -> list[Write]:
        """Return the changes to commit with the step."""
        return list(self._writes.values())

    @property
    def effects(self) -> list[Effect]:
        """Return the changes as people see them, without silent ones."""
        return list(self._effects.values())

    def type_of(self, entity: str) -> RecordType:
        """Return the record type of a name or alias."""
        return self._view.type_of(entity)

    async def get(self, entity: str, record_id: str) -> JsonObject | None:
        """Return the record as this step sees it, or None."""
        key = (self.type_of(entity).name, record_id)
        if key in self._rows:
            return self._rows[key]
        row = self._view.rows.get(key)
        if row is None or revision_of(row) is None:
            stored = await self._view.store.get(self._view.workspace, *key)
            row = stored if row is None or stored is not None else row
            self._view.rows[key] = row
        return row

    async def query(
        self, entity: str, where: JsonObject | None = None, sort: str | None = None, limit: int | None = None
    ) -> list[JsonObject]:
        """Return the records that hold for the filter; what this step has changed itself is shown changed."""
        found: list[JsonObject] = []
        for row in await self._view.store.query(self._view.workspace, entity, where, sort, limit):
            key = (row[ENTITY], str(row["id"]))
            own = self._rows.get(key, row)
            if own is not None:
                found.append(own)
            if key not in self._rows:
                self._view.saw(row)
        return found

    async def create(self, entity: str, fields: JsonObject, *, silent: bool = False) -> JsonObject:
        """Create a record with its defaults and an id."""
        record_type = self._writable(entity)
        record_id = str(fields.get("id") or await self._fresh(record_type.name))
        row = new_row(record_type, fields, record_id, self._now, self._zone)
        record = as_record(record_type, row, 1, self._now, self._zone)
        key = (record_type.name, record_id)
        self._writes[key] = Write("create", *key, row)
        self._rows[key] = record
        if not silent:
            self._effects[key] = Effect("created", {"entity": key[0], "id": record_id, "fields": row})
        return record

    async def _fresh(self, entity: str) -> str:
        """Return an id that no record has: the numbered ones of a test may be taken by a run before this one."""
        record_id = self._ids.next(entity)
        while TEST_MARK in record_id and await self.get(entity, record_id) is not None:
            record_id = self._ids.next(entity)
        return record_id

    async def update(self, entity: str, record_id: str, fields: JsonObject, *, silent: bool = False) -> JsonObject:
        """Change fields of a record; raise NotFound when it is not there."""
        record_type = self._writable(entity)
        key = (record_type.name, record_id)
        row = await self._there(key)
        changes = changed_fields(record_type, fields, self._now, self._zone)
        changed = {**stored_row(record_type, row), **changes}
        record = as_record(record_type, changed, revision_of(row) or 0, self._now, self._zone)
        before = self._writes.get(key)
        if before is None:
            self._writes[key] = Write("update", *key, changes, revision_of(row))
        else:
            self._writes[key] = Write(before.kind, *key, {**before.fields, **changes}, before.revision)
        self._rows[key] = record
        if not silent:
            self._note_update(key, changes)
        return record

    async def delete(self, entity: str, record_id: str) -> bool:
        """Delete a record; say whether it was there."""
        key = (self._writable(entity).name, record_id)
        row = await self.get(*key)
        if row is None:
            return False
        before = self._writes.pop(key, None)
        self._effects.pop(key, None)
        self._rows[key] = None
        if before is None or before.kind != "create":
            self._writes[key] = Write("delete", *key, {}, revision_of(row) if before is None else before.revision)
            self._effects[key] = Effect("deleted", {"entity": key[0], "id": record_id})
        return True

    def commit(self) -> None:
        """Show the run what this step wrote: it is on disk."""
        for key, row in self._rows.items():
            write = self._writes.get(key)
            if row is not None and write is not None and write.kind == "update":
                row = {**row, REVISION: (write.revision or 0) + 1}  # noqa: PLW2901  the row as it is now stored
            self._view.rows[key] = row

    @contextmanager
    def shown(self) -> Iterator[None]:
        """Show the run meanwhile what this step is about to write."""
        rows = self._view.rows
        self._view.rows = {**rows, **self._rows}
        try:
            yield
        finally:
            self._view.rows = rows

    async def _there(self, key: Key) -> JsonObject:
        row = await self.get(*key)
        if row is None:
            raise NotFound(f"There is no record {key[1]} in {spaced(key[0])} any more.")
        return row

    def _writable(self, entity: str) -> RecordType:
        record_type = self.type_of(entity)
        if record_type.system and not self._own:
            raise NotAllowed(f"{human(record_type.name)} are written by FlowStudio itself.")
        return record_type

    def _note_update(self, key: Key, changes: JsonObject) -> None:
        before = self._effects.get(key)
        if before is not None and before.kind == "created":
            fields = {**before.content["fields"], **changes}
            self._effects[key] = Effect("created", {"entity": key[0], "id": key[1], "fields": fields})
        else:
            seen = before.content["set"] if before is not None else {}
            self._effects[key] = Effect("updated", {"entity": key[0], "id": key[1], "set": {**seen, **changes}})
