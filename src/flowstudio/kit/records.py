"""A record as the setting of a step: which one it is, and what its changes are."""

from __future__ import annotations

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.domain.record import ENTITY, RecordType
from flowstudio.errors import ConfigRejected
from flowstudio.kit.context import RunContext


def record_key(record: JsonValue, setting: str = "record") -> tuple[str, str]:
    """Return (record type, id); raise ConfigRejected when the value is no record."""
    if not isinstance(record, dict) or ENTITY not in record or not record.get("id"):
        what = "nothing" if record is None else "a list" if isinstance(record, list) else "something else"
        raise ConfigRejected(
            f"A record is needed here, but there is {what}.",
            setting=setting,
            hint="Choose a record, such as the invoice.",
        )
    return str(record[ENTITY]), str(record["id"])


def record_of(record: JsonValue, entity: str, setting: str = "record") -> str:
    """Return the id of a record of that type; raise ConfigRejected for any other."""
    found, record_id = record_key(record, setting)
    if found != entity:
        raise ConfigRejected(
            f"This step works on {entity.replace('_', ' ')}, but the record is from {found}.", setting=setting
        )
    return record_id


async def fresh(record: JsonValue, ctx: RunContext, setting: str = "record") -> JsonObject:
    """Return the record as it is now: one taken out of a list earlier may have been changed by the run since.

    Raise ConfigRejected when the value is no record.
    """
    entity, record_id = record_key(record, setting)
    found = await ctx.records.get(entity, record_id)
    if found is not None:
        return found
    return dict(record) if isinstance(record, dict) else {}


def changed_fields(before: JsonObject, fields: JsonObject) -> list[str]:
    """Return the names of the fields that get another value."""
    return [name for name, value in fields.items() if before.get(name) != value]


def known_fields(record_type: RecordType, fields: JsonObject) -> JsonObject:
    """Return the fields that have a value and that the record type knows: workspaces may have shortened their types."""
    return {name: value for name, value in fields.items() if value is not None and name in record_type.fields}
