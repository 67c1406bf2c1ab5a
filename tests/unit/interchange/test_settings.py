"""Settings of nodes: spellings, conditions and filters in all forms, durations, approvers."""

import pytest

from tests.support.workflows import drawing, read, task, workflow

OVERDUE = {"field": "status", "operator": "equals", "value": "overdue"}


def _node(node: dict) -> object:
    return workflow(drawing("T>a", {**node, "id": "a"})).nodes[0]


@pytest.mark.parametrize(
    ("kind", "action", "meant"),
    [
        ("action", "sendEmail", "send_email"), ("action", "Send Email", "send_email"), ("action", "AUTOMATION_EMAIL", "send_email"),
        ("action", "query", "query_records"), ("action", "createEntity", "create_record"), ("send_email", None, "send_email"),
        ("action", "SendEmail", "send_email"), ("action", "create-task", "create_task"),
    ],
)  # fmt: skip
def test_action_names_of_the_seeds_are_understood(kind: str, action: str | None, meant: str) -> None:
    node = _node({"type": kind, "action": action, "config": {}})
    assert (node.type, node.action, node.disabled) == ("action", meant, False)


@pytest.mark.parametrize(
    ("kind", "meant"),
    [
        ("if", "condition"),
        ("for_each", "loop"),
        ("Loop (For Each)", "loop"),
        ("http", "http"),
        ("transform", "transform"),
        ("notification", "notification"),
    ],
)
def test_node_type_names_of_the_seeds_are_understood(kind: str, meant: str) -> None:
    assert _node({"type": kind, "config": {}}).type == meant


@pytest.mark.parametrize(
    "written",
    [
        {"status": "overdue"},
        {"status": {"$eq": "overdue"}},
        "status equals overdue",
        OVERDUE,
        {"field": "status", "operator": "==", "value": "overdue"},
    ],
)
@pytest.mark.parametrize("name", ["filter", "where", "filters"])
def test_every_form_of_a_filter_becomes_the_tree(name: str, written: object) -> None:
    node = _node({"type": "action", "action": "query_records", "config": {"entity": "invoices", name: written}})
    assert node.config == {"entity": "invoices", "filter": OVERDUE}


def test_other_field_of_the_record_is_a_field_of() -> None:
    node = _node(
        {
            "type": "action",
            "action": "query_records",
            "config": {"entity": "items", "where": "on_hand less_than @reorder_point"},
        }
    )
    assert node.config["filter"]["value"] == {"field_of": "reorder_point"}


def test_approver_is_read_as_a_list_of_approvers() -> None:
    node = _node({"type": "approval", "config": {"subject": "ok?", "approver": "boss@x.example"}})
    assert node.config["approvers"] == ["boss@x.example"]


def test_settings_at_the_top_of_a_node_win_over_config() -> None:
    node = _node({"type": "loop", "collection": "{{a}}", "config": {"collection": "{{b}}", "item_variable": "x"}})
    assert node.config == {"collection": "{{a}}", "item_variable": "x"}


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("PT15M", "15 minutes"),
        ("P3D", "3 days"),
        ("P1DT12H", "36 hours"),
        ("3 days", "3 days"),
        ("90 minutes", "90 minutes"),
    ],
)
def test_iso_durations_are_written_in_words(written: str, read_as: str) -> None:
    assert _node({"type": "delay", "config": {"for": written}}).config == {"for": read_as}
    assert _node({**task("x"), "timeout": written}).timeout == read_as
    assert workflow(drawing("T>a", task("a"), settings={"retention": written})).settings.retention == read_as


@pytest.mark.parametrize(
    "config", [{"delay_minutes": 30}, {"minutes": 30}, {"duration": 30, "unit": "minutes"}, {"duration": "30 minutes"}]
)
def test_delays_of_the_seeds_become_for(config: dict) -> None:
    assert _node({"type": "delay", "config": config}).config == {"for": "30 minutes"}


def test_as_names_the_main_output() -> None:
    assert _node({**task("x"), "as": "todo"}).outputs == ("todo",)


def test_cases_are_read_in_every_form() -> None:
    node = _node(
        {
            "type": "switch",
            "value": "{{x}}",
            "cases": ["high", {"value": "low"}, {"name": "rest", "condition": {"a": 1}}],
        }
    )
    assert node.config["cases"] == [
        {"name": "high", "value": "high"},
        {"name": "low", "value": "low"},
        {"name": "rest", "condition": {"field": "a", "operator": "equals", "value": 1}},
    ]


def test_condition_text_with_a_slip_is_kept_and_reported() -> None:
    result = read(drawing("T>c", {"id": "c", "type": "condition", "condition": "amount 'open"}))
    assert [(problem.path, problem.code) for problem in result.problems] == [("$.nodes[0].condition", "bad_condition")]
    assert result.workflow is not None


def test_condition_of_the_wrong_kind_is_refused() -> None:
    assert read(drawing("T>c", {"id": "c", "type": "condition", "condition": 5})).workflow is None


def test_retry_and_fallback_have_short_forms() -> None:
    node = _node({**task("x"), "retry": 5, "fallback": "create_ticket", "on_error": "fallback"})
    assert node.retry.attempts == 5
    assert node.fallback.action == "create_ticket"
