"""Record types and records by the API."""

from __future__ import annotations

import json

import httpx


async def test_record_types_are_listed_with_their_fields(client: httpx.AsyncClient) -> None:
    types = (await client.get("/api/v1/records")).json()["types"]
    assert len(types) == 101
    invoices = next(one for one in types if one["name"] == "invoices")
    assert invoices["count"] == 9
    assert invoices["fields"]["customer_id"]["references"] == "customers"


async def test_records_are_made_changed_found_and_deleted(client: httpx.AsyncClient) -> None:
    made = await client.post("/api/v1/records/tasks", json={"title": "Call Ada", "assignee": "ada@x.example"})
    assert made.status_code == 201, made.text
    task = made.json()
    assert task["status"] == "todo", "defaults are filled in"
    changed = await client.patch(f"/api/v1/records/tasks/{task['id']}", json={"status": "done"})
    assert changed.json()["status"] == "done"
    found = await client.get("/api/v1/records/tasks", params={"filter": json.dumps({"title": "Call Ada"})})
    assert [row["id"] for row in found.json()["records"]] == [task["id"]]
    assert (await client.delete(f"/api/v1/records/tasks/{task['id']}")).status_code == 204
    assert (await client.get(f"/api/v1/records/tasks/{task['id']}")).status_code == 404


async def test_a_field_that_is_not_there_is_named(client: httpx.AsyncClient) -> None:
    answer = await client.post("/api/v1/records/tasks", json={"title": "x", "assignee": "y", "colour": "red"})
    assert answer.status_code == 422
    assert "colour" in answer.json()["detail"]


async def test_records_of_the_product_are_read_only(client: httpx.AsyncClient) -> None:
    answer = await client.post("/api/v1/records/notifications", json={"recipient": "x", "text": "y"})
    assert answer.status_code == 403


async def test_an_unknown_type_is_not_found_with_names_nearby(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/v1/records/invoces")
    assert answer.status_code == 404
    assert "invoices" in answer.json()["hint"]


async def test_settings_are_read_and_changed(client: httpx.AsyncClient) -> None:
    changed = await client.patch("/api/v1/settings", json={"company_name": "Northwind"})
    assert changed.json()["settings"]["company_name"] == "Northwind"
    wrong = await client.patch("/api/v1/settings", json={"timezone": "Mars/Olympus"})
    assert wrong.status_code == 400


async def test_openapi_and_schema_are_served(client: httpx.AsyncClient) -> None:
    paths = (await client.get("/api/v1/openapi.json")).json()["paths"]
    assert "/api/v1/workflows/{workflow_id}/execute" in paths
    assert all(path.startswith("/api/v1") for path in paths)
    schema = (await client.get("/api/v1/schema/workflow")).json()
    assert {"name", "nodes", "edges"} <= set(schema["properties"])
    page = await client.get("/api/v1/docs")
    assert "/api/v1/workflows" in page.text
    assert "http://" not in page.text.replace("http://flowstudio.test", ""), "the page loads nothing from elsewhere"


async def test_figures_are_given_to_whoever_has_a_key(client: httpx.AsyncClient) -> None:
    told = await client.get("/metrics")
    assert "flowstudio_runs_active" in told.text
    assert (await client.get("/metrics", headers={"Authorization": "Bearer fs_no_key"})).status_code == 401
