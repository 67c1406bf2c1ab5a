"""Which events the change of a record raises, by the rules of its type."""

from __future__ import annotations

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.domain.record import EventRule, RecordType


def raised_by(record_type: RecordType, before: JsonObject | None, after: JsonObject | None) -> list[EventRule]:
    """Return the rules that the change from `before` to `after` meets (None: the record is not there).

    A date that is reached raises its event by the clock, not by a change.
    """
    if after is None:
        return []
    return [rule for rule in record_type.events if _meets(record_type, rule.when, before, after)]


def _meets(record_type: RecordType, when: JsonObject, before: JsonObject | None, after: JsonObject) -> bool:
    if when.get("created"):
        return before is None
    name = when.get("field")
    if not isinstance(name, str):
        return False
    old: JsonValue = before.get(name) if before is not None else None
    new: JsonValue = after.get(name)
    if when.get("set"):
        return old in (None, "") and new not in (None, "")
    if before is None or old == new:
        return False
    if "becomes" in when:
        return new in when["becomes"]
    if when.get("increases"):
        return _rank(record_type, name, new) > _rank(record_type, name, old)
    return bool(when.get("changes"))


def _rank(record_type: RecordType, name: str, value: JsonValue) -> float:
    """Return a number by which values of a field grow: itself, or the place in a closed list; missing is least."""
    choices = record_type.fields[name].enum or ()
    if value in choices:
        return choices.index(value)
    return float(value) if isinstance(value, (int, float)) else float("-inf")
