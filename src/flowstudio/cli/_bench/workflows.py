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


def lived_in(parts: int = 20, workflow_id: str = "wf_bench_lived_in") -> JsonObject:
    """Return a workflow as it becomes over the years, with 12 nodes for each part and 6 around them.

    Every part is a loop with a decision in it, then a decision whose ways meet again; there are notes at steps and on
    the canvas, a group per part, and every fifth of these is folded.
    """
    found: list[JsonValue] = [
        {"id": "open", "name": "Note the day", "type": "transform", "config": {"set": {"day": "{{today}}"}}}
    ]
    edges: list[JsonValue] = [{"from": "trigger", "to": "open"}]
    groups: list[JsonValue] = []
    notes: list[JsonValue] = []
    last = "open"
    for k in range(parts):
        nodes, inner = _part(k)
        found += nodes
        edges += [{"from": last, "to": f"find_{k}"}, *inner]
        members: list[JsonValue] = [f"{one}_{k}" for one in ("big", "wait", "call", "keep", "close")]
        groups.append({"id": f"group_{k + 1}", "name": f"Follow up {k}", "nodes": members, "collapsed": k % 5 == 4})
        notes.append(
            {"id": f"note_{k + 1}", "text": f"Part {k}: ask finance before this changes", "x": -480, "y": 900 * k,
             "w": 264, "h": 132, "tone": ("yellow", "green", "blue", "grey")[k % 4]}
        )  # fmt: skip
        last = f"close_{k}"
    cases: list[JsonValue] = [{"name": name, "value": name} for name in ("Monday", "Friday")]
    found += [
        {"id": "route", "name": "Which day?", "type": "switch", "value": "{{day}}", "cases": cases},
        *(_task(f"plan_{way}", f"Plan for {way}") for way in ("Monday", "Friday", "else")),
        {"id": "finish", "name": "Finish", "type": "end"},
    ]
    edges.append({"from": last, "to": "route"})
    for way in ("Monday", "Friday", "else"):
        edges += [{"from": "route", "to": f"plan_{way}", "condition": way}, {"from": f"plan_{way}", "to": "finish"}]
    return {
        "id": workflow_id, "name": f"{len(found)} nodes, lived in",
        "trigger": {"type": "schedule", "config": {"cron": "0 9 * * *"}}, "nodes": found, "edges": edges,
        "layout": {"groups": groups, "notes": notes},
    }  # fmt: skip


def _part(k: int) -> tuple[list[JsonValue], list[JsonValue]]:
    """Return one part of a long workflow: its nodes, and the edges between them."""
    mail = {"to": "{{invoice.customer.email}}", "subject": "Invoice {{invoice.number}}", "text": "It is due."}
    nodes: list[JsonValue] = [
        {"id": f"find_{k}", "name": f"Find invoices {k}", "type": "action", "action": "query_records",
         "config": {"entity": "invoices"}, "outputs": [f"invoices_{k}"], "note": f"Those of part {k}, without drafts"},
        {"id": f"each_{k}", "name": f"Go through them {k}", "type": "loop", "collection": f"{{{{invoices_{k}}}}}",
         "item_variable": "invoice"},
        {"id": f"few_{k}", "name": f"Fewer than {k + 2}?", "type": "condition",
         "condition": {"field": "invoice.reminder_count", "operator": "less_than", "value": k + 2}},
        {"id": f"mail_{k}", "name": f"Remind {k}", "type": "action", "action": "send_email", "config": mail},
        _task(f"count_{k}", f"Count {k}"), _task(f"warn_{k}", f"Warn {k}"), _task(f"hand_{k}", f"Hand over {k}"),
        {"id": f"big_{k}", "name": f"More than {k}?", "type": "condition", "note": "Agreed with the owner",
         "condition": {"field": "day", "operator": "exists"}},
        {"id": f"wait_{k}", "name": f"Wait {k}", "type": "delay", "config": {"duration": "2 days"}},
        _task(f"call_{k}", f"Call {k}"),
        {"id": f"keep_{k}", "name": f"Keep {k}", "type": "transform", "config": {"set": {f"kept_{k}": k}}},
        _task(f"close_{k}", f"Close {k}"),
    ]  # fmt: skip
    ways = (
        ("find", "each", ""), ("each", "few", "each"), ("few", "mail", "true"), ("mail", "count", ""),
        ("few", "warn", "false"), ("warn", "hand", ""), ("each", "big", "done"), ("big", "wait", "true"),
        ("wait", "call", ""), ("big", "keep", "false"), ("call", "close", ""), ("keep", "close", ""),
    )  # fmt: skip
    edges: list[JsonValue] = [
        {"from": f"{one}_{k}", "to": f"{other}_{k}", **({"condition": way} if way else {})} for one, other, way in ways
    ]
    return nodes, edges


def _task(node_id: str, name: str) -> JsonObject:
    config: JsonObject = {"title": name, "assignee": "sales"}
    return {"id": node_id, "name": name, "type": "action", "action": "create_task", "config": config}
