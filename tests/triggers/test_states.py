"""Triggers over states: stages, figures, silences, two parts; each fires once per crossing, silence or pair."""

from __future__ import annotations

from typing import Any

import pytest

from flowstudio.services.detectors.metrics import past
from flowstudio.services.ports import Page


async def _copy(place: Any, entity: str, **fields: Any) -> str:
    rows = await place.records(entity)
    types = place.house.database.memory.types("main")[entity]
    sample = {k: v for k, v in rows[0].items() if k in types.fields and not types.fields[k].computed and k != "id"}
    return str((await place.studio.records.create(place.actor, entity, {**sample, **fields}))["id"])


async def _set(place: Any, entity: str, record_id: str, **fields: Any) -> None:
    await place.studio.records.update(place.actor, entity, record_id, fields)
    await place.settle()


# -- stages ------------------------------------------------------------------------------------------------------------


async def test_a_record_that_moves_to_the_stage_starts_a_run(place: Any) -> None:
    await place.switch_on({"type": "stage_change", "entity": "deals", "to_stage": "proposal"})
    deal = await _copy(place, "deals", stage="discovery")
    await _set(place, "deals", deal, stage="proposal")
    await _set(place, "deals", deal, stage="proposal", amount=5)
    await _set(place, "deals", deal, stage="negotiation")
    [event] = await place.payloads()
    assert (event["deal"]["id"], event["from_stage"], event["to_stage"]) == (deal, "discovery", "proposal")


async def test_a_stage_trigger_may_name_the_stage_before(place: Any) -> None:
    await place.switch_on(
        {"type": "stage_change", "entity": "customers", "from_stage": "contract_signed", "to_stage": "onboarding"}
    )
    other = await _copy(place, "customers", stage="lead")
    await _set(place, "customers", other, stage="onboarding")
    one = await _copy(place, "customers", stage="contract_signed")
    await _set(place, "customers", one, stage="onboarding")
    assert [event["customer"]["id"] for event in await place.payloads()] == [one]


async def test_events_move_by_their_phase_and_projects_by_their_status(place: Any) -> None:
    await place.switch_on({"type": "stage_change", "entity": "events", "to_stage": "load_in"}, "wf_phase")
    await place.switch_on({"type": "stage_change", "entity": "projects", "to_stage": "approved"}, "wf_status")
    event = await _copy(place, "events", phase="pre_production")
    project = await _copy(place, "projects", status="planning")
    await _set(place, "events", event, phase="load_in")
    await _set(place, "projects", project, status="approved")
    assert len(await place.payloads("wf_phase")) == len(await place.payloads("wf_status")) == 1


async def test_a_new_ticket_starts_its_trigger_where_the_filter_holds(place: Any) -> None:
    await place.switch_on({"type": "ticket_created", "filter": {"priority": "urgent"}})
    await _copy(place, "tickets", priority="low")
    urgent = await _copy(place, "tickets", priority="urgent")
    await place.settle()
    assert [event["ticket"]["id"] for event in await place.payloads()] == [urgent]


# -- figures -----------------------------------------------------------------------------------------------------------

NPS = {"type": "kpi_threshold", "metric": "nps_score", "operator": "below", "value": 7, "entity": "customers"}


async def test_a_figure_fires_once_per_crossing_and_not_at_every_look(place: Any) -> None:
    await _copy(place, "customers", nps_score=2)
    customer = await _copy(place, "customers", nps_score=9)
    await place.switch_on(NPS)
    await place.look()
    assert await place.runs() == []  # what was below before is no crossing
    await _set(place, "customers", customer, nps_score=6)
    for score in (5, 4):
        await _set(place, "customers", customer, nps_score=score)
        place.clock.forward(minutes=6)
        await place.look()
    assert [(e["customer"]["id"], e["value"], e["metric"]) for e in await place.payloads()] == [
        (customer, 6, "nps_score")
    ]
    await _set(place, "customers", customer, nps_score=8)
    await _set(place, "customers", customer, nps_score=3)
    assert [event["value"] for event in await place.payloads()] == [6, 3]


