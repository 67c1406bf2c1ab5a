"""Approvals: taking answers, deadlines, escalation, and where a refusal leads."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.domain.states import StepStatus
from flowstudio.engine.frames import Turn
from flowstudio.engine.live import LiveRun, error_of
from flowstudio.engine.messages import Decide
from flowstudio.engine.notices import noted
from flowstudio.engine.plan import Slot
from flowstudio.engine.settle import completed, held, take
from flowstudio.engine.waiting import add_wait


def decide(live: LiveRun, turn: Turn, slot: Slot, message: Decide) -> bool:
    """Take a person's answer; False when the step waits for none."""
    wait = turn.wait or {}
    if wait.get("wait") != "approval":
        return False
    answer = {"by": message.by, "decision": message.decision, "comment": message.comment, "at": live.local(_now(live))}
    answers = [*(one for one in wait.get("answers", ()) if one["by"] != message.by), answer]
    detail = {**wait, "answers": answers}
    if message.decision == "approved" and not _enough(detail):
        _renew(live, turn, slot, detail, None)
        return True
    _conclude(live, turn, slot, detail, message.decision, message.by, message.comment)
    return True


def expire(live: LiveRun, turn: Turn, slot: Slot) -> None:
    """When the time for an answer is up, ask somebody else where that is wished, else it counts as refused."""
    wait = turn.wait or {}
    if wait.get("on_timeout") == "escalate" and wait.get("escalate_to") and not wait.get("escalated"):
        now = _now(live)
        asked, due = datetime.fromisoformat(wait["asked_at"]), datetime.fromisoformat(wait["deadline"])
        later = now + (due - asked)
        detail = {
            **wait,
            "escalated": True,
            "passed_over": list(wait.get("approvers", ())),
            "approvers": [wait["escalate_to"]],
            "asked_at": now.isoformat(),
            "deadline": later.isoformat(),
            "answers": [],
        }
        _tell(live, turn, detail, "escalated", [*wait.get("approvers", ()), wait["escalate_to"]])
        _renew(live, turn, slot, detail, later)
        return
    _tell(live, turn, wait, "expired", wait.get("approvers", ()))
    _conclude(live, turn, slot, wait, "expired", None, None)


def _tell(live: LiveRun, turn: Turn, detail: JsonObject, reason: str, approvers: Sequence[JsonValue]) -> None:
    """Tell who was asked, and everybody inside the product, that there was no answer in time."""
    if live.run.test:
        return
    asked = ", ".join(map(str, detail.get("approvers") or ())) or "somebody"
    text = f"{' '.join(str(detail.get('subject')).split())}\n{asked}"
    live.pending.notices.append(noted(live, turn, reason, "in_app", "", text))
    if approvers:
        to = ", ".join(dict.fromkeys(map(str, approvers)))
        live.pending.notices.append(noted(live, turn, reason, "email", to, text))


def _renew(live: LiveRun, turn: Turn, slot: Slot, detail: JsonObject, due: datetime | None) -> None:
    """Go on waiting, with other people or one answer more."""
    take(live, slot, held(live, turn, StepStatus.WAITING, live.moment, detail))
    token = live.waits.pop(turn.place, None)
    if token is not None:
        live.pending.waits_done.append(token)
    if due is not None:
        live.pending.timers_done.append(turn.place)
        live.timers.pop(turn.place, None)
    add_wait(live, turn, "approval", detail, due, renewal=len(detail["answers"]) or 1)


def _conclude(
    live: LiveRun, turn: Turn, slot: Slot, detail: JsonObject, decision: str, by: str | None, comment: str | None
) -> None:
    output = {"decision": decision, "by": by, "comment": comment, "at": live.local(_now(live))}
    implicit = bool(detail.get("implicit"))
    if decision == "approved" and implicit:
        step = held(live, turn, StepStatus.RUNNING, live.moment, {**detail, "approval": output})
        take(live, slot, step)
        return
    way = _way(slot, decision)
    detail = {**detail, "approval": output}
    if decision != "approved" and way not in slot.spot.named:
        detail |= {"refused": True, "reason": _reason(detail, decision, by, comment)}
    step = completed(live, turn, slot, live.moment, ways=(way,), output=None if implicit else output, detail=detail)
    if implicit:
        step.status = StepStatus.SKIPPED
        step.assigned = {}
        step.error = error_of("refused", "The step was not allowed.")
    take(live, slot, step)


def _way(slot: Slot, decision: str) -> str:
    """Return the way of a decision; no answer counts as a refusal where it has no way of its own."""
    return "rejected" if decision == "expired" and "expired" not in slot.spot.named else decision


def _reason(detail: JsonObject, decision: str, by: str | None, comment: str | None) -> str:
    if decision == "expired":
        return f"No answer in time: {detail['subject']}"
    who = f" by {by}" if by else ""
    return f"Refused{who}: {comment or detail['subject']}"


def _enough(detail: JsonObject) -> bool:
    if detail["mode"] != "all":
        return True
    agreed = {one["by"] for one in detail["answers"] if one["decision"] == "approved"}
    asked = set(detail["approvers"])
    # By a mail's link people answer under the address they were asked at, signed in under their name.
    return len(asked - agreed) <= len(agreed - asked)


def _now(live: LiveRun) -> datetime:
    return live.world.clock.now().astimezone(UTC)
