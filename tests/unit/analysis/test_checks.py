"""Checks beyond names: each severity as the contracts say."""

import pytest

from flowstudio.analysis import MemoryFacts, check
from flowstudio.interchange import read_document
from tests.support.workflows import checked, codes, decision, drawing, end, facts, loop, query, registry, task, workflow


def test_sound_workflow_has_no_problem_at_all() -> None:
    document = drawing("T>c, c[true]>a, c[false]>z, a>z", decision("c"), task("a"), end("z"))
    assert checked(document) == []


def test_unset_else_and_missing_end_are_hints() -> None:
    document = drawing("T>c, c[true]>a", decision("c"), task("a"))
    assert codes(checked(document)) == ["missing_end", "unset_else"]
    assert set(codes(checked(document), "hint")) == {"missing_end", "unset_else"}


def test_missing_names_are_one_hint() -> None:
    nameless = [{key: value for key, value in task(one).items() if key != "name"} for one in ("a", "b")]
    document = drawing("T>a, a>b, b>z", *nameless, end("z"))
    assert codes(checked(document)) == ["missing_name"]


def test_fifty_actions_are_a_warning_and_forty_nine_are_not() -> None:
    def chain(count: int) -> dict:
        edges = "T>n0," + ",".join(f"n{index}>n{index + 1}" for index in range(count - 1)) + f",n{count - 1}>z"
        return drawing(edges, *(task(f"n{index}") for index in range(count)), end("z"))

    assert codes(checked(chain(50)), "warning") == ["many_actions"]
    assert codes(checked(chain(49)), "warning") == []


def test_unfiltered_query_that_feeds_writes_is_a_warning() -> None:
    def flow(**config: object) -> dict:
        asked = query("q", "invoices", **config)
        writes = {
            "id": "a",
            "name": "Pay",
            "type": "action",
            "action": "update_record",
            "config": {"record": "{{invoice}}", "set": {"status": "paid"}},
        }
        return drawing("T>q, q>l, l[each]>a, l[done]>z", asked, loop("l", "{{invoices}}", "invoice"), writes, end("z"))

    problem = next(one for one in checked(flow(filter={})) if one.code == "unfiltered_query")
    assert (problem.severity, problem.path) == ("warning", "$.nodes[0].config.filter")
    assert '"Pay"' in problem.message
    assert codes(checked(flow()), "warning") == []
    assert codes(checked(flow(filter={}, limit=10)), "warning") == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("sk_live_" + "a1B2c3D4e5F6g7H8", "literal_secret"), ("Bearer abcdefghijklmnop1234", "literal_secret"),
        ("https://user:hunter22@x.example/", "literal_secret"), ("Write to jo.doe@corp.example", "literal_personal_data"),
        ("Call +49 170 1234567", "literal_personal_data"), ("4111 1111 1111 1111", "literal_personal_data"),
        ("DE89 3704 0044 0532 0130 00", "literal_personal_data"),
    ],
)  # fmt: skip
def test_literal_secrets_and_personal_data_are_warnings(text: str, code: str) -> None:
    document = drawing("T>a, a>z", task("a", text), end("z"))
    assert codes(checked(document)) == [code]
    assert codes(checked(document), "warning") == [code]


@pytest.mark.parametrize(
    "text",
    [
        "Invoice INV-2026-0001 of 2026-03-02",
        "{{settings.sales_email}}",
        "1234 5678 9012 3456",
        "Order 12345678901234567",
        "Every 15 minutes at 09:00",
    ],
)
def test_ordinary_texts_are_no_secrets(text: str) -> None:
    assert checked(drawing("T>a, a>z", task("a", text), end("z"))) == []


def test_edge_out_of_a_loop_is_a_warning_with_a_fix() -> None:
    document = drawing(
        "T>q, q>l, l[each]>a, a>z, l[done]>z", query("q", "invoices"), loop("l", "{{invoices}}"), task("a"), end("z")
    )
    problem = next(one for one in checked(document) if one.code == "edge_out_of_loop")
    assert (problem.severity, problem.path) == ("warning", "$.edges[3]")
    assert problem.fix == {"label": "Remove the arrow", "ops": [{"op": "remove", "nodes": [], "edges": ["a:out>z"]}]}


def test_expression_in_a_number_is_left_to_the_run() -> None:
    asked = query("q", "invoices", limit="{{settings.reminder_limit}}")
    assert codes(checked(drawing("T>q, q>z", asked, end("z"))), "error") == []
    wrong = query("q", "invoices", limit="many")
    assert codes(checked(drawing("T>q, q>z", wrong, end("z"))), "error") == ["wrong_setting"]


