"""Taking a failed run up again by the API: from where it stopped, from a step, from one round, otherwise, elsewhere."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from flowstudio.app import House
from flowstudio.domain.actor import Role
from tests.support.places import key_of
from tests.support.servers import HttpServer, Request, http_server, reply

BASE = "/api/v1/workflows"


class Shop:
    """Another system: it refuses the paths that a test says, and answers the others."""

    def __init__(self) -> None:
        self.refused: set[str] = set()
        self.server: HttpServer

    async def answer(self, request: Request, writer: asyncio.StreamWriter) -> None:
        refused = request.target in self.refused
        await reply(422 if refused else 200, b'{"fault": "no"}' if refused else b'{"ok": true}')(request, writer)

    @property
    def calls(self) -> list[str]:
        return [request.target for request in self.server.requests]


@pytest.fixture(autouse=True)
def _may_call_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLOWSTUDIO_ALLOWED_PRIVATE_HOSTS", "127.0.0.1")


@pytest.fixture
async def shop(_may_call_loopback: None) -> AsyncIterator[Shop]:
    made = Shop()
    async with http_server(made.answer) as made.server:
        yield made


def _http(node: str, url: str) -> dict[str, Any]:
    return {"id": node, "type": "http", "config": {"method": "POST", "url": url}}


def _chain(shop: Shop, second: str = "/second") -> dict[str, Any]:
    """Two calls, and a step that notes what the second one answered."""
    note = {"id": "note", "type": "transform", "config": {"set": {"noted": "{{ steps.second.status }}"}}}
    return {
        "id": "wf", "name": "Orders", "status": "active", "trigger": {"type": "manual", "config": {}},
        "nodes": [_http("first", shop.server.url("/first")), _http("second", shop.server.url(second)), note],
        "edges": [{"from": "trigger", "to": "first"}, {"from": "first", "to": "second"},
                  {"from": "second", "to": "note"}],
    }  # fmt: skip


async def _failed(client: httpx.AsyncClient, document: dict[str, Any]) -> str:
    """Make the workflow and a run of it that fails; return the run's id."""
    assert (await client.post(BASE, json=document)).status_code == 201
    run = (await client.post(f"{BASE}/wf/execute", params={"wait": 20}, json={})).json()
    assert run["status"] == "failed", run
    return str(run["id"])


async def _again(client: httpx.AsyncClient, house: House, run_id: str, **asked: Any) -> dict[str, Any]:
    """Take the run up again and return it when it has come to rest."""
    answer = await client.post(f"{BASE}/runs/{run_id}/retry", json=asked)
    assert answer.status_code == 200, answer.text
    await house.engine.idle()
    run: dict[str, Any] = (await client.get(f"{BASE}/runs/{run_id}")).json()
    return run


async def test_it_goes_on_from_the_failed_step_and_does_nothing_twice(
    client: httpx.AsyncClient, house: House, shop: Shop
) -> None:
    shop.refused = {"/second"}
    run_id = await _failed(client, _chain(shop))
    shop.refused = set()
    run = await _again(client, house, run_id)
    assert (run["status"], run["error"], run["variables"]["noted"]) == ("completed", None, 200)
    assert shop.calls == ["/first", "/second", "/second"]
    tried = [(step["attempt"], step["status"]) for step in run["steps"] if step["node_id"] == "second"]
    assert (tried[0], tried[-1]) == ((1, "failed"), (2, "completed"))
    keys = [one.headers.get("idempotency-key") for one in shop.server.requests if one.target == "/second"]
    assert keys[0] != keys[1], "a refusal is a known answer: the next try is another one"


async def test_it_goes_on_from_any_step(client: httpx.AsyncClient, house: House, shop: Shop) -> None:
    shop.refused = {"/second"}
    run_id = await _failed(client, _chain(shop))
    shop.refused = set()
    run = await _again(client, house, run_id, from_step="first")
    assert run["status"] == "completed"
    assert shop.calls == ["/first", "/second", "/first", "/second"]


@pytest.mark.parametrize(
    ("asked", "noted"),
    [({"how": "output", "output": {"status": 299}}, 299), ({"output": {"status": 298}}, 298), ({"how": "skip"}, None)],
)
async def test_a_step_is_given_its_output_or_passed_over(
    client: httpx.AsyncClient, house: House, shop: Shop, asked: dict[str, Any], noted: int | None
) -> None:
    shop.refused = {"/second"}
    run_id = await _failed(client, _chain(shop))
    run = await _again(client, house, run_id, from_step="second", **asked)
    assert (run["status"], run["variables"].get("noted")) == ("completed", noted)
    assert shop.calls == ["/first", "/second"], "nothing is called again"


async def test_a_step_is_made_again_with_other_settings(client: httpx.AsyncClient, house: House, shop: Shop) -> None:
    shop.refused = {"/second"}
    run_id = await _failed(client, _chain(shop))
    settings = {"method": "PUT", "url": shop.server.url("/elsewhere")}
    run = await _again(client, house, run_id, from_step="second", input=settings)
    assert run["status"] == "completed"
    assert shop.calls == ["/first", "/second", "/elsewhere"]
    assert shop.server.requests[-1].method == "PUT"


