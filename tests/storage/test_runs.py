"""Lists and figures of runs."""

from datetime import timedelta

import pytest

from flowstudio.domain.run import Run, RunPlace, Step, Timer
from flowstudio.domain.states import RunStatus, StepStatus
from flowstudio.kit.ports import Batch
from flowstudio.services.ports import Page
from flowstudio.storage.journal import SqlJournal
from flowstudio.storage.runs import SqlRuns
from flowstudio.storage.settings import SqlSettings
from flowstudio.storage.workflows import SqlWorkflows
from tests.support.databases import NOW

HOUR = timedelta(hours=1)


@pytest.fixture
async def store(database):
    workflows = SqlWorkflows(database)
    document = {"name": "Reminder", "trigger": {"type": "schedule"}}
    await workflows.create("main", "wf_1", document, actor="Ada")
    await workflows.publish("main", "wf_1", 1, document, name="", actor="Ada")
    await SqlSettings(database).set("main", "timezone", "Europe/Berlin")
    return SqlRuns(database)


@pytest.fixture
def keep(database):
    journal = SqlJournal(database)

    async def keep(run_id, status="completed", began=NOW, ended=NOW, **more):
        fields = {"workspace": "main", "workflow_id": "wf_1", "version": 1, **more}
        steps = fields.pop("steps", [])
        timers = fields.pop("timers", [])
        run = Run(id=run_id, status=RunStatus(status), started_at=began, completed_at=ended, **fields)
        await journal.append(Batch(run_id, 1, new_run=run, steps=steps, timers=timers))

    return keep


async def test_a_run_is_read_with_its_steps_in_order(store, keep):
    steps = [Step(2, "b", (), StepStatus.COMPLETED), Step(1, "a", (0,), StepStatus.SKIPPED, output={"x": "y" * 40_000})]
    await keep("run_1", steps=steps)
    run, read = await store.get("main", "run_1")
    assert (run.id, run.steps_total, run.steps_completed) == ("run_1", 2, 2)
    assert read == sorted(steps, key=lambda step: step.seq)
    assert await store.get("other", "run_1") is None


async def test_a_run_knows_the_ones_before_and_after_it_of_its_workflow(store, keep):
    for number in (1, 2, 3):
        await keep(f"run_{number}")
    await keep("run_4", test=True)
    await keep("run_5", workflow_id="wf_2")
    await keep("run_6", workspace="other")
    assert await store.around("main", "wf_1", "run_2") == RunPlace(2, 3, "run_1", "run_3")
    assert await store.around("main", "wf_1", "run_1") == RunPlace(1, 3, None, "run_2")
    assert await store.around("main", "wf_1", "run_3") == RunPlace(3, 3, "run_2", None)


async def test_lists_are_newest_first_and_know_their_trigger(store, keep):
    await keep("run_1")
    await keep("run_2", "failed", error={"code": "refused", "message": "Mailbox is full"})
    await keep("run_3", "running", ended=None, event={"customer": "Harbor"})
    await keep("run_4", test=True)
    await keep("run_5", workspace="other")
    rows, total = await store.list("main", Page())
    assert ([row.id for row in rows], total) == (["run_3", "run_2", "run_1"], 3)
    assert (rows[0].workflow_name, rows[0].trigger_type) == ("Reminder", "schedule")

    async def ids(page=Page(), **filters):  # noqa: B008
        return [row.id for row in (await store.list("main", page, **filters))[0]]

    assert await ids(status=["failed", RunStatus.RUNNING]) == ["run_3", "run_2"]
    assert await ids(workflow_id="wf_2") == []
    assert await ids(search="mailbox") == ["run_2"]
    assert await ids(search="harbor") == ["run_3"]
    assert await ids(search="run_1") == ["run_1"]
    assert await ids(Page(2, 2)) == ["run_1"]
    assert await ids(Page(sort="started_at")) == ["run_1", "run_2", "run_3"]


async def test_runs_are_found_by_their_event_and_while_open(store, keep):
    await keep("run_1", event_id="e1")
    await keep("run_2", "waiting", ended=None)
    assert (await store.by_event("main", "wf_1", "e1")).id == "run_1"
    assert await store.by_event("other", "wf_1", "e1") is None
    assert await store.unfinished("main", "wf_1") == ["run_2"]


async def test_days_begin_at_midnight_of_the_workspace(store, keep):
    midnight = NOW.replace(hour=23, minute=0) - timedelta(days=1)  # of 2 March in Berlin
    await keep("run_1", ended=midnight - timedelta(minutes=1))
    await keep("run_2", ended=midnight)
    await keep("run_3", "failed", ended=NOW)
    await keep("run_4", "cancelled", ended=NOW)
    await keep("run_5", ended=NOW - timedelta(days=40))
    assert await store.per_day("main", 14) == [
        {"workflow_id": "wf_1", "day": "2026-03-01", "completed": 1, "failed": 0, "other": 0},
        {"workflow_id": "wf_1", "day": "2026-03-02", "completed": 1, "failed": 1, "other": 1},
    ]
    assert len(await store.per_day("main", 1)) == 1
    assert await store.per_day("main", 14, "wf_2") == []


async def test_the_summary_counts_what_needs_a_look(store, keep):
    assert (await store.summary("main"))["success_30_days"] is None
    await keep("run_1")
    await keep("run_2", "failed")
    await keep("run_3", "failed", workflow_id="wf_2", began=NOW - timedelta(days=3), ended=NOW - timedelta(days=3))
    await keep("run_4", "waiting", ended=None, timers=[Timer("run_4", "d", (), "delay", NOW + HOUR)])
    await keep("run_5", "failed", began=NOW - timedelta(days=50), ended=NOW - timedelta(days=50))
    assert await store.summary("main") == {
        "today": 3, "failed_open": 2, "failed_workflows": 2, "waiting": 1, "next_wake": NOW + HOUR,
        "success_30_days": 1 / 3, "runs_30_days": 3,
    }  # fmt: skip
