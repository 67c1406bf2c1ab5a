"""What an attempt came to: its step, its writes, and, where it failed, what follows from that."""

from __future__ import annotations

from dataclasses import replace

from flowstudio.domain.delivery import Delivery
from flowstudio.domain.json import JsonObject
from flowstudio.domain.run import Step, Write
from flowstudio.domain.states import StepStatus
from flowstudio.engine import attempt as attempts
from flowstudio.engine.attempt import Attempt
from flowstudio.engine.context import StepContext
from flowstudio.engine.durable import commit, flush
from flowstudio.engine.failure import error_content, fail, not_ours, try_again
from flowstudio.engine.frames import Phase
from flowstudio.engine.hooks.redaction import without_secrets
from flowstudio.engine.live import LiveRun
from flowstudio.engine.notices import of_step
from flowstudio.engine.policy import SHORT_WAIT
from flowstudio.engine.settle import completed, held, take
from flowstudio.errors import Conflict, FlowStudioError, OutcomeUnknown
from flowstudio.expressions import RecordNeeded

MOST_CONFLICTS = 20
"""Times a step is made again because somebody else changed its record; then it fails."""


async def conclude(live: LiveRun, attempt: Attempt) -> None:
    """Settle an attempt that has come to its end."""
    if attempt.turn.phase is not Phase.BUSY:
        return  # cancelled meanwhile
    error = attempt.error
    if error is None:
        try:
            await _succeed(live, attempt)
            return
        except FlowStudioError as fault:
            error = fault
    not_ours(live, error)
    if isinstance(error, OutcomeUnknown) and attempt.sends:
        await _unknown(live, attempt, error)
    elif _has_fallback(attempt, error):
        await _fall_back(live, attempt, error)
    else:
        await _fail(live, attempt, error)


async def _succeed(live: LiveRun, attempt: Attempt) -> None:
    detail = {}
    if live.run.test:
        detail["preview"] = attempt.slot.type.preview(attempt.model).line
    if attempt.answered is not None:
        detail["answered"] = attempt.answered.isoformat()
    if attempt.fallback:
        detail["fallback"] = {"action": attempt.slot.node.action, "error": attempt.turn.standing_in}
    slot = live.plan.slots[attempt.turn.node]
    step = completed(
        live,
        attempt.turn,
        slot if not attempt.fallback else attempt.slot,
        attempt.started,
        output=attempt.output,
        detail=detail,
        input=attempt.settings,
        effects=attempt.context.effects(),
    )
    if attempt.sends:
        step = without_secrets(step)
    records = attempt.context.touched
    notices = await of_step(live, attempt.turn, slot, step, records) if slot.notes else []
    if records is None or not records.writes:
        live.pending.notices += notices
        take(live, slot, step, told=True)
        if attempt.sends:
            await flush(live)
        return
    try:
        await commit(live, step, records.writes, notices)
    except Conflict as conflict:
        if not attempt.sends:
            _again(live, attempt, conflict)
            return
        await _commit_anyway(live, step, records.writes, notices)
    records.commit()
    take(live, slot, step, written=True, told=True)


async def _commit_anyway(live: LiveRun, step: Step, writes: list[Write], notices: list[Delivery]) -> None:
    """Write a step whose effect has left: it is not made twice because somebody else changed its record."""
    try:
        await commit(live, step, [replace(write, revision=None) for write in writes], notices)
    except Conflict:
        step.detail["unwritten"] = "A record of this step was deleted in the meantime."
        await commit(live, step, [], notices)


def _again(live: LiveRun, attempt: Attempt, conflict: Conflict) -> None:
    """Make a step anew that met somebody else's change: with fresh records, as if it had not begun."""
    turn = attempt.turn
    turn.conflicts += 1
    if turn.conflicts > MOST_CONFLICTS:
        raise Conflict(f"{conflict.message} It was tried {MOST_CONFLICTS} times.")
    live.records.forget()
    live.state.wake(turn)


async def _unknown(live: LiveRun, attempt: Attempt, error: OutcomeUnknown) -> None:
    """Deal with an answer that never came: repeat under the same key if the target knows it, else ask a person."""
    turn, slot = attempt.turn, attempt.slot
    if slot.type.safe_to_repeat(attempt.model) and turn.attempt < _tries(attempt):
        pause = slot.retry.pause(turn.attempt, _retryable(error)) if slot.retry is not None else None
        pause = SHORT_WAIT if pause is None else pause
        try_again(live, turn, slot, attempt.started, error, pause, attempt.settings, known=False)
        await flush(live)
        return
    doubt(live, attempt, error)
    await flush(live)


def doubt(live: LiveRun, attempt: Attempt, error: FlowStudioError) -> None:
    """Leave a step to a person: its effect may or may not have happened."""
    turn = attempt.turn
    detail: JsonObject = {"key": attempt.context.idempotency_key, "sending": attempt.settings}
    if turn.standing_in is not None:
        detail["standing_in"] = turn.standing_in
    step = held(
        live, turn, StepStatus.IN_DOUBT, attempt.started, detail, attempt.settings, error_content(error)
    )  # fmt: skip
    take(live, attempt.slot, without_secrets(step))


class _Again(FlowStudioError):
    """Try again."""

    retryable = True


def _retryable(error: FlowStudioError) -> FlowStudioError:
    return _Again(error.message)


def _tries(attempt: Attempt) -> int:
    """Return how many tries an attempt of unknown outcome may have: at least three, as the key makes them harmless."""
    return max(3, attempt.slot.retry.attempts if attempt.slot.retry is not None else 0)


def _has_fallback(attempt: Attempt, error: FlowStudioError) -> bool:
    slot = attempt.live.plan.slots[attempt.turn.node]
    if attempt.fallback or slot.fallback is None or slot.on_error != "fallback":
        return False
    return slot.retry is None or slot.retry.pause(attempt.turn.attempt, error) is None


async def _fall_back(live: LiveRun, attempt: Attempt, error: FlowStudioError) -> None:
    """Let the fallback action stand in for the one that failed."""
    slot = live.plan.slots[attempt.turn.node]
    stand_in = slot.fallback
    assert stand_in is not None
    turn = attempt.turn
    turn.known += 1  # its own key: the answer of the first action is known
    context = StepContext(live, turn, stand_in, live.moment)
    try:
        if stand_in.fault is not None:
            raise FlowStudioError(stand_in.fault)
        settings = stand_in.filling.fill(context.evaluation)
        model = stand_in.filling.validate(settings)
    except RecordNeeded as needed:
        await live.records.fetch(needed)
        turn.known -= 1
        await _fall_back(live, attempt, error)
        return
    except FlowStudioError as fault:
        fail(live, turn, slot, attempt.started, fault, settings=attempt.settings)
        return
    turn.standing_in = error_content(error)
    attempts.start(live, Attempt(live, turn, stand_in, context, model, settings, attempt.started))


async def _fail(live: LiveRun, attempt: Attempt, error: FlowStudioError) -> None:
    slot = live.plan.slots[attempt.turn.node]
    effects = tuple(effect for effect in attempt.context.noted)
    fail(live, attempt.turn, slot, attempt.started, error, settings=attempt.settings, effects=effects)
    if attempt.sends:
        await flush(live)
