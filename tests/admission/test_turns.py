"""Which runs of a workflow go at once, wait for their turn, or are passed over."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from flowstudio.domain.states import WaitingFor
from flowstudio.errors import Conflict
from tests.admission.conftest import SHORT, WAITING, Open, Place


async def test_without_limits_runs_go_side_by_side(place: Place) -> None:
    await place.switch_on({})
    runs = [await place.start() for _ in range(3)]
    assert await place.states(*runs) == ["waiting"] * 3


async def test_queued_runs_go_one_after_the_other_in_order(place: Place) -> None:
    await place.switch_on({"concurrency": "queued"})
    runs = [await place.start() for _ in range(4)]
    assert await place.states(*runs) == ["waiting", "queued", "queued", "queued"]
    held = await place.run(runs[1])
    assert held.waiting_for is WaitingFor.LIMIT
    assert held.reason == "It waits until the run before it has ended."
    assert held.started_at is None
    for at, run_id in enumerate(runs):
        await place.go_on(run_id)
        expected = ["completed"] * (at + 1) + (["waiting"] + ["queued"] * (2 - at))[: 3 - at]
        assert await place.states(*runs) == expected
    last = await place.run(runs[3])
    assert (last.reason, last.waiting_for, last.started_at) == (None, None, place.clock.now())


async def test_a_hundred_queued_starts_at_once_all_run_and_never_two_together(place: Place) -> None:
    await place.switch_on({"concurrency": "queued"}, SHORT)
    going: list[int] = []
    engine = place.house.engine
    place.studio.watch.subscribe("main", lambda news: going.append(len(engine._drivers)))
    runs = await asyncio.gather(*(place.start() for _ in range(100)))
    assert await place.states(*runs) == ["completed"] * 100
    assert max(going) <= 1


async def test_a_queue_goes_on_after_a_restart(open_place: Open) -> None:
    place = await open_place()
    await place.switch_on({"concurrency": "queued"})
    runs = [await place.start() for _ in range(3)]
    await place.settle()
    place = await open_place()
    await place.house.admission.look_due()
    assert await place.states(*runs) == ["waiting", "queued", "queued"]
    for run_id in runs:
        await place.go_on(run_id)
    assert await place.states(*runs) == ["completed"] * 3


async def test_runs_queued_at_a_crash_are_let_in_by_the_next_start(open_place: Open) -> None:
    """A crash between writing a run and deciding about it: the decision is what is missing."""
    place = await open_place()
    await place.switch_on({"concurrency": "queued"}, SHORT)
    place.house.admission._look = lambda _: None  # type: ignore[method-assign, assignment, return-value]
    runs = [await place.start() for _ in range(3)]
    assert await place.states(*runs) == ["queued"] * 3
    place = await open_place()
    assert await place.states(*runs) == ["queued"] * 3, "recovery must not start what waits for its turn"
    await place.house.admission.look_due()
    assert await place.states(*runs) == ["completed"] * 3


async def test_a_run_that_was_let_in_and_not_begun_is_taken_up_after_a_crash(open_place: Open) -> None:
    place = await open_place()
    await place.switch_on({"concurrency": "queued"}, SHORT)

    async def never(run_id: str) -> None:
        del run_id

    place.house.admission._engine.advance = never  # type: ignore[method-assign, assignment]
    run_id = await place.start()
    assert await place.states(run_id) == ["queued"]
    place = await open_place()
    assert await place.states(run_id) == ["completed"]


async def test_single_records_a_further_start_as_skipped(place: Place) -> None:
    await place.switch_on({"concurrency": "single"})
    first, second = await place.start(), await place.start()
    assert await place.states(first, second) == ["waiting", "skipped"]
    passed = await place.run(second)
    assert passed.reason == "It did not start, because another run of this workflow was going on."
    assert passed.completed_at == place.clock.now()
    await place.go_on(first)
    third = await place.start()
    assert await place.states(first, second, third) == ["completed", "skipped", "waiting"]


async def test_restart_cancels_the_run_that_is_going(place: Place) -> None:
    await place.switch_on({"concurrency": "restart"})
    first = await place.start()
    await place.settle()
    rest = [await place.start() for _ in range(5)]
    assert await place.states(first, *rest) == ["cancelled"] * 5 + ["waiting"]
    assert (await place.run(first)).reason == "A newer start of this workflow took its place."


async def test_no_more_than_the_limit_start_in_an_hour(place: Place) -> None:
    await place.switch_on({"max_runs_per_hour": 2}, SHORT)
    runs = [await place.start() for _ in range(5)]
    assert sorted(await place.states(*runs)) == ["completed"] * 2 + ["queued"] * 3
    assert await place.states(*runs[:2]) == ["completed"] * 2, "in order"
    assert (await place.run(runs[4])).reason == "It waits until the limit of runs an hour leaves room."
    place.clock.forward(minutes=59)
    due = await place.house.admission.look_due()
    assert due is not None
    assert (due - place.clock.now()).total_seconds() == 60
    assert sorted(await place.states(*runs)) == ["completed"] * 2 + ["queued"] * 3
    place.clock.forward(minutes=1)
    await place.house.admission.look_due()
    assert sorted(await place.states(*runs)) == ["completed"] * 4 + ["queued"]
    place.clock.forward(hours=1)
    assert await place.house.admission.look_due() is None
    assert await place.states(*runs) == ["completed"] * 5


async def test_the_limit_by_the_hour_holds_over_a_restart(open_place: Open) -> None:
    place = await open_place()
    await place.switch_on({"max_runs_per_hour": 1}, SHORT)
    assert await place.states(await place.start()) == ["completed"]
    place = await open_place()
    assert await place.states(await place.start()) == ["queued"]


async def test_higher_priority_goes_first(place: Place) -> None:
    await place.switch_on({"concurrency": "queued", "priority": "low"})
    first, low = await place.start(), await place.start()
    await place.settle()
    await place.switch_on({"concurrency": "queued", "priority": "high"})
    high = await place.start()
    assert await place.states(first, low, high) == ["waiting", "queued", "queued"]
    await place.go_on(first)
    assert await place.states(first, low, high) == ["completed", "queued", "waiting"]


async def test_what_waits_follows_a_change_of_the_settings(place: Place) -> None:
    await place.switch_on({"concurrency": "queued"})
    runs = [await place.start() for _ in range(3)]
    await place.settle()
    await place.switch_on({})
    await place.house.admission.look_due()
    assert await place.states(*runs) == ["waiting"] * 3


async def test_a_run_that_waits_for_its_turn_can_be_cancelled(place: Place) -> None:
    await place.switch_on({"concurrency": "queued"})
    first, second, third = [await place.start() for _ in range(3)]
    await place.settle()
    await place.studio.runs.cancel(place.actor, second)
    assert await place.states(first, second, third) == ["waiting", "cancelled", "queued"]
    await place.go_on(first)
    assert await place.states(first, second, third) == ["completed", "cancelled", "waiting"]


async def test_what_waits_for_its_turn_is_neither_paused_nor_resumed_and_moves_to_a_new_version(place: Place) -> None:
    await place.switch_on({"concurrency": "queued"})
    first, second = await place.start(), await place.start()
    await place.settle()
    with pytest.raises(Conflict):
        await place.studio.runs.pause(place.actor, second)
    with pytest.raises(Conflict):
        await place.studio.runs.resume(place.actor, second)
    assert await place.house._room.move(second, 2)
    assert await place.states(first, second) == ["waiting", "queued"]
    assert (await place.run(second)).version == 2


async def test_the_same_event_is_queued_once(place: Place) -> None:
    await place.switch_on({"concurrency": "queued"})
    start = place.studio.runs.execute
    runs = await asyncio.gather(*(start(place.actor, "wf", {}, key="k") for _ in range(20)))
    assert len(set(runs)) == 1
    assert await place.count() == 1


def _about(record: str) -> dict[str, Any]:
    return {"invoice": {"id": record, "amount": 5}}


async def test_the_same_record_starts_a_workflow_once_within_the_window(place: Place) -> None:
    await place.switch_on({"extra_words": "kept", "dedupe_window": "5 minutes"}, SHORT)
    runs = await asyncio.gather(*(place.start(_about("inv_1")) for _ in range(5)), place.start(_about("inv_2")))
    states = await place.states(*runs)
    assert sorted(states[:5]) == ["completed"] + ["skipped"] * 4
    assert states[5] == "completed"
    skipped = await place.run(runs[states.index("skipped")])
    assert skipped.reason == "It did not start, because the same record had started this workflow shortly before."


async def test_without_a_window_the_same_record_starts_each_time(place: Place) -> None:
    await place.switch_on({"concurrency": "parallel"}, SHORT)
    runs = [await place.start(_about("inv_1")) for _ in range(2)]
    assert await place.states(*runs) == ["completed"] * 2


async def test_a_deleted_workflow_leaves_nothing_waiting(place: Place) -> None:
    await place.switch_on({"concurrency": "queued"}, WAITING)
    runs = [await place.start() for _ in range(3)]
    await place.settle()
    await place.studio.workflows.delete(place.actor, "wf")
    assert await place.states(*runs) == ["cancelled"] * 3
