"""Names in expressions: unknown, misspelt, not set on every path, fields that are not there."""

import pytest

from flowstudio.analysis import MemoryFacts, check
from flowstudio.interchange import read_document
from flowstudio.kit.record_types import shipped_record_types
from flowstudio.services.shipped import registry_of
from tests.support.workflows import checked, codes, decision, drawing, end, example, loop, query, task


def _uses(text: str, edges: str = "T>q, q>a, a>z", *before: dict, **fields: object) -> list:
    nodes = before or (query("q", "invoices"),)
    return checked(drawing(edges, *nodes, task("a", text), end("z"), **fields))


def test_unknown_name_lists_the_names_there_are_and_the_nearest() -> None:
    problem = next(one for one in _uses("{{invoces}}") if one.code == "unknown_name")
    assert problem.path == "$.nodes[1].config.title"
    assert problem.node_id == "a"
    assert '"Title" of "Task a"' in problem.message
    assert problem.hint.startswith("Did you mean invoices? Names that exist: invoices, trigger, steps")
    assert problem.fix == {
        "label": "Use invoices",
        "ops": [{"op": "set", "node": "a", "where": ["config", "title"], "value": "{{invoices}}"}],
    }


@pytest.mark.parametrize(
    "text",
    ["{{invoices[0].number}}", "{{steps.q.count}}", "{{count(invoices)}}", "{{settings.currency}}", "{{now}}", "{{time.today}}", "{{run.id}}", "{{invoices[0].customer.email}}", "{{trigger.fired_at}}", "{{invoices | count}}"],
)  # fmt: skip
def test_names_that_exist_are_fine(text: str) -> None:
    assert codes(_uses(text), "error") == []
    assert codes(_uses(text), "warning") == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{{invoices[0].nubmer}}", "unknown_field"), ("{{steps.q.records[0].customer.mail}}", "unknown_field"),
        ("{{steps.nobody.count}}", "unknown_name"), ("{{steps.q.total}}", "unknown_field"), ("{{settings.currenci}}", "unknown_field"),
        ("{{loop.index}}", "unknown_name"), ("{{item}}", "unknown_name"), ("{{run.colour}}", "unknown_field"), ("{{a b}}", "bad_syntax"),
        ("{{nosuch(1)}}", "bad_syntax"),
    ],
)  # fmt: skip
def test_what_does_not_exist_is_an_error(text: str, code: str) -> None:
    assert code in codes(_uses(text), "error")


def test_field_of_a_list_is_a_warning_that_names_the_ways_out() -> None:
    problem = next(one for one in _uses("{{invoices.number}}") if one.code == "wrong_type")
    assert problem.severity == "warning"
    assert "For each" in problem.message


def test_open_values_allow_any_path() -> None:
    document = drawing(
        "T>a, a>z",
        task("a", "{{body.any.thing[3].deep}} {{headers.x}}"),
        end("z"),
        trigger={"type": "webhook", "slug": "s"},
    )
    assert codes(checked(document), "error") == []


def test_own_event_brings_names_that_nobody_can_know_before() -> None:
    document = drawing(
        "T>a, a>z", task("a", "{{parcel.weight}}"), end("z"), trigger={"type": "event", "event": "parcel.arrived"}
    )
    assert codes(checked(document), "error") == []


def test_record_of_an_event_is_known_with_its_fields() -> None:
    trigger = {"type": "event", "event": "invoice.created"}
    good = drawing(
        "T>a, a>z", task("a", "{{invoice.customer.email}} {{trigger.invoice.number}}"), end("z"), trigger=trigger
    )
    assert codes(checked(good), "error") == []
    bad = drawing("T>a, a>z", task("a", "{{invoice.customer.mail}}"), end("z"), trigger=trigger)
    assert codes(checked(bad), "error") == ["unknown_field"]


def test_client_is_understood_for_customer() -> None:
    document = drawing(
        "T>a, a>z", task("a", "{{client.email}}"), end("z"), trigger={"type": "event", "event": "customer.created"}
    )
    assert codes(checked(document), "error") == []


def test_inputs_of_a_manual_trigger_are_names() -> None:
    document = drawing(
        "T>a, a>z",
        task("a", "{{n}} {{lead.email}}"),
        end("z"),
        inputs=[{"name": "n"}, {"name": "lead", "type": "record:leads"}],
    )
    assert codes(checked(document), "error") == []


def test_name_set_on_one_branch_only_is_a_hint_after_it() -> None:
    document = drawing(
        "T>c, c[true]>q, c[false]>b, q>a, b>a, a>z",
        decision("c"),
        query("q", "invoices"),
        task("b"),
        task("a", "{{invoices[0].id}}"),
        end("z"),
    )
    found = [one for one in checked(document) if one.code == "maybe_missing"]
    assert [(one.node_id, one.severity) for one in found] == [("a", "hint")]


