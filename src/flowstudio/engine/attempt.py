"""One attempt of an action: as a task of its own, with its intent on disk first where it sends something."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.domain.run import Intent
from flowstudio.engine.context import StepContext
from flowstudio.engine.durable import flush
from flowstudio.engine.frames import Phase, Turn
from flowstudio.engine.hooks import HOOKS, Call
from flowstudio.engine.live import LiveRun
from flowstudio.engine.messages import Done, Ready
from flowstudio.engine.plan import Slot
from flowstudio.engine.settle import as_output
from flowstudio.errors import FlowStudioError, InternalError
from flowstudio.expressions import RecordNeeded
from flowstudio.kit import Action


@dataclass(slots=True, eq=False)
class Attempt:
    """What is tried, and what came of it."""

    live: LiveRun
    turn: Turn
    slot: Slot
    context: StepContext
    model: Any
    settings: JsonValue
    started: datetime
    output: JsonObject = field(default_factory=dict)
    error: FlowStudioError | None = None
    answered: datetime | None = None
    """When the answer was given that is used again; None: this attempt asked for it."""

    @property
    def fallback(self) -> bool:
        """Say whether the fallback action stands in for the node's own, which failed."""
        return self.turn.standing_in is not None

    @property
    def sends(self) -> bool:
        """Say whether it reaches people or other systems."""
        return sends(self.slot)


def sends(slot: Slot) -> bool:
    """Say whether a node reaches people or other systems."""
    return isinstance(slot.type, Action) and slot.type.effect == "sends"


def start(live: LiveRun, attempt: Attempt) -> None:
    """Start an attempt: at once, or, where something must be on disk before, with the next `launch`."""
    if attempt.sends:
        place, key = attempt.turn.place, attempt.context.idempotency_key
        live.pending.intents.append(Intent(live.run.id, *place, attempt.turn.attempt, key, attempt.settings))
    elif live.stored:
        _spawn(live, attempt)
        return
    live.launching.append(attempt)


async def launch(live: LiveRun) -> None:
    """Write the intents of everything that is about to start, in one transaction, and start it."""
    await flush(live)
    launching, live.launching = live.launching, []
    for attempt in launching:
        if attempt.turn.phase is Phase.BUSY:
            _spawn(live, attempt)


def _spawn(live: LiveRun, attempt: Attempt) -> None:
    live.tasks[attempt.turn] = asyncio.create_task(_perform(live, attempt))


async def _perform(live: LiveRun, attempt: Attempt) -> None:
    """Run the action inside the hooks; whatever comes of it is a message to the driving loop."""
    try:
        call: Call = _call
        for hook in reversed(HOOKS):
            call = hook(call)
        attempt.output = as_output(await call(attempt))
    except FlowStudioError as error:
        attempt.error = error
    except Exception as error:  # noqa: BLE001  a fault in an action fails its step, not the engine
        attempt.error = as_error(error)
    live.tasks.pop(attempt.turn, None)
    live.send(Done(attempt))


async def _call(attempt: Attempt) -> Any:
    while True:
        try:
            return await attempt.slot.type.run(attempt.model, attempt.context)
        except RecordNeeded as needed:
            if attempt.context.noted:
                raise
            await attempt.live.records.fetch(needed)
            attempt.context.start_over()


def fetch(live: LiveRun, turn: Turn, needed: RecordNeeded) -> None:
    """Read a record that a turn needs before it can begin; it is given its turn again then."""
    live.tasks[turn] = asyncio.create_task(_fetch(live, turn, needed))


async def _fetch(live: LiveRun, turn: Turn, needed: RecordNeeded) -> None:
    fault: Exception | None = None
    try:
        await live.records.fetch(needed)
    except Exception as error:  # noqa: BLE001  it becomes the step's error
        fault = error
    live.tasks.pop(turn, None)
    live.send(Ready(turn, fault))


def as_error(error: Exception) -> FlowStudioError:
    """Return a foreign exception as ours: what it says, and that the fault is not the user's."""
    if isinstance(error, FlowStudioError):
        return error
    return InternalError(f"The step could not be carried out: {type(error).__name__}: {error}"[:500])
