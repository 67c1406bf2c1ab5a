"""Numbers in data: numeric text, rounding half to even, sums without binary dust."""

from __future__ import annotations

import math
import re
from decimal import ROUND_HALF_EVEN, Decimal
from typing import TYPE_CHECKING

from flowstudio.errors import TooExpensive, WrongType
from flowstudio.expressions.limits import MAX_NUMBER

if TYPE_CHECKING:
    from flowstudio.domain.json import JsonValue

Number = int | float

_NUMERIC = re.compile(r"\s*[-+]?(?:\d{1,30}(?:\.\d{1,20})?|\.\d{1,20})(?:[eE][-+]?\d{1,2})?\s*")


def as_number(value: JsonValue) -> Number | None:
    """Return a number, or the number that a text writes; None for everything else (true and false are no numbers)."""
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, float)):
        return value
    if isinstance(value, str) and _NUMERIC.fullmatch(value):
        number = float(value)
        return int(value) if value.strip().lstrip("+-").isdigit() else number
    return None


def tidy(number: Number) -> Number:
    """Drop the dust of binary fractions (0.1 + 0.2 is 0.3); raise TooExpensive beyond MAX_NUMBER."""
    if type(number) is int:
        if -MAX_NUMBER < number < MAX_NUMBER:
            return number
    elif math.isfinite(number) and -MAX_NUMBER < number < MAX_NUMBER:
        return float(f"{number:.15g}")
    message = "The number is too large."
    raise TooExpensive(message)


def round_half_even(number: Number, digits: int = 0) -> Number:
    """Round to `digits` decimals, ties to the even neighbour, as written in decimals: 2.675 becomes 2.68."""
    if isinstance(number, int) and digits >= 0:
        return number
    if not math.isfinite(number) or abs(number) > MAX_NUMBER:
        message = "The number is too large."
        raise TooExpensive(message)
    rounded = Decimal(repr(number)).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_EVEN)
    return int(rounded) if digits <= 0 else float(rounded)


def number_text(number: Number) -> str:
    """Print a number: at most two decimals, no trailing zeros."""
    if isinstance(number, int):
        return str(number) if -MAX_NUMBER < number < MAX_NUMBER else f"{Decimal(number):.15e}"
    if not math.isfinite(number):
        return ""
    if number.is_integer() and abs(number) < 1e15:
        return str(int(number))
    if abs(number) >= MAX_NUMBER:
        return repr(number)
    text = (
        f"{Decimal(repr(number)).quantize(Decimal('0.01'), ROUND_HALF_EVEN):f}"
        if abs(number) < 1e15
        else f"{number:.0f}"
    )
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def needed_number(value: JsonValue, what: str) -> Number:
    """Return a number or raise WrongType: `what` says who needs it."""
    number = as_number(value)
    if number is None:
        message = f"{what} needs a number, not {kind_of(value)}."
        raise WrongType(message)
    return number


def kind_of(value: JsonValue) -> str:
    """Name the kind of a value for people, with a short look at it."""
    match value:
        case None:
            return "nothing"
        case bool():
            return "yes" if value else "no"
        case int() | float():
            return f"the number {number_text(value)}"
        case str():
            return f'the text "{value[:40]}…"' if len(value) > 40 else f'the text "{value}"'
        case list():
            return f"a list of {len(value)}"
        case _:
            return "a record"
