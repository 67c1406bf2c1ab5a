"""The ten edge cases of the third seed, one acceptance test each."""

from __future__ import annotations

import asyncio
import itertools
from typing import Any

from sqlalchemy import text

from flowstudio.domain.states import RunStatus, WorkflowStatus
from flowstudio.errors import StorageFailed
from flowstudio.scheduling.waking import Waking
from flowstudio.services.ports import Page

EVENT = {"type": "event", "config": {"event": "task.created"}}
PAUSE = {"id": "pause", "type": "delay", "config": {"for": "3 days"}}


def _say(node: str, value: str) -> dict[str, Any]:
    return {"id": node, "type": "transform", "config": {"set": {node: value}}}


def _chain(*nodes: dict[str, Any]) -> dict[str, Any]:
    names = ["trigger", *(node["id"] for node in nodes)]
    return {"nodes": list(nodes), "edges": [{"from": a, "to": b} for a, b in itertools.pairwise(names)]}


async def _wake(place: Any, **length: float) -> None:
    """Let time pass and wake what is due."""
    place.clock.forward(**length)
    await Waking(place.house.engine, place.house._stores.timers, place.clock).wake_due()
    await place.settle()


async def test_1_a_trigger_for_a_record_that_was_deleted_is_recorded_as_skipped(place: Any) -> None:
    await place.switch_on(EVENT)
    await place.sensing.handing_on.stop()  # what is raised from here on is handed on when the record is gone
    task = await place.studio.records.create(place.actor, "tasks", {"title": "Call"})
    await place.studio.records.delete(place.actor, "tasks", task["id"])
    await place.settle()
    [run] = await place.runs()
    assert (run.status, run.error) == (RunStatus.SKIPPED, None)
    assert "had been deleted" in run.reason
    _, skipped = await place.studio.runs.list(place.actor, Page(), workflow_id="wf_1", status=("skipped",))
    assert skipped == 1


async def test_2_a_failure_in_the_middle_halts_is_told_and_is_taken_up_from_there(place: Any) -> None:
    broken = {
        "id": "call",
        "type": "action",
        "action": "http_request",
        "config": {"method": "POST", "url": "http://127.0.0.1:9/"},
    }
    await place.switch_on({"type": "manual"}, **_chain(_say("first", "{{ 1 }}"), broken, _say("last", "{{ 2 }}")))
    run_id = await place.studio.runs.execute(place.actor, "wf_1", {})
    await place.settle()
    run, steps = await place.studio.runs.get(place.actor, run_id)
    assert (run.status, run.error["node_id"] if "node_id" in run.error else steps[-1].node_id) == (
        RunStatus.FAILED,
        "call",
    )
    assert [step.node_id for step in steps] == ["first", "call"]
    await place.studio.runs.retry(place.actor, run_id, from_step="call", how="output", output={"status": 200})
    await place.settle()
    run, steps = await place.studio.runs.get(place.actor, run_id)
    assert run.status is RunStatus.COMPLETED
    assert [step.node_id for step in steps if step.status.value == "completed"] == ["first", "call", "last"]


async def test_3_workflows_that_start_one_another_are_paused_and_people_told_why(place: Any) -> None:
    task = {
        "id": "task",
        "type": "action",
        "action": "create_task",
        "config": {"title": "More", "assignee": "a@x.example"},
    }
    await place.switch_on(EVENT, **_chain(task))
    await place.studio.records.create(place.actor, "tasks", {"title": "First"})
    while (await place.studio.workflows.get(place.actor, "wf_1")).status is WorkflowStatus.ACTIVE:
        await place.settle()  # what a run changed is handed on beside it
        await asyncio.sleep(0.01)
    assert len(await place.runs()) <= 5
    async with place.house.database.read() as connection:
        bodies = [row.body for row in await connection.execute(text("SELECT body FROM notification"))]
    assert any("times in a row" in body for body in bodies)


async def test_4_a_delayed_step_of_a_workflow_that_is_switched_off_is_cancelled_with_the_reason(place: Any) -> None:
    await place.switch_on({"type": "manual"}, **_chain(PAUSE, _say("after", "{{ 1 }}")))
    run_id = await place.studio.runs.execute(place.actor, "wf_1", {})
    await place.settle()
    await place.studio.publishing.toggle(place.actor, "wf_1", active=False)
    await _wake(place, days=4)
    run, steps = await place.studio.runs.get(place.actor, run_id)
    assert (run.status, run.reason) == (RunStatus.CANCELLED, "The workflow was switched off while it waited.")
    assert "after" not in [step.node_id for step in steps]


