"""Events reach what listens: filters, old values, crashes, loops, waiting steps, events about runs."""

from __future__ import annotations

from typing import Any

import pytest

from flowstudio.domain.states import RunStatus, WorkflowStatus
from flowstudio.errors import BadRequest

CUSTOMER = {"name": "New Customer", "email": "new@customer.example"}


async def _deal(place: Any, stage: str = "proposal") -> str:
    rows = await place.records("deals")
    sample = {k: v for k, v in rows[0].items() if k[0] != "$" and k != "id"}
    made = await place.studio.records.create(place.actor, "deals", sample | {"stage": stage})
    return str(made["id"])


async def _set(place: Any, entity: str, record_id: str, **fields: Any) -> None:
    await place.studio.records.update(place.actor, entity, record_id, fields)
    await place.settle()


@pytest.mark.parametrize(
    ("line", "starts"),
    [
        ({"field": "amount", "operator": "greater_than", "value": 1}, True),
        ({"field": "amount", "operator": "greater_than", "value": 10_000_000}, False),
        ({"field": "stage", "operator": "changed_from", "value": "proposal"}, True),
        ({"field": "stage", "operator": "changed_from", "value": "negotiation"}, False),
        ({"field": "stage", "operator": "changed_to", "value": "won"}, True),
        ({"field": "name", "operator": "changed"}, False),
        ({"field": "customer.name", "operator": "exists"}, True),
        ({"field": "customer.name", "operator": "equals", "value": "Nobody"}, False),
    ],
)
async def test_a_filter_sees_the_record_its_references_and_the_change(
    place: Any, line: dict[str, Any], *, starts: bool
) -> None:
    await place.switch_on({"type": "event", "event": "deal.won", "filter": line})
    deal = await _deal(place)
    await _set(place, "deals", deal, stage="won")
    assert len(await place.runs()) == int(starts)


async def test_what_was_committed_before_a_crash_is_handed_on_at_the_next_start(open_place: Any) -> None:
    place = await open_place()
    await place.switch_on({"type": "event", "event": "deal.won"})
    deal = await _deal(place)
    await place.sensing.handing_on.stop()
    await place.studio.records.update(place.actor, "deals", deal, {"stage": "won"})
    assert await place.runs() == []
    place = await open_place()
    await place.settle()
    assert [event["deal"]["id"] for event in await place.payloads()] == [deal]
    place = await open_place()
    await place.settle()
    assert len(await place.runs()) == 1


async def test_a_change_that_is_refused_raises_nothing(place: Any) -> None:
    await place.switch_on({"type": "event", "event": "deal.won"})
    deal = await _deal(place)
    with pytest.raises(Exception, match="no field"):
        await place.studio.records.update(place.actor, "deals", deal, {"stage": "won", "nonsense": 1})
    await place.settle()
    assert await place.runs() == []


async def test_a_step_that_changes_a_record_starts_another_workflow(place: Any) -> None:
    await place.switch_on({"type": "event", "event": "deal.won"}, "wf_second")
    await place.switch_on(
        {"type": "manual", "config": {"inputs": [{"name": "deal", "type": "record:deals"}]}},
        "wf_first",
        nodes=[{"id": "win", "type": "action", "action": "update_record",
                "config": {"record": "{{deal}}", "fields": {"stage": "won"}}}],
        edges=[{"from": "trigger", "to": "win"}],
    )  # fmt: skip
    deal = await _deal(place)
    first = await place.studio.runs.execute(place.actor, "wf_first", {"deal": deal})
    await place.settle()
    [run] = await place.runs("wf_second")
    assert (run.parent_run, run.event["deal"]["stage"]) == (first, "won")


