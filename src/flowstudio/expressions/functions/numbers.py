"""Functions over numbers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from flowstudio.errors import WrongType
from flowstudio.expressions.functions.registry import function
from flowstudio.expressions.numeric import Number, as_number, needed_number, round_half_even, tidy

if TYPE_CHECKING:
    from flowstudio.domain.json import JsonValue
    from flowstudio.expressions.context import EvalContext

_MOST_DIGITS = 12


def _digits(value: JsonValue) -> int:
    number = needed_number(value, "round")
    if not float(number).is_integer() or abs(number) > _MOST_DIGITS:
        message = f"round takes 0 to {_MOST_DIGITS} decimals."
        raise WrongType(message)
    return int(number)


@function(
    "round", "round(x, n)", "Rounded to n decimals, half to even.", returns="number", example=("round(2.345, 2)", 2.34)
)
def round_number(ctx: EvalContext, value: JsonValue, digits: JsonValue = 0) -> JsonValue:  # noqa: ARG001
    """Round half to even; without decimals to a whole number."""
    return None if value is None else round_half_even(needed_number(value, "round"), _digits(digits))


@function("floor", "floor(x)", "Rounded down.", returns="number", example=("floor(2.7)", 2))
def floor(ctx: EvalContext, value: JsonValue) -> JsonValue:  # noqa: ARG001
    """Round down."""
    return None if value is None else math.floor(tidy(needed_number(value, "floor")))


@function("ceil", "ceil(x)", "Rounded up.", returns="number", example=("ceil(2.1)", 3))
def ceil(ctx: EvalContext, value: JsonValue) -> JsonValue:  # noqa: ARG001
    """Round up."""
    return None if value is None else math.ceil(tidy(needed_number(value, "ceil")))


@function("abs", "abs(x)", "Without its sign.", returns="number", example=("abs(-3)", 3))
def absolute(ctx: EvalContext, value: JsonValue) -> JsonValue:  # noqa: ARG001
    """Return the size of a number."""
    return None if value is None else abs(needed_number(value, "abs"))


def _candidates(ctx: EvalContext, values: tuple[JsonValue, ...], what: str) -> list[Number]:
    flat: list[JsonValue] = []
    for value in values:
        flat.extend(value if isinstance(value, list) else [value])
    ctx.charge(len(flat))
    return [needed_number(value, what) for value in flat if value is not None]


@function(
    "min", "min(a, b, …)", "The least of numbers, missing ones left out.", returns="number", example=("min(3, 2)", 2)
)
def least(ctx: EvalContext, *values: JsonValue) -> JsonValue:
    """Return the least number of the arguments and of lists among them."""
    return min(_candidates(ctx, values, "min"), default=None)


@function(
    "max", "max(a, b, …)", "The greatest of numbers, missing ones left out.", returns="number", example=("max(3, 2)", 3)
)
def greatest(ctx: EvalContext, *values: JsonValue) -> JsonValue:
    """Return the greatest number of the arguments and of lists among them."""
    return max(_candidates(ctx, values, "max"), default=None)


@function(
    "number",
    "number(text)",
    "The number that a text writes, else nothing.",
    returns="number",
    example=("number('12.5')", 12.5),
)
def number(ctx: EvalContext, value: JsonValue) -> JsonValue:  # noqa: ARG001
    """Read a number; true is 1, false is 0."""
    return int(value) if isinstance(value, bool) else as_number(value)
