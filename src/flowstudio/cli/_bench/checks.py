"""checks: what the editor asks after every change, and how fast rules and texts are worked out."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

import orjson

from flowstudio.analysis import check
from flowstudio.cli._bench.figures import Size, exponent, median, ratio, rounded
from flowstudio.cli._bench.workflows import drawn
from flowstudio.domain.json import JsonObject
from flowstudio.domain.workflow import Workflow
from flowstudio.expressions import DictScope, EvalContext, compile_condition, compile_template, normalise
from flowstudio.interchange import read_document
from flowstudio.services.shipped import registry_of, shipped_facts

RULE: JsonObject = {
    "type": "and",
    "conditions": [
        {"field": "invoice.amount", "operator": "greater_than", "value": 1000},
        {"field": "invoice.status", "operator": "equals", "value": "overdue"},
        {"field": "invoice.client.country", "operator": "in", "value": ["DE", "AT", "CH"]},
    ],
}
TEXT = "Dear {{invoice.client.name}}, invoice {{invoice.number}} over {{invoice.amount}} is overdue."
NAMES: JsonObject = {
    "invoice": {
        "amount": 1200, "number": "INV-7", "status": "overdue", "client": {"name": "Ada Lovelace", "country": "DE"},
    }
}  # fmt: skip


def measure(size: Size) -> JsonObject:
    """Measure full checks at three sizes, a rule of three comparisons, and a text with three values."""
    registry, facts = registry_of(), shipped_facts({})
    costs: dict[int, float] = {}
    rows = []
    for nodes in size.counts((100, 200, 500), (20, 50)):
        document = drawn(nodes)
        whole = read_document(document, registry).workflow
        assert whole is not None
        workflow: Workflow = whole
        written = workflow.model_dump()
        seconds = _seconds(lambda workflow=workflow: check(workflow, registry, facts), size.pick(1, 0.05))  # type: ignore[misc]
        model = _seconds(lambda written=written: Workflow.model_validate(written), size.pick(0.3, 0.02))  # type: ignore[misc]
        read = _seconds(lambda document=document: read_document(document, registry), size.pick(0.3, 0.02))  # type: ignore[misc]
        costs[nodes] = seconds
        rows.append({
            "nodes": nodes, "check_ms": rounded(seconds * 1000), "read_ms": rounded(read * 1000),
            "reference_pydantic_ms": rounded(model * 1000), "times_the_reference": ratio(seconds, model),
            "problems_found": len(check(workflow, registry, facts)),
        })  # fmt: skip
    return {
        "what": "the full check of a workflow (median), rules and texts per second on one core",
        "check": rows,
        "check_grows_with_nodes": exponent(costs),
        **_rules_and_texts(size.pick(0.5, 0.02)),
        "goals": {"check_ms_at_500_nodes": 50},
    }


def _rules_and_texts(seconds: float) -> JsonObject:
    from jinja2 import Template

    context = EvalContext(DictScope(NAMES), datetime.now(UTC))
    condition = compile_condition(normalise(RULE))
    template = compile_template(TEXT)
    plain = Template(TEXT)
    assert condition.evaluate(context).result
    assert template.render(context) == plain.render(NAMES)
    found = {
        "rules_per_second": 1 / _seconds(lambda: condition.evaluate(context), seconds),
        "rules_without_rows_per_second": 1 / _seconds(lambda: condition.test(context), seconds),
        "reference_rule_in_python_per_second": 1 / _seconds(lambda: _rule_in_python(NAMES), seconds),
        "texts_per_second": 1 / _seconds(lambda: template.render(context), seconds),
        "reference_texts_of_jinja2_per_second": 1 / _seconds(lambda: plain.render(NAMES), seconds),
        "reference_json_copies_per_second": 1 / _seconds(lambda: orjson.loads(orjson.dumps(NAMES)), seconds),
    }
    return {name: rounded(value) for name, value in found.items()}


def _rule_in_python(names: JsonObject) -> bool:
    invoice = names["invoice"]
    return (
        invoice["amount"] > 1000
        and str(invoice["status"]).casefold() == "overdue"
        and str(invoice["client"]["country"]).casefold() in ("de", "at", "ch")
    )


def _seconds(work: Callable[[], object], about: float) -> float:
    """Return how long one call takes: the median of several batches that together last about so long."""
    work()
    began = time.perf_counter()
    work()
    once = max(time.perf_counter() - began, 1e-7)
    batch = max(1, int(about / 7 / once))
    batches = []
    for _ in range(7):
        began = time.perf_counter()
        for _ in range(batch):
            work()
        batches.append((time.perf_counter() - began) / batch)
    return median(batches)
