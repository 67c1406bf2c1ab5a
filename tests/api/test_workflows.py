"""`/api/v1/workflows`: contracts section 4, by real requests."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from tests.api.conftest import EXAMPLE

BASE = "/api/v1/workflows"


async def test_import_keeps_the_id_and_arrives_paused_under_its_version(client: httpx.AsyncClient) -> None:
    made = await client.post(f"{BASE}/import", content=EXAMPLE.read_bytes())
    assert made.status_code == 201
    assert made.json()["id"] == "wf_001"
    assert made.json()["status"] == "paused"
    one = (await client.get(f"{BASE}/wf_001")).json()
    assert one["status"] == "paused"
    assert one["published_version"] == 1
    assert one["version"] == 1


async def test_import_activates_when_asked(client: httpx.AsyncClient) -> None:
    made = await client.post(f"{BASE}/import", params={"activate": "true"}, content=EXAMPLE.read_bytes())
    assert made.json()["status"] == "active"


async def test_import_of_a_taken_id_is_a_conflict_unless_told_what_to_do(client: httpx.AsyncClient) -> None:
    raw = EXAMPLE.read_bytes()
    await client.post(f"{BASE}/import", content=raw)
    again = await client.post(f"{BASE}/import", content=raw)
    assert again.status_code == 409
    assert again.headers["content-type"] == "application/problem+json"
    assert again.json()["code"] == "conflict"
    copied = await client.post(f"{BASE}/import", params={"on_conflict": "copy"}, content=raw)
    assert copied.json()["id"] == "wf_001-2"
    replaced = await client.post(f"{BASE}/import", params={"on_conflict": "replace"}, content=raw)
    assert replaced.json()["id"] == "wf_001"
    assert (await client.get(BASE)).json()["total"] == 2


async def test_export_import_export_gives_the_same_bytes(client: httpx.AsyncClient) -> None:
    await client.post(f"{BASE}/import", content=EXAMPLE.read_bytes())
    first = (await client.get(f"{BASE}/wf_001/export")).content
    assert (await client.delete(f"{BASE}/wf_001")).status_code == 204
    assert (await client.get(f"{BASE}/wf_001")).status_code == 404
    back = await client.post(f"{BASE}/import", content=first)
    assert back.json()["id"] == "wf_001", "a soft-deleted id of this workspace is restored"
    second = (await client.get(f"{BASE}/wf_001/export")).content
    assert {**json.loads(first), "status": ""} == {**json.loads(second), "status": ""}
    assert first == second


@pytest.mark.parametrize(
    ("change", "code", "path"),
    [
        ({"nodes": 5}, "wrong_type", "$.nodes"),
        ({"name": None}, None, "$.name"),
        ({"edges": [{"from": "trigger", "to": "nowhere"}]}, None, "$.edges[0].to"),
        ({"nodes": [{"id": "a", "type": "end"}, {"id": "a", "type": "end"}]}, None, "$.nodes[1].id"),
    ],
)
async def test_what_cannot_be_read_is_refused_with_its_place(
    client: httpx.AsyncClient, change: dict[str, Any], code: str | None, path: str
) -> None:
    document = {**json.loads(EXAMPLE.read_bytes()), **change}
    answer = await client.post(f"{BASE}/import", json=document)
    assert answer.status_code == 422
    paths = [problem["path"] for problem in answer.json()["problems"]]
    assert any(found.startswith(path) for found in paths), paths
    assert (await client.get(BASE)).json()["total"] == 0, "nothing is saved"


async def test_broken_json_is_a_bad_request(client: httpx.AsyncClient) -> None:
    for address in (f"{BASE}/import", f"{BASE}/validate"):
        answer = await client.post(address, content=b'{"name": ')
        assert answer.status_code == 400
        assert "JSON" in answer.json()["detail"]


async def test_a_readable_document_with_errors_is_kept_as_a_draft(client: httpx.AsyncClient) -> None:
    document = {**json.loads(EXAMPLE.read_bytes()), "status": "draft"}
    document["nodes"][0]["config"]["filter"] = {"no_such_field": "x"}
    made = await client.post(f"{BASE}/import", json=document)
    assert made.status_code == 201
    assert made.json()["status"] == "draft"
    assert any(problem["severity"] == "error" for problem in made.json()["problems"])
    refused = await client.post(f"{BASE}/wf_001/publish")
    assert refused.status_code == 422
    assert refused.json()["code"] == "invalid_workflow"


async def test_active_with_errors_is_refused_and_nothing_is_saved(client: httpx.AsyncClient) -> None:
    document = json.loads(EXAMPLE.read_bytes())
    document["nodes"][0]["config"]["entity"] = "no_such_type"
    for answer in (await client.post(f"{BASE}/import", json=document), await client.post(BASE, json=document)):
        assert answer.status_code == 422
    assert (await client.get(BASE)).json()["total"] == 0


async def test_validate_answers_200_with_problems(client: httpx.AsyncClient) -> None:
    document = {**json.loads(EXAMPLE.read_bytes()), "nodes": 5}
    answer = await client.post(f"{BASE}/validate", json=document)
    assert answer.status_code == 200
    assert {"path", "node_id", "severity", "code", "message", "hint", "fix"} <= set(answer.json()["problems"][0])


async def test_post_with_status_active_publishes_at_once(
    client: httpx.AsyncClient, hook_document: dict[str, Any]
) -> None:
    made = await client.post(BASE, json=hook_document)
    assert made.status_code == 201
    assert made.json()["id"] == "wf_hook"
    assert made.json()["status"] == "active"
    assert made.json()["hooks"][0]["url"].endswith("/double")


async def test_patch_changes_the_draft_and_minds_the_tag(client: httpx.AsyncClient) -> None:
    await client.post(f"{BASE}/import", content=EXAMPLE.read_bytes())
    tag = (await client.get(f"{BASE}/wf_001")).headers["etag"]
    changed = await client.patch(f"{BASE}/wf_001", json={"name": "Dunning"}, headers={"If-Match": tag})
    assert changed.status_code == 200
    assert changed.json()["name"] == "Dunning"
    late = await client.patch(f"{BASE}/wf_001", json={"name": "Other"}, headers={"If-Match": tag})
    assert late.status_code == 409
    published = json.loads((await client.get(f"{BASE}/wf_001/export")).content)
    assert published["name"] == "Invoice Reminder Workflow", "the published version stays"
    draft = json.loads((await client.get(f"{BASE}/wf_001/export", params={"draft": "true"})).content)
    assert draft["name"] == "Dunning"


async def test_publishing_makes_the_next_version_and_old_ones_come_back(client: httpx.AsyncClient) -> None:
    await client.post(f"{BASE}/import", content=EXAMPLE.read_bytes())
    await client.patch(f"{BASE}/wf_001", json={"name": "Dunning"})
    published = await client.post(f"{BASE}/wf_001/publish", json={"name": "calmer", "waiting_runs": "stay"})
    assert published.json()["version"] == 2
    rows = (await client.get(f"{BASE}/wf_001/versions")).json()["versions"]
    assert [row["version"] for row in rows] == [2, 1]
    assert rows[0]["name"] == "calmer"
    told = (await client.get(f"{BASE}/wf_001/versions/1/diff/2")).json()
    assert "Dunning" in told["text"]
    restored = await client.post(f"{BASE}/wf_001/versions/1/restore")
    assert restored.json()["name"] == "Invoice Reminder Workflow"


async def test_publishing_tells_the_number_that_a_version_got(client: httpx.AsyncClient) -> None:
    document = json.loads(EXAMPLE.read_bytes())
    for version in (1, 2, 1):
        data = {**document, "version": version, "description": "Sends reminders." if version == 2 else None}
        made = await client.post(f"{BASE}/import", params={"on_conflict": "replace"}, json=data)
        assert made.status_code == 201, made.text
    assert (await client.get(f"{BASE}/wf_001")).json()["published_version"] == 1
    await client.patch(f"{BASE}/wf_001", json={"name": "Third"})
    published = await client.post(f"{BASE}/wf_001/publish", json={})
    assert published.json()["version"] == 3, "2 is another document"
    assert (await client.get(f"{BASE}/wf_001")).json()["published_version"] == 3


async def test_toggle_publishes_a_draft_that_never_was(client: httpx.AsyncClient) -> None:
    document = {**json.loads(EXAMPLE.read_bytes()), "status": "draft"}
    await client.post(f"{BASE}/import", json=document)
    on = await client.patch(f"{BASE}/wf_001/toggle", json={"active": True})
    assert on.json() == {"id": "wf_001", "status": "active", "active": True}
    flipped = await client.patch(f"{BASE}/wf_001/toggle")
    assert flipped.json()["status"] == "paused"


async def test_list_has_the_shape_of_the_contract(client: httpx.AsyncClient) -> None:
    await client.post(f"{BASE}/import", content=EXAMPLE.read_bytes())
    listed = (await client.get(BASE)).json()
    assert listed["total"] == 1
    assert listed["page"] == 1
    row = listed["workflows"][0]
    assert {"id", "name", "status", "trigger_type", "last_run", "run_count", "success_rate"} <= set(row)
    assert row["trigger_type"] == "schedule"
    assert (await client.get(BASE, params={"search": "nothing like it"})).json()["total"] == 0


async def test_the_short_form_answers_too(client: httpx.AsyncClient) -> None:
    await client.post("/api/workflows/import", content=EXAMPLE.read_bytes())
    assert (await client.get("/api/workflows/wf_001")).json()["id"] == "wf_001"


async def test_a_test_run_sends_nothing_and_answers_as_run_json(client: httpx.AsyncClient) -> None:
    await client.post(f"{BASE}/import", content=EXAMPLE.read_bytes())
    result = (await client.post(f"{BASE}/wf_001/test", json={"now": "2026-03-02T09:00"})).json()
    assert result["status"] == "completed"
    assert len(result["steps"]) == 6
    assert [message["to"] for message in result["messages"]] == ["ap@acme-robotics.example"]
    assert [row["entity"] for row in result["created"]] == ["tickets"]
    tickets = (await client.get("/api/v1/records/tickets", params={"search": "severely overdue"})).json()
    assert tickets["total"] == 0, "records are rolled back"


async def test_reserved_ids_are_refused(client: httpx.AsyncClient) -> None:
    document = {**json.loads(EXAMPLE.read_bytes()), "id": "validate"}
    answer = await client.post(f"{BASE}/import", json=document)
    assert answer.status_code in (400, 422)
    assert "reserved" in answer.text


async def test_types_are_listed_with_schema_outputs_and_aliases(client: httpx.AsyncClient) -> None:
    actions = (await client.get(f"{BASE}/actions/types")).json()["actions"]
    mail = next(action for action in actions if action["name"] == "send_email")
    assert {"name", "title", "category", "schema", "outputs", "aliases"} <= set(mail)
    assert "sendEmail" in mail["aliases"]
    triggers = (await client.get(f"{BASE}/triggers/types")).json()["triggers"]
    assert {"manual", "schedule", "event", "webhook"} <= {trigger["name"] for trigger in triggers}
