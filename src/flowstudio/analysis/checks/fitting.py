"""What an operator and a written value have to do with the kind of value that they are held against."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from flowstudio.analysis.checks.look import Look, nearest
from flowstudio.analysis.types.kinds import Kind
from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.domain.problem import Problem
from flowstudio.domain.workflow import Node, Trigger
from flowstudio.expressions import DictScope, EvalContext, Operator, as_number, read_moment
from flowstudio.kit.uses import Where

_KINDS = {
    "text": "a text", "number": "a number", "date": "a date", "boolean": "yes or no", "list": "a list",
    "record": "a record",
}  # fmt: skip
_ORDERS = frozenset({"greater_than", "greater_or_equal", "less_than", "less_or_equal"})
_DAYS = frozenset({"before", "after", "on_or_before", "on_or_after", "same_day"})
_CHOICES = frozenset({"equals", "not_equals", "in", "not_in"})
_NEARLY_A_NUMBER = re.compile(r"\W*\d[\d.,' ]*\D{0,12}")
"""`1,000`, `€ 700`, `500 euros`: figures as people write them, which no comparison reads."""
_ANY_MOMENT = EvalContext(DictScope({}), datetime(2000, 1, 1, tzinfo=UTC), UTC)
"""Whether a text is a date does not depend on the moment at which one asks."""


def fit(
    look: Look, part: Node | Trigger, comparison: JsonObject, operator: Operator, kind: Kind, where: Where, label: str
) -> Iterator[Problem]:
    """Find an operator that is for other values than this kind, and written values that nothing of it can be."""
    field, value = comparison["field"], comparison.get("value")
    if not _operator_fits(kind, operator):
        of = " or ".join(_KINDS.get(one, one) for one in operator.types)
        is_ = _KINDS.get(kind.name, "something else")
        message = f'{label}: "{field}" is {is_}, and "{operator.label}" is for {of}.'
        yield look.problem(part, (*where, "operator"), "type_mismatch", message, severity="warning")
        return
    wrong = next((one for one in _written(value, operator) if not _value_fits(kind, operator.key, one)), None)
    if wrong is None:
        return
    message = f'{label}: "{field}" is {_KINDS.get(kind.name, "something else")}, but it is compared with "{wrong}".'
    if kind.choices or kind.name == "boolean":
        message = f'{label}: "{field}" is never "{wrong}".'
    elif operator.key in _ORDERS and kind.name not in ("number", "date"):
        message = f'{label}: "{wrong}" is not read as a number.'
    hint = f"It may be: {', '.join(kind.choices)}." if kind.choices else ""
    if kind.name == "date" or operator.key in _DAYS:
        hint = "Write a day as 2026-03-02, or choose one."
    elif kind.name == "boolean":
        hint = 'Ask whether it "is yes" or "is no".'
    elif operator.key in _ORDERS:
        hint = "Write a number without signs and marks, such as 1000 or 12.5."
    near = nearest(str(wrong), kind.choices) if kind.choices else None
    fix: JsonObject | None = None
    if near is not None and value == wrong:
        fix = look.put(part, (*where, "value"), near)
    yield look.problem(part, (*where, "value"), "type_mismatch", message, hint=hint, severity="warning", fix=fix)


def _operator_fits(kind: Kind, operator: Operator) -> bool:
    types = operator.types
    if kind.name in types or "any" in types or kind.name in ("any", "object"):
        return True
    if kind.name == "date":
        return "number" in types
    if kind.name == "text" and not kind.choices:
        return not {"number", "date", "boolean"}.isdisjoint(types)
    return False


def _written(value: JsonValue, operator: Operator) -> list[JsonValue]:
    """Return the single values that are written out: those of a choice each by itself."""
    if operator.key in ("in", "not_in"):
        parts = value if isinstance(value, list) else str(value).split(",") if isinstance(value, str) else [value]
        return [one.strip() if isinstance(one, str) else one for one in parts if _is_plain(one)]
    return [value] if _is_plain(value) else []


def _is_plain(value: JsonValue) -> bool:
    return value is not None and not isinstance(value, (dict, list)) and not (isinstance(value, str) and "{{" in value)


def _value_fits(kind: Kind, key: str, value: JsonValue) -> bool:
    """Say whether a written value can ever be found in something of this kind."""
    if key in _DAYS:
        return read_moment(value, _ANY_MOMENT) is not None
    if kind.name == "number" and key in _ORDERS | _CHOICES:
        return as_number(value) is not None
    if kind.choices and key in _CHOICES:
        return str(value).casefold() in {one.casefold() for one in kind.choices}
    if kind.name == "date" and key in _ORDERS:
        return read_moment(value, _ANY_MOMENT) is not None
    if kind.name == "boolean" and key in _CHOICES:
        return isinstance(value, bool) or str(value).lower() in ("true", "false")
    return key not in _ORDERS or not isinstance(value, str) or not _NEARLY_A_NUMBER.fullmatch(value) or _orders(value)


def _orders(value: str) -> bool:
    """Say whether a text is a number or a moment: what is neither is held against others letter by letter."""
    return as_number(value) is not None or read_moment(value, _ANY_MOMENT) is not None
