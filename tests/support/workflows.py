"""Documents for tests of reading, shape and analysis: the example of the contracts, and a short way to draw others."""

from __future__ import annotations

import copy
import json
import re
from functools import cache
from typing import Any

import flowstudio.nodes
from flowstudio.analysis import MemoryFacts, check
from flowstudio.domain.problem import Problem
from flowstudio.domain.workflow import Workflow
from flowstudio.interchange import ReadResult, read_document
from flowstudio.kit import Registry
from flowstudio.kit.record_types import shipped_record_types

_EXAMPLE = """
{"id":"wf_001","name":"Invoice Reminder Workflow","description":"Send reminders for overdue invoices","version":1,"status":"active",
 "trigger":{"type":"schedule","config":{"cron":"0 9 * * *"}},
 "nodes":[
  {"id":"node_1","type":"action","action":"query_records","config":{"entity":"invoices","filter":{"status":"overdue","days_overdue":{"$gte":7}}},"outputs":["invoices"]},
  {"id":"node_2","type":"loop","collection":"{{invoices}}","item_variable":"invoice","body":["node_3","node_4"]},
  {"id":"node_3","type":"condition","condition":{"field":"{{invoice.reminder_count}}","operator":"less_than","value":3},"true_branch":["node_4"],"false_branch":["node_5"]},
  {"id":"node_4","type":"action","action":"send_email","config":{"to":"{{invoice.customer.email}}","template":"invoice_reminder","variables":{"invoice_number":"{{invoice.number}}","amount":"{{invoice.amount}}","due_date":"{{invoice.due_date}}"}}},
  {"id":"node_5","type":"action","action":"create_ticket","config":{"subject":"Escalate: Invoice {{invoice.number}} severely overdue","priority":"high","assign_to":"collections_team"}}],
 "edges":[{"from":"trigger","to":"node_1"},{"from":"node_1","to":"node_2"},{"from":"node_2","to":"node_3"},{"from":"node_3","to":"node_4","condition":"true"},{"from":"node_3","to":"node_5","condition":"false"}]}
"""


def example() -> dict[str, Any]:
    """The example that must always work, fresh for changes."""
    return json.loads(_EXAMPLE)


@cache
def registry() -> Registry:
    """All node types of the product."""
    return Registry.of(flowstudio.nodes)


@cache
def facts() -> MemoryFacts:
    """A workspace with the shipped record types, a few settings, and one message text."""
    return MemoryFacts(
        types=shipped_record_types(),
        settings={"currency": "EUR", "sales_email": "sales@brightline.example", "reminder_limit": 3},
        messages={"invoice_reminder": {"name": "invoice_reminder"}},
        workflow_ids=frozenset({"wf_002"}),
        credentials=frozenset({"mail"}),
        template_ids=frozenset({"lead-qualification"}),
    )


def drawing(edges: str, *nodes: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """A document of these nodes and of edges written `T>a, a[true]>b`; T is the trigger (by hand)."""
    return {
        "id": "wf_test",
        "name": "Test",
        "trigger": {"type": "manual", "config": {}},
        "nodes": [copy.deepcopy(node) for node in nodes],
        "edges": [_edge(part.strip()) for part in edges.split(",") if part.strip()],
        **fields,
    }


def _edge(text: str) -> dict[str, Any]:
    found = re.fullmatch(r"([^>\[]+)(?:\[([^\]]+)\])?>(.+)", text)
    assert found is not None, text
    source = "trigger" if found[1] == "T" else found[1]
    return {"from": source, "to": found[3], **({"condition": found[2]} if found[2] else {})}


def task(node_id: str, title: str = "Call", **fields: Any) -> dict[str, Any]:
    """An action that creates a task."""
    config = {"title": title, "assignee": "{{settings.sales_email}}"}
    return {
        "id": node_id,
        "name": f"Task {node_id}",
        "type": "action",
        "action": "create_task",
        "config": config,
        **fields,
    }


def query(node_id: str, name: str, entity: str = "invoices", **config: Any) -> dict[str, Any]:
    """An action that finds records and names the list."""
    settings = {"entity": entity, "filter": {"field": "id", "operator": "exists"}, **config}
    return {
        "id": node_id,
        "name": f"Find {node_id}",
        "type": "action",
        "action": "query_records",
        "config": settings,
        "outputs": [name],
    }


def decision(
    node_id: str, field: str = "settings.reminder_limit", operator: str = "greater_than", value: Any = 1
) -> dict[str, Any]:
    """A condition of one comparison."""
    comparison = {"field": field, "operator": operator, "value": value}
    return {"id": node_id, "name": f"If {node_id}", "type": "condition", "condition": comparison}


def loop(node_id: str, collection: str, item: str = "item", **fields: Any) -> dict[str, Any]:
    """A loop over a list."""
    return {
        "id": node_id,
        "name": f"Each {node_id}",
        "type": "loop",
        "collection": collection,
        "item_variable": item,
        **fields,
    }


def end(node_id: str = "end", **config: Any) -> dict[str, Any]:
    """An end."""
    return {"id": node_id, "name": f"End {node_id}", "type": "end", **({"config": config} if config else {})}


def read(document: Any) -> ReadResult:
    """Read with all node types of the product."""
    return read_document(document, registry())


def workflow(document: Any) -> Workflow:
    """Read what must be readable."""
    result = read(document)
    assert result.workflow is not None, result.problems
    return result.workflow


def checked(document: Any) -> list[Problem]:
    """All problems that the checks find in a readable document."""
    return check(workflow(document), registry(), facts())


def codes(problems: list[Problem], severity: str | None = None) -> list[str]:
    """The codes of problems, of one severity or of all."""
    return [problem.code for problem in problems if severity in (None, problem.severity)]


def edges_of(document: Any) -> set[str]:
    """The edges as read, each as `source:way>target`."""
    return {edge.id for edge in workflow(document).edges}
