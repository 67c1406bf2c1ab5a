"""Functions whose arguments are not simply evaluated: `iif` looks at one way only, `filter` reads a condition."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowstudio.expressions.comparing import truthy
from flowstudio.expressions.functions.lists import items_of
from flowstudio.expressions.functions.registry import function

if TYPE_CHECKING:
    from collections.abc import Callable

    from flowstudio.domain.json import JsonValue
    from flowstudio.expressions.context import EvalContext


@function(
    "iif",
    "iif(test, a, b)",
    "a if the test holds, else b.",
    returns="any",
    example=("iif(2 > 1, 'yes', 'no')", "yes"),
    aliases=("when",),
)
def iif(
    ctx: EvalContext, test: Callable[..., JsonValue], a: Callable[..., JsonValue], b: Callable[..., JsonValue]
) -> JsonValue:
    """Return one of two values; the other is not looked at. The arguments come as closures over the context."""
    return a(ctx) if truthy(test(ctx)) else b(ctx)


@function(
    "filter", "filter(list, 'field op value; …')", "Records for which the condition holds.", returns="list",
    example=("filter([], 'status equals late')", []),
)  # fmt: skip
def filtered(ctx: EvalContext, values: Callable[..., JsonValue], test: Callable[..., bool]) -> JsonValue:
    """Return the items that pass; `test(ctx, item)` is the compiled condition. The arguments come as closures."""
    items = items_of(ctx, values(ctx), "filter")
    ctx.charge(3 * len(items))
    return [item for item in items if test(ctx, item)]
