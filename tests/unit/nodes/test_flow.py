"""Flow nodes and triggers: ways, words, and moments."""

from __future__ import annotations

from datetime import datetime

import pytest

import flowstudio.nodes
from flowstudio.domain.json import JsonObject
from flowstudio.kit import Registry
from tests.support.engine import BERLIN
from tests.support.steps import run_nodes

REGISTRY = Registry.of(flowstudio.nodes)


def ways(key: str, config: JsonObject) -> list[tuple[str, str]]:
    return [(way.name, way.label) for way in REGISTRY.get(key).ways(config)]


@pytest.mark.parametrize(
    ("key", "config", "expected"),
    [
        ("condition", {}, [("true", "Yes"), ("false", "No")]),
        (
            "switch",
            {"cases": [{"name": "high"}, {"name": "low"}]},
            [("case:high", "High"), ("case:low", "Low"), ("default", "Otherwise")],
        ),
        ("loop", {}, [("each", "Each"), ("done", "Done")]),
        ("parallel", {"branches": ["a", "b_c"]}, [("branch:a", "A"), ("branch:b_c", "B c")]),
        ("approval", {}, [("approved", "Approved"), ("rejected", "Rejected"), ("expired", "No answer")]),
        ("wait", {}, [("received", "It came"), ("expired", "No answer")]),
        ("delay", {}, [("out", "")]),
        ("end", {}, []),
        ("action.stop_workflow", {}, []),
    ],
)
def test_ways_have_words(key: str, config: JsonObject, expected: list[tuple[str, str]]) -> None:
    assert ways(key, config) == expected


@pytest.mark.parametrize(
    ("key", "config", "line"),
    [
        ("condition", {"condition": {"field": "{{invoice.reminder_count}}", "operator": "less_than", "value": 3}}, "Reminder count is less than 3"),
        ("switch", {"value": "{{ticket.priority}}", "cases": [{"name": "a"}, {"name": "b"}]}, "By priority, 2 paths"),
        ("loop", {"collection": "{{invoices}}", "item_variable": "invoice"}, "Invoice in invoices"),
        ("delay", {"for": "3 days"}, "For 3 days"),
        ("delay", {"until": "{{invoice.due_date}}", "at": "09:00"}, "Until due date, at 09:00"),
        ("approval", {"approvers": ["{{deal.owner.email}}"], "deadline": "2 days"}, "By owner email, within 2 days"),
        ("wait", {"for_event": "payment.received", "deadline": "7 days"}, "Payment received, at most 7 days"),
        ("end", {"outcome": "stopped", "reason": "Already paid"}, "Already paid"),
        ("end", {}, "Outcome: completed"),
        ("action.send_email", {"to": "{{invoice.customer.email}}"}, "To Customer email"),
        ("action.create_ticket", {"priority": "high", "assign_to": "collections_team"}, "High priority, to Collections team"),
        ("action.create_ticket", {}, "No priority yet"),
        ("action.update_record", {"record": "{{invoice}}", "set": {"status": "paid"}}, "Invoice: status to paid"),
        ("trigger.schedule", {"cron": "0 9 * * *"}, "Every day at 09:00"),
        ("trigger.event", {"event": "invoice.overdue"}, "Invoice overdue"),
        ("trigger.webhook", {"slug": "lead-form", "auth": "secret"}, "Address lead-form, with a secret"),
    ],
)  # fmt: skip
def test_lines_are_words(key: str, config: JsonObject, line: str) -> None:
    assert REGISTRY.get(key).line(config) == line


@pytest.mark.parametrize(
    ("key", "config", "payload"),
    [
        ("trigger.event", {"event": "invoice.overdue"}, {"invoice": "record:invoices"}),
        ("trigger.event", {"event": "policy.published"}, {"policy": "record:policies", "old": "open"}),
        ("trigger.event", {"event": "contact.enrolled_in_drip"}, {"lead": "record:leads", "old": "open"}),
        ("trigger.event", {"event": "benefits_period.opened"}, {"period": "open"}),
        ("trigger.event", {"event": "my.own"}, {}),
        ("trigger.stage_change", {"entity": "deals", "to_stage": "won"}, {"deal": "record:deals", "from_stage": "text", "to_stage": "text"}),
        ("trigger.manual", {"inputs": [{"name": "lead", "type": "record:leads"}, {"name": "n", "type": "integer"}]}, {"lead": "record:leads", "n": "integer"}),
        ("trigger.webhook", {}, {"body": "open", "headers": "open", "query": "open"}),
        ("trigger.schedule", {"cron": "* * * * *"}, {"fired_at": "datetime"}),
    ],
)  # fmt: skip
def test_what_comes_with_a_trigger(key: str, config: JsonObject, payload: JsonObject) -> None:
    found = REGISTRY.get(key)
    assert found.payload(config) == payload  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("config", "until"),
    [
        ({"for": "90 minutes"}, "2026-03-02T10:30:00"),
        ({"for": "3 days"}, "2026-03-05T09:00:00"),
        ({"for": "28 days"}, "2026-03-30T09:00:00"),
        ({"for": "672 hours"}, "2026-03-30T10:00:00"),
        ({"until": "2026-03-04"}, "2026-03-04T00:00:00"),
        ({"until": "2026-03-04", "at": "08:30"}, "2026-03-04T08:30:00"),
        ({"until": "2026-03-04T10:00+00:00"}, "2026-03-04T11:00:00"),
        ({"at": "08:00"}, "2026-03-03T08:00:00"),
        ({"at": "09:00"}, "2026-03-02T09:00:00"),
        ({"for": "2 days", "at": "08:00"}, "2026-03-05T08:00:00"),
        ({"for": "10 hours", "business_hours": True}, "2026-03-03T11:00:00"),
        ({"for": "5 days", "business_hours": True}, "2026-03-09T09:00:00"),
        ({"until": "2026-03-07", "business_hours": True}, "2026-03-09T09:00:00"),
    ],
)  # fmt: skip
async def test_a_wait_ends_when_people_expect(config: JsonObject, until: str) -> None:
    done = await run_nodes([{"id": "d", "type": "delay", "config": config}])
    assert done.result["status"] == "completed", done.result["steps"]
    assert done.result["steps"][0]["status"] == "completed"
    said = next(step.detail["until"] for step in done.steps if step.detail.get("until"))
    moment = datetime.fromisoformat(said)
    local = moment.astimezone(BERLIN).replace(tzinfo=None) if moment.tzinfo else moment
    assert local.isoformat() == until


@pytest.mark.parametrize("config", [{}, {"for": "soon"}, {"until": "tomorrow"}, {"at": "25:00"}])
async def test_a_wait_without_a_time_is_a_fault(config: JsonObject) -> None:
    done = await run_nodes([{"id": "d", "type": "delay", "config": config}])
    assert done.error["code"] == "config_rejected"


@pytest.mark.parametrize("value", [None, 3, "text", {"a": 1}])
async def test_something_that_is_no_list_fails_the_loop(value: object) -> None:
    done = await run_nodes(
        [{"id": "l", "type": "loop", "collection": "{{x}}", "item_variable": "i"}], trigger={"x": value}
    )
    assert done.error["code"] == "wrong_type"


async def test_stopping_is_no_failure() -> None:
    done = await run_nodes(
        [{"id": "s", "type": "action", "action": "stop_workflow", "config": {"reason": "Nothing to do"}}]
    )
    assert (done.result["status"], done.result["outcome"], done.result["reason"]) == (
        "completed",
        "stopped",
        "Nothing to do",
    )
