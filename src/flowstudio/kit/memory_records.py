"""Records in memory: the twin of the database's, for test runs and tests. Same rules, same answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Protocol

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.domain.record import RecordType
from flowstudio.domain.run import Write
from flowstudio.errors import Conflict
from flowstudio.kit.record_filter import Filter, check_path, in_order, read_path
from flowstudio.kit.record_rules import as_record, stored_row
from flowstudio.kit.record_types import RecordTypes
from flowstudio.kit.record_values import moment


class Now(Protocol):
    """The part of a clock that records need."""

    def now(self) -> datetime:
        """Return the present, aware."""


@dataclass(frozen=True, slots=True)
class _Row:
    data: JsonObject
    revision: int


Snapshot = dict[str, dict[str, _Row]]


class MemoryRecords:
    """A RecordStore over dicts, of one workspace: the workspace in the calls is not looked at.

    `rows` are taken as they are, without `new_row`'s checks: samples may hold a few fields only. Computed fields in
    them are ignored.
    """

    def __init__(
        self, types: Mapping[str, RecordType], rows: Mapping[str, Sequence[JsonObject]], clock: Now, zone: tzinfo
    ) -> None:
        self.types = types if isinstance(types, RecordTypes) else RecordTypes(types)
        self._clock = clock
        self._zone = zone
        self._rows: Snapshot = {name: {} for name in self.types}
        self.touched: set[str] = set()
        """The record types that something was read of."""
        for name, given in rows.items():
            self.replace(name, given)

    @classmethod
    def of_samples(
        cls, types: Mapping[str, RecordType], replaced: Mapping[str, Sequence[JsonObject]], clock: Now, zone: tzinfo
    ) -> MemoryRecords:
        """Hold the types' sample rows, those of the types in `replaced` replaced: where a test run starts from."""
        known = types if isinstance(types, RecordTypes) else RecordTypes(types)
        named = {known.find(name).name: rows for name, rows in replaced.items()}
        return cls(known, {name: named.get(name, known[name].sample_rows) for name in known}, clock, zone)

    def replace(self, entity: str, rows: Sequence[JsonObject]) -> None:
        """Put these rows in the place of all rows of a record type."""
        record_type = self.types.find(entity)
        self._rows[record_type.name] = {str(row["id"]): _Row(stored_row(record_type, row), 1) for row in rows}

    def type_of(self, entity: str) -> RecordType:
        """Return the record type, by name or alias; raise NotFound with the names nearby."""
        return self.types.find(entity)

    async def get(self, workspace: str, entity: str, record_id: str) -> JsonObject | None:
        """Return the record, or None."""
        del workspace
        return self.find(entity, record_id)

    async def query(
        self,
        workspace: str,
        entity: str,
        where: JsonObject | None = None,
        sort: str | None = None,
        limit: int | None = None,
    ) -> list[JsonObject]:
        """Return the records that fit, in order of creation unless sorted."""
        del workspace
        record_type = self.types.find(entity)
        self.touched.add(record_type.name)
        chosen = Filter(where, record_type, self.types)
        if sort:
            check_path(tuple(sort.lstrip("-").split(".")), record_type, self.types)
        now = self._clock.now()
        ctx = moment(now, self._zone)
        records = (
            as_record(record_type, row.data, row.revision, now, self._zone, ctx)
            for row in self._rows[record_type.name].values()
        )
        fitting = [record for record in records if chosen.holds(record, self.find, ctx)]
        ordered = in_order(fitting, sort, self._read)
        return ordered if limit is None else ordered[: max(0, limit)]

    def find(self, entity: str, record_id: str) -> JsonObject | None:
        """Return the record, or None, at once."""
        record_type = self.types.find(entity)
        self.touched.add(record_type.name)
        row = self._rows[record_type.name].get(record_id)
        if row is None:
            return None
        return as_record(record_type, row.data, row.revision, self._clock.now(), self._zone)

    def rows(self, entity: str, then: Snapshot | None = None) -> list[JsonObject]:
        """Return the rows of a type as they are stored, or were at a snapshot, in order of creation."""
        held = self._rows if then is None else then
        return [dict(row.data) for row in held[self.types.find(entity).name].values()]

    def sample_rows(self, entity: str) -> list[JsonObject]:
        """Return the sample rows of a type as they would be stored."""
        record_type = self.types.find(entity)
        return [stored_row(record_type, row) for row in record_type.sample_rows]

    def apply(self, writes: Sequence[Write]) -> None:
        """Carry out all writes or none; raise Conflict where a row is not as the step saw it."""
        before = self.snapshot()
        own: set[tuple[str, str]] = set()
        try:
            for write in writes:
                self._apply(write, own)
        except Conflict:
            self.restore(before)
            raise

    def snapshot(self) -> Snapshot:
        """Return the present state, for `restore`."""
        return {name: dict(rows) for name, rows in self._rows.items()}

    def restore(self, snapshot: Snapshot) -> None:
        """Go back to a state."""
        self._rows = {name: dict(rows) for name, rows in snapshot.items()}

    def _apply(self, write: Write, own: set[tuple[str, str]]) -> None:
        """`own`: the rows these writes changed already, whose revision nobody else can have moved."""
        record_type = self.types.find(write.entity)
        key = (record_type.name, write.id)
        rows = self._rows[record_type.name]
        row = rows.get(write.id)
        if write.kind == "create":
            if row is not None:
                raise Conflict(f"There is a record {write.id} of {record_type.name} already.")
            rows[write.id] = _Row(stored_row(record_type, {**write.fields, "id": write.id}), 1)
            own.add(key)
            return
        if row is None or (write.revision not in (None, row.revision) and key not in own):
            raise changed_meanwhile(record_type.name, write.id)
        own.add(key)
        if write.kind == "delete":
            del rows[write.id]
            return
        changed = stored_row(record_type, write.fields)
        rows[write.id] = _Row({**row.data, **changed}, row.revision + 1)

    def _read(self, record: JsonObject, path: tuple[str, ...]) -> JsonValue:
        return read_path(record, path, self.types, self.find)


def changed_meanwhile(entity: str, record_id: str) -> Conflict:
    """Return the error of a write whose row was changed or deleted since it was read."""
    return Conflict(f"The record {record_id} of {entity} was changed in the meantime.", hint="Read it again.")
