"""The durable points of a run: what is settled goes to the journal before anything follows from it."""

from __future__ import annotations

from flowstudio.domain.delivery import Delivery
from flowstudio.domain.json import JsonObject
from flowstudio.domain.run import Step, Write
from flowstudio.domain.states import RunStatus
from flowstudio.engine.live import LiveRun
from flowstudio.errors import Conflict
from flowstudio.kit.ports import Batch


class TakenOver(Exception):
    """Another owner goes on with this run."""


async def flush(live: LiveRun, patch: JsonObject | None = None) -> None:
    """Write everything that is pending, with changes of the run's own row; one transaction."""
    batch = live.take_pending()
    _mark(live, batch, patch)
    if not batch.empty():
        _stored(live, await live.world.journal.append(batch))  # no coroutine between: thousands may wait here
    _follow_up(live, batch)


async def commit(live: LiveRun, step: Step, writes: list[Write], notices: list[Delivery]) -> None:
    """Write a step with its changes of records, its notices, and everything pending before it; one transaction.

    Raise Conflict when a record was changed by somebody else: nothing of this step is written then, and what was
    pending stays pending.
    """
    batch = live.take_pending()
    _mark(live, batch, None)
    step.seq = live.next_seq
    batch.steps.append(step)
    batch.writes = writes
    before = list(batch.notices)
    batch.notices += notices
    try:
        _stored(live, await live.world.journal.append(batch))
    except Conflict:
        batch.steps.pop()
        batch.writes = []
        batch.notices = before
        if batch.new_run is not None:
            _stored(live, await live.world.journal.append(batch))  # a second Conflict is about the run itself
        else:
            live.pending = batch
        raise
    live.number(step)
    _follow_up(live, batch)


def _mark(live: LiveRun, batch: Batch, patch: JsonObject | None) -> None:
    if not live.stored:
        batch.new_run = live.run
    elif patch is not None:
        batch.patch = patch
    elif not live.marked:
        batch.patch = {
            **({"event": live.run.event} if live.renewed else {}),
            "status": RunStatus.RUNNING.value,
            "waiting_for": None,
            "started_at": live.run.started_at,
            "completed_at": None,
            "outcome": None,
            "reason": None,
            "error": None,
        }


def _stored(live: LiveRun, written: bool) -> None:
    if not written:
        live.lost = True
        raise TakenOver
    live.stored = live.marked = True
    if live.on_disk is not None and not live.on_disk.done():
        live.on_disk.set_result(None)


def _follow_up(live: LiveRun, batch: Batch) -> None:
    """Do what had to wait until the steps are on disk: answer the caller, tell people."""
    if live.answer is not None:
        live.answered = True
    if batch.notices and live.world.notify is not None:
        live.world.notify(batch.notices)
