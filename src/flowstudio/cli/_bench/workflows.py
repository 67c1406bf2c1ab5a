"""Workflows that benchmarks run, drawn to any length."""

from __future__ import annotations

from itertools import pairwise

from flowstudio.domain.json import JsonObject, JsonValue

CONDITION: JsonObject = {"field": "trigger.body.amount", "operator": "greater_than", "value": 10}
BODY = '{"amount": 42, "name": "Ada", "plan": "yearly"}'


def webhook(steps: int, workflow_id: str) -> JsonObject:
    """Return webhook -> steps -> answer with so many steps, the answer among them: a condition, then transforms."""
    nodes: list[JsonValue] = [{"id": "big", "name": "More than 10?", "type": "condition", "condition": CONDITION}]
    edges: list[JsonValue] = [{"from": "trigger", "to": "big"}]
    last, way = "big", {"condition": "true"}
    for number in range(steps - 2):
        node, name = f"set_{number}", "total" if number == 0 else f"total_{number}"
        source = "trigger.body.amount * 2" if number == 0 else f"total + {number}"
        nodes.append(
            {"id": node, "name": f"Set {number}", "type": "transform", "config": {"set": {name: f"{{{{{source}}}}}"}}}
        )
        edges.append({"from": last, "to": node, **way})
        last, way = node, {}
    answer: JsonObject = {"status": 200, "body": {"total": "{{total}}", "note": "big"}}
    nodes.append({"id": "answer", "name": "Answer", "type": "respond", "config": answer})
    edges.append({"from": last, "to": "answer", **way})
    trigger = {"type": "webhook", "config": {"slug": "bench", "answer": "respond"}}
    return {
        "id": workflow_id, "name": f"Bench of {steps} steps", "status": "active", "trigger": trigger,
        "nodes": nodes, "edges": edges,
    }  # fmt: skip


def chain(steps: int, workflow_id: str = "wf_bench") -> JsonObject:
    """Return a manual workflow of so many steps: a condition, then transforms."""
    document = webhook(steps + 1, workflow_id)
    document["nodes"] = document["nodes"][:-1]
    document["edges"] = document["edges"][:-1]
    trigger = {"type": "manual", "config": {"inputs": [{"name": "body", "type": "data"}]}}
    return {**document, "trigger": trigger}


def writing(steps: int, workflow_id: str = "wf_bench_writing") -> JsonObject:
    """Return a manual workflow whose every step makes a record: each is a durable point of its own."""
    names = [f"make_{number}" for number in range(steps)]
    config = {"entity": "tasks", "fields": {"title": "Call {{body.name}}"}}
    nodes: list[JsonValue] = [
        {"id": name, "name": name, "type": "action", "action": "create_record", "config": config} for name in names
    ]
    edges: list[JsonValue] = [{"from": one, "to": other} for one, other in pairwise(["trigger", *names])]
    trigger = {"type": "manual", "config": {"inputs": [{"name": "body", "type": "data"}]}}
    return {"id": workflow_id, "name": f"{steps} records", "trigger": trigger, "nodes": nodes, "edges": edges}


def drawn(nodes: int, workflow_id: str = "wf_bench_drawn") -> JsonObject:
    """Return a workflow as people draw them, with so many nodes: a decision, two texts that meet again, a task."""
    found: list[JsonValue] = []
    edges: list[JsonValue] = []
    last = "trigger"
    while len(found) + 4 <= nodes:
        n = len(found)
        assign = {"set": {f"v_{n}": "{{invoice.amount + 1}}"}}
        rule, yes, no, then = f"if_{n}", f"mail_{n}", f"set_{n}", f"task_{n}"
        mail = {
            "to": "{{invoice.customer.email}}",
            "subject": "Invoice {{invoice.number}}",
            "text": "Due {{invoice.due_date}}",
        }
        found += [
            {"id": rule, "name": f"Over {n}?", "type": "condition",
             "condition": {"field": "invoice.amount", "operator": "greater_than", "value": n}},
            {"id": yes, "name": f"Mail {n}", "type": "action", "action": "send_email", "config": mail},
            {"id": no, "name": f"Set {n}", "type": "transform", "config": assign},
            {"id": then, "name": f"Task {n}", "type": "action", "action": "create_task",
             "config": {"title": "Call {{invoice.customer.name}}", "assignee": "sales"}},
        ]  # fmt: skip
        edges += [
            {"from": last, "to": rule}, {"from": rule, "to": yes, "condition": "true"},
            {"from": rule, "to": no, "condition": "false"}, {"from": yes, "to": then}, {"from": no, "to": then},
        ]  # fmt: skip
        last = then
    for n in range(len(found), nodes):
        found.append({"id": f"set_{n}", "name": f"Set {n}", "type": "transform", "config": {"set": {f"v_{n}": n}}})
        edges.append({"from": last, "to": f"set_{n}"})
        last = f"set_{n}"
    trigger = {"type": "event", "config": {"event": "invoice.created"}}
    return {"id": workflow_id, "name": f"{nodes} nodes", "trigger": trigger, "nodes": found, "edges": edges}
