"""Conditions at work: a tree compiled to a fast test, and to a verdict that shows every comparison."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, NamedTuple

from flowstudio.domain.durations import BadDuration, parse_duration
from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.errors import BadSyntax, WrongType
from flowstudio.expressions.compiling import FilterReader, ItemTest
from flowstudio.expressions.condition_text import condition_from_text
from flowstudio.expressions.context import EvalContext
from flowstudio.expressions.grammar import visible
from flowstudio.expressions.normalise import normalise
from flowstudio.expressions.numeric import as_number
from flowstudio.expressions.operators import OPERATORS, needed_operator
from flowstudio.expressions.operators.patterns import pattern
from flowstudio.expressions.parse import compile_expression, compile_template
from flowstudio.expressions.scope import read_steps
from flowstudio.expressions.syntax import Ref

if TYPE_CHECKING:
    from flowstudio.expressions.operators import Operator

Over = Literal["variables", "record"]
"""What a field names: a variable or expression of the run, or a field of the record that is looked at."""
Place = tuple[int, ...]
"""Which condition of a tree: the position in each group from the outside in."""
Side = Callable[[EvalContext, JsonValue], JsonValue]

_ITSELF = ("", ".", "item")


class Row(NamedTuple):
    """One comparison of a verdict, with the values that it saw."""

    place: Place
    field: str
    left: JsonValue
    operator: str
    right: JsonValue
    result: bool


class Verdict(NamedTuple):
    """The result of a condition, of each comparison, and of each group (`()` is the outermost)."""

    result: bool
    rows: tuple[Row, ...]
    groups: tuple[tuple[Place, bool], ...]


class _Comparison:
    __slots__ = ("field", "ignore_case", "left", "operator", "place", "right")

    def __init__(self, tree: JsonObject, place: Place, over: Over, *, filled: bool) -> None:
        field = tree.get("field")
        if not isinstance(field, str) or (not field and over == "variables"):
            message = "A comparison needs a field."
            raise BadSyntax(message)
        self.place, self.field = place, field
        self.operator = needed_operator(tree.get("operator"))
        self.ignore_case = tree.get("ignore_case") is not False
        self.left = _field(field, over) if not self.operator.on_change else _change(field, over)
        self.right = _right(tree.get("value"), self.operator, over, filled=filled)

    def test(self, ctx: EvalContext, item: JsonValue) -> bool:
        return self.operator.holds(self.left(ctx, item), self.right(ctx, item), ctx, self.ignore_case)

    def explain(self, ctx: EvalContext, item: JsonValue, rows: list[Row], _groups: list[tuple[Place, bool]]) -> bool:
        left, right = self.left(ctx, item), self.right(ctx, item)
        result = self.operator.holds(left, right, ctx, self.ignore_case)
        rows.append(Row(self.place, self.field, left, self.operator.key, None if callable(right) else right, result))
        return result


class _Group:
    __slots__ = ("kind", "parts", "place", "tests")

    def __init__(self, kind: str, parts: list[_Part], place: Place) -> None:
        self.kind, self.parts, self.place = kind, parts, place
        self.tests = [part.test for part in parts]

    def test(self, ctx: EvalContext, item: JsonValue) -> bool:
        stops_at = self.kind != "and"
        for test in self.tests:
            if test(ctx, item) is stops_at:
                return self.kind == "or"
        return self.kind != "or"

    def explain(self, ctx: EvalContext, item: JsonValue, rows: list[Row], groups: list[tuple[Place, bool]]) -> bool:
        inside = [part.explain(ctx, item, rows, groups) for part in self.parts]
        result = OPERATORS[self.kind].test(inside, None, ctx, True)
        groups.append((self.place, result))
        return result


_Part = _Comparison | _Group


class Condition:
    """A compiled condition: `test` answers fast, `evaluate` shows why."""

    __slots__ = ("_root", "over", "tree")

    def __init__(self, tree: JsonObject, over: Over, *, filled: bool) -> None:
        self.tree = tree
        self.over = over
        self._root = _part(tree, (), over, filled=filled)

    def test(self, ctx: EvalContext, item: JsonValue = None) -> bool:
        """Say whether it holds, for `item` when it is over a record; raises an ExpressionError or RecordNeeded."""
        ctx.spent = 0
        return self._root.test(ctx, item)

    def test_inside(self, ctx: EvalContext, item: JsonValue) -> bool:
        """Say whether it holds for an item, as part of an evaluation that is under way (its budget goes on)."""
        return self._root.test(ctx, item)

    def evaluate(self, ctx: EvalContext, item: JsonValue = None) -> Verdict:
        """Return the verdict with every comparison, also those that no longer mattered."""
        ctx.spent = 0
        rows: list[Row] = []
        groups: list[tuple[Place, bool]] = []
        result = self._root.explain(ctx, item, rows, groups)
        return Verdict(result, tuple(rows), tuple(groups))


def compile_condition(condition: JsonValue, over: Over = "variables", *, filled: bool = False) -> Condition:
    """Compile a condition in any form that `normalise` understands; raises BadSyntax or WrongType.

    `over="record"`: fields are fields of the record that `test` gets (queries, filters of triggers). `filled` says
    that its values are data already (`fill_values`), so that braces in them mean nothing.
    """
    return Condition(normalise(condition), over, filled=filled)


def _part(tree: JsonObject, place: Place, over: Over, *, filled: bool) -> _Part:
    inside = tree.get("conditions")
    if not isinstance(inside, list):
        return _Comparison(tree, place, over, filled=filled)
    parts = [_part(part, (*place, number), over, filled=filled) for number, part in enumerate(inside)]
    return _Group(str(tree.get("type", "and")), parts, place)


def _field(field: str, over: Over) -> Side:
    if over == "record":
        return _record_field(field)
    if field.strip().startswith("{{") or "{{" not in field:
        run = compile_expression(field).run
    else:
        run = compile_template(field).run
    return lambda ctx, _: run(ctx)


def _record_field(field: str) -> Side:
    if field in _ITSELF:
        return lambda ctx, item: _read(ctx, item, (field,)) if isinstance(item, dict) and field in item else item
    names = tuple(visible(name.strip(), 0) for name in field.split("."))
    if not all(names) or set(field) & set("()[]{}'\"*/+<>=|"):
        message = f'"{field}" is not a field of a record.'
        raise BadSyntax(message)
    inner = names[1:] if names[0] == "item" and len(names) > 1 else names
    return lambda ctx, item: _read(ctx, item, names if isinstance(item, dict) and names[0] in item else inner)


def _read(ctx: EvalContext, value: JsonValue, names: tuple[str, ...]) -> JsonValue:
    return read_steps(ctx.scope, value, names, False)


def _change(field: str, over: Over) -> Side:
    plain = _field(field, over)
    if over == "record":
        path: tuple[str | int, ...] = tuple(field.split("."))
    else:
        tree = compile_expression(field).tree
        path = (
            (tree.root, *(step for step in tree.steps if isinstance(step, (str, int)))) if isinstance(tree, Ref) else ()
        )

    def read(ctx: EvalContext, item: JsonValue) -> JsonValue:
        change = ctx.scope.change(path) if path else None
        return change if change is not None else plain(ctx, item)

    return read


def _right(value: JsonValue, operator: Operator, over: Over, *, filled: bool) -> Side:
    if operator.nested:
        return _nested(value, filled=filled)
    if isinstance(value, dict) and isinstance(value.get("field_of"), str):
        return _field(value["field_of"], over)
    if filled:
        return lambda *_: value
    template = compile_template(value)
    if template.constant:
        _check(value, operator)
        return lambda *_: value
    run = template.run
    return lambda ctx, _: run(ctx)


def _nested(value: JsonValue, *, filled: bool) -> Side:
    inner = compile_condition(value, "record", filled=filled).test_inside
    return lambda ctx, _: lambda item: inner(ctx, item)


def _check(value: JsonValue, operator: Operator) -> None:
    """Raise WrongType for a written value with which the operator can never hold."""
    if value is None:
        return
    if operator.key in ("matches", "not_matches"):
        pattern(str(value), True)
    elif operator.key in ("in_last", "in_next"):
        try:
            parse_duration(value)
        except BadDuration as bad:
            raise WrongType(str(bad)) from None
    elif ("days_ago" in operator.key or operator.key == "days_from_now") and as_number(value) is None:
        message = f'"{operator.label}" needs a number of days.'
        raise WrongType(message)


def fill_values(condition: JsonValue, ctx: EvalContext) -> JsonObject:
    """Return the tree of a filter with its values worked out and its fields left as names.

    What comes out is data: compile it with `filled=True`.
    """
    ctx.spent = 0
    return _filled(normalise(condition), ctx)


def _filled(tree: JsonObject, ctx: EvalContext) -> JsonObject:
    if isinstance(tree.get("conditions"), list):
        return {**tree, "conditions": [_filled(part, ctx) for part in tree["conditions"]]}
    value = tree.get("value")
    if needed_operator(tree.get("operator")).nested:
        return {**tree, "value": _filled(normalise(value), ctx)}
    if "value" not in tree or (isinstance(value, dict) and "field_of" in value):
        return tree
    return {**tree, "value": compile_template(value).run(ctx)}


@lru_cache(maxsize=1024)
def _filter_test(text: str) -> ItemTest:
    return Condition(condition_from_text(text), "record", filled=False).test_inside


FilterReader.compile = staticmethod(_filter_test)
