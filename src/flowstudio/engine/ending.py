"""How a run comes to rest: it ends, or nothing is left to do until something from outside happens."""

from __future__ import annotations

from collections.abc import Awaitable
from functools import cache

from flowstudio.domain.json import JsonObject
from flowstudio.domain.run import Run, Step
from flowstudio.domain.states import RunStatus, StepStatus, WaitingFor
from flowstudio.engine.board import Ended
from flowstudio.engine.children import timer_of_parent
from flowstudio.engine.durable import flush
from flowstudio.engine.frames import Place
from flowstudio.engine.live import LiveRun, error_of
from flowstudio.engine.notices import of_failure
from flowstudio.observe.metrics import runs_finished

WHOLE_RUN: Place = ("", ())
"""The place of a timer that is the run's own: its time-out."""


COMPLETED = Ended(RunStatus.COMPLETED, "completed")
_finished = cache(runs_finished.labels)
"""Counters by status, looked up once."""


def stop_cancelled(live: LiveRun, reason: str = "") -> None:
    """Stop the work of turns that the state machine cancelled, and record that they were cancelled."""
    turns, live.state.cancelled = live.state.cancelled, []
    now = live.world.clock.now()
    for turn in turns:
        task = live.tasks.pop(turn, None)
        if task is not None:
            task.cancel()
        _let_go(live, turn.place)
        live.write(
            Step(
                0,
                turn.node,
                turn.frame.iteration,
                StepStatus.CANCELLED,
                turn.attempt,
                detail={"cancelled": reason} if reason else {},
                started_at=now,
                completed_at=now,
            )
        )


def end(live: LiveRun, ended: Ended) -> Awaitable[None]:
    """Cancel what still goes on; what is returned writes that, and how the run ended."""
    live.state.cancel_all()
    if live.state.cancelled:
        stop_cancelled(live, ended.reason or "")
    for task in live.tasks.values():
        task.cancel()
    live.tasks.clear()
    live.launching.clear()
    for place in [*live.timers, *live.waits]:
        _let_go(live, place)
    run, now = live.run, live.world.clock.now()
    run.status, run.outcome, run.reason, run.error = ended.status, ended.outcome, ended.reason, ended.error
    run.waiting_for, run.completed_at = None, now
    if ended.status is RunStatus.FAILED:
        live.pending.notices += of_failure(live, now)
    woken = timer_of_parent(run, now)
    if woken is not None:
        live.pending.timers.append(woken)
    live.state.let_go()  # many runs may wait for their last write: none of them needs where its steps stood
    return flush(live, row_of(live) if live.stored else None)


def count(run: Run) -> None:
    """Count a run whose end is on disk."""
    _finished(run.status.value).inc()


async def rest(live: LiveRun) -> None:
    """Write that the run waits, and for what."""
    run = live.run
    run.status, run.waiting_for = RunStatus.WAITING, waiting_for(live)
    await flush(live, row_of(live))
    live.marked = False


def row_of(live: LiveRun) -> JsonObject:
    """Return the columns of the run's row that change while it goes on."""
    run = live.run
    return {
        "status": run.status.value,
        "outcome": run.outcome,
        "reason": run.reason,
        "error": run.error,
        "waiting_for": run.waiting_for.value if run.waiting_for is not None else None,
        "started_at": run.started_at,
        "completed_at": run.completed_at,
    }


def nothing_left(live: LiveRun) -> Ended:
    """Return how a run ends in which nothing is left to do."""
    if live.state.root.open:
        error = error_of("internal_error", "The run stopped before all its steps were done.")
        return Ended(RunStatus.FAILED, "failed", error["message"], error)
    return COMPLETED


_KINDS = {"approval": "approval", "leave": "approval", "event": "event", "run": "event"}
_ORDER = ("decision", "approval", "event", "retry", "timer")


def waiting_for(live: LiveRun) -> WaitingFor:
    """Return what a person should know first about why a run waits."""
    if live.paused:
        return WaitingFor.PAUSED
    kinds = {_kind(turn.wait or {}) for turn in live.state.waiting.values()}
    return WaitingFor(next((kind for kind in _ORDER if kind in kinds), "timer"))


def _kind(wait: JsonObject) -> str:
    if "due" in wait:
        return "retry"
    if "key" in wait:
        return "decision"
    return _KINDS.get(str(wait.get("wait")), "timer")


def _let_go(live: LiveRun, place: Place) -> None:
    if place in live.timers:
        live.timers.pop(place, None)
        live.pending.timers_done.append(place)
    token = live.waits.pop(place, None)
    if token is not None:
        live.pending.waits_done.append(token)
