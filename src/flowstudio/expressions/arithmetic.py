"""The five signs of arithmetic over data: a missing operand, or zero below the line, gives a missing result."""

from __future__ import annotations

from collections.abc import Callable

from flowstudio.domain.json import JsonValue
from flowstudio.errors import WrongType
from flowstudio.expressions.context import EvalContext
from flowstudio.expressions.limits import checked_length
from flowstudio.expressions.numeric import as_number, kind_of, tidy
from flowstudio.expressions.printing import printed


def both_numbers(left: JsonValue, right: JsonValue, sign: str) -> tuple[int | float, int | float] | None:
    """Return two numbers, None when one is missing; raise WrongType for anything else."""
    if left is None or right is None:
        return None
    a, b = as_number(left), as_number(right)
    if a is None or b is None:
        message = f"{sign} needs numbers, not {kind_of(left if a is None else right)}."
        raise WrongType(message)
    return a, b


def _add(ctx: EvalContext, left: JsonValue, right: JsonValue) -> JsonValue:
    a, b = as_number(left), as_number(right)
    if a is not None and b is not None and not (isinstance(left, str) and isinstance(right, str)):
        return tidy(a + b)
    if isinstance(left, list) and isinstance(right, list):
        ctx.charge(len(left) + len(right))
        return left + right
    if isinstance(left, (dict, list)) or isinstance(right, (dict, list)):
        message = f"+ cannot join {kind_of(left)} and {kind_of(right)}."
        raise WrongType(message)
    if isinstance(left, str) or isinstance(right, str):
        one, two = printed(ctx, left), printed(ctx, right)
        ctx.charge(1 + checked_length(len(one) + len(two)) // 100)
        return one + two
    both = both_numbers(left, right, "+")
    return None if both is None else tidy(both[0] + both[1])


def _subtract(_: EvalContext, left: JsonValue, right: JsonValue) -> JsonValue:
    both = both_numbers(left, right, "-")
    return None if both is None else tidy(both[0] - both[1])


def _multiply(_: EvalContext, left: JsonValue, right: JsonValue) -> JsonValue:
    both = both_numbers(left, right, "*")
    return None if both is None else tidy(both[0] * both[1])


def _divide(_: EvalContext, left: JsonValue, right: JsonValue) -> JsonValue:
    both = both_numbers(left, right, "/")
    if both is None or both[1] == 0:
        return None
    a, b = both
    return a // b if isinstance(a, int) and isinstance(b, int) and a % b == 0 else tidy(a / b)


def _remainder(_: EvalContext, left: JsonValue, right: JsonValue) -> JsonValue:
    both = both_numbers(left, right, "%")
    return None if both is None or both[1] == 0 else tidy(both[0] % both[1])


ARITHMETIC: dict[str, Callable[[EvalContext, JsonValue, JsonValue], JsonValue]] = {
    "+": _add,
    "-": _subtract,
    "*": _multiply,
    "/": _divide,
    "%": _remainder,
}
