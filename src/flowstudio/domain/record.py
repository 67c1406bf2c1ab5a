"""Business data: record types with their fields, and records as plain data.

A record travels as a dict whose key `$entity` names its record type. Keys beginning with `$` are ours: people,
expressions and exports never see them.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from flowstudio.domain.json import JsonObject, JsonValue

ENTITY = "$entity"
REVISION = "$revision"

FieldType = Literal[
    "id", "text", "number", "integer", "boolean", "date", "datetime", "enum", "email", "phone", "url", "reference",
    "list", "object", "file",
]  # fmt: skip


class FieldSpec(BaseModel):
    """One field of a record type, as `catalogue/entities.json` writes it."""

    model_config = ConfigDict(frozen=True, extra="allow")

    type: str
    """One of FieldType; an unknown word is treated as text."""
    required: bool = False
    enum: tuple[str, ...] | None = None
    default: JsonValue = None
    references: str | None = None
    computed: str | None = None
    """Formula over the other fields; such a field is never stored or written."""


class EventRule(BaseModel):
    """Which change of a record raises which event; see `event_when` of the triggers catalogue."""

    model_config = ConfigDict(frozen=True, extra="allow")

    event: str
    when: JsonObject
    payload: tuple[str, ...] = ()


class RecordType(BaseModel):
    """A kind of record: its fields, the events its changes raise, its rows of the first start."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: str
    fields: dict[str, FieldSpec]
    events: tuple[EventRule, ...] = ()
    aliases: tuple[str, ...] = ()
    system: bool = False
    note: str = ""
    sample_rows: tuple[JsonObject, ...] = Field(default=(), repr=False)

    def reference(self, name: str) -> str | None:
        """Name the record type that `name` leads to (`customer` by `customer_id`), or None."""
        field = self.fields.get(f"{name}_id")
        return field.references if field is not None else None


def is_record(value: JsonValue) -> bool:
    """Say whether a value is a record."""
    return isinstance(value, dict) and ENTITY in value


def visible(value: JsonValue) -> JsonValue:
    """Copy a value without the keys that begin with `$`, at every depth: what people and exports see."""
    if isinstance(value, dict):
        return {key: visible(item) for key, item in value.items() if not key.startswith("$")}
    if isinstance(value, list):
        return [visible(item) for item in value]
    return value
