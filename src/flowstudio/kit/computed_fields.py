"""Fields that are computed from the others of a record: `round(spend / leads, 2), missing without leads`.

A formula is an expression over the record's fields, and may end in clauses in words: `0 when status is paid or void`
(the value before `when`, while the field is one of the words) and `missing without leads` (no value while the field
is missing or 0).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.errors import ExpressionError
from flowstudio.expressions.context import EvalContext
from flowstudio.expressions.parse import compile_expression

_WHEN = re.compile(r",\s*(\S+) when (\w+) is ((?:[\w-]+, )*[\w-]+(?: or [\w-]+)?)\s*$")
_WITHOUT = re.compile(r",\s*missing without (\w+)\s*$")

Formula = Callable[[JsonObject, EvalContext], JsonValue]


class _Fields:
    """The fields of one record as the only names; a field without a value is missing, not unknown."""

    __slots__ = ("row",)

    def __init__(self, row: JsonObject) -> None:
        self.row = row

    def lookup(self, name: str) -> JsonValue:
        return self.row.get(name)

    def field(self, value: JsonObject, name: str, frozen: bool) -> JsonValue:
        del frozen
        return value.get(name)

    def reference(self, value: JsonObject, name: str, frozen: bool = False) -> JsonValue:
        del value, name, frozen

    def change(self, path: Sequence[str | int]) -> JsonObject | None:
        del path
        return None


@lru_cache(maxsize=512)
def formula(text: str) -> Formula:
    """Compile a formula; raise BadSyntax where it is none. Calling it gives None where it cannot be computed."""
    body, guards = text, list[Formula]()
    while found := _WHEN.search(body) or _WITHOUT.search(body):
        guards.append(_when(found) if found.re is _WHEN else _without(found[1]))
        body = body[: found.start()]
    expression = compile_expression(body)

    def compute(row: JsonObject, ctx: EvalContext) -> JsonValue:
        for guard in guards:
            answer = guard(row, ctx)
            if answer is not None:
                return None if answer is _MISSING else answer
        try:
            return expression.evaluate(ctx.within(_Fields(row)))
        except ExpressionError:
            return None

    return compute


_MISSING = object()


def _when(found: re.Match[str]) -> Formula:
    value: JsonValue = compile_expression(found[1]).evaluate(_nothing())
    name, words = found[2], frozenset(re.split(r", | or ", found[3]))
    return lambda row, _: value if row.get(name) in words else None


def _without(name: str) -> Formula:
    return lambda row, _: None if row.get(name) else _MISSING


def _nothing() -> EvalContext:
    return EvalContext(_Fields({}))
