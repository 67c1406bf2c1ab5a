"""From trees to closures: what an expression does, with nothing left to decide at run time but the data."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import groupby

from flowstudio.domain.json import JsonValue
from flowstudio.errors import BadSyntax, UnknownVariable, WrongType
from flowstudio.expressions.arithmetic import ARITHMETIC, both_numbers
from flowstudio.expressions.comparing import order, parts_of, same, truthy
from flowstudio.expressions.context import EvalContext
from flowstudio.expressions.functions import FUNCTIONS, nearest
from flowstudio.expressions.functions.forms import filtered, iif
from flowstudio.expressions.functions.texts import holds
from flowstudio.expressions.limits import MAX_DEPTH
from flowstudio.expressions.moments import day_text, now_text
from flowstudio.expressions.numeric import as_number, kind_of
from flowstudio.expressions.scope import read_field, read_steps
from flowstudio.expressions.syntax import (
    Access,
    Call,
    Chain,
    Compare,
    Items,
    Literal,
    Logic,
    Negative,
    Node,
    Not,
    Ref,
    children,
)  # fmt: skip

Run = Callable[[EvalContext], JsonValue]
ItemTest = Callable[[EvalContext, JsonValue], bool]

_LONG = 1_000
_TIME: dict[str, Callable[[EvalContext], JsonValue]] = {
    "now": now_text,
    "today": lambda ctx: day_text(ctx.today),
    "time": lambda ctx: {"now": now_text(ctx), "today": day_text(ctx.today)},
}


class FilterReader:
    """Turns the condition text of `filter(list, '…')` into a test; set by the conditions, which stand above."""

    compile: Callable[[str], ItemTest]


def check_depth(node: Node) -> None:
    """Raise BadSyntax when a tree is deeper than closures may be nested."""
    level, depth = [node], 0
    while level:
        depth += 1
        if depth > MAX_DEPTH * 4:
            message = f"The expression is nested deeper than {MAX_DEPTH} levels."
            raise BadSyntax(message, position=0)
        level = [child for parent in level for child in children(parent)]


def closure(node: Node) -> Run:
    """Return the function that evaluates a tree; raise BadSyntax or WrongType for what can never work."""
    match node:
        case Literal(value=value):
            return lambda _: value
        case Ref():
            return _ref(node)
        case Access(base=base, steps=steps):
            return _walk(closure(base), steps, frozen=False)
        case Chain():
            return _chain(node)
        case Negative(operand=operand):
            return _negative(operand)
        case Compare():
            return _compare(node)
        case Logic(word=word, parts=parts):
            return _logic(word, [closure(part) for part in parts])
        case Not(operand=operand):
            inner = closure(operand)
            return lambda ctx: not truthy(inner(ctx))
        case Items(parts=parts):
            runs = [closure(part) for part in parts]
            return lambda ctx: [run(ctx) for run in runs]
        case Call():
            return _call(node)


def _root(name: str) -> Run:
    present = _TIME.get(name)
    if present is None:
        return lambda ctx: ctx.scope.lookup(name)

    def lookup(ctx: EvalContext) -> JsonValue:
        try:
            return ctx.scope.lookup(name)
        except UnknownVariable:
            return present(ctx)

    return lookup


def _ref(node: Ref) -> Run:
    name, steps, frozen = node.root, node.steps, node.root == "trigger"
    if name in _TIME or not steps or not all(isinstance(step, str) for step in steps):
        return _walk(_root(name), steps, frozen=frozen)
    fields = tuple(str(step) for step in steps)

    return lambda ctx: read_steps(ctx.scope, ctx.scope.lookup(name), fields, frozen)


def _walk(base: Run, steps: tuple[str | int | Node, ...], *, frozen: bool) -> Run:
    if not steps:
        return base
    ways = [_steps(group, frozen=frozen) for group in _grouped(steps)]

    def read(ctx: EvalContext) -> JsonValue:
        value = base(ctx)
        for way in ways:
            value = way(ctx, value)
        return value

    return read


def _grouped(steps: tuple[str | int | Node, ...]) -> Iterator[tuple[str | int | Node, ...]]:
    """Put names that follow one another together: a path of fields is read as one."""
    for named, group in groupby(steps, lambda step: isinstance(step, str)):
        together = tuple(group)
        yield from [together] if named else ((step,) for step in together)


def _steps(group: tuple[str | int | Node, ...], *, frozen: bool) -> Callable[[EvalContext, JsonValue], JsonValue]:
    step = group[0]
    if isinstance(step, str):
        names = tuple(str(one) for one in group)
        return lambda ctx, value: read_steps(ctx.scope, value, names, frozen)
    if isinstance(step, int):
        return lambda _, value: _item(value, step)
    place = closure(step)

    def dynamic(ctx: EvalContext, value: JsonValue) -> JsonValue:
        key = place(ctx)
        if isinstance(value, dict) and isinstance(key, str):
            return read_field(ctx.scope, value, key, frozen)
        number = as_number(key)
        return _item(value, int(number)) if number is not None and float(number).is_integer() else None

    return dynamic


def _item(value: JsonValue, place: int) -> JsonValue:
    if isinstance(value, list) and -len(value) <= place < len(value):
        return value[place]
    return None


def _chain(node: Chain) -> Run:
    for sign, operand in (("+" if node.rest[0][0] in "+-" else "*", node.first), *node.rest):
        if (
            sign != "+"
            and isinstance(operand, Literal)
            and isinstance(operand.value, str)
            and as_number(operand.value) is None
        ):
            message = f"{sign} needs numbers, not {kind_of(operand.value)}."
            raise WrongType(message, position=operand.start)
    first = closure(node.first)
    rest = [(ARITHMETIC[sign], closure(operand)) for sign, operand in node.rest]
    if len(rest) == 1:
        work, second = rest[0]
        return lambda ctx: work(ctx, first(ctx), second(ctx))

    def run(ctx: EvalContext) -> JsonValue:
        value = first(ctx)
        for work, operand in rest:
            value = work(ctx, value, operand(ctx))
        return value

    return run


def _negative(operand: Node) -> Run:
    if isinstance(operand, Literal) and isinstance(operand.value, str):
        message = f"Minus needs a number, not {kind_of(operand.value)}."
        raise WrongType(message, position=operand.start)
    run = closure(operand)

    def negate(ctx: EvalContext) -> JsonValue:
        both = both_numbers(0, run(ctx), "-")
        return None if both is None else -both[1]

    return negate


def _compare(node: Compare) -> Run:
    left, right, sign = closure(node.left), closure(node.right), node.sign
    if sign == "==":
        return lambda ctx: same(_charged(ctx, left(ctx)), right(ctx))
    if sign == "!=":
        return lambda ctx: differs(_charged(ctx, left(ctx)), right(ctx))
    if sign in ("in", "not in"):
        written = node.right.value if isinstance(node.right, Literal) else None
        if isinstance(written, str) and "," in written:
            listed = parts_of(written)
            return _membership(left, lambda _: listed, wanted=sign == "in")
        return _membership(left, right, wanted=sign == "in")
    accepted = {"<": (-1,), "<=": (-1, 0), ">": (1,), ">=": (1, 0)}[sign]
    return lambda ctx: order(_charged(ctx, left(ctx)), right(ctx), ctx) in accepted


def _charged(ctx: EvalContext, value: JsonValue) -> JsonValue:
    """Charge for a long text that is about to be compared."""
    if type(value) is str and len(value) > _LONG:
        ctx.charge(len(value) // _LONG)
    return value


def differs(left: JsonValue, right: JsonValue) -> bool:
    """Say whether two values that are both there differ."""
    return left is not None and right is not None and not same(left, right)


def _membership(left: Run, right: Run, *, wanted: bool) -> Run:
    def test(ctx: EvalContext) -> JsonValue:
        value, group = left(ctx), right(ctx)
        if value is None or group is None:
            return False
        if isinstance(group, str):
            return holds(ctx, group, value, True) is wanted
        items = list(group) if isinstance(group, (dict, list)) else [group]
        ctx.charge(len(items))
        return any(same(value, item) for item in items) is wanted

    return test


def _logic(word: str, runs: list[Run]) -> Run:
    if word == "and":
        return lambda ctx: all(truthy(run(ctx)) for run in runs)
    return lambda ctx: any(truthy(run(ctx)) for run in runs)


def _call(node: Call) -> Run:
    entry = FUNCTIONS.get(node.name)
    if entry is None:
        message = f'There is no function called "{node.name}".'
        raise BadSyntax(message, hint=nearest(node.name), position=node.start)
    if not entry.least <= len(node.arguments) <= entry.most:
        message = f"{node.name} is written {entry.signature}."
        raise BadSyntax(message, position=node.start)
    if entry.name == "filter":
        return _filter_call(node)
    run, arguments = entry.run, [closure(argument) for argument in node.arguments]
    if entry.name == "iif":
        test, a, b = arguments
        return lambda ctx: iif(ctx, test, a, b)
    if len(arguments) == 1:
        only = arguments[0]
        return lambda ctx: run(ctx, only(ctx))
    return lambda ctx: run(ctx, *[argument(ctx) for argument in arguments])


def _filter_call(node: Call) -> Run:
    values, condition = node.arguments
    if not isinstance(condition, Literal) or not isinstance(condition.value, str):
        message = "filter needs its condition written out: filter(list, 'status equals late')."
        raise BadSyntax(message, position=node.start)
    source, test = closure(values), FilterReader.compile(condition.value)
    return lambda ctx: filtered(ctx, source, test)
