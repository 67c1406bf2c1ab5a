"""What follows from a flow node's answer: go on, repeat a body, wait, answer the caller, start a run, end."""

from __future__ import annotations

from collections.abc import Awaitable
from datetime import datetime

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.domain.run import Step
from flowstudio.domain.states import StepStatus
from flowstudio.engine import children, waiting
from flowstudio.engine.frames import Turn
from flowstudio.engine.live import LiveRun
from flowstudio.engine.plan import Slot
from flowstudio.engine.settle import completed, held, take
from flowstudio.kit.decisions import Ask, Await, Call, Decision, Each, Finish, Go, Respond, Sleep


def answer(
    live: LiveRun, turn: Turn, slot: Slot, decision: Decision, started: datetime, settings: JsonValue
) -> Awaitable[None] | None:
    """Carry a decision out; returns what is left to do where that takes a durable point."""
    step = settled(live, turn, slot, decision, started, settings)
    if step is not None:
        take(live, slot, step)
        return None
    match decision:
        case Each():
            take(live, slot, _round(live, turn, decision, started, settings))
        case Sleep():
            waiting.sleep(live, turn, slot, decision, started, settings)
        case Ask():
            waiting.ask(live, turn, slot, decision, started, settings)
        case Await():
            waiting.expect(live, turn, slot, decision, started, settings)
        case Call():
            return children.call(live, turn, slot, decision, started, settings)
    return None


def settled(
    live: LiveRun, turn: Turn, slot: Slot, decision: Decision, started: datetime, settings: JsonValue
) -> Step | None:
    """Return the step of a decision that settles its turn at once, None for one that does not."""
    if isinstance(decision, Go):
        ways, output = _drawn(slot, decision.ways), decision.output
        return completed(
            live, turn, slot, started, ways=ways, output=output, assign=decision.assign, detail=decision.detail,
            input=settings,
        )  # fmt: skip
    if isinstance(decision, Respond):
        content: JsonObject = {"status": decision.status, "headers": decision.headers, "body": decision.body}
        step = completed(live, turn, slot, started, output=content, input=settings)
        if live.answer is None:
            live.answer = decision
        return step
    return _end(live, turn, slot, decision, started, settings) if isinstance(decision, Finish) else None


def _drawn(slot: Slot, ways: tuple[str, ...]) -> tuple[str, ...]:
    """Return the ways to take: a switch whose case has no edge of its own still went that way."""
    if slot.type.key == "parallel" and "out" in slot.spot.named:
        return (*ways, "out")
    return ways


def _round(live: LiveRun, turn: Turn, each: Each, started: datetime, settings: JsonValue) -> Step:
    detail: JsonObject = {
        "items": each.items,
        "count": len(each.items),
        "item_variable": each.item_variable,
        "concurrency": each.concurrency,
        "on_item_error": each.on_item_error,
        "collect": each.collect,
    }
    # The list is in the detail: once is enough.
    return held(live, turn, StepStatus.RUNNING, started, detail, _without(settings, "collection"))


def _without(settings: JsonValue, key: str) -> JsonValue:
    return {name: value for name, value in settings.items() if name != key} if isinstance(settings, dict) else settings


def _end(live: LiveRun, turn: Turn, slot: Slot, finish: Finish, started: datetime, settings: JsonValue) -> Step:
    step = completed(live, turn, slot, started, ways=(), input=settings)
    step.detail = {"end": {"outcome": finish.outcome, "reason": finish.reason, "scope": finish.scope}}
    if finish.outcome == "failed":
        step.error = {
            "code": "ended_as_failed",
            "message": finish.reason or "The workflow ended this run as failed.",
            "hint": "",
        }
    return step
