"""What people call a record: its name instead of its id."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from flowstudio.errors import FlowStudioError
from flowstudio.services.ports import Page

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flowstudio.domain.actor import Actor
    from flowstudio.domain.json import JsonObject, JsonValue
    from flowstudio.domain.record import RecordType
    from flowstudio.services.studio import Studio

CALLED = ("name", "title", "full_name", "subject", "number", "email")
"""The fields that may hold what a record is called, the best first."""


def called(record: Mapping[str, JsonValue]) -> str:
    """Return what people call a record, empty where it has no name of any kind."""
    first, last = record.get("first_name"), record.get("last_name")
    if isinstance(first, str) and isinstance(last, str) and (first or last):
        return f"{first} {last}".strip()
    return next((str(record[key]) for key in CALLED if isinstance(record.get(key), str) and record[key]), "")


async def names_of(
    studio: Studio, actor: Actor, record_type: RecordType, columns: Sequence[str], rows: Sequence[JsonObject]
) -> dict[tuple[str, str], str]:
    """Return, by column and id, what the records are called that these rows refer to; one query per record type."""
    wanted: defaultdict[str, set[str]] = defaultdict(set)
    for name in columns:
        target = record_type.fields[name].references if name in record_type.fields else None
        if target:
            wanted[target] |= {str(row[name]) for row in rows if row.get(name)}
    known: dict[str, dict[str, str]] = {}
    for target, ids in wanted.items():
        where: JsonObject = {"field": "id", "operator": "in", "value": sorted(ids)}
        try:
            found, _ = await studio.records.page(actor, target, Page(1, max(1, len(ids))), where=where)
        except FlowStudioError:
            continue  # a type that refers to one that is not there shows its ids
        known[target] = {str(one["id"]): called(one) for one in found}
    return {
        (name, record_id): told
        for name in columns
        if name in record_type.fields
        for record_id, told in known.get(record_type.fields[name].references or "", {}).items()
        if told
    }
