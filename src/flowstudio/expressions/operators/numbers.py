"""Operators over numbers; `between` takes dates too."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import TYPE_CHECKING

from flowstudio.expressions.comparing import order, parts_of
from flowstudio.expressions.numeric import as_number
from flowstudio.expressions.operators.registry import operator

if TYPE_CHECKING:
    from flowstudio.domain.json import JsonValue
    from flowstudio.expressions.context import EvalContext

_TWO = 2
_TOLERANCE = 0.01


def _near(left: JsonValue, right: JsonValue) -> bool:
    parts = parts_of(right)
    tolerance = as_number(parts[1]) if len(parts) >= _TWO else _TOLERANCE
    number, value = as_number(left), as_number(parts[0]) if parts else None
    if number is None or value is None or tolerance is None:
        return False
    if not all(math.isfinite(one) for one in (number, value, tolerance) if isinstance(one, float)):
        return False
    return abs(Decimal(repr(number)) - Decimal(repr(value))) <= Decimal(repr(tolerance))


def _inside(left: JsonValue, right: JsonValue, ctx: EvalContext) -> bool | None:
    bounds = [right.get("min"), right.get("max")] if isinstance(right, dict) else parts_of(right)
    if len(bounds) != _TWO:
        return None
    low, high = order(left, bounds[0], ctx), order(left, bounds[1], ctx)
    return None if low is None or high is None else low >= 0 and high <= 0


@operator(
    "greater_than",
    label="is more than",
    meaning="left > right",
    types=("number",),
    arity=2,
    examples=(
        (1001, 1000, True),
        (1000, 1000, False),
        (None, 1000, False),
    ),
    aliases=("$gt", ">", "gt", "above", "more_than"),
)
def _greater_than(left: JsonValue, right: JsonValue, ctx: EvalContext, _ignore_case: bool) -> bool:
    return order(left, right, ctx) == 1


@operator(
    "greater_or_equal",
    label="is at least",
    meaning="left >= right",
    types=("number",),
    arity=2,
    examples=(
        (1000, 1000, True),
        (999, 1000, False),
        (None, 0, False),
    ),
    aliases=("$gte", ">=", "gte", "at_least", "greater_than_or_equal"),
)
def _greater_or_equal(left: JsonValue, right: JsonValue, ctx: EvalContext, _ignore_case: bool) -> bool:
    return order(left, right, ctx) in (0, 1)


@operator(
    "less_than",
    label="is less than",
    meaning="left < right",
    types=("number",),
    arity=2,
    examples=(
        (2, 3, True),
        (3, 3, False),
        (None, 3, False),
    ),
    aliases=("$lt", "<", "lt", "below", "fewer_than"),
)
def _less_than(left: JsonValue, right: JsonValue, ctx: EvalContext, _ignore_case: bool) -> bool:
    return order(left, right, ctx) == -1


@operator(
    "less_or_equal",
    label="is at most",
    meaning="left <= right",
    types=("number",),
    arity=2,
    examples=(
        (3, 3, True),
        (4, 3, False),
        (None, 3, False),
    ),
    aliases=("$lte", "<=", "lte", "at_most", "less_than_or_equal"),
)
def _less_or_equal(left: JsonValue, right: JsonValue, ctx: EvalContext, _ignore_case: bool) -> bool:
    return order(left, right, ctx) in (-1, 0)


@operator(
    "equals_within",
    label="is about",
    meaning=(
        "differs by at most the tolerance; right side `value,tolerance`. `equals` of a KPI trigger means this "
        "with tolerance 0.01"
    ),
    types=("number",),
    arity=2,
    examples=(
        (4.405, "4.4,0.01", True),
        (4.42, "4.4,0.01", False),
        (None, "4.4,0.01", False),
    ),
    aliases=("approximately",),
)
def _equals_within(left: JsonValue, right: JsonValue, _ctx: EvalContext, _ignore_case: bool) -> bool:
    return _near(left, right)


@operator(
    "between",
    label="is between",
    meaning="inclusive at both ends; right side `low,high` or a list of two",
    types=("number", "date"),
    arity=2,
    examples=(
        (30, "1,30", True),
        ("2026-03-02", "2026-03-01,2026-03-31", True),
        (31, "1,30", False),
    ),
    aliases=("$between",),
)
def _between(left: JsonValue, right: JsonValue, ctx: EvalContext, _ignore_case: bool) -> bool:
    return _inside(left, right, ctx) is True


@operator(
    "not_between",
    label="is not between",
    meaning="there is a value and it lies outside",
    types=("number", "date"),
    arity=2,
    examples=(
        (31, "1,30", True),
        (30, "1,30", False),
        (None, "1,30", False),
    ),
)
def _not_between(left: JsonValue, right: JsonValue, ctx: EvalContext, _ignore_case: bool) -> bool:
    return _inside(left, right, ctx) is False
