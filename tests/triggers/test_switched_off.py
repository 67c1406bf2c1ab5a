"""A workflow that keeps failing, or sends more than it may, is switched off; people are told why and go on when they like."""

from __future__ import annotations

from typing import Any

from flowstudio.domain.states import WorkflowStatus
from flowstudio.services.ports import Page
from flowstudio.services.run_guard import FAILURES
from flowstudio.storage.audit import SqlAudit
from flowstudio.storage.notifications import SqlNotifications
from tests.support.servers import HttpServer, http_server

EVENT = {"type": "event", "event": "order.came"}
TASK = {"entity": "tasks", "fields": {"title": "Pack it", "due_date": "{{ day }}"}}
FAILS = [{"id": "fail", "type": "action", "action": "create_record", "config": TASK}]
"""Goes well where the event names a day."""
EDGES = [{"from": "trigger", "to": "fail"}]


async def happen(place: Any, times: int, **data: Any) -> None:
    """Let the event happen, one run after the other."""
    for _ in range(times):
        place.clock.forward(seconds=1)
        await place.studio.events.raise_event(place.actor, "order.came", {"day": "no day", **data})
        await place.settle()
        await place.house.run_guard.settled()


async def status(place: Any) -> WorkflowStatus:
    return (await place.studio.workflows.get(place.actor, "wf_1")).status


async def told(place: Any) -> list[tuple[str, str]]:
    rows, _ = await SqlNotifications(place.house.database).page("main", place.actor.user_id, Page())
    return [(row.title, row.body) for row in rows]


async def because(place: Any) -> dict[str, str]:
    return await place.studio.workflows.switched_off_because(place.actor, ["wf_1", "wf_other"])


async def test_a_workflow_that_keeps_failing_is_switched_off_and_people_are_told(place: Any) -> None:
    await place.switch_on(EVENT, nodes=FAILS, edges=EDGES)
    await happen(place, FAILURES - 1)
    assert (await status(place), await because(place)) == (WorkflowStatus.ACTIVE, {})
    await happen(place, 1)
    assert await status(place) is WorkflowStatus.PAUSED
    [(title, body)] = await told(place)
    assert title == "wf_1 was switched off"
    assert body.startswith(f"Its last {FAILURES} runs failed, the newest with: ")
    assert "no day" in body
    assert await because(place) == {"wf_1": body}
    [notice] = await place.studio.notices.unseen(place.actor)
    assert (notice.title, notice.body, notice.link) == (title, body, "/workflows/wf_1")
    await place.studio.notices.seen(place.actor, notice.id)
    assert await place.studio.notices.unseen(place.actor) == []
    lines, _ = await SqlAudit(place.house.database).page("main", Page())
    [line] = [one for one in lines if one["action"] == "workflow.paused"]
    assert (line["actor"], line["subject"], line["detail"]["reason"]) == ("FlowStudio", "wf_1", body)
    await happen(place, 2)
    assert len(await place.runs()) == FAILURES, "nothing starts it any more"
    assert len(await told(place)) == 1


async def test_it_goes_on_when_it_is_switched_on_and_gets_as_many_tries_again(place: Any, open_place: Any) -> None:
    await place.switch_on(EVENT, nodes=FAILS, edges=EDGES, settings={"pause_after_failures": 3})
    await happen(place, 3)
    assert await status(place) is WorkflowStatus.PAUSED
    place.clock.forward(minutes=1)
    await place.studio.publishing.toggle(place.actor, "wf_1", active=True)
    assert await because(place) == {}, "what a person decided since is what counts"
    await happen(place, 2)
    assert await status(place) is WorkflowStatus.ACTIVE
    # What failed before a restart counts as well: it is read from the runs.
    place = await open_place()
    await happen(place, 1)
    assert await status(place) is WorkflowStatus.PAUSED
    assert len(await told(place)) == 2
    await place.studio.publishing.toggle(place.actor, "wf_1", active=True)
    await place.studio.publishing.toggle(place.actor, "wf_1", active=False)
    assert await because(place) == {}, "a person switched it off"


