"""Whom a node's `notify` and a workflow's `alert_to` ask to be told: each notice is written with what it is about."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import datetime
from hashlib import sha256

from flowstudio.domain.delivery import Delivery
from flowstudio.domain.ids import new_id
from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.domain.run import Step
from flowstudio.engine.context import key_of
from flowstudio.engine.frames import Frame, Turn
from flowstudio.engine.live import LiveRun
from flowstudio.engine.plan import Slot
from flowstudio.engine.step_records import WorkRecords
from flowstudio.engine.variables import Names
from flowstudio.errors import FlowStudioError
from flowstudio.expressions import EvalContext, RecordNeeded, Template


def tell(live: LiveRun, turn: Turn, slot: Slot, when: str) -> None:
    """Put the notices of a step that is `ready`, `completed` or `failed` into what is written next.

    Raise RecordNeeded for one that is ready and names a record that is not at hand.
    """
    try:
        found = _filled(live, turn, slot, when, _names(live, turn.frame))
    except RecordNeeded:
        if when == "ready":
            raise
        found = _filled(live, turn, slot, when, None)
    live.pending.notices += found


async def of_step(live: LiveRun, turn: Turn, slot: Slot, step: Step, records: WorkRecords | None) -> list[Delivery]:
    """Return the notices of a step that is about to be written: they see what it gives, sets and writes."""
    if live.run.test or not any(on == step.status.value for on, _ in slot.notes):
        return []
    frame = turn.frame
    while True:
        before = frame.outputs.get(turn.node)
        if step.output:
            frame.outputs[turn.node] = step.output
        try:
            with records.shown() if records is not None else nullcontext():
                return _filled(live, turn, slot, step.status.value, _names(live, frame, step.assigned))
        except RecordNeeded as needed:
            await live.records.fetch(needed)
        finally:
            if before is None:
                frame.outputs.pop(turn.node, None)
            else:
                frame.outputs[turn.node] = before


def noted(
    live: LiveRun, turn: Turn, reason: str, channel: str, to: str, text: str, number: int = 0
) -> Delivery:  # fmt: skip
    """Return a notice as it is first written; the same one keeps its id when its step is made again after a crash."""
    place = f"{key_of(live, turn)}/{reason}/{channel}/{number}"
    now = live.world.clock.now()
    return Delivery(
        live.run.workspace, live.run.id, turn.node, reason, channel, to, text, "", now,
        id=f"dlv_{sha256(place.encode()).hexdigest()[:26]}", status="noted", next_try_at=now,
    )  # fmt: skip


def of_failure(live: LiveRun, now: datetime) -> list[Delivery]:
    """Return the notice that a run has failed, to those whom its workflow's `alert_to` names."""
    run, workflow = live.run, live.plan.workflow
    to = workflow.settings.alert_to
    if run.test or not to:
        return []
    text = f"{workflow.name}\n{(run.error or {}).get('message') or run.reason or ''}"
    return [
        Delivery(
            run.workspace, run.id, run.workflow_id, "run_failed", "email", ", ".join(to), text, "", now,
            id=new_id("dlv"), status="noted", next_try_at=now,
        )
    ]  # fmt: skip


def _names(live: LiveRun, frame: Frame, local: JsonObject | None = None) -> EvalContext:
    return EvalContext(Names(live, frame, local), live.moment, live.zone)


def _filled(live: LiveRun, turn: Turn, slot: Slot, when: str, names: EvalContext | None) -> list[Delivery]:
    """Fill the notices in; without `names` they stay as they were written."""
    if live.run.test:
        return []
    found = []
    for number, (on, template) in enumerate(slot.notes):
        if on == when:
            filled = template.source if names is None else _rendered(template, names)
            channel, to, text = (str(filled[key]) for key in ("channel", "to", "message"))
            found.append(noted(live, turn, on, channel, to, text, number))
    return found


def _rendered(template: Template, names: EvalContext) -> JsonValue:
    """Fill a notice in; one with a fault goes out as it was written: it never harms the step that it tells of."""
    try:
        return template.render(names)
    except FlowStudioError:
        return template.source
