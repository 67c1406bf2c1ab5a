"""Workers carry on what a server starts: every word that is told to a run reaches whoever holds it."""

from __future__ import annotations

import asyncio
import itertools
from typing import Any

import pytest

from flowstudio.domain.states import RunStatus, WaitingFor
from flowstudio.errors import Conflict
from flowstudio.services.happening import Happening
from flowstudio.services.ports import Page
from tests.crash.conftest import Peer
from tests.workers.conftest import Fleet

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(120)]
PAGE = Page(1, 10)


def line(*nodes: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A workflow whose steps follow one another."""
    ids = ["trigger", *(node["id"] for node in nodes)]
    edges = [{"from": one, "to": other} for one, other in itertools.pairwise(ids)]
    return {"nodes": list(nodes), "edges": edges, **more}


def note(id_: str, value: str = "{{ 1 }}") -> dict[str, Any]:
    return {"id": id_, "type": "transform", "config": {"set": {id_: value}}}


def delay(id_: str, length: str) -> dict[str, Any]:
    return {"id": id_, "type": "delay", "config": {"for": length}}


ASK = {
    "nodes": [
        {"id": "ask", "type": "approval", "config": {"subject": "Pay", "approvers": ["a@x.example"]}},
        note("yes"), {"id": "no", "type": "end", "config": {"outcome": "stopped", "reason": "refused"}},
    ],
    "edges": [
        {"from": "trigger", "to": "ask"}, {"from": "ask", "to": "yes", "condition": "approved"},
        {"from": "ask", "to": "no", "condition": "rejected"},
    ],
}  # fmt: skip


async def test_a_run_that_the_server_starts_is_carried_on_by_a_worker(fleet: Fleet) -> None:
    await fleet.hire("one")
    await fleet.switch_on(line(note("a"), note("b")))
    run_id = await fleet.start()
    assert await fleet.studio.runs.wait(fleet.actor, run_id, 20), "whoever waits is told"
    assert (await fleet.run(run_id)).status is RunStatus.COMPLETED
    assert [step.node_id for step in await fleet.steps(run_id)] == ["a", "b"]


async def test_runs_that_start_before_a_worker_comes_wait_for_it(fleet: Fleet) -> None:
    await fleet.switch_on(line(note("a")))
    runs = [await fleet.start() for _ in range(5)]
    assert {(await fleet.run(run_id)).status for run_id in runs} == {RunStatus.QUEUED}
    await fleet.hire("one")
    assert [(await fleet.until(run_id)).status for run_id in runs] == [RunStatus.COMPLETED] * 5


async def test_runs_are_spread_over_workers(fleet: Fleet) -> None:
    workers = [await fleet.hire("one"), await fleet.hire("two")]
    taken: dict[str, set[str]] = {worker.name: set() for worker in workers}
    for worker in workers:
        _note_runs(worker, taken[worker.name])
    await fleet.switch_on(line(note("a")))
    runs = [await fleet.start() for _ in range(60)]
    for run_id in runs:
        assert (await fleet.until(run_id)).status is RunStatus.COMPLETED
    assert all(taken.values()), "each has carried some on"
    assert not taken["one"] & taken["two"], "and none both"
    assert taken["one"] | taken["two"] == set(runs)


def _note_runs(worker: Any, into: set[str]) -> None:
    advance = worker.engine.advance

    async def noting(run_id: str) -> Any:
        into.add(run_id)
        return await advance(run_id)

    worker.engine.advance = noting


async def test_a_timer_wakes_a_run_that_no_worker_holds(fleet: Fleet) -> None:
    await fleet.hire("one")
    await fleet.switch_on(line(delay("d", "0.3 seconds"), note("a"), delay("e", "0.2 seconds"), note("b")))
    run_id = await fleet.start()
    assert (await fleet.until(run_id)).status is RunStatus.COMPLETED
    assert [step.node_id for step in await fleet.steps(run_id) if step.status == "completed"] == ["d", "a", "e", "b"]


async def test_an_approval_is_answered_once_whichever_worker_takes_it(fleet: Fleet) -> None:
    await fleet.hire("one")
    await fleet.hire("two")
    await fleet.switch_on(ASK)
    run_id = await fleet.start()
    assert (await fleet.rests(run_id)).waiting_for is WaitingFor.APPROVAL
    token = (await fleet.studio.approvals.list(fleet.actor))[0].token
    answers = await asyncio.gather(
        *(fleet.studio.approvals.decide(fleet.actor, token, "approved") for _ in range(5)), return_exceptions=True
    )
    assert sum(answer is None for answer in answers) == 1, answers
    assert (await fleet.until(run_id)).status is RunStatus.COMPLETED


async def test_what_is_told_while_a_run_is_taken_up_is_carried_out_once(fleet: Fleet) -> None:
    worker = await fleet.hire("one")
    await fleet.switch_on(ASK)
    run_id = await fleet.start()
    await fleet.rests(run_id)
    take = worker.attending._holds.take

    async def slowly(taken: str) -> Any:
        found = await take(taken)
        worker.attending.told([taken])  # a note of the same message, which is among what was found
        await asyncio.sleep(0.2)
        return found

    worker.attending._holds.take = slowly
    decide, decisions = worker.engine.decide, []

    async def noting(*asked: Any, **more: Any) -> bool:
        decisions.append(await decide(*asked, **more))
        return decisions[-1]

    worker.engine.decide = noting
    token = (await fleet.studio.approvals.list(fleet.actor))[0].token
    await fleet.studio.approvals.decide(fleet.actor, token, "approved")
    assert (await fleet.until(run_id)).status is RunStatus.COMPLETED
    await fleet.idle()
    assert decisions == [True], "a second time it comes too late, and that would be its answer"


async def test_a_refusal_that_comes_too_late_is_told_so(fleet: Fleet) -> None:
    await fleet.hire("one")
    await fleet.switch_on(ASK)
    run_id = await fleet.start()
    await fleet.rests(run_id)
    await fleet.studio.runs.decide(fleet.actor, run_id, "rejected")
    assert (await fleet.until(run_id)).reason == "refused"
    with pytest.raises(Conflict):
        await fleet.studio.runs.decide(fleet.actor, run_id, "approved")


async def test_an_event_reaches_the_step_that_waits_for_it(fleet: Fleet) -> None:
    await fleet.hire("one")
    wait = {"id": "w", "type": "wait", "config": {"for_event": "go.on"}}
    edges = [{"from": "trigger", "to": "w"}, {"from": "w", "to": "a", "condition": "received"}]
    await fleet.switch_on({"nodes": [wait, note("a")], "edges": edges})
    run_id = await fleet.start()
    await fleet.rests(run_id)
    await fleet.house.sensing.handing_on.hand_on(
        Happening(fleet.actor.workspace, "evt_1", "go.on", {}, fleet.house.clock.now())
    )
    assert (await fleet.until(run_id)).status is RunStatus.COMPLETED


async def test_a_run_is_cancelled_while_it_waits_and_while_it_works(fleet: Fleet) -> None:
    await fleet.hire("one")
    await fleet.switch_on(line(delay("d", "1 hour")))
    waiting = await fleet.start()
    await fleet.rests(waiting)
    await fleet.studio.runs.cancel(fleet.actor, waiting)
    assert (await fleet.until(waiting)).status is RunStatus.CANCELLED


async def test_a_run_is_paused_and_goes_on(fleet: Fleet) -> None:
    await fleet.hire("one")
    await fleet.switch_on(line(delay("d", "0.5 seconds"), note("a")))
    run_id = await fleet.start()
    await fleet.rests(run_id)
    await fleet.studio.runs.pause(fleet.actor, run_id)
    run = await fleet.rests(run_id)
    assert run.waiting_for is WaitingFor.PAUSED
    await fleet.studio.runs.resume(fleet.actor, run_id)
    assert (await fleet.until(run_id)).status is RunStatus.COMPLETED


async def test_a_finished_run_is_taken_up_again_once(fleet: Fleet) -> None:
    await fleet.hire("one")
    await fleet.switch_on(line(note("a"), note("b")))
    run_id = await fleet.start()
    await fleet.until(run_id)
    await fleet.studio.runs.retry(fleet.actor, run_id, from_step="b")
    async with asyncio.timeout(20):
        while [one.node_id for one in await fleet.steps(run_id) if one.status == "completed"].count("b") < 2:
            await asyncio.sleep(0.02)
    await fleet.until(run_id)


async def test_a_child_is_carried_on_and_its_parent_goes_on(fleet: Fleet) -> None:
    await fleet.hire("one")
    await fleet.hire("two")
    child = line(note("c", "{{ 42 }}"))
    call = {"id": "call", "type": "workflow", "config": {"workflow": "child", "input": {}, "wait": True}}
    await fleet.switch_on(child, id_="child")
    await fleet.switch_on(line(call, note("a", "{{ steps.call.output.c }}")), id_="parent")
    run_id = await fleet.start(id_="parent")
    assert (await fleet.until(run_id)).status is RunStatus.COMPLETED
    assert (await fleet.steps(run_id))[-1].assigned == {"a": 42}


async def test_a_child_waits_for_its_turn_where_its_workflow_lets_one_go_at_a_time(fleet: Fleet) -> None:
    await fleet.hire("one")
    call = {"id": "call", "type": "workflow", "config": {"workflow": "child", "input": {}, "wait": True}}
    await fleet.switch_on(line(delay("d", "0.1 seconds")), {"concurrency": "queued"}, id_="child")
    await fleet.switch_on(line(call), id_="parent")
    runs = [await fleet.start(id_="parent") for _ in range(4)]
    assert [(await fleet.until(run_id)).status for run_id in runs] == [RunStatus.COMPLETED] * 4


async def test_runs_of_a_workflow_with_a_queue_go_one_after_another(fleet: Fleet) -> None:
    await fleet.hire("one")
    await fleet.hire("two")
    await fleet.switch_on(line(delay("d", "0.05 seconds"), note("a")), {"concurrency": "queued"})
    runs = [await fleet.start() for _ in range(6)]
    ended = [await fleet.until(run_id) for run_id in runs]
    for one, other in itertools.pairwise(ended):
        assert one.completed_at is not None
        assert other.started_at is not None
        assert one.completed_at <= other.started_at


async def test_what_workspaces_share_is_never_stale_in_a_run_that_starts_later(fleet: Fleet) -> None:
    await fleet.hire("one")
    await fleet.switch_on(line(note("a", "{{ settings.company_name }}")))
    for name in ("First", "Second", "Third"):
        await fleet.studio.settings.set(fleet.actor, "company_name", name)
        run_id = await fleet.start()
        await fleet.until(run_id)
        assert (await fleet.steps(run_id))[-1].assigned == {"a": name}


async def test_an_event_of_a_run_starts_a_workflow_that_was_switched_on_a_moment_ago(fleet: Fleet) -> None:
    await fleet.hire("one")
    await fleet.switch_on(line(note("a")))
    await fleet.until(await fleet.start())
    await fleet.switch_on(
        {**line(note("b")), "trigger": {"type": "event", "config": {"event": "run.completed"}}}, id_="then"
    )
    await fleet.until(await fleet.start())
    async with asyncio.timeout(20):
        while True:
            rows, _ = await fleet.studio.runs.list(fleet.actor, PAGE, workflow_id="then")
            if rows and rows[0].status is RunStatus.COMPLETED:
                break
            await asyncio.sleep(0.02)


def calls(peer: Peer, *paths: str) -> dict[str, Any]:
    """A workflow that calls another system, one path after another."""
    return line(*(
        {"id": f"c{at}", "type": "action", "action": "http_request",
         "config": {"method": "POST", "url": f"{peer.url}{path}", "honours_idempotency_key": True}}
        for at, path in enumerate(paths)
    ))  # fmt: skip


async def test_a_worker_that_stops_lets_its_step_end_and_hands_the_run_to_another(fleet: Fleet, peer: Peer) -> None:
    one = await fleet.hire("one")
    await fleet.switch_on(calls(peer, "/keyed/stop", "/keyed/then"))
    peer.hold("/keyed/stop")
    run_id = await fleet.start()
    await asyncio.to_thread(peer.wait, "/keyed/stop")
    del fleet.workers["one"]
    closing = asyncio.create_task(one.close())
    async with asyncio.timeout(20):
        while not one.attending._leaving.is_set():
            await asyncio.sleep(0.01)
    peer.hold()
    await closing
    assert [(step.node_id, step.status) for step in await fleet.steps(run_id)] == [("c0", "completed")]
    await fleet.hire("two")
    assert (await fleet.until(run_id)).status is RunStatus.COMPLETED
    assert [path for path, _ in peer.seen() if path in ("/keyed/stop", "/keyed/then")] == ["/keyed/stop", "/keyed/then"]


async def test_a_run_is_cancelled_while_its_step_is_under_way(fleet: Fleet, peer: Peer) -> None:
    await fleet.hire("one")
    await fleet.hire("two")
    await fleet.switch_on(calls(peer, "/keyed/cancelled", "/keyed/never"))
    peer.hold("/keyed/cancelled")
    run_id = await fleet.start()
    await asyncio.to_thread(peer.wait, "/keyed/cancelled")
    await fleet.studio.runs.cancel(fleet.actor, run_id)
    assert (await fleet.until(run_id)).status is RunStatus.CANCELLED
    peer.hold()
    assert not [path for path, _ in peer.seen() if path == "/keyed/never"]


async def test_a_worker_that_was_given_up_lets_go_and_begins_anew(fleet: Fleet, peer: Peer) -> None:
    """As after a long pause of its machine: others went on with its run, and what it still does is not written."""
    one = await fleet.hire("one")
    await fleet.switch_on(calls(peer, "/keyed/given_up", "/keyed/after"))
    peer.hold("/keyed/given_up")
    run_id = await fleet.start()
    await asyncio.to_thread(peer.wait, "/keyed/given_up")
    before = one._me.id
    await fleet.house.database.writer.run(
        lambda c: c.exec_driver_sql("UPDATE worker SET seen_at = seen_at - interval '1 hour' WHERE NOT server").rowcount
    )
    await asyncio.to_thread(peer.wait, "/keyed/given_up", 2)
    peer.hold()
    assert (await fleet.until(run_id)).status is RunStatus.COMPLETED
    assert one._me.id != before
    keys = [key for path, key in peer.seen() if path == "/keyed/given_up"]
    assert len(keys) == 2
    assert len(set(keys)) == 1, "the step that was on its way is repeated under its key"
    done = [(step.node_id, step.status) for step in await fleet.steps(run_id) if step.status == "completed"]
    assert done == [("c0", "completed"), ("c1", "completed")]
