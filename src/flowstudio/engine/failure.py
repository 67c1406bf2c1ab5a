"""When a step fails: another attempt, the fallback, the way for errors, or the end of what it stands in."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.domain.run import Effect, Step, Timer
from flowstudio.domain.states import StepStatus
from flowstudio.engine.frames import Turn
from flowstudio.engine.live import LiveRun, error_of
from flowstudio.engine.messages import Wake
from flowstudio.engine.plan import Slot
from flowstudio.engine.policy import SHORT_WAIT, failure_ways
from flowstudio.engine.settle import held, take
from flowstudio.errors import ConnectorError, FlowStudioError, StorageFailed


def fail(
    live: LiveRun,
    turn: Turn,
    slot: Slot,
    started: datetime,
    error: FlowStudioError,
    *,
    settings: JsonValue = None,
    effects: tuple[Effect, ...] = (),
) -> None:
    """Settle a failed attempt for good, or plan the next one."""
    not_ours(live, error)
    if slot.retry is not None:
        pause = slot.retry.pause(turn.attempt, error)
        if pause is not None:
            try_again(live, turn, slot, started, error, pause, settings)
            return
    take(live, slot, failed(live, turn, slot, started, error, settings=settings, effects=effects))


def not_ours(live: LiveRun, error: FlowStudioError) -> None:
    """Raise StorageFailed again: a database that is away is no failure of a step.

    The run is let go of, and taken up where it stood once the database answers. A test run has nothing on disk.
    """
    if isinstance(error, StorageFailed) and not live.run.test:
        raise error


def failed(
    live: LiveRun,
    turn: Turn,
    slot: Slot,
    started: datetime,
    error: FlowStudioError,
    *,
    settings: JsonValue = None,
    effects: tuple[Effect, ...] = (),
) -> Step:
    """Make the step of a failure that is final; its ways follow from what the node says about errors."""
    ways = failure_ways(slot.on_error)
    if slot.on_error == "fallback" and "error" in slot.spot.named:
        ways = ("error",)
    return Step(
        0,
        turn.node,
        turn.frame.iteration,
        StepStatus.FAILED,
        turn.attempt,
        ways,
        settings,
        {},
        {},
        effects,
        error_content(error),
        {},
        started,
        live.world.clock.now(),
    )


def error_content(error: FlowStudioError) -> JsonObject:
    """Return an error as a step holds it."""
    return error_of(error.code, error.message, error.hint, error.answer if isinstance(error, ConnectorError) else None)


def try_again(
    live: LiveRun,
    turn: Turn,
    slot: Slot,
    started: datetime,
    error: FlowStudioError,
    pause: float,
    settings: JsonValue,
    *,
    known: bool = True,
) -> None:
    """Plan the next attempt after `pause` seconds; `known` says that the last one surely had no effect."""
    due = live.world.clock.now() + timedelta(seconds=pause)
    detail: JsonObject = {"due": due.isoformat(), "known": known}
    if not known:
        detail["sending"] = settings
    if turn.standing_in is not None:
        detail["standing_in"] = turn.standing_in
    take(live, slot, held(live, turn, StepStatus.RETRYING, started, detail, settings, error_content(error)))
    if pause > SHORT_WAIT:
        live.pending.timers.append(Timer(live.run.id, turn.node, turn.frame.iteration, "retry", due))
        live.timers[turn.place] = None
    else:
        live.tasks[turn] = asyncio.create_task(_short_wait(live, turn, due))


async def _short_wait(live: LiveRun, turn: Turn, due: datetime) -> None:
    await live.world.clock.sleep_until(due)
    live.tasks.pop(turn, None)
    live.send(Wake(turn.node, turn.frame.iteration, "retry"))
