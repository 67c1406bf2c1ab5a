"""Operators over any value: is it there, is it the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowstudio.expressions.comparing import same
from flowstudio.expressions.operators.registry import operator

if TYPE_CHECKING:
    from flowstudio.domain.json import JsonValue
    from flowstudio.expressions.context import EvalContext


def _empty(value: JsonValue) -> bool:
    return value is None or (isinstance(value, (str, list, dict)) and len(value) == 0)


@operator(
    "exists",
    label="exists",
    meaning="there is a value (null counts as missing)",
    types=("any",),
    arity=1,
    examples=(
        ("x", None, True),
        (0, None, True),
        (None, None, False),
    ),
    aliases=("$exists", "is_set"),
    missing=True,
)
def _exists(left: JsonValue, _right: JsonValue, _ctx: EvalContext, _ignore_case: bool) -> bool:
    return left is not None


@operator(
    "not_exists",
    label="does not exist",
    meaning="the value is missing or null",
    types=("any",),
    arity=1,
    examples=(
        (None, None, True),
        ("", None, False),
        (0, None, False),
    ),
    aliases=("is_not_set",),
    missing=True,
)
def _not_exists(left: JsonValue, _right: JsonValue, _ctx: EvalContext, _ignore_case: bool) -> bool:
    return left is None


@operator(
    "is_empty",
    label="is empty",
    meaning="missing, null, empty text, empty list or empty object",
    types=("any",),
    arity=1,
    examples=(
        ("", None, True),
        (None, None, True),
        (0, None, False),
    ),
    missing=True,
)
def _is_empty(left: JsonValue, _right: JsonValue, _ctx: EvalContext, _ignore_case: bool) -> bool:
    return _empty(left)


@operator(
    "is_not_empty",
    label="is not empty",
    meaning="holds something; 0 and false are something",
    types=("any",),
    arity=1,
    examples=(
        ("x", None, True),
        ([], None, False),
        (0, None, True),
    ),
    missing=True,
)
def _is_not_empty(left: JsonValue, _right: JsonValue, _ctx: EvalContext, _ignore_case: bool) -> bool:
    return not _empty(left)


@operator(
    "equals",
    label="is",
    meaning=(
        "same value; numbers by value (also when one side is numeric text), text without regard to case "
        "unless ignore_case is false, true/false as words"
    ),
    types=("any",),
    arity=2,
    examples=(
        ("Sent", "sent", True),
        ("10", 10, True),
        (None, "sent", False),
    ),
    aliases=("$eq", "==", "=", "eq", "is", "equal"),
)
def _equals(left: JsonValue, right: JsonValue, _ctx: EvalContext, ignore_case: bool) -> bool:
    return same(left, right, ignore_case)


@operator(
    "not_equals",
    label="is not",
    meaning="there is a value and it differs",
    types=("any",),
    arity=2,
    examples=(
        ("draft", "sent", True),
        ("Sent", "sent", False),
        (None, "sent", False),
    ),
    aliases=("$ne", "!=", "<>", "ne", "is_not", "not_equal"),
)
def _not_equals(left: JsonValue, right: JsonValue, _ctx: EvalContext, ignore_case: bool) -> bool:
    return not same(left, right, ignore_case)
