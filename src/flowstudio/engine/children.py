"""Runs that a run starts: once per step however often it is tried, waited for where that is wished."""

from __future__ import annotations

from datetime import datetime

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.domain.record import ENTITY
from flowstudio.domain.run import Run, Timer
from flowstudio.domain.states import FINISHED_RUN, RunStatus, StepStatus
from flowstudio.engine.durable import flush
from flowstudio.engine.failure import fail
from flowstudio.engine.frames import Turn
from flowstudio.engine.live import LiveRun
from flowstudio.engine.plan import Slot
from flowstudio.engine.settle import completed, held, take
from flowstudio.engine.variables import assigned_by
from flowstudio.engine.waiting import add_wait, token_of
from flowstudio.engine.world import Child
from flowstudio.errors import FlowStudioError, LimitReached, StepError
from flowstudio.kit.decisions import Call

PARENT = "$parent"
"""Key of a child's event that tells which step of which run waits for it."""
DEEPEST = 10
"""Runs inside runs."""
_CALLED = "The workflow that was called ended"
"""How the failure of a child is told; where it failed by a child of its own, that is not told over again."""


async def call(live: LiveRun, turn: Turn, slot: Slot, decision: Call, started: datetime, settings: JsonValue) -> None:
    """Start another workflow's run, and wait for its end where that is wished."""
    try:
        run_id = await _start(live, turn, decision)
    except FlowStudioError as error:
        fail(live, turn, slot, started, error, settings=settings)
        return
    if not decision.wait:
        output = {"run_id": run_id, "status": RunStatus.QUEUED.value, "output": None}
        take(live, slot, completed(live, turn, slot, started, output=output, input=settings))
        return
    detail: JsonObject = {"wait": "run", "run_id": run_id, "workflow": decision.workflow}
    take(live, slot, held(live, turn, StepStatus.WAITING, started, detail, settings))
    add_wait(live, turn, "run", detail, None)
    await flush(live)
    await look(live, turn, slot)


async def look(live: LiveRun, turn: Turn, slot: Slot) -> None:
    """Go on when the child has come to its end; it may have done so before anybody looked."""
    read = live.world.read_run
    wait = turn.wait or {}
    found = await read(wait["run_id"]) if read is not None and "run_id" in wait else None
    if found is None or found[0].status not in FINISHED_RUN:
        return
    child, steps = found
    live.records.forget()  # the child may have changed them
    output = {"run_id": child.id, "status": child.status.value, "output": assigned_by(steps)}
    if child.status in (RunStatus.COMPLETED, RunStatus.SKIPPED):
        done = completed(live, turn, slot, live.moment, output=output, detail=wait)
        if live.run.test:  # what a called workflow would have done, the step that calls it would have done
            done.effects = tuple(effect for step in steps for effect in step.effects)
        take(live, slot, done)
    else:
        reason = child.reason or (child.error or {}).get("message") or child.status.value
        fail(
            live,
            turn,
            slot,
            live.moment,
            StepError(reason if reason.startswith(_CALLED) else f"{_CALLED} as {child.status.value}: {reason}"),
        )


def timer_of_parent(run: Run, now: datetime) -> Timer | None:
    """Return what wakes the step that waits for a run: it is written in one transaction with the run's end."""
    parent = run.event.get(PARENT)
    if not isinstance(parent, dict) or not parent.get("waits"):
        return None
    return Timer(parent["run"], parent["node_id"], tuple(parent["iteration"]), "delay", now)


async def _start(live: LiveRun, turn: Turn, decision: Call) -> str:
    start = live.world.start_child
    if start is None:
        raise StepError("Other workflows cannot be started here.")
    parent = live.run.event.get(PARENT)
    depth = (parent.get("depth", 0) if isinstance(parent, dict) else 0) + 1
    if depth > DEEPEST:
        raise LimitReached(f"Workflows call one another more than {DEEPEST} levels deep.")
    place: JsonObject = {
        "run": live.run.id,
        "node_id": turn.node,
        "iteration": list(turn.frame.iteration),
        "depth": depth,
        "waits": decision.wait,
    }
    await flush(live)
    return await start(
        Child(
            live.run,
            turn.node,
            turn.frame.iteration,
            decision.workflow,
            {**{name: await _present(live, value) for name, value in decision.input.items()}, PARENT: place},
            f"run:{token_of(live.run.id, *turn.place)}",
            depth,
        )
    )


async def _present(live: LiveRun, value: JsonValue) -> JsonValue:
    """Return a record that is handed over as it is now; what a variable holds may be older. All else as it is."""
    if not isinstance(value, dict) or not isinstance(value.get("id"), str) or ENTITY not in value:
        return value
    if live.records.frozen:
        return value
    key = (str(value[ENTITY]), value["id"])
    row = live.records.rows.get(key) or await live.records.store.get(live.run.workspace, *key)
    return {**value, **row} if row is not None else value
