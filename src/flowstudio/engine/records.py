"""Records as a run sees them: its own writes at once, changes by others only after a wait."""

from __future__ import annotations

from dataclasses import dataclass, field

from flowstudio.domain.json import JsonObject
from flowstudio.domain.record import ENTITY, REVISION, RecordType
from flowstudio.expressions import RecordNeeded
from flowstudio.kit.ports import RecordStore

Key = tuple[str, str]
"""Record type and id."""


@dataclass(slots=True)
class RecordView:
    """The one identity map of a run: what it has read or written, by record type and id."""

    store: RecordStore
    workspace: str
    frozen: bool = False
    """`settings.snapshot: frozen`: record variables stay as they were."""
    rows: dict[Key, JsonObject | None] = field(default_factory=dict)
    """None: there is no such record (any more)."""
    kept: dict[Key, JsonObject | None] = field(default_factory=dict)
    """What frozen paths lead to, as it was when it was first read."""

    def type_of(self, entity: str) -> RecordType:
        """Return the record type of a name or alias."""
        return self.store.type_of(entity)

    def row(self, record: JsonObject, *, frozen: bool) -> JsonObject:
        """Return the present fields of a record; what the variable holds, where it is frozen or gone."""
        if frozen or self.frozen:
            return record
        record_id = record.get("id")
        if not isinstance(record_id, str):
            return record
        key = (record[ENTITY], record_id)
        if key not in self.rows:
            raise RecordNeeded(*key)
        return self.rows[key] or record

    def referenced(self, entity: str, record_id: str, *, frozen: bool) -> JsonObject | None:
        """Return the record that a reference leads to, None when there is none."""
        rows = self.kept if frozen or self.frozen else self.rows
        key = (entity, record_id)
        if key not in rows:
            raise RecordNeeded(*key)
        return rows[key]

    async def fetch(self, needed: RecordNeeded) -> None:
        """Read the record that an evaluation asked for."""
        key = (needed.entity, str(needed.record_id))
        row = await self.store.get(self.workspace, *key)
        self.rows[key] = row
        self.kept.setdefault(key, row)

    def saw(self, row: JsonObject) -> None:
        """Take a row from a query into account."""
        key = (row[ENTITY], str(row.get("id")))
        self.rows[key] = row
        if self.frozen:
            self.kept.setdefault(key, row)

    def forget(self) -> None:
        """Read everything anew from here on: a wait is over, or somebody else changed a record."""
        self.rows.clear()


def revision_of(row: JsonObject) -> int | None:
    """Return the revision at which a row was read."""
    found = row.get(REVISION)
    return found if isinstance(found, int) else None
