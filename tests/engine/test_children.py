"""A run that starts another: once, waited for, its outputs handed over, also over a restart."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flowstudio.domain.ids import new_id
from flowstudio.domain.run import Run, Step
from flowstudio.domain.states import RunStatus, WaitingFor
from flowstudio.domain.workflow import Workflow
from flowstudio.engine.engine import Engine
from flowstudio.engine.world import Child
from flowstudio.errors import NotFound
from tests.support.documents import act, drawn, note, value
from tests.support.engine import Bench, registry, workflow_of

PARENT = drawn(
    "T>v,v>s,s>n",
    value("v", 4, "n"),
    {"id": "s", "type": "workflow", "config": {"workflow": "child", "input": {"amount": "{{n}}"}}},
    note("n", "{{steps.s.output.doubled}} {{steps.s.status}}"),
)


class Family(Bench):
    """An engine that knows two workflows."""

    def __init__(self, parent: dict[str, Any], child: dict[str, Any]) -> None:
        inputs = {"type": "manual", "config": {"inputs": [{"name": "amount", "type": "number"}]}}
        self.child = workflow_of({**child, "id": "child", "trigger": inputs})
        self.started: list[str] = []
        super().__init__(workflow_of({**parent, "id": "parent"}), registry())

    def new_engine(self) -> Engine:
        engine = super().new_engine()
        engine.world = replace(engine.world, start_child=self.start_child, read_run=self.read_run)
        return engine

    async def version(self, workspace: str, workflow_id: str, version: int) -> Workflow:
        return self.child if workflow_id == "child" else self.workflow

    async def start_child(self, child: Child) -> str:
        if child.workflow != "child":
            raise NotFound(f'There is no workflow "{child.workflow}".')
        run = Run(
            new_id("run"),
            "ws",
            "child",
            1,
            RunStatus.QUEUED,
            "trigger",
            child.input,
            child.event_id,
            parent_run=child.parent.id,
        )
        self.started.append(child.event_id)
        return await self.engine.start(run, self.child)

    async def read_run(self, run_id: str) -> tuple[Run, list[Step]] | None:
        return self.journal.run(run_id), self.journal.steps(run_id)


CHILD = drawn("T>t", {"id": "t", "type": "transform", "config": {"set": {"doubled": "{{amount * 2}}"}}})
SLEEPY = drawn("T>d,d>t", {"id": "d", "type": "delay", "config": {"for": "1 day"}}, CHILD["nodes"][0])


async def test_a_run_waits_for_the_one_it_started_and_reads_its_outputs() -> None:
    family = Family(PARENT, CHILD)
    run = await family.execute()
    await family.wait(seconds=1)
    assert family.journal.run(run.id).status is RunStatus.COMPLETED
    assert [mail.text for mail in family.mail.sent] == ["8 completed"]
    assert len(family.started) == 1


async def test_a_child_that_sleeps_wakes_its_parent_over_a_restart() -> None:
    family = Family(PARENT, SLEEPY)
    run = await family.execute()
    assert (run.status, run.waiting_for) == (RunStatus.WAITING, WaitingFor.EVENT)
    await family.engine.close()
    family.engine = family.new_engine()
    await family.wait(days=1, minutes=1)
    assert family.journal.run(run.id).status is RunStatus.COMPLETED
    assert [mail.text for mail in family.mail.sent] == ["8 completed"]


async def test_a_child_that_fails_fails_the_step() -> None:
    family = Family(PARENT, drawn("T>f", act("f", "flaky", {"times": 9, "error": "refused"})))
    run = await family.execute()
    await family.wait(seconds=1)
    stored = family.journal.run(run.id)
    assert stored.status is RunStatus.FAILED
    assert "ended as failed: No." in str(stored.reason)


async def test_workflows_that_call_one_another_without_end_say_once_what_went_wrong() -> None:
    family = Family(PARENT, PARENT)
    run = await family.execute()
    await family.wait(seconds=1)
    assert str(family.journal.run(run.id).reason).count("The workflow that was called") == 1


async def test_a_child_that_nobody_waits_for_goes_on_alone() -> None:
    start = {"id": "s", "type": "workflow", "config": {"workflow": "child", "input": {"amount": 1}, "wait": False}}
    family = Family(drawn("T>s,s>n", start, note("n", "{{steps.s.status}}")), SLEEPY)
    run = await family.execute()
    assert run.status is RunStatus.COMPLETED
    assert [mail.text for mail in family.mail.sent] == ["queued"]


async def test_a_workflow_that_is_not_there_fails_the_step() -> None:
    start = {"id": "s", "type": "workflow", "config": {"workflow": "nowhere", "input": {}}}
    run = await Family(drawn("T>s", start), CHILD).execute()
    assert (run.status, (run.error or {}).get("code")) == (RunStatus.FAILED, "not_found")


async def test_workflows_that_call_one_another_stop_at_the_limit() -> None:
    again = {"id": "s", "type": "workflow", "config": {"workflow": "child", "input": {"amount": "{{amount}}"}}}
    family = Family(PARENT, drawn("T>s", again))
    run = await family.execute()
    await family.wait(minutes=1)
    assert family.journal.run(run.id).status is RunStatus.FAILED
    assert len(family.started) == 10