@pytest.mark.parametrize(
    ("comparison", "code"),
    [
        ({"field": "invoice.amount", "operator": "greater_than", "value": "much"}, "type_mismatch"),
        ({"field": "invoice.amount", "operator": "is_true"}, "type_mismatch"),
        ({"field": "invoice.status", "operator": "equals", "value": "overdu"}, "type_mismatch"),
        ({"field": "invoice.status", "operator": "equals"}, "missing_value"),
    ],
)
def test_comparison_that_cannot_fit_is_a_warning(comparison: dict, code: str) -> None:
    condition = {"id": "c", "name": "If", "type": "condition", "condition": comparison}
    document = drawing(
        "T>c, c[true]>z, c[false]>z", condition, end("z"), trigger={"type": "event", "event": "invoice.created"}
    )
    assert codes(checked(document)) == [code]
    assert codes(checked(document), "warning") == [code]


@pytest.mark.parametrize(
    ("kind", "operator", "value", "said"),
    [
        ("open", "greater_than", "1,000", '"1,000" is not read as a number.'),
        ("text", "less_than", "€ 700", '"€ 700" is not read as a number.'),
        ("number", "greater_or_equal", "500 euros", "but it is compared with"),
        ("boolean", "equals", "yes", 'is never "yes".'),
        ("open", "greater_than", "1000", None), ("open", "greater_than", "2026-03-02", None),
        ("open", "greater_than", "m", None), ("text", "less_than", "-12.5", None), ("boolean", "equals", "true", None),
    ],
)  # fmt: skip
def test_a_written_value_that_no_comparison_reads_is_a_warning(
    kind: str, operator: str, value: str, said: str | None
) -> None:
    asked = {"type": "manual", "inputs": [{"name": "a", "type": kind}]}
    rule = {"field": "a", "operator": operator, "value": value}
    condition = {"id": "c", "name": "If", "type": "condition", "condition": rule}
    document = drawing("T>c, c[true]>z, c[false]>z", condition, end("z"), trigger=asked)
    found = [one for one in checked(document) if one.code == "type_mismatch"]
    assert [said in one.message for one in found] == ([True] if said else [])
    assert all(one.hint for one in found)


def test_unknown_field_of_a_trigger_filter_and_of_written_values_is_an_error() -> None:
    writes = {
        "id": "a",
        "name": "Pay",
        "type": "action",
        "action": "update_record",
        "config": {"record": "{{invoice}}", "set": {"stats": "paid"}},
    }
    trigger = {"type": "event", "event": "invoice.created", "filter": {"amnt": {"$gt": 5}}}
    found = {
        (one.path, one.code)
        for one in checked(drawing("T>a, a>z", writes, end("z"), trigger=trigger))
        if one.severity == "error"
    }
    assert found == {
        ("$.trigger.config.filter.field", "unknown_field"),
        ("$.nodes[0].config.set.stats", "unknown_field"),
    }


def test_sort_over_an_unknown_field_is_an_error() -> None:
    found = checked(drawing("T>q, q>z", query("q", "invoices", sort="-amnt"), end("z")))
    assert [(one.path, one.code) for one in found] == [("$.nodes[0].config.sort", "unknown_field")]


def test_template_that_is_not_in_use_yet_is_a_hint() -> None:
    runs = {"id": "w", "name": "Run", "type": "workflow", "config": {"workflow": "lead-qualification"}}
    found = checked(drawing("T>w, w>z", runs, end("z")))
    assert [(one.code, one.severity) for one in found] == [("unknown_workflow", "hint")]


def test_writing_a_name_of_outside_from_several_items_at_once_is_an_error() -> None:
    def flow(concurrency: int) -> dict:
        first = {"id": "s", "name": "Start", "type": "transform", "config": {"set": {"sum": "0"}}}
        adds = {"id": "t", "name": "Add", "type": "transform", "config": {"set": {"sum": "{{sum + invoice.amount}}"}}}
        return drawing(
            "T>q, q>s, s>l, l[each]>t, l[done]>z",
            query("q", "invoices"),
            first,
            loop("l", "{{invoices}}", "invoice", concurrency=concurrency),
            adds,
            end("z"),
        )

    assert codes(checked(flow(2)), "error") == ["written_at_once"]
    assert codes(checked(flow(1)), "error") == []


