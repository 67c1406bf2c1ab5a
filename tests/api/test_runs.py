"""Runs by the API, by webhook and by event."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx

from flowstudio.app import House
from flowstudio.domain.actor import Role
from tests.api.conftest import EXAMPLE
from tests.support.places import key_of

BASE = "/api/v1/workflows"


def _hook(document: dict[str, Any]) -> str:
    return str(document["hooks"][0]["url"]).partition("/hooks/")[2]


async def test_execute_waits_for_the_end_and_tells_every_step(
    client: httpx.AsyncClient, hook_document: dict[str, Any]
) -> None:
    hook_document["trigger"] = {"type": "manual", "config": {}}
    hook_document["nodes"][0]["condition"]["field"] = "amount"
    hook_document["trigger"]["config"]["inputs"] = [{"name": "amount", "type": "number", "required": True}]
    hook_document["nodes"][1]["config"]["set"]["total"] = "{{amount * 2}}"
    hook_document["nodes"] = [node for node in hook_document["nodes"] if node["id"] != "answer"]
    hook_document["edges"] = [*hook_document["edges"][:3], {"from": "double", "to": "done"}]
    made = await client.post(BASE, json=hook_document)
    assert made.status_code == 201, made.text
    run = (
        await client.post(f"{BASE}/wf_hook/execute", params={"wait": 10}, json={"input_data": {"amount": 21}})
    ).json()
    assert run["status"] == "completed"
    assert run["id"] == run["execution_id"] == run["run_id"]
    assert run["variables"]["total"] == 42
    assert [step["node_id"] for step in run["steps"]] == ["big", "double", "done"]
    assert run["steps"][0]["ways"] == ["true"]
    listed = (await client.get(f"{BASE}/wf_hook/executions")).json()
    assert listed["executions"][0]["steps_total"] == 3
    assert (await client.get(f"{BASE}/instances/{run['id']}")).json()["id"] == run["id"]


async def test_execute_needs_a_published_version(client: httpx.AsyncClient) -> None:
    document = {**json.loads(EXAMPLE.read_bytes()), "status": "draft"}
    await client.post(f"{BASE}/import", json=document)
    answer = await client.post(f"{BASE}/wf_001/execute", json={})
    assert answer.status_code == 409


async def test_the_same_idempotency_key_starts_one_run(
    client: httpx.AsyncClient, hook_document: dict[str, Any]
) -> None:
    await client.post(BASE, json=hook_document)
    body = {"input_data": {"body": {"amount": 1}}}
    first = (await client.post(f"{BASE}/wf_hook/execute", json=body, headers={"Idempotency-Key": "k1"})).json()
    second = (await client.post(f"{BASE}/wf_hook/execute", json=body, headers={"Idempotency-Key": "k1"})).json()
    assert first["execution_id"] == second["execution_id"]
    assert (await client.get(f"{BASE}/wf_hook/runs")).json()["total"] == 1


async def test_a_webhook_runs_and_the_respond_step_answers(
    client: httpx.AsyncClient, hook_document: dict[str, Any]
) -> None:
    made = (await client.post(BASE, json=hook_document)).json()
    answer = await client.post(f"/hooks/{_hook(made)}", json={"amount": 50})
    assert answer.status_code == 201
    assert answer.json() == {"total": 100}
    run_id = (await client.get(f"{BASE}/wf_hook/runs")).json()["executions"][0]["id"]
    run = (await client.get(f"{BASE}/runs/{run_id}")).json()
    assert run["trigger"]["body"] == {"amount": 50}
    assert "Bearer" not in json.dumps(run), "credentials of the caller are not kept"


async def test_a_hundred_deliveries_of_one_event_start_one_run(
    client: httpx.AsyncClient, hook_document: dict[str, Any]
) -> None:
    hook_document["trigger"]["config"]["answer"] = "accepted"
    made = (await client.post(BASE, json=hook_document)).json()
    calls = [
        client.post(f"/hooks/{_hook(made)}", json={"amount": 5}, headers={"X-Event-Id": "evt-1"}) for _ in range(100)
    ]
    answers = await asyncio.gather(*calls)
    assert {answer.status_code for answer in answers} <= {200, 202}
    assert len({answer.json()["run_id"] for answer in answers}) == 1
    assert (await client.get(f"{BASE}/wf_hook/runs")).json()["total"] == 1


async def test_a_webhook_refuses_what_it_cannot_take(client: httpx.AsyncClient, hook_document: dict[str, Any]) -> None:
    made = (await client.post(BASE, json=hook_document)).json()
    address = f"/hooks/{_hook(made)}"
    assert (await client.post("/hooks/wrong/double", json={})).status_code == 404
    assert (await client.get(address)).status_code == 405
    assert (
        await client.post(address, content=b"{broken", headers={"Content-Type": "application/json"})
    ).status_code == 400
    assert (await client.post(address, content=b"x" * 1_100_000)).status_code == 413
    assert (await client.post(address, content=b"x", headers={"Content-Type": "image/png"})).status_code == 415
    await client.patch(f"{BASE}/wf_hook/toggle", json={"active": False})
    assert (await client.post(address, json={})).status_code == 404, "a workflow that is off does not answer"


async def test_an_event_starts_what_listens_and_only_once(client: httpx.AsyncClient) -> None:
    document = {
        "id": "wf_event",
        "name": "Big invoices",
        "status": "active",
        "trigger": {"type": "event", "config": {"event": "invoice.created", "filter": {"amount": {"$gt": 1000}}}},
        "nodes": [
            {"id": "task", "name": "Look at it", "type": "action", "action": "create_task",
             "config": {"title": "Look at {{invoice.number}}", "assignee": "{{invoice.customer.email}}"}},
        ],
        "edges": [{"from": "trigger", "to": "task"}],
    }  # fmt: skip
    made = await client.post(BASE, json=document)
    assert made.status_code == 201, made.text
    small = await client.post(
        "/api/v1/events", json={"type": "invoice.created", "data": {"invoice": {"id": "inv_1042", "amount": 10}}}
    )
    assert small.json() == {"runs": []}
    event = {"type": "invoice.created", "data": {"invoice": {"id": "inv_1042", "amount": 5000}}, "id": "e1"}
    first = (await client.post("/api/v1/events", json=event)).json()["runs"]
    again = (await client.post("/api/v1/events", json=event)).json()["runs"]
    assert first == again
    run_id = first[0]["run_id"]
    for _ in range(100):
        run = (await client.get(f"{BASE}/runs/{run_id}")).json()
        if run["status"] == "completed":
            break
        await asyncio.sleep(0.02)
    assert run["status"] == "completed", run
    tasks = (await client.get("/api/v1/records/tasks", params={"search": "INV-1042"})).json()["records"]
    assert [task["title"] for task in tasks] == ["Look at INV-1042"]
    assert tasks[0]["assignee"] == "ap@acme-robotics.example"


async def test_roles_hold_at_the_api(house: House, client: httpx.AsyncClient) -> None:
    await client.post(f"{BASE}/import", content=EXAMPLE.read_bytes())
    viewer = {"Authorization": f"Bearer {await key_of(house, Role.VIEWER)}"}
    assert (await client.get(BASE, headers=viewer)).status_code == 200
    for method, path in (
        ("POST", f"{BASE}/wf_001/execute"), ("POST", f"{BASE}/wf_001/publish"), ("PATCH", f"{BASE}/wf_001"),
        ("DELETE", f"{BASE}/wf_001"), ("POST", f"{BASE}/wf_001/test"), ("PATCH", f"{BASE}/wf_001/toggle"),
        ("POST", "/api/v1/events"), ("POST", "/api/v1/records/tasks"), ("PATCH", "/api/v1/settings"),
    ):  # fmt: skip
        answer = await client.request(method, path, headers=viewer, json={"type": "x"})
        assert answer.status_code == 403, (method, path, answer.text)


async def test_without_a_key_only_health_answers(client: httpx.AsyncClient) -> None:
    none = {"Authorization": "Bearer fs_no_key"}
    assert (await client.get("/api/v1/health", headers=none)).status_code == 200
    answer = await client.get(BASE, headers=none)
    assert answer.status_code == 401
    assert answer.json()["code"] == "not_signed_in"


async def test_a_request_from_another_site_is_refused(client: httpx.AsyncClient) -> None:
    answer = await client.post(f"{BASE}/validate", json={}, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403


async def test_notices_of_a_step_are_sent_again_and_only_where_somebody_was_told(
    client: httpx.AsyncClient, house: House, hook_document: dict[str, Any]
):
    node = next(one for one in hook_document["nodes"] if one["id"] == "double")
    node["notify"] = [{"on": "completed", "channel": "in_app", "to": "owner"}]
    made = await client.post("/api/v1/workflows/import", params={"activate": True}, json=hook_document)
    assert made.status_code == 201, made.text
    hook = (await client.get("/api/v1/workflows/wf_hook")).json()["hooks"][0]["url"]
    await client.post(httpx.URL(hook).path, json={"amount": 21})
    run_id = (await client.get("/api/v1/workflows/runs")).json()["executions"][0]["id"]
    await house.studio.telling.close()
    again = await client.post(f"/api/v1/workflows/runs/{run_id}/steps/double/replay-notifications")
    assert again.status_code == 200, again.text
    assert [(one["node_id"], one["status"]) for one in again.json()["notices"]] == [("double", "sent")]
    nobody = await client.post(f"/api/v1/workflows/runs/{run_id}/steps/big/replay-notifications")
    assert (nobody.status_code, nobody.json()["detail"]) == (404, "Nobody was told of this step.")


async def test_runs_are_found_by_when_they_began(client: httpx.AsyncClient, hook_document: dict[str, Any]) -> None:
    await client.post(BASE, json=hook_document)
    await client.post(f"{BASE}/wf_hook/execute", params={"wait": 10}, json={"input_data": {"body": {"amount": 1}}})
    begun = (await client.get(f"{BASE}/wf_hook/runs", params={"since": "2000-01-01"})).json()["total"]
    assert begun == 1
    for given, expected in (
        ({"since": "2000-01-01"}, begun), ({"until": "2000-01-01"}, 0), ({"since": "2999-01-01 10:00"}, 0),
        ({"since": "2000-01-01T00:00:00Z", "until": "2999-01-01"}, begun),
    ):  # fmt: skip
        assert (await client.get("/api/v1/workflows/runs", params=given)).json()["total"] == expected, given
    answer = await client.get("/api/v1/workflows/runs", params={"since": "soon"})
    assert (answer.status_code, answer.json()["detail"]) == (
        400, '"soon" is not a date. Write it as 2026-03-31 or 2026-03-31 14:00.'
    )  # fmt: skip
