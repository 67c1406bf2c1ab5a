"""Conditions can be read, and their comparisons fit what they compare."""

from __future__ import annotations

from collections.abc import Iterator

from flowstudio.analysis.checks.fitting import fit
from flowstudio.analysis.checks.look import Look, hint_for, nearest
from flowstudio.analysis.checks.records import record_type_of
from flowstudio.analysis.types.flow import KindReader
from flowstudio.analysis.types.kinds import ANY, Kind, inside, record_of
from flowstudio.analysis.types.outputs import kind_of_setting
from flowstudio.domain.document import UNREADABLE
from flowstudio.domain.free_names import free_name
from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.domain.problem import Problem
from flowstudio.domain.workflow import Node, Trigger
from flowstudio.errors import ExpressionError
from flowstudio.expressions import OPERATORS, comparisons_of, compile_condition, find_operator, path_words
from flowstudio.kit.uses import Where, settings_map


def check(look: Look) -> Iterator[Problem]:
    """Find unknown operators, comparisons without a field, and values that can never fit."""
    for part, node_type in look.parts():
        if isinstance(part, Node) and part.run_if:
            yield from _tree(look, part, part.run_if, ("run_if",), over_record=False)
        for setting in settings_map(node_type).values() if node_type is not None else ():
            value = part.config.get(setting.key)
            where = ("config", setting.key)
            if setting.reading in ("condition", "filter") and value:
                yield from _tree(look, part, value, where, over_record=setting.reading == "filter")
            elif setting.widget == "cases" and isinstance(value, list):
                yield from _cases(look, part, value, where)


def _cases(look: Look, part: Node | Trigger, cases: list[JsonValue], where: Where) -> Iterator[Problem]:
    names: set[str] = set()
    for index, case in enumerate(cases):
        if not isinstance(case, dict):
            continue
        if case.get("condition"):
            yield from _tree(look, part, case["condition"], (*where, index, "condition"), over_record=False)
        name = str(case.get("name") or "")
        if not name:
            message = f"Case {index + 1} of {look.called(part)} has no name."
            yield look.problem(part, (*where, index, "name"), "missing_setting", message, hint="Give it one.")
        elif name in names:
            message = f'Two cases of {look.called(part)} are called "{name}".'
            taken = {str(one.get("name")) for one in cases if isinstance(one, dict)}
            free = free_name(name, taken)
            yield look.problem(
                part, (*where, index, "name"), "repeated_case", message, hint="Give one of them another name.",
                fix=look.put(part, (*where, index, "name"), free, f"Call it {free}"),
            )  # fmt: skip
        names.add(name)


def _tree(look: Look, part: Node | Trigger, tree: JsonValue, where: Where, *, over_record: bool) -> Iterator[Problem]:
    label = f"{look.label(part, where)} of {look.called(part)}"
    if isinstance(tree, dict) and set(tree) == {UNREADABLE}:
        yield from _unreadable(look, part, tree[UNREADABLE], where, label)
        return
    try:
        comparisons = comparisons_of(tree)
    except ExpressionError as bad:
        yield look.problem(part, where, "bad_condition", f"{label} cannot be read. {bad.message}", hint=bad.hint)
        return
    for place, comparison in comparisons:
        yield from _comparison(look, part, comparison, (*where, *place), label, over_record=over_record)


def _unreadable(look: Look, part: Node | Trigger, text: JsonValue, where: Where, label: str) -> Iterator[Problem]:
    try:
        comparisons_of(text)
    except ExpressionError as bad:
        yield look.problem(part, where, "bad_condition", f"{label} cannot be read. {bad.message}", hint=bad.hint)


def _comparison(
    look: Look, part: Node | Trigger, comparison: JsonObject, where: Where, label: str, *, over_record: bool
) -> Iterator[Problem]:
    word = comparison.get("operator")
    operator = find_operator(word) if isinstance(word, str) else None
    if operator is None or operator.is_group:
        known = [key for key, one in OPERATORS.items() if not one.is_group]
        message = f'{label} uses the operator "{word}", which is not known.'
        near = nearest(str(word), known)
        yield look.problem(
            part, (*where, "operator"), "unknown_operator", message, hint=hint_for(str(word), known, "There are"),
            fix=look.put(part, (*where, "operator"), near, f'Use "{OPERATORS[near].label}"') if near else None,
        )  # fmt: skip
        return
    if not str(comparison.get("field") or "").strip():
        message = f"{label} has a comparison without a field."
        yield look.problem(part, (*where, "field"), "missing_setting", message, hint="Choose what is compared.")
        return
    value = comparison.get("value")
    if operator.arity == 2 and (value is None or value == ""):
        message = f'{label} compares "{path_words(str(comparison["field"]))}" with nothing.'
        hint = "Fill in the value, or ask whether it is empty."
        yield look.problem(part, (*where, "value"), "missing_value", message, hint=hint, severity="warning")
        return
    try:
        compile_condition(comparison, "record" if over_record else "variables")
    except ExpressionError as bad:
        if bad.code != "bad_syntax" or over_record:
            message = f"{label} cannot be used. {bad.message}"
            yield look.problem(part, (*where, "value"), bad.code, message, hint=bad.hint)
        return
    kind = _kind_of_field(look, part, str(comparison["field"]), over_record=over_record)
    yield from fit(look, part, comparison, operator, kind, where, label)


def _kind_of_field(look: Look, part: Node | Trigger, field: str, *, over_record: bool) -> Kind:
    """Return what kind of value stands on the left: a variable's, or that of a field of the record looked for."""
    if not over_record:
        return kind_of_setting(f"{{{{{field}}}}}", KindReader(look.flow, part.id)) if isinstance(part, Node) else ANY
    record_type = record_type_of(look, part)
    if record_type is None:
        return ANY
    kind: Kind | None = record_of(record_type.name)
    for name in field.removeprefix("item.").split("."):
        kind = inside(kind, name, look.facts) if kind is not None else None
    return kind or ANY
