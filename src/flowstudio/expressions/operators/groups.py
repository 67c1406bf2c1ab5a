"""The groups that join conditions: the left side is the results inside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowstudio.expressions.operators.registry import operator

if TYPE_CHECKING:
    from flowstudio.domain.json import JsonValue
    from flowstudio.expressions.context import EvalContext


@operator(
    "and",
    label="all of",
    meaning="every condition holds; an empty group holds",
    types=("group",),
    arity=None,
    examples=(
        ([True, True], None, True),
        ([True, False], None, False),
        ([False, False], None, False),
    ),
    aliases=("all_of", "$and"),
    missing=True,
)
def _all_of(left: JsonValue, _right: JsonValue, _ctx: EvalContext, _ignore_case: bool) -> bool:
    return all(left)


@operator(
    "or",
    label="any of",
    meaning="one condition or more holds; an empty group does not",
    types=("group",),
    arity=None,
    examples=(
        ([True, True], None, True),
        ([True, False], None, True),
        ([False, False], None, False),
    ),
    aliases=("any_of", "$or"),
    missing=True,
)
def _any_of(left: JsonValue, _right: JsonValue, _ctx: EvalContext, _ignore_case: bool) -> bool:
    return any(left)


@operator(
    "not",
    label="none of",
    meaning="no condition inside holds",
    types=("group",),
    arity=None,
    examples=(
        ([True, True], None, False),
        ([True, False], None, False),
        ([False, False], None, True),
    ),
    aliases=("none_of", "$not", "$nor"),
    missing=True,
)
def _none_of(left: JsonValue, _right: JsonValue, _ctx: EvalContext, _ignore_case: bool) -> bool:
    return not any(left)
