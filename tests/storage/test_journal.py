"""The journal: durable points, fences, idempotency, records in the same transaction, taking runs up again."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import text

from flowstudio.domain.run import Effect, Intent, Run, Step, Timer, Write
from flowstudio.domain.states import RunStatus, StepStatus, WaitingFor
from flowstudio.errors import Conflict, StorageFailed
from flowstudio.kit.ports import Batch
from flowstudio.storage.journal import SqlJournal
from flowstudio.storage.timers import SqlTimers
from tests.support.databases import NOW


@pytest.fixture
def journal(database):
    return SqlJournal(database)


def a_run(run_id="run_1", **more):
    fields = {"workspace": "main", "workflow_id": "wf_1", "version": 1, "status": RunStatus.RUNNING, "started_at": NOW}
    return Run(id=run_id, **{**fields, **more})


def a_step(seq, node_id="node_1", status=StepStatus.COMPLETED, **more):
    return Step(seq=seq, node_id=node_id, iteration=more.pop("iteration", ()), status=status, **more)


async def begin(journal, run_id="run_1", **more):
    assert await journal.append(Batch(run_id, 1, new_run=a_run(run_id, **more)))


async def rows(database, query):
    async with database.read() as connection:
        return [tuple(row) for row in await connection.execute(text(query))]


async def add_workflow(database, workflow_id="wf_1"):
    await database.writer.run(
        lambda c: c.execute(
            text(
                "INSERT INTO workflow (id, workspace, name, status, draft, draft_revision, hook_token, created_at, updated_at)"
                " VALUES (:id, 'main', 'W', 'active', '{}', 1, :id, 0, 0)"
            ),
            {"id": workflow_id},
        )
    )


async def test_a_run_comes_back_as_it_was_written(journal):
    run = a_run(event={"invoice": {"id": "inv_1", "amount": 12.5}}, event_id="evt_1", priority=2, parent_run="run_0")
    step = a_step(
        1, iteration=(0, 3), attempt=2, ways=("true",), input={"to": "a@b.example"}, output={"records": [{"$entity": "x"}]},
        assigned={"total": 3}, effects=(Effect("message", {"channel": "email"}),), error={"code": "c", "message": "m"},
        detail={"rows": [1]}, started_at=NOW, completed_at=NOW + timedelta(microseconds=7),
    )  # fmt: skip
    assert await journal.append(Batch("run_1", 1, new_run=run, steps=[step]))
    history = await journal.claim("run_1")
    assert history.epoch == 2
    assert history.steps == [step]
    assert history.run == Run(
        **{**{name: getattr(run, name) for name in Run.__slots__}, "steps_total": 1, "steps_completed": 1}
    )


async def test_no_such_run_is_none(journal):
    assert await journal.claim("run_x") is None


async def test_another_owner_is_fenced_off(journal):
    await begin(journal)
    history = await journal.claim("run_1")
    assert not await journal.append(Batch("run_1", 1, steps=[a_step(1)]))
    assert await journal.append(Batch("run_1", history.epoch, steps=[a_step(1)]))
    assert not await journal.append(Batch("run_unheard_of", 1, steps=[a_step(1)]))


async def test_an_event_starts_a_workflow_once(journal):
    await begin(journal, "run_1", event_id="evt_1")
    with pytest.raises(Conflict):
        await begin(journal, "run_2", event_id="evt_1")
    await begin(journal, "run_3", event_id="evt_1", workflow_id="wf_2")
    answers = await asyncio.gather(
        *(begin(journal, f"run_b{n}", event_id="evt_2") for n in range(5)), return_exceptions=True
    )
    assert [type(answer) for answer in answers].count(Conflict) == 4


async def test_a_step_number_is_taken_once_and_hurts_nobody_else(journal, database):
    for n in range(10):
        await begin(journal, f"run_{n}")
    await journal.append(Batch("run_5", 1, steps=[a_step(1)]))
    answers = await asyncio.gather(
        *(journal.append(Batch(f"run_{n}", 1, steps=[a_step(1)])) for n in range(10)), return_exceptions=True
    )
    assert [type(answer) for answer in answers].count(StorageFailed) == 1
    assert isinstance(answers[5], StorageFailed)
    assert await rows(database, "SELECT count(*) FROM step") == [(10,)]


async def test_the_patch_changes_the_run_and_only_known_columns(journal):
    await begin(journal)
    patch = {"status": RunStatus.WAITING, "waiting_for": WaitingFor.TIMER, "reason": "r", "completed_at": None}
    assert await journal.append(Batch("run_1", 1, patch=patch))
    run = (await journal.claim("run_1")).run
    assert (run.status, run.waiting_for, run.reason) == (RunStatus.WAITING, WaitingFor.TIMER, "r")
    with pytest.raises(StorageFailed, match="colour"):
        await journal.append(Batch("run_1", 2, patch={"colour": 1}))


async def test_records_change_in_the_transaction_of_the_step(journal, database):
    await begin(journal)
    create = Write("create", "tickets", "tic_1", {"id": "tic_1", "subject": "Help", "$entity": "tickets"})
    await journal.append(Batch("run_1", 1, steps=[a_step(1)], writes=[create]))
    stale = Write("update", "tickets", "tic_1", {"subject": "Lost"}, revision=7)
    with pytest.raises(Conflict):
        await journal.append(Batch("run_1", 1, steps=[a_step(2)], writes=[stale], patch={"reason": "lost"}))
    history = await journal.claim("run_1")
    assert ([step.seq for step in history.steps], history.run.reason) == ([1], None)
    update = Write("update", "tickets", "tic_1", {"subject": "Found"}, revision=1)
    await journal.append(Batch("run_1", 2, steps=[a_step(2)], writes=[update]))
    assert await rows(database, "SELECT entity, id, revision FROM record") == [("tickets", "tic_1", 2)]
    await journal.append(Batch("run_1", 2, writes=[Write("delete", "tickets", "tic_1", {}, revision=2)]))
    assert await rows(database, "SELECT count(*) FROM record") == [(0,)]


async def test_of_two_steps_that_saw_the_same_revision_one_repeats(journal):
    await begin(journal)
    await begin(journal, "run_2")
    await journal.append(Batch("run_1", 1, writes=[Write("create", "leads", "lead_1", {"score": 0})]))
    update = Write("update", "leads", "lead_1", {"score": 1}, revision=1)
    answers = await asyncio.gather(
        journal.append(Batch("run_1", 1, writes=[update])),
        journal.append(Batch("run_2", 1, writes=[update])),
        return_exceptions=True,
    )
    assert sorted(type(answer).__name__ for answer in answers) == ["Conflict", "bool"]


async def test_workspaces_have_records_of_their_own(journal, database):
    await begin(journal, "run_1")
    await begin(journal, "run_2", workspace="other")
    write = Write("create", "leads", "lead_1", {"score": 0})
    assert await journal.append(Batch("run_1", 1, writes=[write]))
    assert await journal.append(Batch("run_2", 1, writes=[write]))
    with pytest.raises(Conflict):
        await journal.append(Batch("run_2", 1, writes=[write]))
    assert await rows(database, "SELECT workspace, id FROM record ORDER BY 1") == [
        ("main", "lead_1"),
        ("other", "lead_1"),
    ]


async def test_large_values_are_kept_once(journal, database):
    await begin(journal)
    records = [{"id": f"inv_{n}", "note": "x" * 100} for n in range(500)]
    steps = [a_step(n, output={"records": records, "count": 500}, assigned={"invoices": records}) for n in (1, 2)]
    await journal.append(Batch("run_1", 1, steps=steps))
    assert await rows(database, "SELECT count(*) FROM blob") == [(1,)]
    assert max(size for (size,) in await rows(database, "SELECT length(body) FROM step")) < 1_000
    assert [step.output for step in (await journal.claim("run_1")).steps] == [steps[0].output] * 2


async def test_a_typical_step_is_small(journal, database):
    await begin(journal)
    output = {"message_id": "<run_1.node_4.0@flowstudio>", "status": "sent"}
    effect = Effect("message", {"channel": "email", "to": "a@b.example", "subject": "Reminder", "text": "Dear …" * 20})
    await journal.append(Batch("run_1", 1, steps=[a_step(1, output=output, effects=(effect,), started_at=NOW)]))
    assert (await rows(database, "SELECT length(body) FROM step"))[0][0] <= 1_000


async def test_a_key_that_looks_like_ours_in_data_stays_data(journal):
    await begin(journal)
    body = {"$blob": "0" * 64, "large": [["input", "0" * 64]]}
    await journal.append(Batch("run_1", 1, steps=[a_step(1, input=body, output=body)]))
    step = (await journal.claim("run_1")).steps[0]
    assert (step.input, step.output) == (body, body)


async def test_intents_without_a_result_are_told(journal):
    await begin(journal)
    intents = [Intent("run_1", "node_1", (), n, f"key-{n}", {"to": "x"}) for n in (1, 2)]
    await journal.append(Batch("run_1", 1, intents=intents[:1]))
    assert (await journal.claim("run_1")).intents == intents[:1]
    await journal.append(Batch("run_1", 2, steps=[a_step(1, status=StepStatus.RETRYING)], intents=intents[1:]))
    assert (await journal.claim("run_1")).intents == intents[1:]
    await journal.append(Batch("run_1", 3, steps=[a_step(2, attempt=2)]))
    assert (await journal.claim("run_1")).intents == []


async def test_timers_are_due_in_order_and_go_when_done(journal, database):
    timers = SqlTimers(database)
    await begin(journal)
    later, sooner = (Timer("run_1", node, (1,), "delay", NOW + timedelta(hours=h)) for node, h in (("a", 2), ("b", 1)))
    await journal.append(Batch("run_1", 1, timers=[later, sooner]))
    assert await timers.due(NOW + timedelta(hours=3)) == [sooner, later]
    assert await timers.due(NOW + timedelta(minutes=5)) == []
    assert await timers.next_due() == sooner.due
    renewed = Timer("run_1", "b", (1,), "delay", NOW + timedelta(hours=9))
    await journal.append(Batch("run_1", 1, timers=[renewed], timers_done=[("a", (1,)), ("b", (1,))]))
    assert (await journal.claim("run_1")).timers == [renewed]


async def test_waits_are_found_by_token_until_done(journal):
    await begin(journal)
    wait = {
        "token": "t1",
        "kind": "approval",
        "node_id": "a",
        "iteration": [0],
        "detail": {"subject": "s"},
        "expires": None,
    }
    expires = {**wait, "token": "t2", "kind": "event", "expires": (NOW + timedelta(days=1)).isoformat()}
    await journal.append(Batch("run_1", 1, waits=[wait, expires]))
    assert [one["token"] for one in await journal.open_waits("main", kind="approval")] == ["t1"]
    assert (await journal.wait("t2"))["expires"] == expires["expires"]
    assert await journal.open_waits("other") == []
    await journal.append(Batch("run_1", 1, waits_done=["t1"]))
    assert await journal.wait("t1") is None
    assert [one["token"] for one in (await journal.claim("run_1")).waits] == ["t2"]


async def test_nothing_waits_any_more_when_a_run_has_ended(journal, database):
    await begin(journal)
    wait = {"token": "t1", "kind": "event", "node_id": "a", "iteration": [], "detail": {}, "expires": None}
    await journal.append(Batch("run_1", 1, waits=[wait], timers=[Timer("run_1", "a", (), "deadline", NOW)]))
    await journal.append(Batch("run_1", 1, patch={"status": "cancelled", "completed_at": NOW}))
    assert await SqlTimers(database).due(NOW) == []
    assert await journal.wait("t1") is None


async def test_runs_that_were_under_way_are_listed(journal):
    for run_id, status in (("run_1", "queued"), ("run_2", "running"), ("run_3", "waiting"), ("run_4", "completed")):
        await begin(journal, run_id, status=RunStatus(status))
    await begin(journal, "run_5", workspace="other")
    await begin(journal, "run_6", test=True)
    assert await journal.unfinished("main") == ["run_1", "run_2"]
    assert await journal.unfinished() == ["run_1", "run_2", "run_5"]


async def test_counters_of_the_workflow_follow_its_runs(journal, database):
    await add_workflow(database)
    query = "SELECT run_count, success_count, failure_count, last_run_id, last_run_status FROM workflow"
    await begin(journal, "run_1")
    await begin(journal, "run_2", status=RunStatus.COMPLETED)
    await begin(journal, "run_9", test=True)
    assert await rows(database, query) == [(2, 1, 0, "run_2", "completed")]
    await journal.append(Batch("run_1", 1, patch={"status": "failed"}))
    assert await rows(database, query) == [(2, 1, 1, "run_2", "completed")]
    await journal.append(Batch("run_1", 1, patch={"status": "running"}))
    await journal.append(Batch("run_1", 1, patch={"status": "completed"}))
    assert await rows(database, query) == [(2, 2, 0, "run_2", "completed")]


async def test_a_run_may_be_written_step_by_step_without_waiting(journal):
    batches = [Batch("run_1", 1, new_run=a_run(), steps=[a_step(1)])]
    batches += [Batch("run_1", 1, steps=[a_step(n)]) for n in range(2, 6)]
    batches += [Batch("run_1", 1, patch={"status": "completed", "outcome": "completed", "completed_at": NOW})]
    assert await asyncio.gather(*map(journal.append, batches)) == [True] * 6
    run = (await journal.claim("run_1")).run
    assert (run.status, run.steps_total, run.steps_completed) == (RunStatus.COMPLETED, 5, 5)


async def test_changes_of_records_raise_their_events_but_not_in_test_runs(journal, database):
    await begin(journal)
    await begin(journal, "run_2", test=True)
    create = Write("create", "invoices", "inv_1", {"status": "draft", "amount": 3})
    await journal.append(Batch("run_1", 1, writes=[create]))
    await journal.append(Batch("run_2", 1, writes=[Write("create", "invoices", "inv_2", {"status": "draft"})]))
    await journal.append(Batch("run_1", 1, writes=[Write("update", "invoices", "inv_1", {"status": "sent"}, 1)]))
    await journal.append(Batch("run_1", 1, events=[{"id": "e1", "type": "own.event", "data": {"n": 1}}]))
    await journal.append(Batch("run_1", 1, events=[{"id": "e1", "type": "own.event", "data": {"n": 2}}]))
    found = await rows(database, "SELECT type, run_id FROM event ORDER BY type")
    assert found == [("invoice.created", "run_1"), ("invoice.sent", "run_1"), ("own.event", "run_1")]
