"""Turning the end of a turn into a step: outputs, variables, notices; then the state machine takes it."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.domain.run import Effect, Step
from flowstudio.domain.states import StepStatus
from flowstudio.domain.workflow import OUT
from flowstudio.engine.frames import Frame, Turn
from flowstudio.engine.live import LiveRun
from flowstudio.engine.notices import tell
from flowstudio.engine.plan import Slot
from flowstudio.errors import ConfigRejected


def completed(
    live: LiveRun,
    turn: Turn,
    slot: Slot,
    started: datetime,
    *,
    ways: tuple[str, ...] = (OUT,),
    output: JsonObject | None = None,
    assign: JsonObject | None = None,
    detail: JsonObject | None = None,
    input: JsonValue = None,
    effects: tuple[Effect, ...] = (),
) -> Step:
    """Make the step of a turn that went well; raise ConfigRejected where it may not set a variable it sets."""
    output = output or {}
    assigned = _assigned(slot, output, assign)
    for name in assigned:
        _check_assignment(live, turn.frame, turn.node, name)
    return Step(
        0,
        turn.node,
        turn.frame.iteration,
        StepStatus.COMPLETED,
        turn.attempt,
        ways,
        input,
        output,
        assigned,
        effects,
        None,
        detail or {},
        started,
        live.world.clock.now(),
    )


def skipped(
    live: LiveRun, turn: Turn, slot: Slot, started: datetime, reason: str, rows: list[JsonObject] | None = None
) -> Step:
    """Make the step of a turn that is passed over."""
    detail: JsonObject = {"skipped": reason}
    if rows is not None:
        detail["rows"] = rows
    return Step(
        0,
        turn.node,
        turn.frame.iteration,
        StepStatus.SKIPPED,
        turn.attempt,
        slot.passed,
        detail=detail,
        started_at=started,
        completed_at=live.world.clock.now(),
    )


def held(
    live: LiveRun,
    turn: Turn,
    status: StepStatus,
    started: datetime,
    detail: JsonObject,
    input: JsonValue = None,
    error: JsonObject | None = None,
) -> Step:
    """Make the step of a turn that waits, retries or is in doubt."""
    del live
    return Step(
        0,
        turn.node,
        turn.frame.iteration,
        status,
        turn.attempt,
        (),
        input,
        error=error,
        detail=detail,
        started_at=started,
    )


def take(live: LiveRun, slot: Slot, step: Step, *, written: bool = False, told: bool = False) -> None:
    """Let the state machine take a step, and put it among what is written next unless it is on disk already.

    `told`: its notices are written, or among what is written next.
    """
    if not written:
        live.write(step)
    turn = live.state.find(step.node_id, step.iteration) if slot.notes and not told else None
    live.state.apply(step)
    if not live.timers and not live.waits and turn is None:
        return
    place = (step.node_id, step.iteration)
    if place in live.timers and step.status not in (StepStatus.WAITING, StepStatus.RETRYING, StepStatus.IN_DOUBT):
        live.timers.pop(place, None)
        live.pending.timers_done.append(place)
    token = live.waits.get(place)
    if token is not None and step.status is not StepStatus.WAITING:
        del live.waits[place]
        live.pending.waits_done.append(token)
    if turn is not None and step.status in (StepStatus.COMPLETED, StepStatus.FAILED):
        tell(live, turn, slot, step.status.value)


def as_output(output: BaseModel | JsonObject | None) -> JsonObject:
    """Return an action's output as plain data."""
    if output is None:
        return {}
    return output.model_dump(mode="json") if isinstance(output, BaseModel) else output


def _assigned(slot: Slot, output: JsonObject, assign: JsonObject | None) -> JsonObject:
    name = slot.main_name
    if name is None or (assign and name in assign):
        return assign or {}
    main = slot.type.main
    value = output if main == "*" else output.get(main) if main is not None else output
    return {**assign, name: value} if assign else {name: value}


def _check_assignment(live: LiveRun, frame: Frame, node: str, name: str) -> None:
    """Refuse what would depend on which of two concurrent steps comes last."""
    state = live.state
    holder = state.holder(frame, name)
    if holder is None:
        return
    at = frame
    while at is not holder:
        assert at.parent is not None
        assert at.loop is not None
        loop = at.parent.turns[at.loop].round
        if loop is not None and loop.each.concurrency > 1:
            raise ConfigRejected(
                f'"{name}" exists outside the loop, and the loop works on several items at once.',
                hint="Let the loop work on one item at a time, or choose a new name and collect the results.",
            )
        at = at.parent
    writer = holder.writers.get(name)
    own = state.outline.stand_in(node, holder.loop)
    if writer is not None and writer != own and own not in state.outline.descendants(writer):
        raise ConfigRejected(
            f'Two branches that run side by side both set "{name}".', hint="Give each branch a name of its own."
        )