async def test_a_record_that_begins_beyond_the_value_is_a_crossing(place: Any) -> None:
    await place.switch_on(NPS)
    await place.look()
    customer = await _copy(place, "customers", nps_score=1)
    await place.settle()
    assert [event["customer"]["id"] for event in await place.payloads()] == [customer]


async def test_a_figure_that_time_moves_is_looked_at_every_five_minutes(place: Any) -> None:
    trigger = {"type": "kpi_threshold", "metric": "days_overdue", "operator": "above", "value": 0, "entity": "tasks"}
    await place.switch_on(trigger)
    await place.look()
    task = await _copy(place, "tasks", status="todo", due_date="2026-03-02")
    await place.settle()
    assert await place.runs() == []
    place.clock.forward(days=1)
    await place.look()
    place.clock.forward(minutes=2)
    await place.look()
    assert task in [event["task"]["id"] for event in await place.payloads()]
    assert len({event["task"]["id"] for event in await place.payloads()}) == len(await place.runs())


async def test_a_count_of_records_is_one_figure(place: Any) -> None:
    for row in await place.records("items"):
        await place.studio.records.update(place.actor, "items", row["id"], {"on_hand": row["reorder_point"] + 10})
    metric = "stock_below_reorder_point"
    await place.switch_on({"type": "kpi_threshold", "metric": metric, "operator": "above", "value": 0})
    await place.look()
    rows, _ = await place.studio.records.page(place.actor, "items", Page(1, 10))
    free = [row for row in rows if not row.get("on_order")] or rows
    for row in free[:2]:
        await _set(place, "items", row["id"], on_hand=0, on_order=False)
    assert await place.payloads() == [{"metric": metric, "value": 1}]


async def test_a_stored_value_is_the_latest_one(place: Any) -> None:
    await place.switch_on({"type": "kpi_threshold", "metric": "csat", "operator": "below", "value": 4})
    await place.studio.records.create(
        place.actor, "kpi_values", {"metric": "csat", "value": 4.5, "recorded_at": "2026-04-01"}
    )
    await place.look()
    await place.studio.records.create(
        place.actor, "kpi_values", {"metric": "csat", "value": 1, "recorded_at": "2025-01-01"}
    )
    await place.settle()
    assert await place.runs() == []
    await place.studio.records.create(
        place.actor, "kpi_values", {"metric": "csat", "value": 3.5, "recorded_at": "2026-04-02"}
    )
    await place.settle()
    assert [event["value"] for event in await place.payloads()] == [3.5]


# -- silences ----------------------------------------------------------------------------------------------------------


async def test_a_silence_fires_once_and_again_only_after_something_happened(place: Any) -> None:
    ticket = await _copy(place, "tickets", status="pending")
    trigger = {"type": "inactivity", "entity": "tickets", "days": 3, "filter": {"id": ticket}}
    await place.switch_on(trigger)
    for _ in range(6):
        await place.look()
        place.clock.forward(days=1)
    [event] = await place.payloads()
    assert (event["ticket"]["id"], event["days_inactive"]) == (ticket, 3)
    await _set(place, "tickets", ticket, nudges=1)
    for _ in range(5):
        await place.look()
        place.clock.forward(days=1)
    assert len(await place.payloads()) == 2


async def test_contact_with_a_customer_ends_the_silence(place: Any) -> None:
    customer = await _copy(place, "customers", last_activity_at="2026-01-01")
    await place.switch_on({"type": "inactivity", "entity": "customers", "days": 3, "filter": {"id": customer}})
    await place.look()
    for _ in range(3):
        place.clock.forward(days=2)
        await place.look()
        fields = {"customer_id": customer, "direction": "inbound", "channel": "email", "subject": "Hello"}
        await place.studio.records.create(place.actor, "communications", fields)
    assert await place.runs() == []
    place.clock.forward(days=3)
    await place.look()
    assert [event["customer"]["id"] for event in await place.payloads()] == [customer]


# -- two parts ---------------------------------------------------------------------------------------------------------

