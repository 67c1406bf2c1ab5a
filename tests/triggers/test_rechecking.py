"""What started a run is looked at again when the run starts and after its delays, where that is wished."""

from __future__ import annotations

from typing import Any

import pytest

from flowstudio.domain.states import RunStatus
from flowstudio.scheduling.waking import Waking
from tests.triggers.conftest import Place

OPEN = {"field": "status", "operator": "equals", "value": "todo"}
PAUSE = {
    "nodes": [
        {"id": "pause", "type": "delay", "config": {"for": "3 days"}},
        {"id": "after", "type": "transform", "config": {"set": {"seen": "{{ 1 }}"}}},
    ],
    "edges": [{"from": "trigger", "to": "pause"}, {"from": "pause", "to": "after"}],
}


def _event(**config: Any) -> dict[str, Any]:
    return {"type": "event", "config": {"event": "task.created", "filter": OPEN, **config}}


async def _created(place: Place, change: dict[str, Any] | None) -> str:
    """Make a task, and change or delete it before it is handed on what that starts."""
    await place.sensing.handing_on.stop()
    task = await place.studio.records.create(place.actor, "tasks", {"title": "Call", "status": "todo"})
    if change is None:
        await place.studio.records.delete(place.actor, "tasks", task["id"])
    else:
        await place.studio.records.update(place.actor, "tasks", task["id"], change)
    await place.settle()
    return str(task["id"])


async def _later(place: Place, days: int = 4) -> None:
    place.clock.forward(days=days)
    await Waking(place.house.engine, place.house._stores.timers, place.clock).wake_due()
    await place.settle()


async def test_a_run_whose_condition_no_longer_holds_when_it_starts_is_passed_over_and_counted(place: Place) -> None:
    await place.switch_on(_event(recheck="start"))
    await _created(place, {"status": "done"})
    [run] = await place.runs()
    assert (run.status, run.outcome, run.error) == (RunStatus.SKIPPED, "skipped", None)
    assert run.reason == "It did not start, because this no longer held: Task created, where status is todo."
    place.clock.forward(seconds=1)
    await _created(place, {"title": "Call them"})
    assert [run.status for run in await place.runs()] == [RunStatus.SKIPPED, RunStatus.COMPLETED]
    row = await place.studio.workflows.row(place.actor, "wf_1")
    assert (row.run_count, row.success_count, row.failure_count, row.skip_count) == (2, 1, 0, 1)
    assert row.success_rate == 1.0


async def test_without_the_wish_a_run_goes_by_what_started_it(place: Place) -> None:
    await place.switch_on(_event())
    await _created(place, {"status": "done"})
    assert [run.status for run in await place.runs()] == [RunStatus.COMPLETED]


@pytest.mark.parametrize(
    ("recheck", "status"), [("start", RunStatus.COMPLETED), ("start_and_delays", RunStatus.SKIPPED)]
)  # fmt: skip
async def test_after_a_delay_it_is_looked_at_only_where_that_is_wished(
    place: Place, recheck: str, status: RunStatus
) -> None:
    await place.switch_on(_event(recheck=recheck), **PAUSE)
    task = await place.studio.records.create(place.actor, "tasks", {"title": "Call", "status": "todo"})
    await place.settle()
    place.clock.forward(seconds=1)
    await place.studio.records.create(place.actor, "tasks", {"title": "Write", "status": "todo"})
    await place.settle()
    assert [run.status for run in await place.runs()] == [RunStatus.WAITING] * 2
    await place.studio.records.update(place.actor, "tasks", task["id"], {"status": "done"})
    await _later(place)
    first, second = await place.runs()
    assert (first.status, second.status) == (status, RunStatus.COMPLETED)
    if status is RunStatus.SKIPPED:
        assert first.reason.startswith("It did not go on after its delay, because this no longer held: Task created")
        steps = (await place.studio.runs.get(place.actor, first.id))[1]
        assert "after" not in [step.node_id for step in steps]


async def test_a_record_that_is_deleted_during_a_delay_ends_its_run(place: Place) -> None:
    await place.switch_on(_event(recheck="start_and_delays"), **PAUSE)
    task = await place.studio.records.create(place.actor, "tasks", {"title": "Call", "status": "todo"})
    await place.settle()
    await place.studio.records.delete(place.actor, "tasks", task["id"])
    await _later(place)
    [run] = await place.runs()
    assert run.status is RunStatus.SKIPPED
    assert run.reason == f"It did not go on after its delay, because what it was about had been deleted: {task['id']}."


