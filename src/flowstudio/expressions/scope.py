"""Where names come from: the scope an evaluation reads, and a plain one over a dict."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from flowstudio.errors import UnknownVariable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flowstudio.domain.json import JsonObject, JsonValue

ENTITY = "$entity"
"""The key that makes a dict a record: its value is the record type."""


class RecordNeeded(Exception):
    """A record must be fetched before the evaluation can go on; fetch it and evaluate again."""

    def __init__(self, entity: str, record_id: JsonValue) -> None:
        self.entity = entity
        self.record_id = record_id
        super().__init__(f"{entity} {record_id}")


class Scope(Protocol):
    """What an evaluation may read: data only, without side effects, so that it can be repeated."""

    def lookup(self, name: str) -> JsonValue:
        """Return the value of a bare name; raise UnknownVariable with the names there are."""

    def field(self, value: JsonObject, name: str, frozen: bool) -> JsonValue:
        """Return a field of a record; where it has no value, the record that `<name>_id` leads to; else None.

        Asked for records only (dicts with `$entity`); `frozen` is True below `trigger.`. May raise RecordNeeded.
        """

    def reference(self, value: JsonObject, name: str, frozen: bool = False) -> JsonValue:
        """Return the record that `<name>_id` of a record leads to, None when there is none; may raise RecordNeeded."""

    def change(self, path: Sequence[str | int]) -> JsonObject | None:
        """Return `{"old", "new"}` of a field in the triggering change; None when the trigger is no record change."""


class DictScope:
    """A scope over a plain dict: names are its keys, fields of records are their own keys."""

    __slots__ = ("_records", "values")

    def __init__(self, values: Mapping[str, JsonValue], records: Mapping[JsonValue, JsonObject] | None = None) -> None:
        """Read from `values`; `records` maps ids to rows, what references lead to."""
        self.values = values
        self._records = records or {}

    def lookup(self, name: str) -> JsonValue:
        """Return the value of a name; raise UnknownVariable."""
        try:
            return self.values[name]
        except KeyError:
            raise UnknownVariable(name, sorted(self.values)) from None

    def field(self, value: JsonObject, name: str, frozen: bool) -> JsonValue:
        """Return a field of a record, following `<name>_id` where the record has no value of its own under `name`."""
        own = value.get(name)
        return self.reference(value, name, frozen) if own is None and f"{name}_id" in value else own

    def reference(self, value: JsonObject, name: str, frozen: bool = False) -> JsonValue:
        """Return the record of that id, None when it is not there."""
        return self._records.get(value.get(f"{name}_id"))

    def change(self, path: Sequence[str | int]) -> JsonObject | None:
        """Return None: a plain dict knows no old values."""
        return None


def read_field(scope: Scope, value: JsonValue, name: str, frozen: bool) -> JsonValue:
    """Return `value.name`; None where there is no such field or no object. Keys that begin with `$` are not visible."""
    if not isinstance(value, dict) or name[:1] == "$":
        return None
    if ENTITY in value:
        return scope.field(value, name, frozen)
    return value.get(name)


def read_steps(scope: Scope, value: JsonValue, names: Sequence[str], frozen: bool) -> JsonValue:
    """Return what a path leads to.

    A step is the record's own field where that has a value, else the record that `<name>_id` leads to. A path that
    goes on behind a plain value (`task.assignee.email`, where `assignee` is a text beside `assignee_id`) means the
    record too. Queries follow the same rule (`flowstudio.kit.record_filter.read_path`).
    """
    record: JsonObject | None = None
    came = ""
    for name in names:
        if record is not None and isinstance(value, (str, int, float)):
            value = scope.reference(record, came, frozen)
        if type(value) is dict and ENTITY not in value:
            record, value = None, (value.get(name) if name[:1] != "$" else None)
        else:
            record, came = value if isinstance(value, dict) else None, name
            value = read_field(scope, value, name, frozen)
    return value