PAIR = {
    "type": "both_of",
    "parts": [{"type": "event", "event": "deal.won"}, {"type": "ticket_created"}],
    "match": "customers.id",
    "within": "5 minutes",
}


async def _win(place: Any, customer: str) -> None:
    deal = await _copy(place, "deals", stage="proposal", customer_id=customer)
    await _set(place, "deals", deal, stage="won")


async def _ask(place: Any, customer: str) -> None:
    await _copy(place, "tickets", customer_id=customer)
    await place.settle()


async def test_two_parts_start_one_run_for_the_same_record_in_either_order(place: Any) -> None:
    one, two = await _copy(place, "customers"), await _copy(place, "customers")
    await place.switch_on(PAIR)
    await _win(place, one)
    await _ask(place, two)
    assert await place.runs() == []
    await _ask(place, one)
    await _win(place, two)
    events = await place.payloads()
    assert [event["deal"]["customer_id"] for event in events] == [one, two]
    assert all(event["deal"]["customer_id"] == event["ticket"]["customer_id"] for event in events)
    await _ask(place, one)
    assert len(await place.runs()) == 2


async def test_a_second_part_that_comes_late_starts_nothing(place: Any) -> None:
    customer = await _copy(place, "customers")
    await place.switch_on(PAIR)
    await _win(place, customer)
    place.clock.forward(minutes=6)
    await _ask(place, customer)
    assert await place.runs() == []
    place.clock.forward(minutes=4)
    await _win(place, customer)
    assert len(await place.runs()) == 1


async def test_the_first_part_is_remembered_over_a_restart(open_place: Any) -> None:
    place = await open_place()
    customer = await _copy(place, "customers")
    await place.switch_on(PAIR)
    await _win(place, customer)
    for later in (0, 4):
        place = await open_place()
        place.clock.forward(minutes=later)
        if later:
            await _ask(place, customer)
        assert len(await place.runs()) == (1 if later else 0)
    place = await open_place()
    await _ask(place, customer)
    assert len(await place.runs()) == 1


async def test_a_state_counts_as_long_as_it_holds(place: Any) -> None:
    customer = await _copy(place, "customers", nps_score=9)
    only = {"field": "id", "operator": "equals", "value": customer}
    await place.switch_on(
        {
            "type": "both_of",
            "parts": [{"type": "inactivity", "entity": "communications", "days": 400}, NPS],
            "match": "customers.id",
        },
        "wf_never",
    )
    await place.switch_on({**PAIR, "parts": [NPS, {"type": "ticket_created", "filter": {"customer_id": customer}}]})
    await place.look()
    await _set(place, "customers", customer, nps_score=3)
    place.clock.forward(hours=5)
    await _ask(place, customer)
    [event] = await place.payloads()
    assert (event["value"], event["ticket"]["customer_id"]) == (3, customer)
    await _set(place, "customers", customer, nps_score=9)
    assert only
    assert await place.runs("wf_never") == []


@pytest.mark.parametrize(
    ("operator", "figures", "crossings"),
    [
        ("above", (7, 7.01, 8, 7, 9), 2),
        ("below", (7, 6.99, 6, 7, 5), 2),
        ("equals", (6.9, 6.99, 7.01, 7.02, 7), 2),
        ("equals", (6.9, 7.0100001), 0),
    ],
)
async def test_a_figure_crosses_once_however_often_it_moves(
    place: Any, operator: str, figures: tuple[float, ...], crossings: int
) -> None:
    customer = await _copy(place, "customers", license_utilization_pct=figures[0])
    config = {"metric": "license_utilization_pct", "operator": operator, "value": 7, "entity": "customers"}
    await place.switch_on({"type": "kpi_threshold", "config": config})
    await place.look()
    for figure in figures[1:]:
        await _set(place, "customers", customer, license_utilization_pct=figure)
    assert len(await place.runs()) == crossings


def test_a_hundredth_is_within_the_tolerance_whatever_the_numbers() -> None:
    assert past("equals", 0.31, 0.3)
    assert past("equals", 0.29, 0.3)
    assert not past("equals", 0.311, 0.3)