def test_workspace_without_facts_raises_no_false_alarms_about_records() -> None:
    document = drawing("T>q, q>z", query("q", "invoices"), end("z"))
    found = check(workflow(document), registry(), MemoryFacts())
    assert codes(found, "error") == []


def test_checks_never_raise_on_strange_documents() -> None:
    strange = {
        "name": "", "trigger": {"type": "schedule", "config": {"cron": [], "day": {}}},
        "nodes": [
            {"id": "a", "type": "condition", "condition": {"type": "and", "conditions": [{"field": "{{", "operator": 5}]}},
            {"id": "b", "type": "switch", "value": {"x": "{{y"}, "cases": [{}, {"name": 3, "condition": {"not": [[]]}}]},
            {"id": "c", "type": "loop", "collection": 7, "item_variable": "1x"},
            {"id": "d", "type": "parallel", "branches": "ab"}, {"id": "e", "type": "delay", "config": {"for": "-1"}},
            {"id": "f", "type": "action", "action": "query_records", "config": {"entity": 5, "filter": [[]], "sort": 1, "limit": "{{"}},
            {"id": "g", "type": "action", "action": "create_record", "config": {"entity": "invoices", "set": {"amount": []}}},
            {"id": "h", "type": "transform", "config": {"set": {"t": "{{t}}"}}},
        ],
        "edges": [{"from": one, "to": other} for one, other in zip(("trigger", *"abcdefgh"), "abcdefgha", strict=True)],
    }  # fmt: skip
    result = read_document(strange, registry())
    if result.workflow is not None:
        assert check(result.workflow, registry(), MemoryFacts())
    else:
        assert result.problems


def test_what_a_new_record_still_needs_is_said_in_words() -> None:
    config = {"entity": "expense_reports", "set": {"amount": 5, "category": "Travel", "status": "draft"}}
    creating = {"id": "a", "type": "action", "action": "create_record", "config": config}
    found = check(workflow(drawing("T>a, a>z", creating, end("z"))), registry(), facts())
    said = next(one.message for one in found if one.code == "missing_field")
    assert (
        said
        == '"Create expense report" creates an expense report without employee ID, receipts attached and description.'
    )


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ({}, "has no time yet"),
        ({"mode": "daily"}, "cannot be used as a schedule. The schedule needs a time of day"),
    ],
)
def test_a_schedule_without_a_time_says_so_in_words_of_its_form(config: dict, said: str) -> None:
    document = drawing("T>a, a>z", task("a"), end("z")) | {"trigger": {"type": "schedule", "config": config}}
    [problem] = [one for one in checked(document) if one.code == "bad_schedule"]
    assert said in problem.message


@pytest.mark.parametrize(("kind", "fits"), [("webhook", False), ("schedule", False), ("manual", False), ("poll", True)])
def test_two_things_that_happen_are_what_can_be_noticed(kind: str, fits: bool) -> None:
    configs = {"webhook": {"slug": "a"}, "schedule": {"cron": "0 9 * * *"}, "poll": {"url": "https://x.example"}}
    parts = [{"type": "ticket_created"}, {"type": kind, "config": configs.get(kind, {})}]
    trigger = {"type": "both_of", "config": {"parts": parts, "match": "customers.id"}}
    found = codes(checked(drawing("T>a, a>z", task("a"), end("z")) | {"trigger": trigger}), "error")
    assert found == ([] if fits else ["wrong_part"])


@pytest.mark.parametrize(
    "trigger",
    [
        {"type": "poll", "config": {"url": "https://x.example", "every": "now and then"}},
        {"type": "both_of", "config": {"parts": [{"type": "ticket_created"}] * 2, "within": "soon"}},
    ],
)
def test_a_length_of_time_of_a_trigger_can_be_read(trigger: dict) -> None:
    document = drawing("T>a, a>z", task("a"), end("z")) | {"trigger": trigger}
    assert len(codes(checked(document), "error")) == 1


@pytest.mark.parametrize("due", ["2 days", "P2D", "2026-03-31", "2026-03-31 14:00", "{{order.due}}"])
def test_a_moment_is_a_duration_or_a_date(due: str) -> None:
    step = task("a")
    step["config"] = {**step["config"], "due": due}
    assert codes(checked(drawing("T>a, a>z", step, end("z"))), "error") in ([], ["unknown_name"])


def test_a_moment_that_is_neither_is_an_error() -> None:
    step = task("a")
    step["config"] = {**step["config"], "due": "soonish"}
    assert "bad_duration" in codes(checked(drawing("T>a, a>z", step, end("z"))), "error")
