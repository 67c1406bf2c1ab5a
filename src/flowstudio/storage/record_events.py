"""Events that changes of records raise, written with the change itself and handed on later."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from flowstudio.domain.ids import new_id
from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.domain.record import ENTITY, EventRule
from flowstudio.kit.record_events import raised_by
from flowstudio.services.happening import CHANGED
from flowstudio.storage.columns import dump
from flowstudio.storage.record_ledger import Key
from flowstudio.storage.statements import Statements
from flowstudio.storage.workspace_memory import WorkspaceMemory

Change = tuple[Key, JsonObject | None, JsonObject | None]
EventRow = tuple[str, str, int, str, str, str | None]
"""workspace, id, position, type, data, run_id."""
_INSERT = (
    "INSERT INTO event (workspace, id, position, type, data, run_id) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
)
_FIELD_OF = re.compile(r"(\w+) \(\w+\.(\w+)\)")
_REFERENCE = re.compile(r"(\w+) \(the record behind (\w+)\)")


class RaisedEvents:
    """Knows which changes raise which events: by the record types of each workspace, and by who listens."""

    def __init__(self, memory: WorkspaceMemory) -> None:
        self._memory = memory

    def of_changes(self, changes: Sequence[Change], at: int, run_id: str | None) -> list[EventRow]:
        """Return the rows of the events that these changes raise."""
        rows: list[EventRow] = []
        for (workspace, entity, record_id), before, after in changes:
            record_type = self._memory.types(workspace).get(entity)
            if record_type is not None:
                for rule in raised_by(record_type, before, after):
                    data = dump(payload(rule, entity, before, after or {}))
                    rows.append((workspace, new_id("evt"), at, rule.event, data, run_id))
            if entity in self._memory.listened.get(workspace, ()):
                data = dump({"entity": entity, "id": record_id, "before": before, "after": after})
                rows.append((workspace, new_id("evt"), at, CHANGED, data, run_id))
        return rows

    def write(self, sql: Statements, rows: Sequence[tuple[Any, ...]]) -> None:
        """Write events and tell of them; one that is there already stays as it is."""
        sql.many(_INSERT, rows)
        if rows:
            for tell in self._memory.told:
                tell()


def payload(rule: EventRule, entity: str, before: JsonObject | None, after: JsonObject) -> JsonObject:
    """Build an event's data by its rule: the record under its name, `old_…` and `new_…`, single fields, references.

    Where the record was there before, `old` holds its fields as they were.
    """
    data: dict[str, JsonValue] = {}
    for name in rule.payload:
        field, reference = _FIELD_OF.fullmatch(name), _REFERENCE.fullmatch(name)
        if field is not None:
            data[field[1]] = after.get(field[2])
        elif reference is not None:
            data[reference[1]] = after.get(reference[2])
        elif name.startswith("old_"):
            data[name] = (before or {}).get(name.removeprefix("old_"))
        elif name.startswith("new_"):
            data[name] = after.get(name.removeprefix("new_"))
        else:
            data[name] = {**after, ENTITY: entity}
    if before is not None:
        data["old"] = {name: value for name, value in before.items() if name != "id"}
    return data
