"""A run painted on the canvas: the state of each step, and which ways were taken, how often."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from flowstudio.domain.states import StepStatus
from flowstudio.domain.workflow import TRIGGER
from flowstudio.ui.components.steps import settled, step_line
from flowstudio.ui.components.words import count_of, effects_line, state_words

if TYPE_CHECKING:
    from flowstudio.domain.json import JsonObject
    from flowstudio.domain.run import Step
    from flowstudio.domain.workflow import Workflow

_WORST = (
    StepStatus.FAILED, StepStatus.IN_DOUBT, StepStatus.RETRYING, StepStatus.WAITING, StepStatus.RUNNING,
    StepStatus.CANCELLED,
    StepStatus.COMPLETED, StepStatus.SKIPPED, StepStatus.PENDING,
)  # fmt: skip


def paint(
    workflow: Workflow, steps: Sequence[Step], *, trigger_id: str, finished: bool, test: bool = False
) -> JsonObject:
    """Return the canvas's status for the steps so far; what was not reached is dim once the run is over."""
    by_node: dict[str, list[Step]] = {}
    for step in settled(steps):
        by_node.setdefault(step.node_id, []).append(step)
    taken: Counter[tuple[str, str]] = Counter()
    for step in settled(steps):
        for way in step.ways:
            taken[step.node_id, way] += 1
    nodes: dict[str, JsonObject] = {}
    for trigger in workflow.triggers:
        nodes[trigger.id] = {
            "state": "completed" if trigger.id == trigger_id else "not_reached",
            "line": None,
            "count": None,
        }
    for one in workflow.nodes:
        nodes[one.id] = _node(by_node.get(one.id, []), finished=finished, test=test)
    edges: dict[str, JsonObject] = {}
    for edge in workflow.edges:
        sources = [one.id for one in workflow.triggers] if edge.source == TRIGGER else [edge.source]
        for source in sources:
            if workflow.trigger(source) is not None:
                count = int(source == trigger_id and edge.target in by_node)
            else:
                count = taken[source, edge.way]
            if count or finished:
                state = "not_taken" if not count else "failed" if edge.way == "error" else "taken"
                node = workflow.node(source)
                tells = count > 1 or (node is not None and node.type in ("condition", "switch"))
                edges[f"{source}:{edge.way}>{edge.target}"] = {"state": state, "count": count if tells else None}
    return {"nodes": nodes, "edges": edges}


def _many(steps: Sequence[Step], state: StepStatus, *, test: bool) -> str:
    """Say what the rounds of a step did together."""
    if state is StepStatus.COMPLETED:
        done = effects_line([one for step in steps for one in step.effects], test=test)
        return done or f"Done {count_of(len(steps), 'time')}"
    return f"{count_of(len(steps), 'time')} {state_words(state)[0].lower()}"


def _node(steps: Sequence[Step], *, finished: bool, test: bool) -> JsonObject:
    if not steps:
        return {
            "state": "not_reached" if finished else "pending",
            "line": "Not reached" if finished else None,
            "count": None,
        }
    states = {step.status for step in steps}
    worst = next(state for state in _WORST if state in states)
    here = [step for step in steps if step.status is worst]
    line = step_line(here[0], test=test) if len(steps) == 1 else _many(here, worst, test=test)
    return {"state": worst.value, "line": line, "count": len(here) if len(steps) > 1 else None}
