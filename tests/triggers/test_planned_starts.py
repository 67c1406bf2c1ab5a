"""Starts that a run planned for later: they begin at their time, once, with what started the run that planned them."""

from __future__ import annotations

from typing import Any

from tests.triggers.conftest import Open, Place

LATER: list[dict[str, Any]] = [
    {
        "id": "plan",
        "type": "action",
        "action": "schedule_workflow",
        "config": {"workflow": "wf_child", "run_at": "2 days"},
    }
]
DRAWN = [{"from": "trigger", "to": "plan"}]


async def plan(place: Place, **settings: Any) -> None:
    """Switch a workflow on that plans another one's start, and let an invoice start it."""
    nodes = [{**LATER[0], "config": {**LATER[0]["config"], **settings}}]
    await place.switch_on(
        {"type": "event", "config": {"event": "invoice.checked"}}, "wf_parent", nodes=nodes, edges=DRAWN
    )
    await place.studio.events.raise_event(place.actor, "invoice.checked", {"invoice": {"id": "inv_1042"}, "n": 3})
    await place.settle()


async def planned(place: Place) -> dict[str, Any]:
    """Return the start that was planned."""
    return next(row for row in await place.records("scheduled_workflows") if row.get("planned_by"))


async def test_it_begins_at_its_time_and_once(place: Place, open_place: Open) -> None:
    await place.switch_on({"type": "manual", "config": {}}, "wf_child")
    await plan(place)
    await place.house.planned.start_due()
    assert await place.runs("wf_child") == []
    assert (await planned(place))["status"] == "scheduled"

    place.clock.forward(days=2)
    again = await open_place()
    await again.house.planned.start_due()
    await again.settle()
    [payload] = await again.payloads("wf_child")
    assert payload["invoice"]["number"] == "INV-1042", "the record is read as it is now"
    assert payload["n"] == 3
    assert (await planned(again))["status"] == "started"
    again.clock.forward(days=1)
    await again.house.planned.start_due()
    assert len(await again.runs("wf_child")) == 1


async def test_a_record_is_as_it_is_when_the_start_comes(place: Place) -> None:
    await place.switch_on({"type": "manual", "config": {}}, "wf_child")
    await plan(place)
    await place.studio.records.update(place.actor, "invoices", "inv_1042", {"amount": 17})
    place.clock.forward(days=2)
    await place.house.planned.start_due()
    await place.settle()
    assert (await place.payloads("wf_child"))[0]["invoice"]["amount"] == 17


async def test_own_values_are_given_and_a_schedule_gets_its_time(place: Place) -> None:
    await place.switch_on({"type": "schedule", "config": {"mode": "daily", "time": "03:00"}}, "wf_child")
    await plan(place, input={"who": "Maya"}, run_at="{{add_days(today, 2)}}")
    place.clock.forward(days=5)
    await place.house.planned.start_due()
    await place.settle()
    assert {"who": "Maya", "fired_at": "2026-03-04T00:00:00"} in await place.payloads("wf_child")


async def test_what_is_not_published_does_not_start_and_people_are_told(place: Place) -> None:
    await place.switch_on({"type": "manual", "config": {}}, "wf_child")
    await plan(place)
    await place.studio.workflows.delete(place.actor, "wf_child")
    place.clock.forward(days=2)
    await place.house.planned.start_due()
    assert (await planned(place))["status"] == "cancelled"
    assert await place.runs("wf_child") == []


async def test_sample_rows_start_nothing(place: Place) -> None:
    await place.switch_on({"type": "manual", "config": {}}, "month-end-close")
    place.clock.forward(days=60)
    await place.house.planned.start_due()
    assert await place.runs("month-end-close") == []
