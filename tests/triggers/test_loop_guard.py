"""Workflows that start one another without end are stopped, by each of the three limits, and people are told why."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from typing import Any

from flowstudio.domain.states import WorkflowStatus
from flowstudio.services.loop_guard import LONGEST_CHAIN, MOST_IN_CHAIN, MOST_PER_MINUTE
from flowstudio.services.ports import Page
from flowstudio.storage.audit import SqlAudit
from flowstudio.storage.notifications import SqlNotifications

GOES_ON = [{"id": "on", "type": "transform", "config": {"set": {"on": "{{ 1 }}"}}}]
EDGES = [{"from": "trigger", "to": "on"}]


def after(workflow_id: str) -> dict[str, Any]:
    """A trigger that fires when a run of that workflow has completed."""
    line = {"field": "workflow_id", "operator": "equals", "value": workflow_id}
    return {"type": "event", "event": "run.completed", "filter": line}


async def state(place: Any, workflow_id: str) -> WorkflowStatus:
    return (await place.studio.workflows.get(place.actor, workflow_id)).status


async def told(place: Any) -> list[tuple[str, str]]:
    """Return title and text of what people were told, the newest first."""
    rows, _ = await SqlNotifications(place.house.database).page("main", place.actor.user_id, Page())
    return [(row.title, row.body) for row in rows]


async def stopped(place: Any, workflow_id: str, reason: str) -> None:
    """Assert that this workflow alone was switched off, for this reason, by us."""
    assert await state(place, workflow_id) is WorkflowStatus.PAUSED
    [(title, body)] = await told(place)
    assert title == f"{workflow_id} was switched off"
    assert reason in body
    lines, _ = await SqlAudit(place.house.database).page("main", Page())
    [line] = [one for one in lines if one["action"] == "workflow.paused"]
    assert (line["actor"], line["subject"], line["detail"]["reason"]) == ("FlowStudio", workflow_id, body)


async def test_workflows_that_go_round_in_a_circle_are_stopped_after_some_rounds(place: Any) -> None:
    await place.switch_on({"type": "manual", "config": {}}, "wf_start", nodes=GOES_ON, edges=EDGES)
    both = {"field": "workflow_id", "operator": "in", "value": "wf_start,wf_b"}
    await place.switch_on(
        {"type": "event", "event": "run.completed", "filter": both}, "wf_a", nodes=GOES_ON, edges=EDGES
    )
    await place.switch_on(after("wf_a"), "wf_b", nodes=GOES_ON, edges=EDGES)
    await place.studio.runs.execute(place.actor, "wf_start", {})
    await place.settle()
    assert [len(await place.runs(name)) for name in ("wf_start", "wf_a", "wf_b")] == [1, MOST_IN_CHAIN, MOST_IN_CHAIN]
    await stopped(place, "wf_a", f"It started itself {MOST_IN_CHAIN} times in a row: wf_a → wf_b → wf_a → wf_b → wf_a.")
    assert await state(place, "wf_b") is WorkflowStatus.ACTIVE


async def test_a_chain_of_different_workflows_has_an_end_even_across_restarts(place: Any, open_place: Any) -> None:
    names = [f"wf_{number:02}" for number in range(1, LONGEST_CHAIN + 3)]
    await place.switch_on({"type": "manual", "config": {}}, names[0], nodes=GOES_ON, edges=EDGES)
    for before, name in pairwise(names):
        if name != names[12]:
            await place.switch_on(after(before), name, nodes=GOES_ON, edges=EDGES)
    await place.studio.runs.execute(place.actor, names[0], {})
    await place.settle()
    assert len(await place.runs(names[11])) == 1
    # Nothing is remembered after a restart: what led to a run is read from the runs themselves.
    place = await open_place()
    half_way = (await place.runs(names[11]))[0].id
    await place.switch_on({"type": "event", "event": "half.way"}, names[12], nodes=GOES_ON, edges=EDGES)
    await place.sensing.handing_on.hand_on(happened(place, half_way))
    await place.settle()
    ran = [name for name in names if await place.runs(name)]
    assert ran == names[:LONGEST_CHAIN]
    await stopped(place, names[LONGEST_CHAIN], f"the end of a chain of {LONGEST_CHAIN} runs")


def happened(place: Any, run_id: str) -> Any:
    """An event that a run caused."""
    from flowstudio.services.happening import Happening

    return Happening("main", "evt_half", "half.way", {}, place.clock.now(), run_id)


async def test_a_run_may_start_another_workflow_so_often_in_a_minute(place: Any) -> None:
    await place.switch_on({"type": "event", "event": "task.created"}, "wf_each", nodes=GOES_ON, edges=EDGES)
    task = {"entity": "tasks", "fields": {"title": "One of many"}}
    made = {"id": "make", "type": "action", "action": "create_record", "config": task}
    each = {"id": "each", "type": "loop", "collection": "{{ rows }}", "item_variable": "row"}
    await place.switch_on(
        {"type": "manual", "config": {"inputs": [{"name": "rows", "type": "list"}]}},
        "wf_many", nodes=[each, made],
        edges=[{"from": "trigger", "to": "each"}, {"from": "each", "to": "make", "condition": "each"}],
    )  # fmt: skip
    await place.studio.runs.execute(place.actor, "wf_many", {"rows": list(range(MOST_PER_MINUTE))})
    await place.settle()
    assert await state(place, "wf_each") is WorkflowStatus.ACTIVE, "as often as that it may"
    await place.studio.runs.execute(place.actor, "wf_many", {"rows": [1]})
    await place.settle()
    await stopped(place, "wf_each", f"more than {MOST_PER_MINUTE} times in a minute")
    _, total = await place.studio.runs.list(place.actor, Page(1, 1), workflow_id="wf_each")
    assert total == MOST_PER_MINUTE
    place.clock.forward(minutes=1, seconds=1)
    await place.studio.publishing.toggle(place.actor, "wf_each", active=True)
    await place.studio.runs.execute(place.actor, "wf_many", {"rows": [1]})
    await place.settle()
    _, total = await place.studio.runs.list(place.actor, Page(1, 1), workflow_id="wf_each")
    assert total == MOST_PER_MINUTE + 1, "a minute later it runs again"


async def test_what_people_start_counts_for_no_limit(place: Any) -> None:
    await place.switch_on({"type": "event", "event": "lead.came"}, "wf_lead", nodes=GOES_ON, edges=EDGES)
    events = place.studio.events
    await asyncio.gather(*(events.raise_event(place.actor, "lead.came", {}) for _ in range(MOST_PER_MINUTE + 1)))
    await place.settle()
    assert await state(place, "wf_lead") is WorkflowStatus.ACTIVE
    assert await told(place) == []
