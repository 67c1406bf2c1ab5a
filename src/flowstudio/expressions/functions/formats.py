"""Formats of one value, as offered on a variable in a text."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from flowstudio.expressions.functions.registry import function
from flowstudio.expressions.numeric import needed_number, round_half_even
from flowstudio.expressions.printing import print_value

if TYPE_CHECKING:
    from flowstudio.domain.json import JsonValue
    from flowstudio.expressions.context import EvalContext


@function(
    "money",
    "money(x, 'EUR')",
    "Two decimals and thousands, 1,240.00.",
    returns="text",
    example=("money(1240)", "1,240.00"),
)
def money(ctx: EvalContext, value: JsonValue, currency: JsonValue = None) -> JsonValue:  # noqa: ARG001
    """Write an amount with two decimals, thousands separated by commas, then the currency if given."""
    if value is None:
        return None
    amount = Decimal(repr(round_half_even(needed_number(value, "money"), 2)))
    unit = print_value(currency)
    return f"{amount:,.2f} {unit}" if unit else f"{amount:,.2f}"


@function("percent", "percent(x, n)", "0.25 as 25%.", returns="text", example=("percent(0.25)", "25%"))
def percent(ctx: EvalContext, value: JsonValue, digits: JsonValue = 0) -> JsonValue:  # noqa: ARG001
    """Write a share as a percentage."""
    if value is None:
        return None
    share = round_half_even(needed_number(value, "percent") * 100, min(12, int(needed_number(digits, "percent"))))
    return f"{print_value(share)}%"


@function(
    "default", "default(x, fallback)", "The value, or the fallback where it is missing or empty.", returns="any",
    example=("default('', 'none')", "none"), aliases=("coalesce",),
)  # fmt: skip
def default(ctx: EvalContext, value: JsonValue, *fallbacks: JsonValue) -> JsonValue:  # noqa: ARG001
    """Return the first of the values that is there and no empty text."""
    return next((one for one in (value, *fallbacks) if one is not None and one != ""), None)


@function("yes_no", "yes_no(x)", "Yes or No.", returns="text", example=("yes_no(true)", "Yes"))
def yes_no(ctx: EvalContext, value: JsonValue) -> JsonValue:  # noqa: ARG001
    """Write true and false as people say them."""
    if value is None:
        return None
    return "Yes" if value is True or (isinstance(value, str) and value.lower() == "true") else "No"
