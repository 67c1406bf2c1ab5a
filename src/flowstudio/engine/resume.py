"""Taking a finished run up again: from its failed step, from any step, or from one iteration."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from flowstudio.domain.json import JsonObject
from flowstudio.domain.run import Iteration, Step
from flowstudio.domain.states import SETTLED_STEP, RunStatus, StepStatus
from flowstudio.engine.frames import Place
from flowstudio.engine.plan import Plan
from flowstudio.engine.rewind import REWIND, counting, to_repeat
from flowstudio.errors import BadRequest
from flowstudio.kit.ports import Batch, RunHistory


@dataclass(frozen=True, slots=True)
class Resume:
    """From where a run is taken up again, and what is different this time."""

    node: str | None = None
    """None: from everything that failed or was cancelled."""
    iteration: Iteration = ()
    how: Literal["repeat", "skip", "output"] = "repeat"
    input: JsonObject | None = None
    """Settings to use in the place of the filled-in ones."""
    output: JsonObject | None = None
    """With `output`: what the step is to have given."""
    by: str = ""
    version: int | None = None
    """Another version of the workflow to go on with; nodes are matched by their ids."""


def fits(history: RunHistory, before: Plan, after: Plan) -> bool:
    """Say whether a run that rests can go on in another version: what it rests at stands in the same place there."""
    last: dict[Place, Step] = {}
    for step in counting(sorted(history.steps, key=lambda one: one.seq), before.outline):
        last[step.node_id, step.iteration] = step
    here, there = before.outline.spots, after.outline.spots
    for (node, _), step in last.items():
        if step.status in SETTLED_STEP or node not in here:
            continue
        if node not in there or here[node].chain != there[node].chain:
            return False
        if before.slots[node].type.key != after.slots[node].type.key:
            return False
    return True


def markers(history: RunHistory, plan: Plan, wish: Resume, now: datetime) -> Batch:
    """Return what to write so that the run stands where it is to be taken up again."""
    steps = sorted(history.steps, key=lambda step: step.seq)
    places: list[Place] = [(wish.node, wish.iteration)] if wish.node is not None else to_repeat(steps, plan.outline)
    if not places:
        raise BadRequest("There is no failed step to go on from.", hint="Choose the step to go on from.")
    for node, _ in places:
        if node not in plan.slots:
            raise BadRequest(f'The workflow has no step "{node}" in this version.')
    run = history.run
    run.status, run.outcome, run.reason, run.error, run.waiting_for = RunStatus.RUNNING, None, None, None, None
    run.completed_at = None
    if wish.version is not None:
        run.version = wish.version
    patch: JsonObject = {
        "status": "running",
        "outcome": None,
        "reason": None,
        "error": None,
        "waiting_for": None,
        "completed_at": None,
        "version": run.version,
    }
    batch = Batch(run.id, history.epoch, patch=patch)
    seq = steps[-1].seq if steps else 0
    for place in places:
        for step in _marker(place, steps, plan, wish, now):
            seq += 1
            step.seq = seq
            batch.steps.append(step)
    return batch


def _marker(place: Place, steps: list[Step], plan: Plan, wish: Resume, now: datetime) -> list[Step]:
    node, iteration = place
    tried = max((step.attempt for step in steps if (step.node_id, step.iteration) == place), default=0)
    detail: JsonObject = {REWIND: True, "by": wish.by}
    if wish.input is not None:
        detail["input"] = wish.input
    # Every attempt so far has a known answer, or a person has looked at it: the next one has a key of its own.
    found = [Step(0, node, iteration, StepStatus.RUNNING, tried + 1, detail=detail, started_at=now)]
    slot = plan.slots[node]
    if wish.how == "skip":
        found.append(
            Step(
                0,
                node,
                iteration,
                StepStatus.SKIPPED,
                tried + 1,
                slot.passed,
                detail={"skipped": "person", "by": wish.by},
                started_at=now,
                completed_at=now,
            )
        )
    elif wish.how == "output":
        output = wish.output or {}
        name = slot.main_name
        main = slot.type.main
        assigned = {name: output if main in ("*", None) else output.get(main)} if name is not None else {}
        found.append(
            Step(
                0,
                node,
                iteration,
                StepStatus.COMPLETED,
                tried + 1,
                slot.passed,
                None,
                output,
                assigned,
                detail={"set_by": wish.by},
                started_at=now,
                completed_at=now,
            )
        )
    return found
