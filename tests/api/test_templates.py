"""The template library by the API."""

from __future__ import annotations

from urllib.parse import urlsplit

import httpx

from flowstudio.app import House
from flowstudio.domain.actor import Role
from tests.support.places import key_of


async def test_lists_and_filters(client: httpx.AsyncClient) -> None:
    every = (await client.get("/api/v1/templates")).json()
    assert every["total"] == 116
    assert {one["key"]: one["count"] for one in every["categories"]}["production_events"] == 20
    found = (await client.get("/api/v1/templates", params={"category": "finance", "search": "overdue"})).json()
    assert "invoice-reminder" in [one["id"] for one in found["templates"]]


async def test_shows_one(client: httpx.AsyncClient) -> None:
    one = (await client.get("/api/v1/templates/invoice-reminder")).json()
    assert one["document"]["id"] == "invoice-reminder"
    assert "For each invoice" in one["explanation"]
    assert (await client.get("/api/v1/templates/nothing")).status_code == 404


async def test_makes_workflows_with_ids_that_are_free(client: httpx.AsyncClient) -> None:
    made = [await client.post("/api/v1/templates/expense-report-approval/create") for _ in range(3)]
    assert [one.status_code for one in made] == [201, 201, 201]
    ids = [one.json()["id"] for one in made]
    assert ids == ["expense-report-approval", "expense-report-approval-2", "expense-report-approval-3"]
    assert all(problem["severity"] == "hint" for one in made for problem in one.json()["problems"])
    assert made[0].json()["status"] == "draft"


async def test_a_template_that_starts_another_can_be_published(client: httpx.AsyncClient) -> None:
    body = {"name": "Leads first", "values": {"#sales": "#new-business"}}
    made = (await client.post("/api/v1/templates/lead-qualification/create", json=body)).json()
    workflow = (await client.get(f"/api/v1/workflows/{made['id']}?draft=true")).json()
    assert workflow["name"] == "Leads first"
    assert "#new-business" in str(workflow)
    answer = await client.post(f"/api/v1/workflows/{made['id']}/publish", json={})
    assert answer.status_code == 200, answer.text
    wrong = await client.post("/api/v1/templates/lead-qualification/create", json={"values": {"colour": "red"}})
    assert wrong.status_code == 400


async def test_own_templates_by_the_api(client: httpx.AsyncClient) -> None:
    await client.post("/api/v1/templates/invoice-reminder/create")
    body = {
        "workflow_id": "invoice-reminder",
        "name": "Chase invoices",
        "category": "finance",
        "ask": ["open_ticket_for_collections.priority"],
    }
    made = await client.post("/api/v1/templates", json=body)
    assert made.status_code == 201, made.text
    assert (made.json()["id"], made.json()["own"], made.json()["left_out"]) == ("our-chase-invoices", True, [])
    ours = (await client.get("/api/v1/templates", params={"source": "ours"})).json()
    assert [one["id"] for one in ours["templates"]] == ["our-chase-invoices"]
    assert sum(one["count"] for one in ours["categories"]) == 117

    values = {"values": {"open_ticket_for_collections.priority": "urgent"}}
    created = (await client.post("/api/v1/templates/our-chase-invoices/create", json=values)).json()
    assert created["id"] == "our-chase-invoices"
    workflow = (await client.get("/api/v1/workflows/our-chase-invoices?draft=true")).json()
    assert '"priority":"urgent"' in str(workflow).replace("'", '"').replace(": ", ":")

    told = {"name": "Chase late invoices", "category": "support", "difficulty": "advanced"}
    changed = await client.patch("/api/v1/templates/our-chase-invoices", json=told)
    assert (changed.json()["name"], changed.json()["category"]) == ("Chase late invoices", "support")
    raw = (await client.get("/api/v1/templates/our-chase-invoices/export")).content
    assert (await client.post("/api/v1/templates/import", content=raw)).status_code == 409
    copy = await client.post("/api/v1/templates/import", params={"on_conflict": "copy"}, content=raw)
    assert copy.json()["id"] == "our-chase-invoices-2"
    assert (await client.delete("/api/v1/templates/our-chase-invoices")).status_code == 204
    assert (await client.get("/api/v1/templates/our-chase-invoices")).status_code == 404
    assert (await client.delete("/api/v1/templates/invoice-reminder")).status_code == 404


async def test_a_bad_template_is_refused_with_every_fault(client: httpx.AsyncClient) -> None:
    document = (await client.get("/api/v1/templates/invoice-reminder")).json()["document"]
    bad = {**document, "template": {"category": "cooking", "difficulty": "hard", "tags": 3}}
    answer = await client.post("/api/v1/templates/import", json=bad)
    assert answer.status_code == 422
    assert [one["path"] for one in answer.json()["problems"]] == [
        "$.template.category",
        "$.template.difficulty",
        "$.template.tags",
    ]
    assert (await client.post("/api/v1/templates/import", content=b" " * 2_000_001)).status_code == 400