def test_name_set_on_both_branches_is_sure() -> None:
    document = drawing(
        "T>c, c[true]>q, c[false]>p, q>a, p>a, a>z",
        decision("c"),
        query("q", "invoices"),
        query("p", "invoices"),
        task("a", "{{invoices[0].id}}"),
        end("z"),
    )
    assert "maybe_missing" not in codes(checked(document))


def test_names_of_branches_that_run_side_by_side_are_sure_after_the_join() -> None:
    parallel = {"id": "p", "type": "parallel", "branches": ["x", "y"]}
    nodes = [
        parallel,
        query("q", "invoices"),
        query("r", "orders", entity="quotes"),
        {"id": "j", "type": "join"},
        task("a", "{{invoices[0].id}} {{orders[0].id}}"),
        end("z"),
    ]
    edges = "T>p, p[x]>q, p[y]>r, q>j, r>j, j>a, a>z"
    assert "maybe_missing" not in codes(checked(drawing(edges, *nodes)))
    nodes[3] = {"id": "j", "type": "join", "join": "any"}
    assert codes(checked(drawing(edges, *nodes))).count("maybe_missing") == 2


def test_name_used_before_it_is_set_is_a_hint() -> None:
    document = drawing("T>a, a>q, q>z", task("a", "{{invoices[0].id}}"), query("q", "invoices"), end("z"))
    assert codes(checked(document), "hint").count("maybe_missing") == 1
    assert codes(checked(document), "error") == []


def test_item_is_known_inside_its_loop_only() -> None:
    inside = drawing(
        "T>q, q>l, l[each]>a, l[done]>z",
        query("q", "invoices"),
        loop("l", "{{invoices}}", "invoice"),
        task("a", "{{invoice.number}} {{loop.index}} {{loop.item.amount}}"),
        end("z"),
    )
    assert codes(checked(inside), "error") == []
    outside = drawing(
        "T>q, q>l, l[each]>a, l[done]>b, b>z",
        query("q", "invoices"),
        loop("l", "{{invoices}}", "invoice"),
        task("a"),
        task("b", "{{invoice.number}}"),
        end("z"),
    )
    assert codes(checked(outside), "hint").count("maybe_missing") == 1


def test_text_inside_other_texts_and_lists_is_looked_at() -> None:
    document = example()
    document["nodes"][3]["config"]["variables"]["amount"] = "{{invoice.amnt}} {{ invoice.number | nofilter }}"
    assert {(one.path, one.code) for one in checked(document) if one.severity == "error"} == {
        ("$.nodes[3].config.variables.amount", "bad_syntax")
    }
    document["nodes"][3]["config"]["variables"]["amount"] = "{{invoice.amnt}}"
    assert {(one.path, one.code) for one in checked(document) if one.severity == "error"} == {
        ("$.nodes[3].config.variables.amount", "unknown_field")
    }


def test_transform_gives_its_names_with_their_kinds() -> None:
    sets = {
        "id": "t",
        "type": "transform",
        "config": {"set": {"first": "{{invoices[0]}}", "total": "{{total(invoices, 'amount')}}"}},
    }
    good = drawing(
        "T>q, q>t, t>a, a>z", query("q", "invoices"), sets, task("a", "{{first.number}} {{total}}"), end("z")
    )
    assert codes(checked(good), "error") == []
    bad = drawing("T>q, q>t, t>a, a>z", query("q", "invoices"), sets, task("a", "{{first.nubmer}}"), end("z"))
    assert codes(checked(bad), "error") == ["unknown_field"]


def test_what_a_loop_collects_is_read_inside_the_round() -> None:
    document = {
        "id": "w", "name": "W", "trigger": {"type": "manual"},
        "nodes": [
            {"id": "q", "name": "Find", "type": "action", "action": "query_records", "config": {"entity": "invoices"}, "outputs": ["invoices"]},
            {"id": "l", "name": "Each", "type": "loop", "collection": "{{invoices}}", "item_variable": "invoice", "collect": "{{invoice.number}}"},
            {"id": "t", "name": "Note", "type": "transform", "config": {"set": {"n": "{{invoice.number}}"}}},
        ],
        "edges": [{"from": "trigger", "to": "q"}, {"from": "q", "to": "l"}, {"from": "l", "to": "t", "condition": "each"}],
    }  # fmt: skip
    read = read_document(document, registry_of())
    assert read.workflow is not None
    found = check(read.workflow, registry_of(), MemoryFacts(types=shipped_record_types()))
    assert not [problem for problem in found if "collect" in problem.path]
    document["nodes"][1]["collect"] = "{{nobody.number}}"
    wrong = read_document(document, registry_of())
    assert wrong.workflow is not None
    found = check(wrong.workflow, registry_of(), MemoryFacts(types=shipped_record_types()))
    assert [problem.code for problem in found if "collect" in problem.path] == ["unknown_name"]