async def test_it_goes_on_in_its_own_version_or_in_the_one_that_is_named(
    client: httpx.AsyncClient, house: House, shop: Shop
) -> None:
    shop.refused = {"/second"}
    run_id = await _failed(client, _chain(shop))
    change = {"nodes": _chain(shop, "/corrected")["nodes"]}
    assert (await client.patch(f"{BASE}/wf", json=change)).status_code == 200
    assert (await client.post(f"{BASE}/wf/publish", json={})).json()["version"] == 2
    old = await _again(client, house, run_id)
    assert (old["status"], old["version"], shop.calls[-1]) == ("failed", 1, "/second")
    new = await _again(client, house, run_id, version=2)
    assert (new["status"], new["version"], shop.calls[-1]) == ("completed", 2, "/corrected")
    assert shop.calls.count("/first") == 1


def _loop(shop: Shop, path: str = "/order") -> dict[str, Any]:
    """Three rounds, each with a call."""
    loop = {"id": "each", "type": "loop", "collection": "{{ [1, 2, 3] }}", "item_variable": "number",
            "collect": "{{ number }}"}  # fmt: skip
    after = {"id": "after", "type": "transform", "config": {"set": {"done": "{{ steps.each.results }}"}}}
    return {
        "id": "wf", "name": "Orders", "status": "active", "trigger": {"type": "manual", "config": {}},
        "nodes": [loop, _http("call", shop.server.url(path) + "/{{ number }}"), after],
        "edges": [{"from": "trigger", "to": "each"}, {"from": "each", "to": "call", "condition": "each"},
                  {"from": "each", "to": "after", "condition": "done"}],
    }  # fmt: skip


@pytest.mark.parametrize("iteration", [1, [1]])
async def test_it_goes_on_from_one_round_of_a_loop(
    client: httpx.AsyncClient, house: House, shop: Shop, iteration: Any
) -> None:
    shop.refused = {"/order/2"}
    run_id = await _failed(client, _loop(shop))
    assert shop.calls == ["/order/1", "/order/2"]
    shop.refused = set()
    run = await _again(client, house, run_id, from_step="call", iteration=iteration)
    assert (run["status"], run["variables"]["done"]) == ("completed", [1, 2, 3])
    assert shop.calls == ["/order/1", "/order/2", "/order/2", "/order/3"]


async def test_one_round_is_given_its_output_and_goes_on_in_another_version(
    client: httpx.AsyncClient, house: House, shop: Shop
) -> None:
    shop.refused = {"/order/2"}
    run_id = await _failed(client, _loop(shop))
    await client.patch(f"{BASE}/wf", json={"nodes": _loop(shop, "/later")["nodes"]})
    await client.post(f"{BASE}/wf/publish", json={})
    run = await _again(
        client, house, run_id, from_step="call", iteration=[1], how="output", output={"status": 200}, version=2
    )
    assert (run["status"], run["version"], run["variables"]["done"]) == ("completed", 2, [1, 2, 3])
    assert shop.calls == ["/order/1", "/order/2", "/later/3"]


@pytest.mark.parametrize(
    ("asked", "status", "said"),
    [
        ({"how": "pray"}, 400, "repeat, skip or output"),
        ({"from_step": "nowhere"}, 400, 'no step "nowhere"'),
        ({"from_step": ["second"]}, 400, "`from_step`"),
        ({"version": "2"}, 400, "`version`"),
        ({"version": True}, 400, "`version`"),
        ({"version": 9}, 404, "no version 9"),
        ({"input": "x"}, 400, "`input` is an object"),
        ({"from_step": "second", "output": [1]}, 400, "`output` is an object"),
        ({"from_step": "second", "iteration": -1}, 400, "number from 0"),
        ({"from_step": "second", "iteration": ["0"]}, 400, "number from 0"),
    ],
)
async def test_what_cannot_be_done_is_refused_and_leaves_the_run_as_it_is(
    client: httpx.AsyncClient, shop: Shop, asked: dict[str, Any], status: int, said: str
) -> None:
    shop.refused = {"/second"}
    run_id = await _failed(client, _chain(shop))
    answer = await client.post(f"{BASE}/runs/{run_id}/retry", json=asked)
    assert (answer.status_code, said in answer.json()["detail"]) == (status, True), answer.text
    assert (await client.get(f"{BASE}/runs/{run_id}")).json()["status"] == "failed"
    assert shop.calls == ["/first", "/second"]


async def test_only_who_may_run_workflows_takes_runs_up_and_only_runs_that_ended(
    client: httpx.AsyncClient, house: House, shop: Shop
) -> None:
    shop.refused = {"/second"}
    run_id = await _failed(client, _chain(shop))
    viewer = {"Authorization": f"Bearer {await key_of(house, Role.VIEWER)}"}
    assert (await client.post(f"{BASE}/runs/{run_id}/retry", headers=viewer)).status_code == 403
    assert (await client.post(f"{BASE}/runs/run_none/retry")).status_code == 404
    hold = {"id": "hold", "type": "delay", "config": {"for": "3 days"}}
    document = {**_chain(shop), "id": "wf_hold", "nodes": [hold], "edges": [{"from": "trigger", "to": "hold"}]}
    await client.post(BASE, json=document)
    going = (await client.post(f"{BASE}/wf_hold/execute", json={})).json()["execution_id"]
    await house.engine.idle()
    refused = await client.post(f"{BASE}/runs/{going}/retry")
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")
