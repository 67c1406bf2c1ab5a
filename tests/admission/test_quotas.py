"""Quotas of a workspace: what is beyond them waits with a reason, is dealt fairly, and is never dropped."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import httpx
import pytest

from flowstudio.domain.actor import Role
from flowstudio.domain.states import RunStatus, WaitingFor
from flowstudio.errors import BadRequest, NotAllowed, TooMany
from flowstudio.scheduling.waking import Waking
from flowstudio.services.quotas import Shares
from tests.admission.conftest import SHORT, WAITING, Open, Place
from tests.support.servers import HttpServer, Request, http_server, reply


class Peer:
    """Another system that answers one call after the other, when a test lets it."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self._holding: list[asyncio.Event] = []
        self._called = asyncio.Condition()
        self.server: HttpServer

    async def answer(self, request: Request, writer: asyncio.StreamWriter) -> None:
        free = asyncio.Event()
        async with self._called:
            self.calls.append(request.target.removeprefix("/"))
            self._holding.append(free)
            self._called.notify_all()
        await free.wait()
        await reply()(request, writer)

    async def called(self, times: int) -> None:
        async with self._called:
            await asyncio.wait_for(self._called.wait_for(lambda: len(self.calls) >= times), 20)

    def let_go(self) -> None:
        """Answer the oldest call that waits for it."""
        self._holding.pop(0).set()

    def body(self, name: str) -> dict[str, Any]:
        url = self.server.url(f"/{name}")
        call = {"id": "call", "type": "http", "config": {"method": "POST", "url": url}}
        return {"nodes": [call], "edges": [{"from": "trigger", "to": "call"}]}


@asynccontextmanager
async def _peer() -> AsyncIterator[Peer]:
    peer = Peer()
    async with http_server(peer.answer) as peer.server:
        yield peer


async def _limit(place: Place, **quotas: Any) -> None:
    for key, value in quotas.items():
        await place.studio.settings.set(place.actor, f"max_runs_{key}", value)


async def _queued(place: Place, *runs: str) -> list[str | None]:
    """Return why runs wait that are queued, once what is to be decided is decided."""
    await place.house.admission.settled()
    found = [await place.run(run_id) for run_id in runs]
    assert {run.waiting_for for run in found if run.status is RunStatus.QUEUED} <= {WaitingFor.LIMIT}
    return [run.reason for run in found if run.status is RunStatus.QUEUED]


HOUR = "It waits for its turn: this workspace starts at most 3 runs within an hour."
ONCE = "It waits for its turn: in this workspace, 1 at most may run at the same time."


async def test_runs_beyond_the_hour_wait_for_the_next_and_start_then(place: Place) -> None:
    await place.switch_on({}, SHORT, "wf_a")
    await place.switch_on({}, SHORT, "wf_b")
    await _limit(place, per_hour=3)
    runs = [await place.start(workflow_id=name) for name in ("wf_a", "wf_b", "wf_a", "wf_a", "wf_b")]
    assert await place.states(*runs) == ["completed"] * 3 + ["queued"] * 2
    assert await _queued(place, *runs) == [HOUR] * 2
    assert (await place.studio.quotas.told(place.actor)) == {
        "max_runs_per_hour": {"limit": 3, "used": 3}, "max_runs_at_once": {"limit": None, "used": 0},
        "max_runs_waiting": {"limit": 10_000, "used": 2},
    }  # fmt: skip
    place.clock.forward(minutes=59)
    due = await place.house.admission.look_due()
    assert due is not None
    assert (due - place.clock.now()).total_seconds() == 60
    place.clock.forward(minutes=1)
    assert await place.house.admission.look_due() is None
    assert await place.states(*runs) == ["completed"] * 5