async def test_a_run_that_waited_for_its_turn_is_looked_at_when_its_turn_comes(place: Place) -> None:
    hold = {"id": "hold", "type": "wait", "config": {"for_event": "go.on"}}
    await place.switch_on(
        _event(recheck="start"), settings={"concurrency": "queued"}, nodes=[hold],
        edges=[{"from": "trigger", "to": "hold"}],
    )  # fmt: skip
    tasks = []
    for title in ("One", "Two", "Three"):
        tasks.append(await place.studio.records.create(place.actor, "tasks", {"title": title, "status": "todo"}))
        await place.settle()
        place.clock.forward(seconds=1)  # runs stand in the order in which they were started
    await place.house.admission.settled()
    await place.settle()
    assert [run.status for run in await place.runs()] == [RunStatus.WAITING, RunStatus.QUEUED, RunStatus.QUEUED]
    await place.studio.records.update(place.actor, "tasks", tasks[1]["id"], {"status": "done"})
    await place.settle()
    first = (await place.runs())[0]
    assert await place.house.engine.deliver(first.id, "hold", (), {})
    while (await place.runs())[2].status is RunStatus.QUEUED:  # each turn follows the end of the one before
        await place.house.admission.settled()
        await place.settle()
    assert [run.status for run in await place.runs()] == [RunStatus.COMPLETED, RunStatus.SKIPPED, RunStatus.WAITING]


async def test_a_record_that_has_moved_on_to_another_stage_is_passed_over(place: Place) -> None:
    project = (await place.records("projects"))[0]
    stages = [name for name in ("planning", "approved") if name != project["status"]]
    trigger = {"type": "stage_change", "config": {"entity": "projects", "to_stage": stages[0], "recheck": "start"}}
    await place.switch_on(trigger)
    await place.sensing.handing_on.stop()
    for stage in (stages[0], project["status"]):
        await place.studio.records.update(place.actor, "projects", project["id"], {"status": stage})
    await place.settle()
    [run] = await place.runs()
    assert (run.status, run.reason) == (
        RunStatus.SKIPPED, f"It did not start, because this no longer held: Project to {stages[0]}.",
    )  # fmt: skip


async def test_a_figure_is_looked_at_when_its_run_starts_unless_the_trigger_says_never(place: Place) -> None:
    hold = {"id": "hold", "type": "wait", "config": {"for_event": "go.on"}}
    config = {"metric": "nps_score", "operator": "below", "value": 7, "entity": "customers"}
    rows = (await place.records("customers"))[:2]
    await _score(place, rows, 9)
    for name, more in (("wf_1", {}), ("wf_2", {"recheck": "never"})):
        await place.switch_on(
            {"type": "kpi_threshold", "config": {**config, **more}}, name, settings={"concurrency": "queued"},
            nodes=[hold], edges=[{"from": "trigger", "to": "hold"}],
        )  # fmt: skip
    await place.look()
    await _score(place, rows, 3)
    await place.house.admission.settled()
    await place.settle()
    await _score(place, rows[1:], 9)
    for name, status in (("wf_1", RunStatus.SKIPPED), ("wf_2", RunStatus.WAITING)):
        first, second = await place.runs(name)
        assert (first.status, second.status) == (RunStatus.WAITING, RunStatus.QUEUED)
        assert await place.house.engine.deliver(first.id, "hold", (), {})
        while (await place.runs(name))[1].status is RunStatus.QUEUED:
            await place.house.admission.settled()
            await place.settle()
        assert (await place.runs(name))[1].status is status


async def _score(place: Place, rows: list[dict[str, Any]], score: int) -> None:
    for row in rows:
        await place.studio.records.update(place.actor, "customers", row["id"], {"nps_score": score})
        await place.settle()
        place.clock.forward(seconds=1)


async def test_a_record_that_is_no_longer_silent_is_passed_over(place: Place) -> None:
    """The silence ends between its being noticed and the start of its run."""
    await place.switch_on({"type": "inactivity", "config": {"entity": "tasks", "days": 5}})
    task = await place.studio.records.create(place.actor, "tasks", {"title": "Call", "status": "todo"})
    await place.settle()
    place.clock.forward(days=6)
    await place.sensing.handing_on.stop()
    await place.sensing.lookout.look_due()
    await place.sensing.lookout.idle()
    await place.studio.records.update(place.actor, "tasks", task["id"], {"title": "Call again"})
    await place.settle()
    found = [run for run in await place.runs() if run.event["task"]["id"] == task["id"]]
    assert [run.status for run in found] == [RunStatus.SKIPPED]
    assert "Tasks silent for 5 days" in found[0].reason


async def test_what_a_person_starts_is_not_looked_at(place: Place) -> None:
    await place.switch_on(_event(recheck="start_and_delays"))
    run_id = await place.studio.runs.execute(place.actor, "wf_1", {"task": {"title": "By hand", "status": "done"}})
    await place.settle()
    assert (await place.studio.runs.get(place.actor, run_id))[0].status is RunStatus.COMPLETED


async def test_an_event_of_a_program_about_nothing_we_keep_holds_as_it_came(place: Place) -> None:
    config = {"event": "order.paid", "recheck": "start_and_delays", "filter": {"field": "amount", "operator": "exists"}}
    await place.switch_on({"type": "event", "config": config}, **PAUSE)
    await place.studio.events.raise_event(place.actor, "order.paid", {"order": {"id": "o_1", "amount": 5}})
    await place.settle()
    await _later(place)
    assert [run.status for run in await place.runs()] == [RunStatus.COMPLETED]