async def test_a_run_that_goes_well_in_between_begins_the_count_anew(place: Any) -> None:
    await place.switch_on(EVENT, nodes=FAILS, edges=EDGES, settings={"pause_after_failures": 2})
    for _ in range(3):
        await happen(place, 1)
        await happen(place, 1, day="2026-03-09")
    assert await status(place) is WorkflowStatus.ACTIVE
    await happen(place, 2)
    assert await status(place) is WorkflowStatus.PAUSED


async def test_zero_means_never(place: Any) -> None:
    await place.switch_on(EVENT, nodes=FAILS, edges=EDGES, settings={"pause_after_failures": 0})
    await happen(place, FAILURES + 2)
    assert await status(place) is WorkflowStatus.ACTIVE


async def test_one_failure_is_enough_where_the_settings_say_so(place: Any) -> None:
    await place.switch_on(EVENT, nodes=FAILS, edges=EDGES, settings={"pause_after_failures": 1})
    await happen(place, 1)
    assert (await because(place))["wf_1"].startswith("Its last run failed: ")


def sends(server: HttpServer) -> list[dict[str, Any]]:
    """Steps that call two others, and one that reads here, which does not count."""
    one, two = {"url": server.url("/one")}, {"url": server.url("/two")}
    return [
        {"id": "one", "type": "action", "action": "send_webhook", "config": one},
        {"id": "two", "type": "action", "action": "send_webhook", "config": two},
        {"id": "three", "type": "action", "action": "query_records", "config": {"entity": "tasks"}},
    ]


SENDING = [{"from": "trigger", "to": "one"}, {"from": "one", "to": "two"}, {"from": "two", "to": "three"}]


async def test_a_workflow_that_sends_more_than_it_may_in_an_hour_is_switched_off(place: Any) -> None:
    async with http_server() as server:
        await place.switch_on(EVENT, nodes=sends(server), edges=SENDING, settings={"max_sent_per_hour": 6})
        await happen(place, 3)
        assert await status(place) is WorkflowStatus.ACTIVE, "as many as that it may"
        place.clock.forward(minutes=62)
        await happen(place, 3)
        assert await status(place) is WorkflowStatus.ACTIVE, "an hour later it may again"
        await happen(place, 1)
        assert await status(place) is WorkflowStatus.PAUSED
        assert [title for title, _ in await told(place)] == ["wf_1 was switched off"]
        reason = (await because(place))["wf_1"]
        assert reason.startswith("Its runs sent more than 6 messages and calls within an hour")
        called = len(server.requests)
        await happen(place, 1)
        assert len(server.requests) == called
        await place.studio.publishing.toggle(place.actor, "wf_1", active=True)
        await happen(place, 3)
        assert await status(place) is WorkflowStatus.ACTIVE, "a person switched it on: the hour begins anew"


async def test_what_was_sent_before_a_restart_counts(place: Any, open_place: Any) -> None:
    async with http_server() as server:
        await place.switch_on(EVENT, nodes=sends(server), edges=SENDING, settings={"max_sent_per_hour": 6})
        await happen(place, 1)
        place.clock.forward(minutes=40)
        await happen(place, 2)
        place = await open_place()
        place.clock.forward(minutes=25)
        await happen(place, 1)
        assert await status(place) is WorkflowStatus.ACTIVE, "the first two left more than an hour ago"
        place = await open_place()
        await happen(place, 1)
        assert await status(place) is WorkflowStatus.PAUSED
        place.clock.forward(minutes=1)
        await place.studio.publishing.toggle(place.actor, "wf_1", active=True)
        place = await open_place()
        await happen(place, 3)
        assert await status(place) is WorkflowStatus.ACTIVE, "a person switched it on: the hour begins anew"


async def test_test_runs_count_for_neither(place: Any) -> None:
    async with http_server() as server:
        settings = {"max_sent_per_hour": 1, "pause_after_failures": 1}
        await place.switch_on(EVENT, nodes=sends(server), edges=SENDING, settings=settings)
        workflow = await place.studio.workflows.draft(place.actor, "wf_1")
        for _ in range(3):
            await place.studio.testing.run(place.actor, workflow, {"number": 1})
        await place.house.run_guard.settled()
        assert await status(place) is WorkflowStatus.ACTIVE
        assert server.requests == []
