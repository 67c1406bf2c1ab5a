"""The engine on the real journal and the real records: a SQLite file."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from flowstudio.domain.ids import new_id
from flowstudio.domain.json import JsonObject
from flowstudio.domain.run import Run
from flowstudio.domain.states import RunStatus, WaitingFor
from flowstudio.domain.workflow import Workflow
from flowstudio.engine.engine import Engine
from flowstudio.engine.resume import Resume
from flowstudio.engine.simulated import NoSecrets, SimulatedMail, SimulatedWeb
from flowstudio.engine.world import FixedWorkspace, World
from flowstudio.errors import Conflict
from flowstudio.storage.database import Database
from flowstudio.storage.journal import SqlJournal
from flowstudio.storage.records import SqlRecords
from flowstudio.storage.timers import SqlTimers
from tests.support.databases import StillClock, sqlite_database
from tests.support.documents import act, drawn, note, value
from tests.support.engine import BERLIN, Texts, registry, workflow_of


class Disk:
    """One workflow on an engine over a SQLite file."""

    def __init__(self, database: Database, clock: StillClock) -> None:
        self.database = database
        self.clock = clock
        self.journal = SqlJournal(database)
        self.records = SqlRecords(database)
        self.timers = SqlTimers(database)
        self.mail = SimulatedMail()
        self.workflow: Workflow | None = None

    def engine(self, document: JsonObject) -> Engine:
        self.workflow = workflow_of(document)
        web = SimulatedWeb()
        world = World(
            self.clock,
            self.journal,
            self.records,
            self.mail,
            web.of(""),
            NoSecrets(),
            Texts(),
            FixedWorkspace(BERLIN),
            web.of,
        )
        return Engine(world, registry(), self)

    async def version(self, workspace: str, workflow_id: str, version: int) -> Workflow:
        assert self.workflow is not None
        return self.workflow

    def a_run(self, **fields: Any) -> Run:
        assert self.workflow is not None
        return Run(new_id("run"), "ws", self.workflow.id, 1, RunStatus.QUEUED, self.workflow.triggers[0].id, **fields)

    async def run(self, run_id: str) -> Run:
        history = await self.journal.claim(run_id)
        assert history is not None
        return history.run


@pytest.fixture
async def disk(tmp_path: Path) -> AsyncIterator[Disk]:
    clock = StillClock()
    async with sqlite_database(tmp_path, clock) as database:
        yield Disk(database, clock)


async def settled(engine: Engine, run_id: str) -> None:
    while (driver := engine.driver(run_id)) is not None:
        await driver


async def test_a_pure_run_is_stored_with_its_steps(disk: Disk) -> None:
    engine = disk.engine(drawn("T>v,v>w", value("v", [1, {"a": None}], "n"), value("w", "{{n[1]}}")))
    run = disk.a_run()
    await engine.execute(run, disk.workflow)
    history = await disk.journal.claim(run.id)
    assert history is not None
    assert (history.run.status, history.run.steps_completed) == (RunStatus.COMPLETED, 2)
    assert [(step.seq, step.node_id, step.output) for step in history.steps] == [
        (1, "v", {"value": [1, {"a": None}]}), (2, "w", {"value": {"a": None}}),
    ]  # fmt: skip


async def test_a_record_is_written_with_its_step(disk: Disk) -> None:
    row = await disk.records.create("ws", "tasks", {"title": "Old"}, actor="ann")
    document = drawn(
        "T>q,q>u,u>c,c>n",
        act("q", "query_records", {"entity": "tasks", "filter": {"title": "Old"}}, "found"),
        act("u", "update_record", {"record": "{{found[0]}}", "set": {"title": "New"}}),
        act("c", "create_record", {"entity": "tasks", "set": {"title": "{{found[0].title}} too"}}, "made"),
        note("n", "{{found[0].title}} {{made.title}}"),
    )
    engine = disk.engine(document)
    run = await engine.execute(disk.a_run(), disk.workflow)
    assert (run.status, run.error) == (RunStatus.COMPLETED, None)
    assert [mail.text for mail in disk.mail.sent] == ["New New too"]
    assert (await disk.records.get("ws", "tasks", row["id"]))["title"] == "New"


async def test_a_record_is_changed_twice_in_one_run(disk: Disk) -> None:
    row = await disk.records.create("ws", "tasks", {"title": "One"}, actor="ann")
    set_to = lambda node, title: act(node, "update_record", {"record": "{{found[0]}}", "set": {"title": title}})
    document = drawn(
        "T>q,q>a,a>b,b>n",
        act("q", "query_records", {"entity": "tasks"}, "found"),
        set_to("a", "{{found[0].title}} two"),
        set_to("b", "{{found[0].title}} three"),
        note("n", "{{found[0].title}}"),
    )
    run = await disk.engine(document).execute(disk.a_run(), disk.workflow)
    assert run.status is RunStatus.COMPLETED
    assert [mail.text for mail in disk.mail.sent] == ["One two three"]
    assert (await disk.records.get("ws", "tasks", row["id"]))["title"] == "One two three"


LOOP = drawn(
    "T>v,v>l,l[each]>d,d>n,l[done]>e",
    value("v", [1, 2], "xs"),
    {"id": "l", "type": "loop", "collection": "{{xs}}", "item_variable": "x", "collect": "{{x * 2}}"},
    {"id": "d", "type": "delay", "config": {"for": "1 day"}},
    note("n", "{{x}} {{today}}"),
    note("e", "{{steps.l.results[1]}}"),
)


async def test_a_run_sleeps_on_disk_and_goes_on_with_another_engine(disk: Disk) -> None:
    run = await disk.engine(LOOP).execute(disk.a_run(), disk.workflow)
    assert (run.status, run.waiting_for) == (RunStatus.WAITING, WaitingFor.TIMER)
    for _ in range(2):
        disk.clock.forward(days=1)
        due = await disk.timers.due(disk.clock.now())
        assert [timer.node_id for timer in due] == ["d"]
        engine = disk.engine(LOOP)
        assert await engine.wake(due[0])
        await settled(engine, run.id)
    assert [mail.text for mail in disk.mail.sent] == ["1 2026-03-03", "2 2026-03-04", "4"]
    assert (await disk.run(run.id)).status is RunStatus.COMPLETED
    assert await disk.timers.next_due() is None


ASK = {
    "id": "a",
    "type": "approval",
    "config": {
        "subject": "Pay?",
        "approvers": ["a@example.com"],
        "on_timeout": "escalate",
        "escalate_to": "b@example.com",
        "deadline": "1 day",
    },
}


async def test_an_approval_escalates_and_is_answered(disk: Disk) -> None:
    document = drawn("T>a,a[approved]>n", ASK, note("n", "{{steps.a.by}}"))
    run = await disk.engine(document).execute(disk.a_run(), disk.workflow)
    disk.clock.forward(days=1)
    engine = disk.engine(document)
    for timer in await disk.timers.due(disk.clock.now()):
        await engine.wake(timer)
    await settled(engine, run.id)
    waits = await disk.journal.open_waits("ws")
    assert [wait["detail"]["approvers"] for wait in waits] == [["b@example.com"]]
    assert len(await disk.timers.due(disk.clock.now())) == 0
    assert await disk.timers.next_due() is not None
    assert await engine.decide(run.id, "a", (), "approved", by="b@example.com")
    await settled(engine, run.id)
    assert [mail.text for mail in disk.mail.sent] == ["b@example.com"]
    assert await disk.journal.open_waits("ws") == []


async def test_one_run_per_event_id(disk: Disk) -> None:
    engine = disk.engine(drawn("T>v", value("v", 1)))
    await engine.execute(disk.a_run(event_id="e"), disk.workflow)
    with pytest.raises(Conflict):
        await engine.execute(disk.a_run(event_id="e"), disk.workflow)


async def test_a_run_cut_between_intent_and_step_is_left_to_a_person(disk: Disk) -> None:
    document = drawn("T>n,n>m", note("n", "first"), note("m", "second"))
    engine = disk.engine(document)
    append = disk.journal.append

    async def until_the_mail_is_out(batch: Any) -> bool:
        if disk.mail.sent:
            raise Conflict("gone")
        return await append(batch)

    disk.journal.append = until_the_mail_is_out  # type: ignore[method-assign]  # the process ends here
    run = disk.a_run()
    with pytest.raises(Conflict):
        await engine.execute(run, disk.workflow)
    disk.journal.append = append  # type: ignore[method-assign]
    engine = disk.engine(document)
    assert await engine.recover() == [run.id]
    await settled(engine, run.id)
    stored = await disk.run(run.id)
    assert (stored.status, stored.waiting_for) == (RunStatus.WAITING, WaitingFor.DECISION)
    assert [mail.text for mail in disk.mail.sent] == ["first"]
    assert await engine.decide_in_doubt(run.id, "n", (), "happened", by="ann")
    await settled(engine, run.id)
    assert [mail.text for mail in disk.mail.sent] == ["first", "second"]


async def test_a_failed_run_is_taken_up_again(disk: Disk) -> None:
    document = drawn(
        "T>v,v>f,f>n", value("v", 1, "x"), act("f", "flaky", {"times": 1, "error": "refused"}), note("n", "{{x}}")
    )
    engine = disk.engine(document)
    run = await engine.execute(disk.a_run(), disk.workflow)
    assert run.status is RunStatus.FAILED
    assert await engine.resume(run.id, Resume(by="ann"))
    await settled(engine, run.id)
    stored = await disk.run(run.id)
    assert (stored.status, stored.error, stored.completed_at is not None) == (RunStatus.COMPLETED, None, True)
    assert [mail.text for mail in disk.mail.sent] == ["1"]
