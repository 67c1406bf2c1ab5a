"""The conditions of a workflow, wherever they stand: in an If, a case, a filter, and before a step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flowstudio.analysis.checks.look import Look
from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.domain.problem import Problem
from flowstudio.domain.workflow import Node, Trigger
from flowstudio.kit import NodeType
from flowstudio.kit.uses import Where, settings_map


@dataclass(frozen=True, slots=True)
class Rule:
    """One condition and its place."""

    part: Node | Trigger
    where: Where
    tree: JsonObject
    label: str
    """What people call it: `"Rule" of "Amount over 1,000?"`."""
    over_record: bool
    """Whether its fields are those of a record."""
    decides: bool
    """Whether the step cannot do without it."""
    case: str | None = None
    """The name of the case that it stands for."""


def rules_of(look: Look) -> Iterator[Rule]:
    """Visit every condition that is written as a tree."""
    for part, node_type in look.parts():
        if isinstance(part, Node) and isinstance(part.run_if, dict) and part.run_if:
            yield _rule(look, part, ("run_if",), part.run_if)
        yield from _of_settings(look, part, node_type)


def _of_settings(look: Look, part: Node | Trigger, node_type: type[NodeType] | None) -> Iterator[Rule]:
    for setting in settings_map(node_type).values() if node_type is not None else ():
        value = part.config.get(setting.key)
        where: Where = ("config", setting.key)
        if setting.reading in ("condition", "filter") and isinstance(value, dict):
            over_record = setting.reading == "filter"
            yield _rule(look, part, where, value, over_record=over_record, decides=setting.required)
        elif setting.widget == "cases" and isinstance(value, list):
            for index, case in enumerate(value):
                tree: JsonValue = case.get("condition") if isinstance(case, dict) else None
                if isinstance(tree, dict):
                    name = str(case.get("name") or index + 1)
                    yield _rule(
                        look, part, (*where, index, "condition"), tree, decides=not case.get("value"), case=name
                    )


def _rule(
    look: Look, part: Node | Trigger, where: Where, tree: JsonObject, *,
    over_record: bool = False, decides: bool = False, case: str | None = None,
) -> Rule:  # fmt: skip
    label = f"{look.label(part, where)} of {look.called(part)}"
    if case is not None:
        label = f'Case "{case}" of {look.called(part)}'
    return Rule(part, where, tree, label, over_record, decides, case)


def no_rule(look: Look, part: Node | Trigger, where: Where, who: str = "") -> Problem:
    """Say that a step which decides has nothing to decide by."""
    message = f"{who or look.called(part)} has no rule yet."
    hint = "Choose what is compared, such as an amount that is more than 1,000."
    return look.problem(part, where, "missing_setting", message, hint=hint)
