"""Schedules that were seen coming: started together, and still only as they stand when their time has come."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import update

from flowstudio.storage.tables import workflow_version

DUE = datetime(2026, 3, 3, 8, 0, tzinfo=UTC)
SHORTLY_BEFORE = DUE - timedelta(seconds=20)


def _daily(time: str = "09:00") -> dict[str, Any]:
    return {"type": "schedule", "config": {"time": time, "timezone": "Europe/Berlin"}}


async def _foresee(place: Any) -> None:
    place.clock.moment = SHORTLY_BEFORE
    await place.house.firing.fire_due()
    assert place.house.firing._ahead


async def _fire(place: Any) -> None:
    place.clock.moment = DUE
    await place.house.firing.fire_due()
    await place.settle()


async def _next(place: Any, workflow_id: str) -> datetime:
    rows = await place.house._stores.schedules.all("main")
    return next(row.next_fire for row in rows if row.workflow_id == workflow_id)


async def test_many_of_one_second_start_once_each_with_and_without_limits(place: Any) -> None:
    for number in range(12):
        settings = {"concurrency": "queued"} if number % 3 == 0 else {"priority": "high"} if number % 3 == 1 else {}
        await place.switch_on(_daily(), f"wf_{number}", settings=settings)
    await _foresee(place)
    await _fire(place)
    await place.house.admission.settled()
    await place.settle()
    runs = [run for number in range(12) for run in await place.runs(f"wf_{number}")]
    assert sorted(run.workflow_id for run in runs) == sorted(f"wf_{number}" for number in range(12))
    assert {run.status.value for run in runs} == {"completed"}
    assert {run.event["fired_at"] for run in runs} == {"2026-03-03T08:00:00"}
    assert {await _next(place, f"wf_{number}") for number in range(12)} == {DUE + timedelta(days=1)}
    await place.house.firing.fire_due()
    await place.settle()
    assert [len(await place.runs(f"wf_{number}")) for number in range(12)] == [1] * 12


async def test_what_was_published_after_it_was_foreseen_is_what_runs(place: Any) -> None:
    await place.switch_on(_daily())
    await _foresee(place)
    note = {"id": "note", "type": "transform", "config": {"set": {"seen": "{{ 2 }}"}}}
    await place.switch_on(_daily(), nodes=[note])
    await _fire(place)
    [run] = await place.runs()
    assert run.version == 2


async def test_a_time_that_was_changed_after_it_was_foreseen_does_not_fire(place: Any) -> None:
    await place.switch_on(_daily())
    await _foresee(place)
    await place.switch_on(_daily("11:00"))
    await _fire(place)
    assert await place.runs() == []
    assert await _next(place, "wf_1") == DUE + timedelta(hours=2)


async def test_a_slot_that_another_process_has_started_keeps_its_run(place: Any) -> None:
    await place.switch_on(_daily())
    await _foresee(place)
    [schedule] = await place.house._stores.schedules.all("main")
    run_id = await place.house.firing.start(schedule, schedule.next_fire)
    await _fire(place)
    assert [run.id for run in await place.runs()] == [run_id]
    [schedule] = await place.house._stores.schedules.all("main")
    assert schedule.last_fire == DUE
    assert await _next(place, "wf_1") == DUE + timedelta(days=1)


async def test_a_version_that_cannot_be_read_does_not_keep_the_others_from_starting(place: Any) -> None:
    for number in range(3):
        await place.switch_on(_daily(), f"wf_{number}")
    spoilt = update(workflow_version).where(workflow_version.c.workflow_id == "wf_1").values(document={"nodes": 7})
    await place.house.database.writer.run(lambda connection: connection.execute(spoilt))
    await _foresee(place)
    await _fire(place)
    assert [len(await place.runs(f"wf_{number}")) for number in range(3)] == [1, 0, 1]
    assert await _next(place, "wf_1") == DUE + timedelta(days=1)


async def test_a_slot_that_comes_late_goes_by_its_policy_although_it_was_foreseen(place: Any) -> None:
    trigger = _daily()
    await place.switch_on({**trigger, "config": {**trigger["config"], "missed": "skip"}})
    await _foresee(place)
    place.clock.moment = DUE + timedelta(minutes=5)
    await place.house.firing.fire_due()
    await place.settle()
    assert await place.runs() == []