async def test_workflows_that_start_one_another_are_stopped_and_it_is_told_why(place: Any) -> None:
    for name, source, target in (("wf_ping", "won", "lost"), ("wf_pong", "lost", "won")):
        await place.switch_on(
            {"type": "event", "event": "deal.closed", "filter": {"field": "stage", "operator": "equals", "value": source}},
            name,
            nodes=[{"id": "flip", "type": "action", "action": "update_record",
                    "config": {"record": "{{deal}}", "fields": {"stage": target}}}],
            edges=[{"from": "trigger", "to": "flip"}],
        )  # fmt: skip
    deal = await _deal(place)
    await _set(place, "deals", deal, stage="won")
    paused = [
        name
        for name in ("wf_ping", "wf_pong")
        if (await place.studio.workflows.get(place.actor, name)).status is WorkflowStatus.PAUSED
    ]
    assert len(paused) == 1
    assert len(await place.runs("wf_ping")) + len(await place.runs("wf_pong")) == 10
    notices, _ = await _notices(place)
    assert "times in a row" in notices[0].body


async def _notices(place: Any) -> Any:
    from flowstudio.services.ports import Page
    from flowstudio.storage.notifications import SqlNotifications

    return await SqlNotifications(place.house.database).page("main", place.actor.user_id, Page())


async def test_a_failed_run_starts_the_workflow_that_listens_for_it_but_never_itself(place: Any) -> None:
    failing = {
        "nodes": [{"id": "stop", "type": "end", "config": {"outcome": "failed", "reason": "Nothing fits."}}],
        "edges": [{"from": "trigger", "to": "stop"}],
    }
    await place.switch_on({"type": "manual"}, "wf_failing", name="Failing", **failing)
    await place.switch_on({"type": "event", "event": "run.failed"}, "wf_errors", **failing)
    await place.studio.runs.execute(place.actor, "wf_failing", {})
    await place.settle()
    [run] = await place.runs("wf_errors")
    assert run.status is RunStatus.FAILED
    assert (run.event["workflow_name"], run.event["reason"]) == ("Failing", "Nothing fits.")


async def test_an_event_of_a_program_starts_a_workflow_once_per_id(place: Any, client: Any) -> None:
    await place.switch_on({"type": "event", "event": "order.placed"})
    body = {"type": "order.placed", "data": {"order": {"id": "o1"}}, "id": "e1"}
    answers = [(await client.post("/api/v1/events", json=body)).json() for _ in range(3)]
    assert answers[0] == answers[1] == answers[2]
    assert len(answers[0]["runs"]) == 1
    await place.settle()
    assert len(await place.runs()) == 1


async def test_names_of_our_own_events_are_refused(place: Any) -> None:
    with pytest.raises(BadRequest):
        await place.studio.events.raise_event(place.actor, "trigger.due", {"workflow_id": "wf_1"})
    with pytest.raises(BadRequest):
        await place.studio.events.raise_event(place.actor, "run.failed", {})


async def test_a_waiting_step_goes_on_with_the_event_it_waits_for(place: Any) -> None:
    await place.switch_on(
        {"type": "manual", "config": {"inputs": [{"name": "order_id", "type": "text"}]}},
        nodes=[{"id": "hold", "type": "wait",
                "config": {"for_event": "order.paid", "match": {"order_id": "{{order_id}}"}, "deadline": "7 days"}}],
        edges=[{"from": "trigger", "to": "hold"}],
    )  # fmt: skip
    await place.studio.runs.execute(place.actor, "wf_1", {"order_id": "o1"})
    await place.settle()
    await place.studio.events.raise_event(place.actor, "order.paid", {"order_id": "o2"})
    await place.settle()
    assert [run.status for run in await place.runs()] == [RunStatus.WAITING]
    await place.studio.events.raise_event(place.actor, "order.paid", {"order_id": "o1"})
    await place.settle()
    assert [run.status for run in await place.runs()] == [RunStatus.COMPLETED]


async def test_every_change_of_a_record_without_a_rule_of_its_own_can_be_listened_to(place: Any) -> None:
    await place.switch_on({"type": "event", "event": "deal.updated"})
    deal = await _deal(place)
    await _set(place, "deals", deal, amount=7)
    [event] = await place.payloads()
    assert (event["deal"]["amount"], event["deal"]["id"]) == (7, deal)
    assert event["old"]["amount"] != 7


async def test_a_workflow_that_is_off_starts_nothing(place: Any) -> None:
    await place.switch_on({"type": "event", "event": "deal.won"})
    await place.studio.publishing.toggle(place.actor, "wf_1", active=False)
    await _set(place, "deals", await _deal(place), stage="won")
    assert await place.runs() == []
