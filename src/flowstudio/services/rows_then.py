"""Records as they were at a moment of the past, as well as can be known: by their age and by what a run saw of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.domain.record import ENTITY, RecordType, is_record
from flowstudio.domain.run import Run, Step
from flowstudio.kit.record_rules import stored_row

MOST_SEEN = 5_000
"""Records that a run saw and that are put back; a run that saw more is gone through with the first ones."""


@dataclass(frozen=True, slots=True)
class AgedRow:
    """A row as it is now, and since when it is there."""

    created_at: datetime
    row: JsonObject


Aged = Mapping[str, Sequence[AgedRow]]


def rows_at(aged: Aged, moment: datetime | None) -> dict[str, list[JsonObject]]:
    """Return the rows that were there at a moment, as they are now; all of them without a moment."""
    return {
        entity: [one.row for one in rows if moment is None or one.created_at <= moment] for entity, rows in aged.items()
    }


def rows_then(
    aged: Aged, types: Mapping[str, RecordType], run: Run, steps: Sequence[Step]
) -> dict[str, list[JsonObject]]:
    """Return the rows a run began with: what came later or was made by it is left out, what it saw is as it saw it."""
    found = rows_at(aged, run.started_at)
    by_id = {entity: {str(row["id"]): row for row in rows} for entity, rows in found.items()}
    made = {_key(effect.content) for step in steps for effect in step.effects if effect.kind == "created"}
    if run.started_at is not None:
        made |= {
            (entity, str(one.row["id"]))
            for entity, rows in aged.items()
            for one in rows
            if one.created_at > run.started_at
        }
    for (entity, record_id), seen in _first_seen(run, steps).items():
        record_type = types.get(entity)
        if record_type is None:
            continue
        known = {name: value for name, value in stored_row(record_type, seen).items() if name in record_type.fields}
        rows = by_id.setdefault(entity, {})
        rows[record_id] = {**rows.get(record_id, {}), **known, "id": record_id}
    return {
        entity: [row for record_id, row in rows.items() if (entity, record_id) not in made]
        for entity, rows in by_id.items()
    }


def _first_seen(run: Run, steps: Sequence[Step]) -> dict[tuple[str, str], JsonObject]:
    """Return the records of a run's payload and steps by their ids, each as it was seen first.

    What a step itself changed is not taken from its output: that is how it left it.
    """
    seen: dict[tuple[str, str], JsonObject] = {}
    changed: set[tuple[str, str]] = set()
    for record in _records(run.event):
        seen.setdefault(_key(record, ENTITY), record)
    for step in steps:
        for record in _records([step.input, step.detail.get("items")]):
            if _key(record, ENTITY) not in changed:
                seen.setdefault(_key(record, ENTITY), record)
        changed |= {_key(effect.content) for effect in step.effects if effect.kind in ("created", "updated")}
        for record in _records(step.output):
            if _key(record, ENTITY) not in changed:
                seen.setdefault(_key(record, ENTITY), record)
        if len(seen) > MOST_SEEN:
            break
    return seen


def _key(content: JsonObject, entity: str = "entity") -> tuple[str, str]:
    return str(content[entity]), str(content.get("id"))


def _records(value: JsonValue) -> Iterator[JsonObject]:
    waiting: list[JsonValue] = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            if is_record(one) and "id" in one:
                yield one
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one
