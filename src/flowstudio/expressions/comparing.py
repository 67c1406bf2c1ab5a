"""When two values are the same, and which one is more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowstudio.expressions.moments import compare_moments, read_moment
from flowstudio.expressions.numeric import as_number
from flowstudio.expressions.scope import ENTITY

if TYPE_CHECKING:
    from flowstudio.domain.json import JsonValue
    from flowstudio.expressions.context import EvalContext


def same(left: JsonValue, right: JsonValue, ignore_case: bool = True) -> bool:
    """Say whether two values are the same; a missing one is the same as nothing.

    Numbers by value, also when one side is numeric text; text without regard to case; true and false as words;
    records by type and id.
    """
    if left is None or right is None:
        return False
    if isinstance(left, str) and isinstance(right, str):
        return left == right or (ignore_case and left.casefold() == right.casefold())
    if isinstance(left, bool) or isinstance(right, bool):
        return _truth(left) is not None and _truth(left) is _truth(right)
    if isinstance(left, (int, float)) or isinstance(right, (int, float)):
        a, b = as_number(left), as_number(right)
        return a is not None and a == b
    if isinstance(left, dict) and isinstance(right, dict) and ENTITY in left and ENTITY in right and "id" in left:
        return bool(left[ENTITY] == right[ENTITY] and left["id"] == right.get("id"))
    return bool(left == right)


def _truth(value: JsonValue) -> bool | None:
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        return {"true": True, "false": False}.get(value.strip().lower())
    return None


def order(left: JsonValue, right: JsonValue, ctx: EvalContext) -> int | None:
    """Return -1, 0 or 1 for less, equal, more; None where the two cannot be compared or one is missing.

    Numbers (numeric text too), then dates, then text without regard to case; a number and a word do not compare.
    """
    if type(left) in (int, float) and type(right) in (int, float):
        return int(left > right) - int(left < right)
    a, b = as_number(left), as_number(right)
    if a is not None and b is not None:
        return (a > b) - (a < b)
    if not isinstance(left, str) or not isinstance(right, str) or (a is None) is not (b is None):
        return None
    first, second = read_moment(left, ctx), read_moment(right, ctx)
    if first is not None and second is not None:
        return compare_moments(first, second)
    one, two = left.casefold(), right.casefold()
    return (one > two) - (one < two)


def parts_of(value: JsonValue) -> list[JsonValue]:
    """Return the items of a list or of a comma-separated text; anything else is one item."""
    if isinstance(value, list):
        return value
    if isinstance(value, str):
        return [part.strip() for part in value.split(",")]
    return [value]


def truthy(value: JsonValue) -> bool:
    """Say whether a value counts as yes in a test: missing, false, 0, empty text and the word false do not."""
    if isinstance(value, str):
        return value.strip().lower() not in ("", "false")
    return bool(value)