async def test_a_template_is_tried_by_the_api(client: httpx.AsyncClient) -> None:
    run = (await client.post("/api/v1/templates/invoice-reminder/test")).json()
    assert run["status"] == "completed"
    assert [one["channel"] for one in run["messages"]] == ["email"]
    assert (await client.post("/api/v1/templates/invoice-reminder/test", params={"sample": 99})).status_code == 400


async def test_viewers_may_not_save(house: House, client: httpx.AsyncClient) -> None:
    headers = {"Authorization": f"Bearer {await key_of(house, Role.VIEWER)}"}
    raw = (await client.get("/api/v1/templates/invoice-reminder/export", headers=headers)).content
    for method, path, options in (
        ("POST", "/templates", {"json": {"workflow_id": "x", "name": "x", "category": "finance"}}),
        ("POST", "/templates/import", {"content": raw}),
        ("PATCH", "/templates/our-x", {"json": {"name": "x", "category": "finance"}}),
        ("DELETE", "/templates/our-x", {}),
        ("POST", "/presets", {"json": {"workflow_id": "x", "node_id": "x", "name": "x"}}),
        ("PATCH", "/presets/pre_1", {"json": {"name": "x"}}),
        ("DELETE", "/presets/pre_1", {}),
    ):
        answer = await client.request(method, f"/api/v1{path}", headers=headers, **options)
        assert answer.status_code == 403, (method, path, answer.text)


async def test_presets_by_the_api(client: httpx.AsyncClient) -> None:
    await client.post("/api/v1/templates/invoice-reminder/create")
    wanted = {"workflow_id": "invoice-reminder", "node_id": "send_reminder", "name": "Polite reminder"}
    made = (await client.post("/api/v1/presets", json=wanted)).json()
    assert (made["name"], made["key"], made["left_out"]) == ("Polite reminder", "action.send_email", [])
    assert made["part"]["config"]["to"] == "{{invoice.customer.email}}"
    renamed = await client.patch(f"/api/v1/presets/{made['id']}", json={"name": "Kind reminder"})
    assert renamed.json()["name"] == "Kind reminder"
    assert [one["name"] for one in (await client.get("/api/v1/presets")).json()["presets"]] == ["Kind reminder"]
    assert (await client.patch(f"/api/v1/presets/{made['id']}", json={"name": " "})).status_code == 400
    assert (await client.delete(f"/api/v1/presets/{made['id']}")).status_code == 204
    assert (await client.delete(f"/api/v1/presets/{made['id']}")).status_code == 404
    assert (await client.post("/api/v1/presets", json={**wanted, "node_id": "nothing"})).status_code == 404


async def test_a_webhook_gets_a_secret_of_its_own_told_once(client: httpx.AsyncClient) -> None:
    made = (await client.post("/api/v1/templates/web-form-lead-routing/create")).json()
    secret = made["secrets"]["lead-form"]
    assert [one for one in made["problems"] if one["severity"] != "hint"] == []
    await client.patch(f"/api/v1/workflows/{made['id']}/toggle", json={"active": True})
    told = (await client.get(f"/api/v1/workflows/{made['id']}")).text
    assert secret not in told
    assert secret not in (await client.get("/api/v1/credentials")).text
    path = urlsplit((await client.get(f"/api/v1/workflows/{made['id']}")).json()["hooks"][0]["url"]).path
    assert (await client.post(path, json={})).status_code == 401
    called = await client.post(path, json={"email": "dana@pixel.example"}, headers={"X-FlowStudio-Secret": secret})
    assert called.status_code == 202


async def test_a_second_workflow_of_a_template_has_another_secret(client: httpx.AsyncClient) -> None:
    first = (await client.post("/api/v1/templates/web-form-lead-routing/create")).json()
    second = (await client.post("/api/v1/templates/web-form-lead-routing/create")).json()
    assert first["secrets"]["lead-form"] != second["secrets"]["lead-form"]
    names = [one["name"] for one in (await client.get("/api/v1/credentials")).json()["credentials"]]
    assert {"Calls to lead-form", "Calls to lead-form 2"} <= set(names)


async def test_a_secret_that_a_person_chose_is_taken_and_not_told(client: httpx.AsyncClient) -> None:
    values = {"lead-form": "a-secret-of-our-own"}
    made = await client.post("/api/v1/templates/web-form-lead-routing/create", json={"values": values})
    assert made.status_code == 201
    assert made.json()["secrets"] == {}
    short = await client.post("/api/v1/templates/web-form-lead-routing/create", json={"values": {"lead-form": "short"}})
    assert short.status_code == 400
    assert "at least 16 characters" in short.text


async def test_a_made_workflow_promises_what_happens_with_its_own_values(client: httpx.AsyncClient) -> None:
    await client.patch("/api/v1/settings", json={"company_name": "Harbor Print"})
    values = {"collections_team": "late_payers"}
    made = (await client.post("/api/v1/templates/invoice-reminder/create", json={"values": values})).json()
    document = (await client.get(f"/api/v1/workflows/{made['id']}/export?draft=true")).json()
    [case] = document["tests"]
    assert case["expects"]["created"][0]["assigned_to"] == "late_payers"
