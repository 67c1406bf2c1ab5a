"""Schedules on a database: missed slots, two processes, turning off, catching up, the calendar."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from flowstudio.services.firing import Firing
from flowstudio.services.starting import PublishedVersions, Starter

DAILY = {"type": "schedule", "config": {"time": "09:00", "timezone": "Europe/Berlin"}}


def _with(policy: str) -> dict[str, Any]:
    return {"type": "schedule", "config": {**DAILY["config"], "missed": policy}}  # type: ignore[dict-item]


async def _fire(place: Any) -> None:
    for _ in range(20):
        following = await place.house.firing.fire_due()
        await place.settle()
        if following is None or following > place.clock.now():
            return


@pytest.mark.parametrize(
    ("policy", "days", "missed"),
    [("once", ["05"], 2), ("skip", [], 3), ("all", ["03", "04", "05"], 0)],
)
async def test_slots_that_were_missed_follow_the_policy(place: Any, policy: str, days: list[str], missed: int) -> None:
    await place.switch_on(_with(policy))
    place.clock.forward(days=3, hours=2)
    await _fire(place)
    await _fire(place)
    assert [event["fired_at"] for event in await place.payloads()] == [f"2026-03-{day}T08:00:00" for day in days]
    [row] = await place.studio.schedules.list(place.actor)
    assert len(row.missed) == missed
    assert row.next[0].at == datetime(2026, 3, 6, 8, tzinfo=UTC)


@pytest.mark.parametrize("policy", ["once", "skip", "all"])
async def test_a_slot_in_time_fires_whatever_the_policy(place: Any, policy: str) -> None:
    await place.switch_on(_with(policy))
    place.clock.moment = datetime(2026, 3, 3, 8, 0, 20, tzinfo=UTC)
    await _fire(place)
    assert len(await place.payloads()) == 1


async def test_missed_slots_are_caught_up_with_once(place: Any, client: Any) -> None:
    await place.switch_on(_with("skip"))
    place.clock.forward(days=3, hours=2)
    await _fire(place)
    path = "/api/v1/schedules/wf_1/trigger/catch-up"
    assert len((await client.post(path)).json()["runs"]) == 3
    assert (await client.post(path)).json()["runs"] == []
    await place.settle()
    assert len(await place.payloads()) == 3


async def test_months_of_missed_minutes_start_one_run_soon(place: Any) -> None:
    await place.switch_on({"type": "schedule", "config": {"every": "1 minute"}})
    place.clock.forward(days=60)
    await _fire(place)
    [event] = await place.payloads()
    assert event["fired_at"] == place.clock.now().replace(tzinfo=None).isoformat()


async def test_two_processes_never_fire_a_slot_twice(place: Any) -> None:
    for number in range(20):
        await place.switch_on(DAILY, f"wf_{number}")
    place.clock.moment = datetime(2026, 3, 3, 8, 0, tzinfo=UTC)
    house = place.house
    stores = house._stores
    others = [
        Firing(
            stores.schedules,
            Starter(house._room, PublishedVersions(stores.workflows), stores.runs, place.clock),
            stores.watches,
            place.clock,
            house._zone_of,
        )
        for _ in range(2)
    ]
    await asyncio.gather(*(one.fire_due() for one in (house.firing, *others)))
    await place.settle()
    assert [len(await place.runs(f"wf_{number}")) for number in range(20)] == [1] * 20


async def test_a_schedule_for_one_moment_fires_once_and_is_gone(place: Any) -> None:
    await place.switch_on({"type": "schedule", "config": {"at": "2026-03-02T12:00"}})
    for _ in range(3):
        place.clock.forward(hours=5)
        await _fire(place)
    assert len(await place.payloads()) == 1
    assert await place.studio.schedules.list(place.actor) == []


async def test_turning_off_removes_the_schedule_and_turning_on_brings_it_back_without_the_past(place: Any) -> None:
    await place.switch_on(DAILY)
    await place.studio.publishing.toggle(place.actor, "wf_1", active=False)
    assert await place.studio.schedules.list(place.actor) == []
    place.clock.forward(days=5)
    await _fire(place)
    await place.studio.publishing.toggle(place.actor, "wf_1", active=True)
    await _fire(place)
    assert await place.runs() == []
    assert len(await place.studio.schedules.list(place.actor)) == 1


async def test_an_interval_that_does_not_divide_a_day_does_not_drift(place: Any) -> None:
    await place.switch_on({"type": "schedule", "config": {"every": "7 hours"}})
    for _ in range(5):
        place.clock.forward(hours=7, minutes=3)
        await _fire(place)
    slots = [datetime.fromisoformat(event["fired_at"]) for event in await place.payloads()]
    assert {second - first for first, second in pairwise(slots)} == {timedelta(hours=7)}


async def test_a_workspace_that_moves_to_another_zone_takes_its_schedules_along(place: Any) -> None:
    await place.switch_on({"type": "schedule", "config": {"time": "09:00"}})
    await place.triggers.refresh()
    await place.studio.settings.set(place.actor, "timezone", "America/New_York")
    await place.triggers.refresh()
    [row] = await place.studio.schedules.list(place.actor)
    assert (row.next[0].at.hour, row.zone) == (14, "America/New_York")


async def test_the_api_lists_previews_and_marks_days_on_which_the_clocks_change(place: Any, client: Any) -> None:
    await place.switch_on({"type": "schedule", "config": {"cron": "30 2 * * *", "timezone": "Europe/Berlin"}})
    listed = (await client.get("/api/v1/schedules?times=40")).json()["schedules"][0]
    notes = {slot["at"][:10]: slot["note"] for slot in listed["next"] if slot["note"]}
    assert list(notes) == ["2026-03-29"]
    assert "does not exist" in notes["2026-03-29"]
    assert listed["sentence"].startswith("Every day at 02:30")
    shown = (await client.get("/api/v1/schedules/calendar?start=2026-10-20&end=2026-11-01")).json()["slots"]
    assert [slot["at"][:10] for slot in shown if slot["note"]] == ["2026-10-25"]
    assert len(shown) == 12
    seen = (await client.post("/api/v1/schedules/preview", json={"cron": "0 9 * * 1"})).json()
    assert seen["next"][0]["at"].startswith("2026-03-02T09:00")
    assert (await client.post("/api/v1/schedules/preview", json={"cron": "0 0 31 2 *"})).status_code == 400
