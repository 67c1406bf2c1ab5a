"""Approvals: asked by a run, answered by the API, once."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx

BASE = "/api/v1/workflows"


def _document(**config: Any) -> dict[str, Any]:
    return {
        "id": "wf_pay",
        "name": "Pay invoice",
        "status": "active",
        "trigger": {"type": "manual", "config": {"inputs": [{"name": "amount", "type": "number", "required": True}]}},
        "nodes": [
            {"id": "ask", "name": "May it be paid?", "type": "approval",
             "config": {"subject": "Pay {{amount}}", "approvers": ["finance@x.example"], **config}},
            {"id": "yes", "name": "Note it", "type": "transform", "config": {"set": {"paid": "{{true}}"}}},
            {"id": "no", "name": "Leave it", "type": "end", "config": {"outcome": "stopped", "reason": "refused"}},
        ],
        "edges": [
            {"from": "trigger", "to": "ask"},
            {"from": "ask", "to": "yes", "condition": "approved"},
            {"from": "ask", "to": "no", "condition": "rejected"},
        ],
    }  # fmt: skip


async def _asked(client: httpx.AsyncClient) -> dict[str, Any]:
    for _ in range(100):
        found = (await client.get("/api/v1/approvals")).json()["approvals"]
        if found:
            return dict(found[0])
        await asyncio.sleep(0.02)
    raise AssertionError("nothing was asked")


async def test_an_approval_waits_is_answered_once_and_the_run_goes_on(client: httpx.AsyncClient) -> None:
    made = await client.post(BASE, json=_document())
    assert made.status_code == 201, made.text
    started = (await client.post(f"{BASE}/wf_pay/execute", json={"input_data": {"amount": 900}})).json()
    asked = await _asked(client)
    assert asked["subject"] == "Pay 900"
    assert asked["workflow_name"] == "Pay invoice"
    run = (await client.get(f"{BASE}/runs/{started['execution_id']}")).json()
    assert (run["status"], run["waiting_for"]) == ("waiting", "approval")
    answers = await asyncio.gather(*(
        client.post(f"/api/v1/approvals/{asked['id']}/decision", json={"decision": "approved", "comment": "fine"}) for _ in range(5)
    ))  # fmt: skip
    assert sum(answer.status_code == 200 for answer in answers) == 1, "the first answer wins"
    for _ in range(100):
        run = (await client.get(f"{BASE}/runs/{started['execution_id']}")).json()
        if run["status"] == "completed":
            break
        await asyncio.sleep(0.02)
    assert run["variables"] == {"paid": True}
    assert (await client.get("/api/v1/approvals")).json()["total"] == 0


async def test_a_refusal_by_the_run_takes_the_other_way(client: httpx.AsyncClient) -> None:
    await client.post(BASE, json=_document())
    started = (await client.post(f"{BASE}/wf_pay/execute", json={"input_data": {"amount": 1}})).json()
    await _asked(client)
    run_id = started["execution_id"]
    assert (await client.post(f"{BASE}/runs/{run_id}/reject", json={"comment": "no"})).status_code == 200
    for _ in range(100):
        run = (await client.get(f"{BASE}/runs/{run_id}")).json()
        if run["status"] == "completed":
            break
        await asyncio.sleep(0.02)
    assert (run["outcome"], run["reason"]) == ("stopped", "refused")
    assert (await client.post(f"{BASE}/runs/{run_id}/approve")).status_code == 409
