"""What a run does with what is said to it from outside: timers, people, events, orders."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import assert_never

from flowstudio.domain.run import Step
from flowstudio.domain.states import RunStatus, StepStatus
from flowstudio.engine import approvals, children, waiting
from flowstudio.engine.attempt import Attempt, as_error
from flowstudio.engine.board import Ended
from flowstudio.engine.conclude import conclude
from flowstudio.engine.context import StepContext
from flowstudio.engine.durable import flush
from flowstudio.engine.ending import WHOLE_RUN
from flowstudio.engine.failure import fail, failed
from flowstudio.engine.frames import Phase, Turn
from flowstudio.engine.live import LiveRun, error_of
from flowstudio.engine.messages import (
    Cancel,
    Decide,
    Deliver,
    Done,
    Message,
    Pause,
    Ready,
    Settle,
    Unpause,
    Wake,
)
from flowstudio.engine.payload import Gone, recheck
from flowstudio.engine.plan import Slot
from flowstudio.engine.settle import completed, skipped, take
from flowstudio.errors import FlowStudioError, StepTimedOut


async def receive(live: LiveRun, message: Message) -> None:
    """Carry out one message."""
    match message:
        case Done():
            await conclude(live, message.attempt)
        case Ready():
            await _ready(live, message)
        case Wake():
            await _wake(live, message)
        case Decide() | Deliver() | Settle():
            await _reply(live, message)
        case Cancel():
            reason = message.reason or (f"Cancelled by {message.by}." if message.by else "Cancelled.")
            live.state.ended = Ended(RunStatus.CANCELLED, "cancelled", reason)
        case Pause():
            live.paused = True
        case Unpause():
            live.paused = False
        case _:
            assert_never(message)


async def _ready(live: LiveRun, message: Ready) -> None:
    turn = message.turn
    if turn.phase is not Phase.BUSY:
        return
    if message.error is None:
        live.state.wake(turn)
        return
    slot, now = live.plan.slots[turn.node], live.moment
    context = StepContext(live, turn, slot, now)
    await conclude(live, Attempt(live, turn, slot, context, None, None, now, error=as_error(message.error)))


async def _wake(live: LiveRun, message: Wake) -> None:
    place = (message.node, message.iteration)
    if place == WHOLE_RUN:
        error = error_of("timed_out", "The run took longer than its workflow allows.")
        live.state.ended = Ended(RunStatus.FAILED, "failed", error["message"], error)
        return
    turn = live.state.find(*place)
    if turn is None or turn.phase is not Phase.WAITING:
        live.timers.pop(place, None)
        live.pending.timers_done.append(place)
        return
    if _too_early(live, turn, message):
        return
    live.records.forget()
    slot = live.plan.slots[turn.node]
    try:
        if message.kind == "retry":
            _retry(live, turn)
        elif message.kind == "deadline":
            _deadline(live, turn, slot)
        elif (turn.wait or {}).get("wait") == "run":
            live.pending.timers_done.append(place)
            await children.look(live, turn, slot)
        else:
            await recheck(live, "delay")
            waiting.slept(live, turn, slot)
    except Gone as gone:
        live.state.ended = gone.ended()
    except FlowStudioError as error:
        fail(live, turn, slot, live.moment, error)


_ENDS = {"delay": "until", "deadline": "deadline", "retry": "due"}
"""Key of a wait's detail that tells when a timer of that kind is due."""


def _too_early(live: LiveRun, turn: Turn, message: Wake) -> bool:
    """Say whether a timer is an old one, told late: the wait it belonged to has been renewed since."""
    due = (turn.wait or {}).get(_ENDS.get(message.kind, ""))
    return isinstance(due, str) and datetime.fromisoformat(due) > live.world.clock.now()


def _retry(live: LiveRun, turn: Turn) -> None:
    if turn.place in live.timers:
        live.timers.pop(turn.place, None)
        live.pending.timers_done.append(turn.place)
    live.state.wake(turn)


def _deadline(live: LiveRun, turn: Turn, slot: Slot) -> None:
    if (turn.wait or {}).get("wait") == "approval":
        approvals.expire(live, turn, slot)
    elif "expired" in slot.spot.named:
        output = {"event": None, "received": False}
        step = completed(live, turn, slot, live.moment, ways=("expired",), output=output, detail=turn.wait)
        take(live, slot, step)
    else:
        take(live, slot, failed(live, turn, slot, live.moment, StepTimedOut("Nothing came in time.")))


async def _reply(live: LiveRun, message: Decide | Deliver | Settle) -> None:
    """Carry out what a person or an event says about one step, and tell whether it was waited for."""
    turn = live.state.find(message.node, message.iteration)
    done = turn is not None and turn.phase is Phase.WAITING
    if done and turn is not None:
        slot = live.plan.slots[turn.node]
        try:
            done = _carry_out(live, turn, slot, message)
        except FlowStudioError as error:
            fail(live, turn, slot, live.moment, error)
        if done:
            live.records.forget()
            await flush(live)
    if message.reply is not None and not message.reply.done():
        message.reply.set_result(done)


def _carry_out(live: LiveRun, turn: Turn, slot: Slot, message: Decide | Deliver | Settle) -> bool:
    match message:
        case Decide():
            return approvals.decide(live, turn, slot, message)
        case Deliver():
            wait = turn.wait or {}
            if wait.get("wait") != "event" or not waiting.matches(wait, message.event):
                return False
            waiting.received(live, turn, slot, message.event)
            return True
        case _:
            return _settle(live, turn, slot, message)


def _settle(live: LiveRun, turn: Turn, slot: Slot, message: Settle) -> bool:
    """Follow a person's word on a step in doubt; any waiting step may be skipped."""
    detail = {"decided": message.choice, "by": message.by, "at": live.world.clock.now().astimezone(UTC).isoformat()}
    if message.choice == "skip":
        step = skipped(live, turn, slot, live.moment, "person")
        step.detail |= detail
        take(live, slot, step)
        return True
    if "key" not in (turn.wait or {}):
        return False
    now = live.moment
    match message.choice:
        case "happened":
            take(live, slot, completed(live, turn, slot, now, output=message.output, detail=detail))
        case "repeat":
            turn.sending = (turn.wait or {}).get("sending")
            live.write(
                Step(
                    0, turn.node, turn.frame.iteration, StepStatus.RUNNING, turn.attempt, detail=detail, started_at=now
                )
            )
            live.state.apply(live.pending.steps[-1])
        case _:
            step = failed(live, turn, slot, now, StepTimedOut("A person decided that the step failed."))
            step.detail = detail
            step.error = error_of("in_doubt", "A person decided that the step failed.")
            take(live, slot, step)
    return True
