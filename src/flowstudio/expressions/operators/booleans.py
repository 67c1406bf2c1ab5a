"""Operators over yes and no."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowstudio.expressions.comparing import same
from flowstudio.expressions.operators.registry import operator

if TYPE_CHECKING:
    from flowstudio.domain.json import JsonValue
    from flowstudio.expressions.context import EvalContext


@operator(
    "is_true",
    label="is yes",
    meaning="the value is true",
    types=("boolean",),
    arity=1,
    examples=(
        (True, None, True),
        (False, None, False),
        (None, None, False),
    ),
)
def _is_true(left: JsonValue, _right: JsonValue, _ctx: EvalContext, _ignore_case: bool) -> bool:
    return same(left, True)


@operator(
    "is_false",
    label="is no",
    meaning="there is a value and it is false",
    types=("boolean",),
    arity=1,
    examples=(
        (False, None, True),
        (True, None, False),
        (None, None, False),
    ),
)
def _is_false(left: JsonValue, _right: JsonValue, _ctx: EvalContext, _ignore_case: bool) -> bool:
    return same(left, False)
