"""Workflows that call workflows, and people who are told."""

from __future__ import annotations

import asyncio

import httpx

from flowstudio.app import House
from flowstudio.services.ports import Page
from flowstudio.storage.notifications import SqlNotifications

BASE = "/api/v1/workflows"

CHILD = {
    "id": "child", "name": "Child", "status": "active",
    "trigger": {"type": "manual", "config": {"inputs": [{"name": "n", "type": "number", "required": True}]}},
    "nodes": [{"id": "t", "name": "Double", "type": "transform", "config": {"set": {"twice": "{{n * 2}}"}}}],
    "edges": [{"from": "trigger", "to": "t"}],
}  # fmt: skip
PARENT = {
    "id": "parent", "name": "Parent", "status": "active", "trigger": {"type": "manual"},
    "nodes": [
        {"id": "call", "name": "Call it", "type": "workflow", "config": {"workflow": "child", "input": {"n": 21}, "wait": True},
         "notify": [{"on": "completed", "channel": "in_app", "to": "everyone", "message": "The child is back"}]},
        {"id": "keep", "name": "Keep", "type": "transform", "config": {"set": {"answer": "{{steps.call.output.twice}}"}}},
    ],
    "edges": [{"from": "trigger", "to": "call"}, {"from": "call", "to": "keep"}],
}  # fmt: skip


async def test_a_workflow_calls_another_and_goes_on_with_what_it_gives(house: House, client: httpx.AsyncClient) -> None:
    for document in (CHILD, PARENT):
        made = await client.post(BASE, json=document)
        assert made.status_code == 201, made.text
    run = (await client.post(f"{BASE}/parent/execute", params={"wait": 20}, json={})).json()
    assert run["status"] == "completed", run
    assert run["variables"]["answer"] == 42
    assert (await client.get(f"{BASE}/child/runs")).json()["total"] == 1
    owner = await house.owner("test")
    for _ in range(100):
        notices, _total = await SqlNotifications(house.database).page(owner.workspace, owner.user_id, Page())
        if notices:
            break
        await asyncio.sleep(0.02)
    assert [notice.body for notice in notices] == ["The child is back"]


async def test_a_workflow_that_is_not_published_cannot_be_called(client: httpx.AsyncClient) -> None:
    await client.post(BASE, json={**CHILD, "status": "draft"})
    made = await client.post(BASE, json=PARENT)
    assert made.status_code in (201, 422)
    if made.status_code == 201:
        run = (await client.post(f"{BASE}/parent/execute", params={"wait": 20}, json={})).json()
        assert run["status"] == "failed"
        assert "published" in run["error"]["message"]
