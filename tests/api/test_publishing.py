"""Publishing by the API: nothing new makes no version, and test cases count as they do in the editor."""

from __future__ import annotations

from typing import Any

import httpx

BASE = "/api/v1/workflows"


def _doubling(times: int, **more: Any) -> dict[str, Any]:
    return {
        "id": "wf_double", "name": "Double it",
        "trigger": {"type": "manual", "config": {"inputs": [{"name": "amount", "type": "number"}]}},
        "nodes": [{"id": "double", "type": "transform", "config": {"set": {"total": f"{{{{ amount * {times} }}}}"}}},
                  {"id": "low", "type": "condition",
                   "condition": {"field": "total", "operator": "less_than", "value": 50}},
                  {"id": "task", "name": "Tell", "type": "action", "action": "create_task",
                   "config": {"title": "{{total}} is much", "assignee": "ap@acme-robotics.example"}}],
        "edges": [{"from": "trigger", "to": "double"}, {"from": "double", "to": "low"},
                  {"from": "low", "to": "task", "condition": "false"}],
        **more,
    }  # fmt: skip


CASES = [{"name": "Little", "sample": {"trigger": {"amount": 20}}, "expects": {"status": "completed", "created": []}}]


async def _publish(client: httpx.AsyncClient, **asked: Any) -> httpx.Response:
    return await client.post(f"{BASE}/wf_double/publish", json=asked)


async def _versions(client: httpx.AsyncClient) -> list[int]:
    rows = (await client.get(f"{BASE}/wf_double/versions")).json()["versions"]
    return [row["version"] for row in rows]


async def test_publishing_what_has_not_changed_answers_with_the_version_there_is(client: httpx.AsyncClient) -> None:
    await client.post(BASE, json=_doubling(2))
    first = await _publish(client)
    assert first.json() == {"id": "wf_double", "version": 1, "status": "paused", "new": True}
    again = await _publish(client, name="once more", waiting_runs="cancel")
    assert again.status_code == 200
    assert again.json() == {
        "id": "wf_double", "version": 1, "status": "paused", "new": False,
        "detail": "Nothing has changed since version 1.",
    }  # fmt: skip
    assert await _versions(client) == [1]
    on = await client.patch(f"{BASE}/wf_double/toggle", json={"active": True})
    assert on.json()["status"] == "active", "it can still be switched on"
    assert (await _publish(client)).json()["status"] == "active"


async def test_a_moved_box_and_an_old_version_that_came_back_are_something_new(client: httpx.AsyncClient) -> None:
    await client.post(BASE, json=_doubling(2))
    await _publish(client)
    await client.patch(f"{BASE}/wf_double", json={"layout": {"nodes": {"double": {"x": 500, "y": 40}}}})
    assert (await _publish(client)).json()["version"] == 2
    await client.post(f"{BASE}/wf_double/versions/1/restore")
    assert (await _publish(client)).json()["version"] == 3
    assert (await _publish(client)).json()["version"] == 3
    assert await _versions(client) == [3, 2, 1]


async def test_an_imported_document_is_the_version_that_it_says(client: httpx.AsyncClient) -> None:
    await client.post(f"{BASE}/import", json=_doubling(2, version=4, status="active"))
    assert (await _publish(client)).json()["version"] == 4
    assert await _versions(client) == [4]


async def test_a_test_case_that_no_longer_holds_keeps_a_draft_from_being_published(client: httpx.AsyncClient) -> None:
    await client.post(BASE, json=_doubling(2, tests=CASES))
    assert (await _publish(client)).json()["version"] == 1
    await client.patch(f"{BASE}/wf_double", json={"nodes": _doubling(3)["nodes"]})
    refused = await _publish(client)
    assert refused.status_code == 422
    [problem] = refused.json()["problems"]
    assert (problem["path"], problem["code"], problem["severity"]) == ("$.tests[0]", "test_case_differs", "error")
    assert problem["message"].startswith('The test case "Little" no longer comes out as promised: created[0]')
    assert "test_cases" in problem["hint"]
    assert await _versions(client) == [1], "nothing is saved"
    assert (await client.get("/api/v1/records/tasks", params={"search": "is much"})).json()["total"] == 0
    assert (await _publish(client, test_cases="ignore")).json()["version"] == 2


async def test_test_cases_count_when_switching_on_publishes(client: httpx.AsyncClient) -> None:
    await client.post(BASE, json=_doubling(3, tests=CASES))
    refused = await client.patch(f"{BASE}/wf_double/toggle", json={"active": True})
    assert refused.status_code == 422
    assert refused.json()["problems"][0]["code"] == "test_case_differs"
    on = await client.patch(f"{BASE}/wf_double/toggle", json={"active": True, "test_cases": "ignore"})
    assert on.json()["status"] == "active"
    wrong = await _publish(client, test_cases="perhaps")
    assert wrong.status_code == 400
