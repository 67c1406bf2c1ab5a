"""The first draft of a workflow out of three answers: when, whether only if, and what then."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowstudio.domain.workflow import OUT
from flowstudio.errors import BadRequest
from flowstudio.kit import TriggerType
from flowstudio.services.editing import ops

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flowstudio.domain.workflow import Workflow
    from flowstudio.kit import NodeType, Registry

MOST_STEPS = 20


def guided(workflow: Workflow, trigger: str, steps: Sequence[str], registry: Registry, *, checked: bool) -> Workflow:
    """Return an empty workflow with a trigger, the steps one after the other, and an end, all by palette key.

    `checked` puts a condition before the steps, whose other way ends at once. Raise BadRequest for a workflow that is
    not empty, no steps, or too many.
    """
    if workflow.triggers or workflow.nodes:
        raise BadRequest("This workflow has steps already.")
    if not 1 <= len(steps) <= MOST_STEPS:
        raise BadRequest(f"Choose between one and {MOST_STEPS} steps.")
    if not all(leads_on(registry.get(key)) for key in steps):
        raise BadRequest("A step that divides or ends the workflow is drawn on the canvas.")
    workflow, last = ops.add_step(workflow, trigger, registry)
    way, condition = OUT, ""
    if checked:
        workflow, condition = ops.add_step(workflow, "condition", registry)
        workflow = ops.connect(workflow, last, OUT, condition, registry)
        last, way = condition, "true"
    for key in steps:
        workflow, added = ops.add_step(workflow, key, registry)
        workflow = ops.connect(workflow, last, way, added, registry)
        last, way = added, ops.ways_of(workflow, added, registry)[0].name
    workflow, end = ops.add_step(workflow, "end", registry)
    workflow = ops.connect(workflow, last, way, end, registry)
    return ops.connect(workflow, condition, "false", end, registry) if condition else workflow


def leads_on(step: type[NodeType]) -> bool:
    """Say whether a step may stand in such a chain: one that goes on by one way, or that asks whether it may."""
    if issubclass(step, TriggerType) or step.kind == "condition" or step.key in ("end", "join"):
        return False
    return step.key == "approval" or len(step.ways(ops.defaults_of(step))) == 1
