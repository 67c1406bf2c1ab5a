"""Every step and trigger is of a kind that there is."""

from __future__ import annotations

from collections.abc import Iterator

from flowstudio.analysis.checks.look import Look, hint_for
from flowstudio.domain.json import JsonObject
from flowstudio.domain.problem import Problem
from flowstudio.domain.workflow import Node
from flowstudio.kit import TriggerType


def check(look: Look) -> Iterator[Problem]:
    """Find unknown node types, actions and triggers, and actions not chosen yet."""
    for part, node_type in look.parts():
        if node_type is not None:
            continue
        name = look.called(part)
        if not isinstance(part, Node):
            known = [found.key for found in look.registry.triggers()]
            message = f'There is no trigger called "{part.type}".'
            yield look.problem(
                part, ("type",), "unknown_trigger", message, hint=hint_for(part.type, known, "There are"),
                fix=look.put_nearest(part, ("type",), part.type, known),
            )  # fmt: skip
        elif part.type == "action":
            known = [found.key for found in look.registry.actions()]
            message = (
                f'{name} asks for the action "{part.action}", which is not known.'
                if part.action
                else f"{name} has no action yet."
            )
            hint = hint_for(part.action or "", known, "There are") if part.action else "Choose what the step does."
            fix = _meant(look, part, known)
            yield look.problem(part, ("action",), "unknown_action", message, hint=hint, fix=fix)
        else:
            known = [found.key for found in look.registry.all() if not issubclass(found, TriggerType)]
            message = f'{name} is of the type "{part.type}", which is not known.'
            yield look.problem(
                part, ("type",), "unknown_node_type", message, hint=hint_for(part.type, known, "There are"),
                fix=look.put_nearest(part, ("type",), part.type, known),
            )  # fmt: skip
    yield from _fallbacks(look)


def _meant(look: Look, node: Node, known: list[str]) -> JsonObject | None:
    """Offer the action that was probably meant; a step whose action nobody knew came in switched off."""
    fix = look.put_nearest(node, ("action",), node.action or "", known)
    if fix is not None and node.disabled:
        fix["ops"].append({"op": "set", "node": node.id, "where": ["disabled"], "value": False})
    return fix


def _fallbacks(look: Look) -> Iterator[Problem]:
    for node in look.workflow.nodes:
        if node.fallback is not None and look.registry.find(f"action.{node.fallback.action}") is None:
            known = [found.key for found in look.registry.actions()]
            message = f'The fallback of {look.called(node)} is the action "{node.fallback.action}", which is not known.'
            hint = hint_for(node.fallback.action, known, "There are")
            fix = look.put_nearest(node, ("fallback", "action"), node.fallback.action, known)
            yield look.problem(node, ("fallback", "action"), "unknown_action", message, hint=hint, fix=fix)
        if node.on_error == "fallback" and node.fallback is None:
            message = f"{look.called(node)} takes its fallback when it fails, but has none."
            yield look.problem(
                node, ("fallback",), "missing_setting", message, hint="Choose the action that takes its place."
            )
