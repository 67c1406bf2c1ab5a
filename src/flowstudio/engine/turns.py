"""When a node's turn comes: is it passed over, does it need a person's leave, what are its settings, what it does."""

from __future__ import annotations

from collections.abc import Awaitable
from datetime import datetime
from typing import Any, cast

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.engine import attempt, leave, waiting
from flowstudio.engine.answers import answer
from flowstudio.engine.context import StepContext
from flowstudio.engine.frames import Turn
from flowstudio.engine.live import LiveRun
from flowstudio.engine.messages import Done
from flowstudio.engine.notices import tell
from flowstudio.engine.plan import Slot
from flowstudio.engine.settle import as_output, completed, skipped, take
from flowstudio.errors import ConfigRejected, StepError
from flowstudio.expressions import RecordNeeded
from flowstudio.kit import Action, Ask, RunContext
from flowstudio.kit.naming import name_of
from flowstudio.kit.nodes import InstantAction

GIVEN = "Not carried out, gives what you set"
"""The line of a step whose result a person gave."""
Later = Awaitable[None] | None
"""What is left to do that takes a durable point; None when all is done."""


def begin(live: LiveRun, turn: Turn) -> Later:
    """Give a turn to its node: settles it at once, makes it wait, or starts its attempt."""
    slot = live.plan.slots[turn.node]
    started = live.moment
    context = StepContext(live, turn, slot, started)
    try:
        return _begin(live, turn, slot, context, started)
    except RecordNeeded as needed:
        attempt.fetch(live, turn, needed)
    except Exception as error:  # noqa: BLE001  a fault in a node type fails its step, not the engine
        failed = attempt.Attempt(live, turn, slot, context, None, None, started, error=attempt.as_error(error))
        live.send(Done(failed))
    return None


def _begin(live: LiveRun, turn: Turn, slot: Slot, context: StepContext, started: datetime) -> Later:
    if slot.fault is not None:
        raise StepError(slot.fault, node_id=slot.id)
    if slot.spot.gate == "first_success" and turn.good == 0:
        raise StepError("No branch succeeded.", node_id=slot.id)
    if not turn.begun and _passed_over(live, turn, slot, context, started):
        return None
    if slot.node.requires_approval and not turn.approved:
        waiting.ask(live, turn, slot, _permission(slot, context), started, implicit=True)
        return None
    if leave.is_needed(live, turn, slot):
        leave.ask(live, turn, slot, context, started)
        return None
    if live.given is not None and isinstance(slot.type, Action) and (output := live.given(turn.place)) is not None:
        take(live, slot, completed(live, turn, slot, started, output=output, detail={"given": True, "line": GIVEN}))
        return None
    if turn.standing_in is not None and slot.fallback is not None:
        slot = slot.fallback  # what is made again is the fallback's attempt
        context = StepContext(live, turn, slot, started)
    settings: JsonValue = turn.sending if turn.sending is not None else slot.filling.fill(context.evaluation)
    model = slot.filling.validate(settings, given=turn.sending is not None)
    if turn.attempt == 1 and slot.notes:
        tell(live, turn, slot, "ready")
    node_type = slot.type
    if live.past is not None and _as_then(live, turn, slot, context, model, settings, started):
        return None
    if slot.decides:
        return answer(live, turn, slot, node_type.decide(model, cast(RunContext, context)), started, settings)
    if isinstance(node_type, InstantAction) and node_type.effect == "reads":
        _settle_at_once(live, turn, slot, context, model, settings, started)
        return None
    attempt.start(live, attempt.Attempt(live, turn, slot, context, model, settings, started))
    return None


def _settle_at_once(
    live: LiveRun, turn: Turn, slot: Slot, context: StepContext, model: Any, settings: JsonObject, started: datetime
) -> None:
    output = as_output(slot.type.compute(model, context))
    preview = slot.type.preview(model).line if live.run.test else None
    take(
        live,
        slot,
        completed(
            live,
            turn,
            slot,
            started,
            output=output,
            input=settings,
            detail={"preview": preview} if preview else None,
            effects=context.effects(),
        ),
    )


def _as_then(
    live: LiveRun, turn: Turn, slot: Slot, context: StepContext, model: Any, settings: JsonValue, started: datetime
) -> bool:
    """Settle a step of a run that is gone through again as it went then, where that is known; say whether it is."""
    known = live.past.outcome(turn.place, slot.type, settings) if live.past is not None else None
    if known is None:
        return False
    if known.error is not None:
        fault = StepError(str(known.error.get("message", "")), hint=str(known.error.get("hint") or ""))
        live.send(Done(attempt.Attempt(live, turn, slot, context, model, settings, started, error=fault)))
        return True
    take(
        live, slot, completed(live, turn, slot, started, output=known.output, input=settings, effects=known.effects)
    )  # fmt: skip
    return True


def _passed_over(live: LiveRun, turn: Turn, slot: Slot, context: StepContext, started: datetime) -> bool:
    if slot.node.disabled:
        if slot.type.key == "approval":
            raise ConfigRejected(
                "An approval cannot be switched off.", hint="Remove it, or decide it when its turn comes."
            )
        take(live, slot, skipped(live, turn, slot, started, "disabled"))
        return True
    if slot.run_if is not None and turn.attempt == 1:
        result, rows = context.verdict(slot.run_if)
        if not result:
            take(live, slot, skipped(live, turn, slot, started, "run_if", rows))
            return True
    return False


def _permission(slot: Slot, context: StepContext) -> Ask:
    """Return the question of a step that requires approval."""
    asked = slot.node.requires_approval
    wishes: JsonObject = context.render(asked) if isinstance(asked, dict) else {}
    approvers = wishes.get("approvers") or wishes.get("approver") or context.settings.get("approvers") or ()
    people = (approvers,) if isinstance(approvers, str) else tuple(map(str, approvers))
    name = name_of(slot.node.name, slot.type, slot.node.config)
    return Ask(
        subject=str(wishes.get("subject") or f"May the step {name} be carried out?"),
        approvers=people,
        mode="all" if wishes.get("mode") == "all" else "any",
        deadline=waiting.deadline(context.now(), str(wishes.get("deadline") or "24 hours")),
        message=str(wishes.get("message") or ""),
    )
