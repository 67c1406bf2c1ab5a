"""First so many messages and calls, then a person is asked: one question for the whole run and all its branches."""

from __future__ import annotations

from datetime import datetime

from flowstudio.domain.json import JsonObject
from flowstudio.domain.states import StepStatus
from flowstudio.engine import waiting
from flowstudio.engine.context import StepContext
from flowstudio.engine.frames import Turn
from flowstudio.engine.live import LiveRun
from flowstudio.engine.plan import Slot
from flowstudio.engine.settle import held, take
from flowstudio.kit import Ask
from flowstudio.kit.naming import name_of

BEHIND = "leave"
"""What a step waits for that stands behind the question of another one."""


def is_needed(live: LiveRun, turn: Turn, slot: Slot) -> bool:
    """Say whether a step would send more than the workflow may without being asked; in a test run nothing leaves."""
    if live.plan.ask_after is None or turn.approved or live.freed or live.run.test or not slot.sends:
        return False
    under_way = sum(live.plan.slots[one.node].sends for one in live.tasks)
    under_way += sum(attempt.sends for attempt in live.launching)
    return live.sent + under_way >= live.plan.ask_after


def ask(live: LiveRun, turn: Turn, slot: Slot, context: StepContext, started: datetime) -> None:
    """Let a step wait for leave: it asks, or stands behind the one that has asked already."""
    if _asking(live):
        take(live, slot, held(live, turn, StepStatus.WAITING, started, {"wait": BEHIND}))
    else:
        waiting.ask(live, turn, slot, _question(live, slot, context), started, implicit=True, beyond=True)


def go_on(live: LiveRun) -> bool:
    """Let those go on who stand behind a question that is answered, or gone with its branch; say whether any did.

    After a no, or without an answer, the first of them asks anew where the run goes on at all.
    """
    if live.plan.ask_after is None:
        return False
    behind = [turn for turn in live.state.waiting.values() if (turn.wait or {}).get("wait") == BEHIND]
    if not behind or (not live.freed and _asking(live)):
        return False
    for turn in behind:
        if live.freed:
            detail: JsonObject = {"wait": BEHIND, "approval": {"decision": "approved"}}
            slot = live.plan.slots[turn.node]
            take(live, slot, held(live, turn, StepStatus.RUNNING, live.moment, detail))
        else:
            live.state.wake(turn)
    return True


def _asking(live: LiveRun) -> bool:
    """Say whether a question about going on is open."""
    waits = (turn.wait or {} for turn in live.state.waiting.values())
    return any(wait.get("beyond") and wait.get("wait") == "approval" for wait in waits)


def _question(live: LiveRun, slot: Slot, context: StepContext) -> Ask:
    """Return the question of a run that has sent as much as it may by itself."""
    people = context.settings.get("approvers") or ()
    name = name_of(slot.node.name, slot.type, slot.node.config)
    return Ask(
        subject=f"May the run send more? So far {live.sent}, next is {name}.",
        approvers=(people,) if isinstance(people, str) else tuple(map(str, people)),
        deadline=waiting.deadline(context.now(), "24 hours"),
        message=f"This workflow asks after the first {live.plan.ask_after} messages and calls of a run."
        " Yes allows all further ones.",
    )
