"""The variable picker's list: what is there, of what type, and why not."""

from typing import Any

from flowstudio.analysis import variables_at
from flowstudio.expressions import DictScope, EvalContext, compile_expression
from flowstudio.ui.editor.samples import with_fields
from tests.support.workflows import decision, drawing, end, example, facts, loop, query, registry, task, workflow


def _items(document: dict, node_id: str) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}

    def collect(items: Any) -> None:
        for item in items:
            found[item["path"]] = item
            collect(item["children"] or ())

    for group in variables_at(workflow(document), node_id, registry(), facts()):
        collect(group.items)
    return found


def test_item_of_the_loop_comes_first_with_its_fields_and_samples() -> None:
    groups = variables_at(workflow(example()), "node_4", registry(), facts())
    assert groups[0].title == "This round"
    assert groups[0].items[0]["path"] == "invoice"
    items = _items(example(), "node_4")
    assert items["invoice.number"]["type"] == "text"
    assert items["invoice.amount"]["type"] == "number"
    assert items["invoice.due_date"]["type"] == "date"
    assert items["invoice.customer.email"]["label"] == "Customer email"
    assert "@" in items["invoice.customer.email"]["sample"]
    assert items["invoices"]["sample"].endswith("items")
    assert all(
        items[path]["available"] for path in ("invoice", "invoices", "steps.node_1.count", "settings.currency", "now")
    )


def test_steps_of_another_branch_and_later_ones_are_greyed_with_the_reason() -> None:
    items = _items(example(), "node_4")
    assert items["steps.node_5.record"]["available"] is False
    assert items["steps.node_5.record"]["reason"] == "On another branch"
    assert _items(example(), "node_1")["steps.node_4.status"]["reason"] == "Only inside For each"


def test_name_of_one_branch_says_which_branch_behind_it() -> None:
    document = drawing(
        "T>c, c[true]>q, c[false]>b, q>a, b>a, a>z",
        decision("c"),
        query("q", "invoices"),
        task("b"),
        task("a"),
        end("z"),
    )
    assert _items(document, "a")["invoices"]["reason"] == "Only on the Yes branch"


def test_step_that_may_be_passed_over_or_is_off_says_so() -> None:
    document = drawing(
        "T>q, q>a, a>z",
        query(
            "q",
            "invoices",
        ),
        task("a"),
        end("z"),
    )
    document["nodes"][0]["run_if"] = {"field": "settings.currency", "operator": "equals", "value": "EUR"}
    assert _items(document, "a")["invoices"]["reason"] == "Only when the step is not passed over"
    document["nodes"][0]["disabled"] = True
    assert _items(document, "a")["invoices"]["reason"] == "The step is off"


def test_error_way_says_that_the_step_failed() -> None:
    document = drawing("T>q, q>a, q[error]>b, a>z, b>z", query("q", "invoices"), task("a"), task("b"), end("z"))
    assert _items(document, "b")["invoices"]["available"] is False


def test_payload_of_a_trigger_is_offered_with_types() -> None:
    document = drawing("T>a", task("a"), trigger={"type": "event", "event": "invoice.created"})
    assert _items(document, "a")["invoice.customer.name"]["available"]


def test_payload_of_one_of_several_triggers_is_not_sure() -> None:
    document = drawing(
        "T>a",
        task("a"),
        triggers=[{"id": "x", "type": "event", "event": "invoice.created"}, {"id": "y", "type": "manual"}],
    )
    del document["trigger"]
    assert _items(document, "a")["invoice"]["reason"] == "Only when started by When something happens"


def test_samples_given_win_over_sample_rows() -> None:
    groups = variables_at(workflow(example()), "node_4", registry(), facts(), {"invoice": {"number": "INV-9"}})
    number = next(item for item in groups[0].items[0]["children"] if item["path"] == "invoice.number")
    assert number["sample"] == "INV-9"


def test_nested_loops_offer_both_items_innermost_first() -> None:
    document = drawing(
        "T>q, q>l, l[each]>k, k[each]>a, l[done]>z",
        query("q", "invoices"),
        loop("l", "{{invoices}}", "invoice"),
        loop("k", "{{invoices}}", "other"),
        task("a"),
        end("z"),
    )
    groups = variables_at(workflow(document), "a", registry(), facts())
    assert [item["path"] for item in groups[0].items] == ["other", "invoice", "loop.index"]


def test_group_can_be_handed_to_the_browser() -> None:
    import json

    groups = [group.to_json() for group in variables_at(workflow(example()), "node_5", registry(), facts())]
    assert json.loads(json.dumps(groups)) == groups


def test_what_other_systems_call_theirs_can_be_picked_whatever_is_in_the_name() -> None:
    fields = [{"name": "What did you spend?", "type": "number"}, {"name": "größe", "type": "number"}]
    trigger = {"id": "T", "type": "form", "config": {"fields": fields}}
    document = {**drawing("T>a, a>z", task("a"), end("z")), "trigger": trigger}
    items = _items(document, "a")
    assert items['trigger["What did you spend?"]']["type"] == "number"
    assert items["größe"]["label"] == "Größe"
    call = {**drawing("T>a, a>z", task("a"), end("z")), "trigger": {"id": "T", "type": "webhook", "config": {}}}
    items = _items(call, "a")

    sample = {"order-id": "7", "net total": 12, "lines": {"unit price": 2}, 'a "b"': 1, "größe": 3, "v1.0": 4}
    groups = with_fields([{"title": "A call", "items": [items["body"] | {"children": None}]}], {"body": sample})
    for item in (inner for each in groups[0]["items"] for inner in (each, *(each["children"] or ()))):
        assert compile_expression(item["path"]).evaluate(EvalContext(DictScope({"body": sample}))) is not None, item
    assert 'body["order-id"]' in {item["path"] for item in groups[0]["items"]}