async def test_runs_beyond_those_at_once_start_when_others_end(
    open_place: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLOWSTUDIO_ALLOWED_PRIVATE_HOSTS", "127.0.0.1")
    place = await open_place()
    async with _peer() as peer:
        await place.switch_on({}, peer.body("a"), "wf_a")
        await _limit(place, at_once=1)
        runs = [await place.start(workflow_id="wf_a") for _ in range(3)]
        await peer.called(1)
        assert await _queued(place, *runs) == [ONCE] * 2
        assert (await place.studio.quotas.told(place.actor))["max_runs_at_once"] == {"limit": 1, "used": 1}
        for more in (2, 3):
            peer.let_go()
            await peer.called(more)
            assert len(await _queued(place, *runs)) == 3 - more
        peer.let_go()
        assert await place.states(*runs) == ["completed"] * 3


async def test_runs_that_rest_leave_their_place_to_others(place: Place) -> None:
    await place.switch_on({}, WAITING)
    await _limit(place, at_once=1)
    runs = [await place.start() for _ in range(3)]
    assert await place.states(*runs) == ["waiting"] * 3


async def test_a_busy_workflow_does_not_keep_the_others_out(open_place: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLOWSTUDIO_ALLOWED_PRIVATE_HOSTS", "127.0.0.1")
    place = await open_place()
    async with _peer() as peer:
        for name in ("busy", "calm", "low"):
            await place.switch_on({"priority": "low"} if name == "low" else {}, peer.body(name), name)
        await _limit(place, at_once=1)
        for name, times in (("busy", 20), ("calm", 3), ("low", 2)):
            for _ in range(times):
                await place.start(workflow_id=name)
        for number in range(1, 11):
            await peer.called(number)
            peer.let_go()
        first = peer.calls[:10]
        assert (first.count("calm"), first.count("low")) == (3, 2)
        assert "calm" in first[:3]
        for number in range(11, 26):  # the rest goes its way
            await peer.called(number)
            peer.let_go()
        await place.settle()
        assert (len(peer.calls), len(await _queued(place))) == (25, 0)


async def test_a_workflows_own_limits_hold_below_the_quota(place: Place) -> None:
    await place.switch_on({"concurrency": "queued"}, WAITING, "wf_one")
    await place.switch_on({}, SHORT, "wf_free")
    await _limit(place, per_hour=3)
    one = [await place.start(workflow_id="wf_one") for _ in range(3)]
    free = [await place.start(workflow_id="wf_free") for _ in range(3)]
    assert await place.states(*one, *free) == ["waiting", "queued", "queued", "completed", "completed", "queued"]
    assert await _queued(place, *one) == ["It waits until the run before it has ended."] * 2
    await place.go_on(one[0])
    assert await _queued(place, one[1]) == [HOUR], "its own turn has come, the workspace's has not"
    place.clock.forward(hours=1)
    await place.house.admission.look_due()
    assert await place.states(*one, *free) == ["completed", "waiting", "queued"] + ["completed"] * 3


async def test_a_run_that_another_waits_for_gets_its_turn(place: Place) -> None:
    await place.switch_on({}, SHORT, "wf_child")
    call = {"id": "call", "type": "workflow", "config": {"workflow": "wf_child", "wait": True}}
    await place.switch_on({}, {"nodes": [call], "edges": [{"from": "trigger", "to": "call"}]}, "wf_parent")
    await _limit(place, at_once=1)
    runs = [await place.start(workflow_id="wf_parent") for _ in range(2)]
    assert await place.states(*runs) == ["waiting"] * 2
    await Waking(place.house.engine, place.house._stores.timers, place.clock).wake_due()
    assert await place.states(*runs) == ["completed"] * 2


async def test_what_waits_outlives_a_restart_and_follows_a_change_of_the_quota(open_place: Open) -> None:
    place = await open_place()
    await place.switch_on({}, SHORT)
    await _limit(place, per_hour=1)
    runs = [await place.start() for _ in range(4)]
    assert await place.states(*runs) == ["completed"] + ["queued"] * 3
    place = await open_place()
    await place.house.admission.look_due()
    assert await place.states(*runs) == ["completed"] + ["queued"] * 3
    await _limit(place, per_hour=2)
    await place.house.admission.look_due()
    assert await place.states(*runs) == ["completed"] * 2 + ["queued"] * 2
    await _limit(place, per_hour=None)
    await place.house.admission.look_due()
    assert await place.states(*runs) == ["completed"] * 4
    assert await place.states(await place.start()) == ["completed"], "and nothing holds any more"


async def test_a_full_queue_turns_callers_away_and_keeps_what_it_has(place: Place) -> None:
    await place.switch_on({}, SHORT)
    await _limit(place, per_hour=1, waiting=2)
    runs = [await place.start() for _ in range(3)]
    assert await place.states(*runs) == ["completed"] + ["queued"] * 2
    place.clock.forward(minutes=50)
    with pytest.raises(TooMany) as refused:
        await place.start()
    assert refused.value.after == 600, "until the hour has room again"
    assert "2 runs of this workspace wait" in refused.value.message
    assert await place.count() == 3
    place.clock.forward(minutes=10)
    await place.house.admission.look_due()
    assert await place.states(*runs) == ["completed"] * 2 + ["queued"]
    assert await place.states(await place.start()) == ["queued"]


async def test_webhooks_forms_and_programs_are_asked_to_come_back(place: Place, client: httpx.AsyncClient) -> None:
    triggers = [
        {"id": "hook", "type": "webhook", "config": {"slug": "in"}},
        {"id": "event", "type": "event", "config": {"event": "order.paid"}},
        {"id": "form", "type": "form", "config": {"slug": "ask", "fields": [{"name": "who", "type": "text"}]}},
    ]
    note = {"id": "note", "type": "transform", "config": {"set": {"seen": "{{ 1 }}"}}}
    document = {
        "id": "wf", "name": "wf", "status": "active", "triggers": triggers, "nodes": [note],
        "edges": [{"from": "trigger", "to": "note"}],
    }  # fmt: skip
    await place.studio.exchange.import_document(place.actor, document, activate=True)
    hook = (await client.get("/api/v1/workflows/wf")).json()["hooks"][0]["url"].partition("/hooks/")[2]
    form = (await client.get("/api/v1/workflows/wf")).json()["forms"][0]["url"].rsplit("/", 2)
    kept = await client.patch("/api/v1/settings", json={"max_runs_per_hour": 1, "max_runs_waiting": 1})
    assert kept.json()["limits"]["max_runs_per_hour"] == {"limit": 1, "used": 0}

    begun = await client.post(f"/hooks/{hook}", json={})
    queued = await client.post("/api/v1/workflows/wf/execute", json={})
    assert (begun.status_code, queued.status_code) == (202, 202)
    await place.settle()
    for answer in (
        await client.post(f"/hooks/{hook}", json={}),
        await client.post("/api/v1/workflows/wf/execute", json={}),
        await client.post("/api/v1/events", json={"type": "order.paid", "data": {}}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (429, "too_many")
        assert int(answer.headers["Retry-After"]) in (3600, 3601)
        assert answer.json()["detail"] == "1 run of this workspace waits for its turn, which is as many as it keeps."
    with pytest.raises(TooMany):
        await place.studio.forms.submit(form[1], form[2], {"who": "Ada"})
    assert await place.count() == 2
    run = (await client.get(f"/api/v1/workflows/runs/{queued.json()['execution_id']}")).json()
    assert (run["status"], run["waiting_for"]) == ("queued", "limit")
    assert run["reason"] == "It waits for its turn: this workspace starts at most 1 run within an hour."
    place.clock.forward(hours=1)
    await place.house.admission.look_due()
    await place.settle()
    assert (await client.post(f"/hooks/{hook}", json={})).status_code == 202
    wrong = await client.patch("/api/v1/settings", json={"max_runs_at_once": "lots"})
    assert (wrong.status_code, wrong.json()["code"]) == (400, "bad_request")


@pytest.mark.parametrize("value", [0, -1, 1.5, "many", True, 1_000_001, "١٢", [5]])
async def test_a_quota_is_a_whole_number(place: Place, value: Any) -> None:
    with pytest.raises(BadRequest, match="whole number from 1 to 1,000,000"):
        await _limit(place, per_hour=value)
    assert place.studio.quotas.of("main").none


async def test_quotas_are_the_owners_and_begin_with_what_the_operator_set(
    open_place: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLOWSTUDIO_MAX_RUNS_PER_HOUR", "50")
    monkeypatch.setenv("FLOWSTUDIO_MAX_RUNS_AT_ONCE", "5")
    place = await open_place()
    quotas = place.studio.quotas
    assert (quotas.of("main").per_hour, quotas.of("main").at_once, quotas.of("main").waiting) == (50, 5, 10_000)
    with pytest.raises(NotAllowed):
        await place.studio.settings.set(replace(place.actor, role=Role.ADMIN), "max_runs_per_hour", 7)
    await _limit(place, per_hour="80")
    assert quotas.of("main").per_hour == 80
    place = await open_place()
    assert place.studio.quotas.of("main").per_hour == 80
    await _limit(place, per_hour="")
    assert place.studio.quotas.of("main").per_hour == 50


def test_shares_are_dealt_by_weight_and_are_not_saved_up() -> None:
    shares = Shares()
    assert shares.deal({"a": [0] * 9, "b": [0] * 9}, 6) == {"a": 3, "b": 3}
    assert shares.deal({"high": [1] * 9, "normal": [0] * 9, "low": [-1] * 9}, 7) == {"high": 4, "normal": 2, "low": 1}
    assert shares.deal({"a": [0] * 3}, None) == {"a": 3}
    one_by_one = [key for _ in range(6) for key, dealt in shares.deal({"x": [0] * 9, "y": [0]}, 1).items() if dealt]
    assert one_by_one.count("y") == 3
    for _ in range(100):
        shares.deal({"x": [0]}, 1)
    assert shares.deal({"x": [0] * 9, "late": [0] * 9}, 8)["x"] >= 3, "who comes late gets no turns for the time before"
