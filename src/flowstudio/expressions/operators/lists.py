"""Operators over lists: what is in them, how long they are, what holds for their items."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowstudio.expressions.comparing import parts_of
from flowstudio.expressions.functions.texts import holds
from flowstudio.expressions.numeric import Number, as_number
from flowstudio.expressions.operators.registry import operator

if TYPE_CHECKING:
    from collections.abc import Callable

    from flowstudio.domain.json import JsonValue
    from flowstudio.expressions.context import EvalContext


def _length(left: JsonValue, right: JsonValue, test: Callable[[int, Number], bool]) -> bool:
    wanted = as_number(right)
    return isinstance(left, list) and wanted is not None and test(len(left), wanted)


def _charged(items: list[JsonValue], ctx: EvalContext) -> list[JsonValue]:
    ctx.charge(3 * len(items))
    return items


@operator(
    "contains_any",
    label="contains any of",
    meaning="at least one item equals one of the right side",
    types=("list",),
    arity=2,
    examples=(
        (["a", "b"], "b,c", True),
        (["a"], "b,c", False),
        (None, "b", False),
    ),
)
def _contains_any(left: JsonValue, right: JsonValue, ctx: EvalContext, ignore_case: bool) -> bool:
    return isinstance(left, list) and any(holds(ctx, left, part, ignore_case) for part in parts_of(right))


@operator(
    "contains_all",
    label="contains all of",
    meaning="every value of the right side is in the list",
    types=("list",),
    arity=2,
    examples=(
        (["a", "b", "c"], "a,b", True),
        (["a"], "a,b", False),
        (None, "a", False),
    ),
    aliases=("$all",),
)
def _contains_all(left: JsonValue, right: JsonValue, ctx: EvalContext, ignore_case: bool) -> bool:
    return isinstance(left, list) and all(holds(ctx, left, part, ignore_case) for part in parts_of(right))


@operator(
    "length_equals",
    label="has exactly … items",
    meaning="as many items",
    types=("list",),
    arity=2,
    examples=(
        ([1, 2], 2, True),
        ([1], 2, False),
        (None, 0, False),
    ),
)
def _length_equals(left: JsonValue, right: JsonValue, _ctx: EvalContext, _ignore_case: bool) -> bool:
    return _length(left, right, lambda size, wanted: size == wanted)


@operator(
    "length_not_equals",
    label="has not … items",
    meaning="another number of items",
    types=("list",),
    arity=2,
    examples=(
        ([1], 2, True),
        ([1, 2], 2, False),
        (None, 2, False),
    ),
)
def _length_not_equals(left: JsonValue, right: JsonValue, _ctx: EvalContext, _ignore_case: bool) -> bool:
    return _length(left, right, lambda size, wanted: size != wanted)


@operator(
    "length_greater_than",
    label="has more than … items",
    meaning="more items",
    types=("list",),
    arity=2,
    examples=(
        ([1, 2, 3], 2, True),
        ([1, 2], 2, False),
        (None, 0, False),
    ),
)
def _length_greater_than(left: JsonValue, right: JsonValue, _ctx: EvalContext, _ignore_case: bool) -> bool:
    return _length(left, right, lambda size, wanted: size > wanted)


@operator(
    "length_greater_or_equal",
    label="has at least … items",
    meaning="as many items or more",
    types=("list",),
    arity=2,
    examples=(
        ([1, 2], 2, True),
        ([1], 2, False),
        (None, 0, False),
    ),
)
def _length_greater_or_equal(left: JsonValue, right: JsonValue, _ctx: EvalContext, _ignore_case: bool) -> bool:
    return _length(left, right, lambda size, wanted: size >= wanted)


@operator(
    "length_less_than",
    label="has fewer than … items",
    meaning="fewer items",
    types=("list",),
    arity=2,
    examples=(
        ([1], 2, True),
        ([1, 2], 2, False),
        (None, 2, False),
    ),
)
def _length_less_than(left: JsonValue, right: JsonValue, _ctx: EvalContext, _ignore_case: bool) -> bool:
    return _length(left, right, lambda size, wanted: size < wanted)


@operator(
    "length_less_or_equal",
    label="has at most … items",
    meaning="as many items or fewer",
    types=("list",),
    arity=2,
    examples=(
        ([1, 2], 2, True),
        ([1, 2, 3], 2, False),
        (None, 2, False),
    ),
)
def _length_less_or_equal(left: JsonValue, right: JsonValue, _ctx: EvalContext, _ignore_case: bool) -> bool:
    return _length(left, right, lambda size, wanted: size <= wanted)


@operator(
    "at_least_one",
    label="at least one item …",
    meaning="the nested condition holds for one item or more; false for an empty list",
    types=("list",),
    arity=2,
    examples=(
        ([{"status": "late"}, {"status": "done"}], {"field": "status", "operator": "equals", "value": "late"}, True),
        ([{"status": "done"}], {"field": "status", "operator": "equals", "value": "late"}, False),
        ([], {"field": "status", "operator": "equals", "value": "late"}, False),
    ),
    aliases=("any", "some"),
    nested=True,
)
def _at_least_one(left: JsonValue, right: Callable[[JsonValue], bool], ctx: EvalContext, _ignore_case: bool) -> bool:
    return isinstance(left, list) and any(right(item) for item in _charged(left, ctx))


@operator(
    "all",
    label="every item …",
    meaning="the nested condition holds for each item; true for an empty list",
    types=("list",),
    arity=2,
    examples=(
        ([{"status": "late"}, {"status": "late"}], {"field": "status", "operator": "equals", "value": "late"}, True),
        ([{"status": "late"}, {"status": "done"}], {"field": "status", "operator": "equals", "value": "late"}, False),
        ([], {"field": "status", "operator": "equals", "value": "late"}, True),
    ),
    aliases=("every",),
    nested=True,
)
def _every_item(left: JsonValue, right: Callable[[JsonValue], bool], ctx: EvalContext, _ignore_case: bool) -> bool:
    return isinstance(left, list) and all(right(item) for item in _charged(left, ctx))


@operator(
    "none",
    label="no item …",
    meaning="the nested condition holds for no item; true for an empty list",
    types=("list",),
    arity=2,
    examples=(
        ([{"status": "done"}], {"field": "status", "operator": "equals", "value": "late"}, True),
        ([{"status": "late"}, {"status": "done"}], {"field": "status", "operator": "equals", "value": "late"}, False),
        (None, {"field": "status", "operator": "equals", "value": "late"}, False),
    ),
    nested=True,
)
def _no_item(left: JsonValue, right: Callable[[JsonValue], bool], ctx: EvalContext, _ignore_case: bool) -> bool:
    return isinstance(left, list) and not any(right(item) for item in _charged(left, ctx))
