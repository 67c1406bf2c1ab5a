"""Past runs by the API: told in plain English, and gone through again on an edited draft, alone and by the hundred."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from flowstudio.app import House
from flowstudio.domain.actor import Role
from tests.support.places import key_of

BASE = "/api/v1/workflows"
RUNS = f"{BASE}/runs"


def document(**fields: Any) -> dict[str, Any]:
    """By hand with an amount: a question, the overdue invoices one by one, a task, and a decision in large cases."""
    return {
        "id": "wf_past",
        "name": "Past",
        "status": "active",
        "trigger": {"type": "manual", "config": {"inputs": [{"name": "amount", "type": "number", "required": True}]}},
        "nodes": [
            {
                "id": "large", "name": "Large order?", "type": "condition",
                "condition": {"type": "and", "conditions": [
                    {"field": "amount", "operator": "greater_than", "value": 1000},
                    {"field": "amount", "operator": "less_than", "value": 100000},
                ]},
            },
            {
                "id": "find", "name": "Find overdue invoices", "type": "action", "action": "query_records",
                "config": {"entity": "invoices", "filter": {"field": "status", "operator": "equals", "value": "overdue"}},
                "outputs": ["invoices"],
            },
            {"id": "each", "name": "Go through them", "type": "loop", "collection": "{{invoices}}", "item_variable": "invoice"},
            {
                "id": "mark", "name": "Mark it", "type": "action", "action": "update_record",
                "config": {"record": "{{invoice}}", "set": {"status": "paid"}},
            },
            {
                "id": "note", "name": "Write a task", "type": "action", "action": "create_task",
                "config": {"title": "Order over {{amount}}", "assignee": "{{settings.support_email}}"},
            },
            {"id": "small", "name": "Small one", "type": "transform", "config": {"set": {"size": "small"}}},
        ],
        "edges": [
            {"from": "trigger", "to": "large"},
            {"from": "large", "to": "find", "condition": "true"},
            {"from": "find", "to": "each"},
            {"from": "each", "to": "mark", "condition": "each"},
            {"from": "each", "to": "note", "condition": "done"},
            {"from": "large", "to": "small", "condition": "false"},
        ],
        **fields,
    }  # fmt: skip


async def run_of(client: httpx.AsyncClient, amount: float, workflow: str = "wf_past") -> dict[str, Any]:
    answer = await client.post(
        f"{BASE}/{workflow}/execute", params={"wait": 20}, json={"input_data": {"amount": amount}}
    )
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def invoice(client: httpx.AsyncClient, number: str) -> None:
    fields = {
        "number": number,
        "status": "overdue",
        "amount": 5,
        "balance": 5,
        "customer_id": "cust_001",
        "reminder_count": 0,
    }
    made = await client.post("/api/v1/records/invoices", json={**fields, "due_date": "2026-01-31"})
    assert made.status_code == 201, made.text


async def until(client: httpx.AsyncClient, run_id: str, status: str) -> None:
    while (await client.get(f"{RUNS}/{run_id}")).json()["status"] != status:
        await asyncio.sleep(0)


async def edit(client: httpx.AsyncClient, **fields: Any) -> None:
    draft = {name: value for name, value in document(**fields).items() if name != "status"}
    answer = await client.patch(f"{BASE}/wf_past", json=draft)
    assert answer.status_code == 200, answer.text


def nodes_with(node_id: str, **fields: Any) -> list[dict[str, Any]]:
    return [{**node, **fields} if node["id"] == node_id else node for node in document()["nodes"]]


def larger(than: float) -> list[dict[str, Any]]:
    return nodes_with("large", condition={"field": "amount", "operator": "greater_than", "value": than})


@pytest.fixture
async def started(client: httpx.AsyncClient) -> httpx.AsyncClient:
    made = await client.post(BASE, json=document())
    assert made.status_code == 201, made.text
    return client


async def test_a_run_is_told_with_values_near_misses_and_what_was_not_reached(started: httpx.AsyncClient) -> None:
    run = await run_of(started, 850)
    told = (await started.get(f"{RUNS}/{run['id']}/explanation")).json()
    assert told["text"].splitlines() == [
        "It starts when somebody starts it; this time with amount 850.",
        '"Large order?": No, 850 is not more than 1,000 (amount).',
        '"Small one": size is small.',
        'Not reached, because "Large order?" went No: "Find overdue invoices", "Go through them", "Mark it" and "Write a task".',
        "It came to its end: 2 steps done.",
    ]
    assert [one["kind"] for one in told["lines"]] == ["start", "branch", "done", "skipped", "end"]
    assert told["lines"][1]["node_id"] == "large"


async def test_an_unchanged_draft_goes_just_as_it_went_though_records_have_changed_since(
    started: httpx.AsyncClient,
) -> None:
    run = await run_of(started, 5000)
    assert run["status"] == "completed"
    marked = [step for step in run["steps"] if step["node_id"] == "mark" and step["status"] == "completed"]
    assert marked
    await invoice(started, "INV-NEW")
    again = (await started.post(f"{RUNS}/{run['id']}/replay", json={})).json()
    assert again["sentences"] == []
    assert not again["other_way"]
    assert {one["what"] for one in again["steps"]} == {"same"}
    created = (await started.get("/api/v1/records/tasks", params={"page_size": 200})).json()
    assert sum("Order over 5000" in str(one) for one in created["records"]) == 1, "a replay writes nothing"


async def test_the_difference_names_exactly_the_changed_step(started: httpx.AsyncClient) -> None:
    run = await run_of(started, 5000)
    config = {"title": "Big order: {{amount}}", "assignee": "{{settings.support_email}}"}
    await edit(started, nodes=nodes_with("note", config=config))
    again = (await started.post(f"{RUNS}/{run['id']}/replay", json={})).json()
    assert [one["node_id"] for one in again["steps"] if one["what"] != "same"] == ["note"]
    assert again["sentences"] == [
        '"Write a task" would create a task: "Big order: 5000". Before, it created a task: "Order over 5000".'
    ]
    assert not again["other_way"]


async def test_another_way_is_told_with_the_value_that_decided(started: httpx.AsyncClient) -> None:
    run = await run_of(started, 5000)
    await edit(started, nodes=larger(8000))
    again = (await started.post(f"{RUNS}/{run['id']}/replay", json={})).json()
    assert again["other_way"]
    assert again["sentences"][0] == '"Large order?" goes No, 5,000 is not more than 8,000 (amount). It went Yes.'
    assert again["sentences"][1] == '"Small one" is reached now: size is small.'
    assert again["sentences"][2].startswith(
        'Not reached any more: "Find overdue invoices", "Go through them", "Mark it" and "Write a task"; so it would not change '
    )
    assert again["sentences"][2].endswith("and create 1 task.")
    by_version = (await started.post(f"{RUNS}/{run['id']}/replay", json={"version": 1})).json()
    assert by_version["sentences"] == []


async def test_the_last_runs_say_how_many_would_go_another_way(started: httpx.AsyncClient) -> None:
    runs = {amount: (await run_of(started, amount))["id"] for amount in (850, 1500, 2500, 9000)}
    same = (await started.post(f"{BASE}/wf_past/replay", json={})).json()
    assert same["sentence"] == "The last 4 runs would go just as they went."
    await edit(started, nodes=larger(2000))
    found = (await started.post(f"{BASE}/wf_past/replay", json={"last": 100})).json()
    assert found["sentence"] == "1 of the last 4 runs would go another way."
    assert [one["run_id"] for one in found["runs"]] == [runs[1500]]
    assert found["runs"][0]["other_way"]
    assert found["done"] == found["total"] == 4
    fewer = (await started.post(f"{BASE}/wf_past/replay", json={"last": 2})).json()
    assert fewer["done"] == 2


async def test_what_people_decided_is_decided_again(client: httpx.AsyncClient) -> None:
    asked = {
        "id": "ask", "name": "Ask the manager", "type": "approval",
        "config": {"subject": "May we?", "approvers": ["mia@brightline.example"], "deadline": "3 days"},
    }  # fmt: skip
    steps = [asked, {"id": "yes", "name": "Go", "type": "transform", "config": {"set": {"way": "yes"}}}]
    edges = [{"from": "trigger", "to": "ask"}, {"from": "ask", "to": "yes", "condition": "approved"}]
    await client.post(BASE, json=document(nodes=steps, edges=edges))
    answer = await client.post(f"{BASE}/wf_past/execute", json={"input_data": {"amount": 1}})
    run_id = answer.json()["execution_id"]
    await until(client, run_id, "waiting")
    refused = await client.post(f"{RUNS}/{run_id}/replay", json={})
    assert refused.status_code == 409
    await client.post(f"{RUNS}/{run_id}/reject", json={"comment": "Too dear"})
    await until(client, run_id, "rejected")
    told = (await client.get(f"{RUNS}/{run_id}/explanation")).json()["text"]
    assert 'who said "Too dear"' in told
    assert "It was refused." in told
    again = (await client.post(f"{RUNS}/{run_id}/replay", json={})).json()
    assert (again["was"], again["status"], again["sentences"]) == ("rejected", "rejected", [])


async def test_a_failed_run_says_where_why_and_what_to_do_and_fails_again(client: httpx.AsyncClient) -> None:
    call = {
        "id": "call",
        "name": "Ask the shop",
        "type": "http",
        "config": {"method": "GET", "url": "http://127.0.0.1:9/x"},
    }
    await client.post(BASE, json=document(nodes=[call], edges=[{"from": "trigger", "to": "call"}]))
    run = await run_of(client, 1)
    assert run["status"] == "failed"
    told = (await client.get(f"{RUNS}/{run['id']}/explanation")).json()
    assert '"Ask the shop" failed: ' in told["text"]
    assert told["lines"][-1]["kind"] == "advice"
    assert told["lines"][-1]["node_id"] == "call"
    assert told["lines"][-1]["text"].startswith("What to do: ")
    again = (await client.post(f"{RUNS}/{run['id']}/replay", json={})).json()
    assert (again["status"], again["sentences"]) == ("failed", [])


async def test_who_may_and_what_is_refused(started: httpx.AsyncClient, house: House, web: FastAPI) -> None:
    run = await run_of(started, 850)
    headers = {"Authorization": f"Bearer {await key_of(house, Role.VIEWER)}"}
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=web), base_url="http://flowstudio.test", headers=headers
    ) as viewer:
        assert (await viewer.get(f"{RUNS}/{run['id']}/explanation")).status_code == 200
        assert (await viewer.post(f"{RUNS}/{run['id']}/replay", json={})).status_code == 403
        assert (await viewer.post(f"{BASE}/wf_past/replay", json={})).status_code == 403
    assert (await started.get(f"{RUNS}/run_none/explanation")).status_code == 404
    assert (await started.post(f"{BASE}/wf_past/replay", json={"last": 101})).status_code == 400
    assert (await started.post(f"{BASE}/wf_past/replay", json={"last": "many"})).status_code == 400
    await edit(started, nodes=nodes_with("small", config={"set": {"size": "{{nothing_of_that_name}}"}}))
    broken = await started.post(f"{RUNS}/{run['id']}/replay", json={})
    assert broken.status_code == 422


def reminding(**fields: Any) -> dict[str, Any]:
    """Each night: a mail for each overdue invoice that had fewer than three reminders, and one reminder more."""
    return {
        "id": "wf_nightly",
        "name": "Nightly",
        "trigger": {"type": "schedule", "config": {"cron": "0 0 * * *", "timezone": "UTC"}},
        "nodes": [
            {
                "id": "find", "type": "action", "action": "query_records", "outputs": ["invoices"],
                "config": {"entity": "invoices", "filter": {"field": "number", "operator": "equals", "value": "INV-B"}},
            },
            {"id": "each", "type": "loop", "collection": "{{invoices}}", "item_variable": "invoice"},
            {"id": "few", "type": "condition", "condition": {"field": "invoice.reminder_count", "operator": "less_than", "value": 3}},
            {
                "id": "mail", "type": "action", "action": "send_email",
                "config": {"to": "{{invoice.customer.email}}", "subject": "Reminder", "body": "Please pay {{invoice.number}}."},
            },
            {
                "id": "count", "type": "action", "action": "update_record",
                "config": {"record": "{{invoice}}", "set": {"reminder_count": "{{invoice.reminder_count + 1}}"}},
            },
        ],
        "edges": [
            {"from": "trigger", "to": "find"}, {"from": "find", "to": "each"},
            {"from": "each", "to": "few", "condition": "each"}, {"from": "few", "to": "mail", "condition": "true"},
            {"from": "mail", "to": "count"},
        ],
        **fields,
    }  # fmt: skip


async def test_a_schedule_is_tried_on_its_past_times_and_runs_see_what_earlier_ones_wrote(
    client: httpx.AsyncClient,
) -> None:
    await invoice(client, "INV-B")
    made = await client.post(BASE, json=reminding())
    assert made.status_code == 201, made.text
    found = (await client.post(f"{BASE}/wf_nightly/backtest", json={"days": 30})).json()
    assert (found["runs"], found["failed"], found["complete"]) == (30, 0, True)
    assert (found["messages"], found["people"]) == ({"email": 3}, 1), "after three reminders no more is sent"
    assert found["updated"] == {"invoices": 3}
    assert found["sentence"] == "30 runs in 30 days, 3 emails to 1 person."
    assert [day["runs"] for day in found["days"]] == [1] * 30
    rows = (await client.get("/api/v1/records/invoices", params={"page_size": 200})).json()["records"]
    assert [row["reminder_count"] for row in rows if row["number"] == "INV-B"] == [0], "a backtest writes nothing"
    assert (await client.get(f"{BASE}/wf_nightly/runs")).json()["total"] == 0


async def test_each_run_of_many_creates_a_record_of_its_own(client: httpx.AsyncClient) -> None:
    note = {"title": "Look at it", "assignee": "{{settings.support_email}}"}
    made = await client.post(
        BASE,
        json=reminding(
            nodes=[{"id": "note", "type": "action", "action": "create_task", "config": note}],
            edges=[{"from": "trigger", "to": "note"}],
        ),
    )
    assert made.status_code == 201, made.text
    found = (await client.post(f"{BASE}/wf_nightly/backtest", json={"days": 30})).json()
    assert (found["runs"], found["failed"]) == (30, 0)
    assert found["created"] == {"tasks": 30}


async def test_an_event_is_tried_on_what_is_kept_and_its_filter_holds(client: httpx.AsyncClient) -> None:
    for name, email in (
        ("Past A", "a@x.example"),
        ("Past B", "b@x.example"),
        ("Past C", "A@x.example"),
        ("Other", "c@x.example"),
    ):
        made = await client.post(
            "/api/v1/records/customers", json={"name": name, "email": email, "owner_id": "emp_003"}
        )
        assert made.status_code == 201, made.text
    rule = {"field": "name", "operator": "starts_with", "value": "Past"}
    welcome = {
        "id": "wf_welcome", "name": "Welcome",
        "trigger": {"type": "event", "config": {"event": "customer.created", "filter": rule}},
        "nodes": [{
            "id": "mail", "type": "action", "action": "send_email",
            "config": {"to": "{{customer.email}}", "subject": "Welcome, {{customer.name}}", "body": "Hello"},
        }],
        "edges": [{"from": "trigger", "to": "mail"}],
    }  # fmt: skip
    await client.post(BASE, json=welcome)
    found = (await client.post(f"{BASE}/wf_welcome/backtest", json={"days": 2})).json()
    assert (found["runs"], found["messages"], found["people"]) == (3, {"email": 3}, 2)
    assert found["filtered"] >= 1
    assert sum(day["messages"] for day in found["days"]) == 3
    assert found["peak"]["messages"] >= 2


async def test_a_trigger_without_kept_events_is_tried_on_what_started_its_runs(started: httpx.AsyncClient) -> None:
    nothing = (await started.post(f"{BASE}/wf_past/backtest", json={"days": 2})).json()
    assert nothing["runs"] == 0
    assert any("Nothing is kept by which" in note for note in nothing["notes"])
    await run_of(started, 5000)
    await run_of(started, 850)
    found = (await started.post(f"{BASE}/wf_past/backtest", json={"days": 2})).json()
    assert (found["runs"], found["created"]) == (2, {"tasks": 1})


async def test_what_a_backtest_refuses(started: httpx.AsyncClient) -> None:
    assert (await started.post(f"{BASE}/wf_past/backtest", json={"days": 91})).status_code == 400
    assert (await started.post(f"{BASE}/wf_none/backtest", json={})).status_code == 404
    await edit(started, nodes=nodes_with("small", config={"set": {"size": "{{nothing_of_that_name}}"}}))
    assert (await started.post(f"{BASE}/wf_past/backtest", json={})).status_code == 422
