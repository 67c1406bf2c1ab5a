"""A run painted on the canvas: the state of each step, which ways were taken, how often, and in which round."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from flowstudio.domain.states import StepStatus
from flowstudio.domain.workflow import TRIGGER
from flowstudio.graph.scopes import EACH
from flowstudio.ui.components.record_names import called
from flowstudio.ui.components.steps import settled, step_line
from flowstudio.ui.components.words import count_of, effects_line, state_words

if TYPE_CHECKING:
    from flowstudio.analysis.viewpoint import Viewpoint
    from flowstudio.domain.json import JsonObject, JsonValue
    from flowstudio.domain.run import Step
    from flowstudio.domain.workflow import Workflow

_WORST = (
    StepStatus.FAILED, StepStatus.IN_DOUBT, StepStatus.RETRYING, StepStatus.WAITING, StepStatus.RUNNING,
    StepStatus.CANCELLED,
    StepStatus.COMPLETED, StepStatus.SKIPPED, StepStatus.PENDING,
)  # fmt: skip


def paint(
    workflow: Workflow,
    steps: Sequence[Step],
    *,
    trigger_id: str,
    finished: bool,
    test: bool = False,
    point: Viewpoint | None = None,
    stale: Mapping[str, str] | None = None,
) -> JsonObject:
    """Return the canvas's status for the steps so far; what was not reached is dim once the run is over.

    `point` says which rounds are looked at, and `steps` are those alone; `stale` says which steps are others by now.
    """
    by_node: dict[str, list[Step]] = {}
    for step in settled(steps):
        by_node.setdefault(step.node_id, []).append(step)
    taken = _taken(steps)
    nodes: dict[str, JsonObject] = {}
    for trigger in workflow.triggers:
        state = "completed" if trigger.id == trigger_id else "not_reached"
        nodes[trigger.id] = {"state": state, "line": None, "count": None}
    for one in workflow.nodes:
        inside = point is not None and one_round(point, one.id)
        nodes[one.id] = {
            **_node(by_node.get(one.id, []), finished=finished, test=test, inside=inside),
            "rounds": rounds_words(point, one.id) if point is not None else None,
            "stale": (stale or {}).get(one.id) if one.id in by_node else None,
        }
    edges: dict[str, JsonObject] = {}
    for edge in workflow.edges:
        sources = [one.id for one in workflow.triggers] if edge.source == TRIGGER else [edge.source]
        for source in sources:
            if workflow.trigger(source) is not None:
                count = int(source == trigger_id and edge.target in by_node)
            else:
                count = taken[source, edge.way]
            node = workflow.node(source)
            tells = count > 1 or (node is not None and node.type in ("condition", "switch"))
            tells = tells and (bool(count) or finished) and not (point is not None and one_round(point, source))
            state = ("failed" if edge.way == "error" else "taken") if count else "not_taken" if finished else "ahead"
            edges[f"{source}:{edge.way}>{edge.target}"] = {"state": state, "count": count if tells else None}
    return {"nodes": nodes, "edges": edges}


def _taken(steps: Sequence[Step]) -> Counter[tuple[str, str]]:
    """Count how often each way was taken; the way into a loop's body once for each of its items."""
    taken: Counter[tuple[str, str]] = Counter()
    for step in settled(steps):
        for way in step.ways:
            taken[step.node_id, way] += 1
    for step in steps:
        if "items" in step.detail:
            taken[step.node_id, EACH] += len(step.detail["items"])
    return taken


def one_round(point: Viewpoint, node_id: str) -> bool:
    """Say whether a step stands in loops of which one round each is looked at."""
    around = point.scope.get(node_id, ())
    return bool(around) and all(loop in point.chosen for loop in around)


def rounds_words(point: Viewpoint, loop: str) -> JsonObject | None:
    """Return what a loop's pager shows: which round of how many, what it is about, how many failed."""
    found = point.rounds_at(loop)
    if found is None or not found.rounds:
        return None
    number, at = len(found.rounds), point.chosen.get(loop)
    if at is None:
        text = f"All {number:,} rounds" if number > 1 else "1 round"
    else:
        text = round_words(at, number, found.rounds[at].item)
    return {"at": at, "of": number, "text": text, "failed": len(found.failed)}


def round_words(index: int, number: int, item: JsonValue) -> str:
    """Return what a round is called: `Round 3 of 11, Lund & Sons`."""
    about = called(item) if isinstance(item, dict) else str(item) if isinstance(item, str | int) else ""
    return f"Round {index + 1:,} of {number:,}" + (f", {about[:40]}" if about else "")


def _many(steps: Sequence[Step], state: StepStatus, *, test: bool) -> str:
    """Say what the rounds of a step did together."""
    if state is StepStatus.COMPLETED:
        done = effects_line([one for step in steps for one in step.effects], test=test)
        return done or f"Done {count_of(len(steps), 'time')}"
    return f"{count_of(len(steps), 'time')} {state_words(state)[0].lower()}"


def _node(steps: Sequence[Step], *, finished: bool, test: bool, inside: bool) -> JsonObject:
    if not steps:
        over = "Not in this round" if inside else "Not reached"
        state = "not_reached" if finished else "pending"
        return {"state": state, "line": over if finished else None, "count": None}
    states = {step.status for step in steps}
    worst = next(state for state in _WORST if state in states)
    here = [step for step in steps if step.status is worst]
    line = step_line(here[0], test=test) if len(steps) == 1 else _many(here, worst, test=test)
    return {"state": worst.value, "line": line, "count": len(here) if len(steps) > 1 else None}