async def test_5_an_approval_that_nobody_answers_for_24_hours_is_rejected(place: Any) -> None:
    ask = {"id": "ask", "type": "approval", "config": {"subject": "Pay?", "approvers": ["boss@example.com"]}}
    edges = [{"from": "trigger", "to": "ask"}, {"from": "ask", "to": "pay", "condition": "approved"}]
    await place.switch_on({"type": "manual"}, nodes=[ask, _say("pay", "{{ 1 }}")], edges=edges)
    run_id = await place.studio.runs.execute(place.actor, "wf_1", {})
    await place.settle()
    await _wake(place, hours=23)
    assert (await place.studio.runs.get(place.actor, run_id))[0].status is RunStatus.WAITING
    await _wake(place, hours=2)
    run, steps = await place.studio.runs.get(place.actor, run_id)
    assert (run.status, run.reason) == (RunStatus.REJECTED, "No answer in time: Pay?")
    assert "pay" not in [step.node_id for step in steps]


async def test_6_simultaneous_triggers_for_one_record_start_one_run(place: Any) -> None:
    await place.switch_on({"type": "manual"}, settings={"dedupe_window": "5 minutes"})
    start = place.studio.runs.execute
    runs = await asyncio.gather(*(start(place.actor, "wf_1", {"invoice": {"id": "inv_1"}}) for _ in range(10)))
    await place.house.admission.settled()
    await place.settle()
    await place.house.admission.settled()
    states = [(await place.studio.runs.get(place.actor, run))[0].status for run in runs]
    assert sorted(states) == [RunStatus.COMPLETED] + [RunStatus.SKIPPED] * 9


async def test_7_a_run_that_the_database_fails_under_goes_on_by_itself_when_it_is_back(place: Any) -> None:
    await place.switch_on({"type": "manual"}, **_chain(PAUSE, _say("after", "{{ 1 }}")))
    run_id = await place.studio.runs.execute(place.actor, "wf_1", {})
    await place.settle()
    journal = place.house._news._journal
    append = journal.append

    async def lost(batch: Any) -> bool:
        raise StorageFailed("The database is gone.")

    waking = Waking(place.house.engine, place.house._stores.timers, place.clock)
    place.clock.forward(days=4)
    journal.append = lost
    for _ in range(2):
        await waking.wake_due()
        await place.house.engine.idle()
    run, _ = await place.studio.runs.get(place.actor, run_id)
    assert run.status is RunStatus.WAITING, "nothing is half written"
    journal.append = append
    await waking.wake_due()
    await place.settle()
    run, steps = await place.studio.runs.get(place.actor, run_id)
    assert run.status is RunStatus.COMPLETED
    assert [step.node_id for step in steps if step.status.value == "completed"] == ["pause", "after"]


async def test_8_fifty_actions_and_more_are_warned_about_and_run_in_pieces(place: Any) -> None:
    chain = _chain(*(_say(f"n{number}", "{{ 1 }}") for number in range(120)))
    await place.switch_on({"type": "manual"}, **chain)
    problems = await place.studio.workflows.problems(
        place.actor, await place.studio.workflows.draft(place.actor, "wf_1")
    )
    assert any(one.severity == "warning" and "120" in one.message for one in problems)
    run_id = await place.studio.runs.execute(place.actor, "wf_1", {})
    await place.settle()
    run, _ = await place.studio.runs.get(place.actor, run_id)
    assert (run.status, run.steps_completed) == (RunStatus.COMPLETED, 120)


async def test_9_what_started_a_run_stays_as_it_was_then(place: Any) -> None:
    task = await place.studio.records.create(place.actor, "tasks", {"title": "Before"})
    await place.settle()
    await place.switch_on(
        {"type": "event", "config": {"event": "task.updated"}},
        **_chain(PAUSE, _say("then", "{{ trigger.task.title }}"), _say("now_it_is", "{{ task.title }}")),
    )
    await place.studio.records.update(place.actor, "tasks", task["id"], {"title": "At the start"})
    await place.settle()
    [run] = await place.runs()
    await place.studio.publishing.switch(place.actor, "wf_1", WorkflowStatus.PAUSED)  # the next change starts nothing
    await place.studio.records.update(place.actor, "tasks", task["id"], {"title": "Later"})
    await place.settle()
    await _wake(place, days=4)
    _, steps = await place.studio.runs.get(place.actor, run.id)
    assert [step.assigned for step in steps if step.assigned] == [{"then": "At the start"}, {"now_it_is": "Later"}]


async def test_10_deleting_a_workflow_cancels_what_is_pending_and_keeps_its_history(place: Any) -> None:
    await place.switch_on({"type": "manual"}, **_chain(PAUSE, _say("after", "{{ 1 }}")))
    runs = [await place.studio.runs.execute(place.actor, "wf_1", {}) for _ in range(3)]
    await place.settle()
    await place.studio.workflows.delete(place.actor, "wf_1")
    await place.settle()
    for run_id in runs:
        run, steps = await place.studio.runs.get(place.actor, run_id)
        assert (run.status, run.reason) == (RunStatus.CANCELLED, "The workflow was deleted.")
        assert next(step.node_id for step in steps) == "pause"
