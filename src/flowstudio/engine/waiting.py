"""Waits as rows: delays, questions to people, awaited events; and what happens when they are over.

A wait is a step with the status `waiting`, a timer for its end, and a row by which the answer finds it. Nothing of it
needs memory: a run that only waits is dropped and taken up again.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from flowstudio.domain.durations import BadDuration, parse_duration
from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.domain.run import Iteration, Timer
from flowstudio.domain.states import StepStatus
from flowstudio.engine.frames import Turn
from flowstudio.engine.live import LiveRun
from flowstudio.engine.notices import noted
from flowstudio.engine.plan import Slot
from flowstudio.engine.settle import completed, held, take
from flowstudio.errors import ConfigRejected
from flowstudio.kit.decisions import Ask, Await, Sleep


def token_of(run_id: str, node: str, iteration: Iteration) -> str:
    """Return the name of a wait: the same whenever it is made again."""
    return "/".join((run_id, node, *map(str, iteration)))


def sleep(live: LiveRun, turn: Turn, slot: Slot, decision: Sleep, started: datetime, settings: JsonValue) -> None:
    """Hold the branch until a moment; one that has passed holds nothing."""
    until = decision.until.astimezone(UTC)
    detail: JsonObject = {**decision.detail, "wait": "timer", "until": until.isoformat()}
    if until <= live.world.clock.now():
        take(live, slot, completed(live, turn, slot, started, detail=detail, input=settings))
        return
    take(live, slot, held(live, turn, StepStatus.WAITING, started, detail, settings))
    add_timer(live, turn, "delay", until)


def ask(
    live: LiveRun,
    turn: Turn,
    slot: Slot,
    decision: Ask,
    started: datetime,
    settings: JsonValue = None,
    *,
    implicit: bool = False,
    beyond: bool = False,
) -> None:
    """Wait for a person's decision; `implicit`: it is leave to carry the step out, `beyond`: and all that follow."""
    detail: JsonObject = {
        "wait": "approval",
        "implicit": implicit,
        "subject": decision.subject,
        "approvers": list(decision.approvers),
        "mode": decision.mode,
        "message": decision.message,
        "amount": decision.amount,
        "on_timeout": decision.on_timeout,
        "escalate_to": decision.escalate_to,
        "asked_at": live.world.clock.now().isoformat(),
        "deadline": _text(decision.deadline),
        "answers": [],
        **({"beyond": True} if beyond else {}),
    }
    take(live, slot, held(live, turn, StepStatus.WAITING, started, detail, settings))
    add_wait(live, turn, "approval", detail, decision.deadline)
    if decision.approvers and not live.run.test:
        to = ", ".join(dict.fromkeys(decision.approvers))
        text = f"{' '.join(decision.subject.split())}\n{decision.message}"
        live.pending.notices.append(noted(live, turn, "asked", "email", to, text))


def expect(live: LiveRun, turn: Turn, slot: Slot, decision: Await, started: datetime, settings: JsonValue) -> None:
    """Wait for an event or a webhook call."""
    detail: JsonObject = {
        "wait": "event",
        "event": decision.event,
        "webhook": decision.webhook,
        "match": decision.match,
        "deadline": _text(decision.deadline),
    }
    take(live, slot, held(live, turn, StepStatus.WAITING, started, detail, settings))
    add_wait(live, turn, "event" if decision.event else "webhook", detail, decision.deadline)


def add_wait(
    live: LiveRun, turn: Turn, kind: str, detail: JsonObject, due: datetime | None, *, renewal: int = 0
) -> None:
    """Write the row by which an answer finds a waiting step, and the timer of its deadline.

    A renewed wait has a token of its own: the old row may go in the same transaction.
    """
    token = token_of(live.run.id, *turn.place) + (f"+{renewal}" if renewal else "")
    live.pending.waits.append(
        {
            "token": token,
            "kind": kind,
            "node_id": turn.node,
            "iteration": list(turn.frame.iteration),
            "detail": detail,
            "expires": _text(due),
        }
    )
    live.waits[turn.place] = token
    if due is not None:
        add_timer(live, turn, "deadline", due)


def add_timer(live: LiveRun, turn: Turn, kind: str, due: datetime) -> None:
    """Write when a waiting step wakes."""
    assert kind in ("delay", "retry", "deadline")
    live.pending.timers.append(Timer(live.run.id, turn.node, turn.frame.iteration, kind, due.astimezone(UTC)))  # type: ignore[arg-type]  # asserted above
    live.timers[turn.place] = None


def slept(live: LiveRun, turn: Turn, slot: Slot) -> None:
    """Go on after a delay."""
    take(live, slot, completed(live, turn, slot, live.moment, detail=turn.wait))


def received(live: LiveRun, turn: Turn, slot: Slot, event: JsonValue) -> None:
    """Go on with what has come."""
    output = {"event": event, "received": True}
    take(live, slot, completed(live, turn, slot, live.moment, ways=("received",), output=output, detail=turn.wait))


def matches(detail: JsonObject, data: JsonValue) -> bool:
    """Say whether what has come is what a wait waits for: every field of `match` has its value (as printed)."""
    for path, wanted in (detail.get("match") or {}).items():
        value = data
        for name in str(path).split("."):
            value = value.get(name) if isinstance(value, dict) else None
        if value != wanted and str(value) != str(wanted):
            return False
    return True


def deadline(start: datetime, duration: str) -> datetime:
    """Return the moment that long after `start`; raise ConfigRejected for a text that is no duration."""
    try:
        length = parse_duration(duration)
    except BadDuration as error:
        raise ConfigRejected(str(error), setting="deadline") from None
    return start.astimezone(UTC) + max(length, timedelta(0))


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat()
