"""Taking steps out as a use case: who may, what is kept where, what undo does, and runs that cross from one to the other."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from flowstudio.app import House
from flowstudio.domain.actor import Actor, Role
from flowstudio.domain.run import Run, Step
from flowstudio.domain.states import RunStatus, WorkflowStatus
from flowstudio.errors import BadRequest, NotAllowed
from flowstudio.services.ports import Page
from tests.support.documents import drawn

FLOW = drawn(
    "T>find,find>mark,mark>tell",
    {"id": "find", "name": "Find the tickets", "type": "action", "action": "query_records", "config": {"entity": "tickets", "filter": {"field": "subject", "operator": "equals", "value": "{{subject}}"}}, "outputs": ["found"]},
    {"id": "mark", "name": "Mark it", "type": "action", "action": "update_record", "config": {"record": "{{first(found)}}", "set": {"priority": "urgent"}}, "outputs": ["marked"]},
    {"id": "tell", "name": "Tell", "type": "action", "action": "create_task", "config": {"title": "{{marked.subject}} is {{marked.priority}}", "assignee": "ann@example.org"}},
    trigger={"type": "manual", "config": {"inputs": [{"name": "subject", "type": "text", "required": True}]}},
    tests=[{"name": "Example", "sample": {"trigger": {"subject": "Broken lamp"}}}],
)  # fmt: skip


@pytest.fixture
async def owner(house: House) -> Actor:
    return await house.owner("test")


async def made(house: House, owner: Actor, **fields: Any) -> str:
    return (await house.studio.exchange.create(owner, {"name": "Tickets", **FLOW, **fields})).id


async def run_of(house: House, owner: Actor, workflow_id: str, payload: dict[str, Any]) -> tuple[Run, list[Step]]:
    run_id = await house.studio.runs.execute(owner, workflow_id, payload)
    await house.studio.runs.wait(owner, run_id, 20)
    run, steps = await house.studio.runs.get(owner, run_id)
    return run, list(steps)


async def test_the_new_workflow_is_published_beside_the_old_one_and_undo_brings_the_steps_back(
    house: House, owner: Actor
) -> None:
    workflow_id, studio = await made(house, owner), house.studio
    tag = await studio.shelf.make_tag(owner, "Desk")
    await studio.shelf.tag(owner, [workflow_id], tag.id)
    before = await studio.workflows.draft(owner, workflow_id)
    done = await studio.extracting.extract(owner, workflow_id, ["find", "mark"], name="Mark a ticket")
    assert (done.name, done.published, done.problems) == ("Mark a ticket", True, ())
    stored = await studio.workflows.get(owner, done.workflow_id)
    assert (stored.status, stored.published_version) == (WorkflowStatus.ACTIVE, 1)
    rows, _ = await studio.workflows.list(owner, Page(1, 10), tag=tag.id)
    assert {row.id for row in rows} == {workflow_id, done.workflow_id}
    sample = (await studio.workflows.draft(owner, done.workflow_id)).tests[0]["sample"]
    assert sample == {"trigger": {"subject": "Broken lamp"}}
    noted, _ = await studio.audit.page(owner, Page(1, 10))
    assert any("workflow.extracted" in one.values() and done.workflow_id in one.values() for one in noted)

    session = await studio.sessions.open(owner.workspace, workflow_id)
    assert [node.type for node in session.workflow.nodes] == ["workflow", "action"]
    assert await session.undo(owner) == "Take out Mark a ticket"
    assert session.workflow == before
    assert await studio.workflows.get(owner, done.workflow_id)


async def test_a_real_run_crosses_into_the_new_workflow_and_records_come_back_as_records(
    house: House, owner: Actor
) -> None:
    workflow_id, studio = await made(house, owner), house.studio
    await studio.records.create(owner, "tickets", {"subject": "Broken lamp", "priority": "low"})
    await studio.extracting.extract(owner, workflow_id, ["find", "mark"])
    await studio.publishing.publish(owner, workflow_id)
    run, _ = await run_of(house, owner, workflow_id, {"subject": "Broken lamp"})
    assert run.status is RunStatus.COMPLETED
    tasks, _ = await studio.records.page(owner, "tasks", Page(1, 50), search="Broken lamp")
    assert [task["title"] for task in tasks] == ["Broken lamp is urgent"]


async def test_a_test_run_goes_through_what_was_taken_out_before_it_is_published(house: House, owner: Actor) -> None:
    workflow_id, studio = await made(house, owner), house.studio
    done = await studio.extracting.extract(owner, workflow_id, ["tell"], publish=False)
    assert not done.published
    assert (await studio.workflows.get(owner, done.workflow_id)).status is WorkflowStatus.DRAFT
    flow = await studio.workflows.draft(owner, workflow_id)
    rows = [{"id": "t_1", "subject": "Broken lamp", "priority": "low"}]
    sample = {"trigger": {"subject": "Broken lamp"}, "records": {"tickets": rows}}
    result = await studio.testing.run(owner, flow, sample)
    assert [one["title"] for one in result["created"]] == ["Broken lamp is urgent"]
    assert result["notes"] == []


async def test_one_that_has_errors_stays_a_draft_and_says_why(house: House, owner: Actor) -> None:
    broken = [{**node, "config": {**node["config"], "entity": "no_such_things"}} if node["id"] == "find" else node for node in FLOW["nodes"]]  # fmt: skip
    workflow_id, studio = await made(house, owner, nodes=broken), house.studio
    plan = await studio.extracting.plan(owner, workflow_id, ["find"])
    assert await studio.extracting.problems(owner, plan)
    done = await studio.extracting.extract(owner, workflow_id, ["find"])
    assert not done.published
    assert any(one.severity == "error" for one in done.problems)
    assert (await studio.workflows.get(owner, done.workflow_id)).status is WorkflowStatus.DRAFT


async def test_who_may_not_build_may_not_take_out(house: House, owner: Actor) -> None:
    workflow_id, studio = await made(house, owner), house.studio
    viewer = replace(owner, role=Role.VIEWER)
    with pytest.raises(NotAllowed):
        await studio.extracting.plan(viewer, workflow_id, ["mark"])
    with pytest.raises(NotAllowed):
        await studio.extracting.extract(viewer, workflow_id, ["mark"])


async def test_what_is_refused_leaves_nothing_behind(house: House, owner: Actor) -> None:
    workflow_id, studio = await made(house, owner), house.studio
    with pytest.raises(BadRequest):
        await studio.extracting.extract(owner, workflow_id, ["find", "tell"])
    _, total = await studio.workflows.list(owner, Page(1, 10), search="Find the tickets")
    assert total == 1
