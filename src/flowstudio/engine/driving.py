"""The driving loop: one per run in memory, the only place that touches its state and its journal."""

from __future__ import annotations

import asyncio
import time

from flowstudio.domain.json import JsonObject
from flowstudio.domain.run import Step
from flowstudio.domain.states import StepStatus
from flowstudio.engine import ending
from flowstudio.engine.attempt import launch
from flowstudio.engine.board import CollectResult, Consequence, LoopDone
from flowstudio.engine.conclude import conclude
from flowstudio.engine.durable import TakenOver, flush
from flowstudio.engine.failure import failed
from flowstudio.engine.inbox import receive
from flowstudio.engine.leave import go_on
from flowstudio.engine.live import LiveRun
from flowstudio.engine.messages import Done
from flowstudio.engine.settle import as_output, completed, take
from flowstudio.engine.straight import SLICE, go_straight
from flowstudio.engine.turns import begin
from flowstudio.engine.variables import Names
from flowstudio.errors import FlowStudioError, StepError
from flowstudio.expressions import EvalContext, RecordNeeded


async def drive(live: LiveRun, *, serial: bool = False) -> None:
    """Give turns until the run has come to its end, which is not written yet, or rests.

    `serial` (test runs): one step at a time, in the written order.
    """
    if not serial and go_straight(live):
        return
    while True:
        await _work(live, serial=serial)
        if live.state.ended is not None:
            return
        if live.inbox or (not live.leaving and go_on(live)):
            continue
        if live.leaving and not live.tasks:
            await flush(live)
            raise TakenOver
        if live.paused and not live.tasks:
            await ending.rest(live)
            if not live.inbox:
                return
        elif live.tasks:
            pending = live.pending
            if pending.timers or pending.waits or pending.notices or (live.answer is not None and not live.answered):
                await flush(live)
            await live.bell()
        elif live.state.waiting:
            await ending.rest(live)
            if not live.inbox:
                return
        else:
            live.state.ended = ending.nothing_left(live)


async def _work(live: LiveRun, *, serial: bool) -> None:
    """Do everything that can be done now."""
    until = time.perf_counter() + SLICE
    state = live.state
    while state.ended is None:
        if state.cancelled:
            ending.stop_cancelled(live)
        if state.consequences:
            consequence = state.next_consequence()
            if consequence is not None:
                await _follow(live, consequence)
            continue
        if live.inbox:
            message = live.inbox.pop(0)
            if isinstance(message, Done):
                await conclude(live, message.attempt)
            else:
                await receive(live, message)
            continue
        if serial and live.launching:
            await launch(live)
        if live.paused or live.leaving or (serial and live.tasks):
            break
        turn = state.next_ready()
        if turn is None:
            break
        if live.gate is not None:
            await live.gate(turn)
        later = begin(live, turn)
        if later is not None:
            await later
        if time.perf_counter() > until:
            await asyncio.sleep(0)
            until = time.perf_counter() + SLICE
    if live.launching and state.ended is None:
        await launch(live)


async def _follow(live: LiveRun, consequence: Consequence) -> None:
    """Make the step that follows from others: what an iteration collected, the end of a loop."""
    if isinstance(consequence, CollectResult):
        await _collect(live, consequence)
        return
    turn = consequence.turn
    slot = live.plan.slots[turn.node]
    round_ = turn.round
    assert round_ is not None
    now = live.moment
    if isinstance(consequence, LoopDone):
        count = len(round_.each.items)
        results = [round_.results.get(index) for index in range(count)] if round_.each.collect is not None else []
        detail = {"count": count, "failed": len(round_.errors)}
        try:
            output = as_output({"results": results, "count": count})
            step = completed(live, turn, slot, now, ways=("done",), output=output, detail=detail)
        except FlowStudioError as error:
            step = failed(live, turn, slot, now, error)
    else:
        cause = consequence.error
        failure = StepError(
            f"Item {consequence.index + 1} failed: {cause.get('message', '')}", hint=cause.get("hint", "")
        )
        step = failed(live, turn, slot, now, failure)
        step.error = {**(step.error or {}), "code": cause.get("code", failure.code), "cause": cause}
    take(live, slot, step)


async def _collect(live: LiveRun, consequence: CollectResult) -> None:
    frame = consequence.frame
    assert frame.loop is not None
    assert frame.parent is not None
    slot = live.plan.slots[frame.loop]
    detail: JsonObject = {"index": frame.index, "value": None}
    while slot.collect is not None:
        try:
            detail["value"] = slot.collect(EvalContext(Names(live, frame), live.moment, live.zone))
            break
        except RecordNeeded as needed:
            await live.records.fetch(needed)
        except FlowStudioError as error:
            detail["problem"] = error.message
            break
    now = live.world.clock.now()
    take(live, slot, Step(0, frame.loop, frame.parent.iteration, StepStatus.RUNNING, detail=detail, started_at=now))
