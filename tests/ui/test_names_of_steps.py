"""What people call a step: one rule, and every place where they read of it says the same."""

import pytest

from flowstudio.analysis import check, difference, variables_at
from flowstudio.domain.run import Step
from flowstudio.domain.states import StepStatus
from flowstudio.domain.workflow import Node, Trigger, Workflow
from flowstudio.ui.components.steps import step_name
from flowstudio.ui.editor.outline import names_of
from flowstudio.ui.editor.view import view_graph
from tests.support.workflows import drawing, end, facts, registry, task, workflow

LARGE = {"condition": {"field": "expense.amount", "operator": "greater_than", "value": 1000}}
EXPENSE = {"entity": "expense_reports", "set": {"amount": 5}}


def action(key: str, config: dict, name: str = "") -> Node:
    return Node(id="a", type="action", action=key, name=name, config=config)


@pytest.mark.parametrize(
    ("part", "called"),
    [
        (action("create_record", EXPENSE), "Create expense report"),
        (action("create_record", EXPENSE, "Create record"), "Create expense report"),
        (action("create_record", EXPENSE, "Create record 2"), "Create expense report 2"),
        (action("create_record", EXPENSE, "Create record of the trip"), "Create record of the trip"),
        (action("create_record", EXPENSE, "File it"), "File it"),
        (action("create_record", {}, "Create record 2"), "Create record 2"),
        (action("create_record", {"entity": "{{kind}}"}), "Create record"),
        (action("query_records", {"entity": "invoices"}), "Find invoices"),
        (action("bulk_update", {"entity": "invoices"}), "Change many invoices"),
        (action("send_email", {}), "Send email"),
        (action("send_email", {}, "Send email 3"), "Send email 3"),
        (action("brew_coffee", {}), "brew_coffee"),
        (Node(id="c", type="condition", config=LARGE), "Amount is more than 1,000?"),
        (Node(id="c", type="condition", name="If 2", config=LARGE), "Amount is more than 1,000?"),
        (Node(id="c", type="condition", name="Large?", config=LARGE), "Large?"),
        (Node(id="c", type="condition", name="If 2"), "If 2"),
        (Node(id="c", type="condition"), "If"),
        (Trigger(type="schedule", config={"cron": "0 9 * * *"}), "Every day at 09:00"),
        (Trigger(type="schedule", config={}), "On a schedule"),
        (Trigger(type="schedule", name="Mornings", config={"cron": "0 9 * * *"}), "Mornings"),
    ],
)
def test_a_step_that_nobody_named_is_called_by_what_it_does(part: Node | Trigger, called: str) -> None:
    assert registry().name_of(part) == called


def test_what_scripts_find_a_step_by_stays_the_name_in_its_document() -> None:
    assert registry().written_name(action("create_record", EXPENSE)) == "Create record"
    assert registry().written_name(action("create_record", EXPENSE, "Create record 2")) == "Create record 2"
    assert registry().written_name(action("brew_coffee", {})) == "brew_coffee"


def expenses() -> Workflow:
    creating = {"id": "a", "type": "action", "action": "create_record", "name": "Create record", "config": EXPENSE}
    return workflow(drawing("T>a, a>b, b>z", creating, task("b"), end("z")))


def test_canvas_outline_lists_picker_problems_and_differences_say_the_same() -> None:
    flow, kinds, called = expenses(), registry(), "Create expense report"
    card = next(one for one in view_graph(flow, kinds)["nodes"] if one["id"] == "a")
    assert card["name"] == called
    assert card["label"] == "action: Create record"
    assert card["ways"][0]["name"] == "output out of Create record"
    assert names_of(flow, kinds)["a"] == called
    assert step_name(flow, kinds, Step(0, "a", (), StepStatus.PENDING))[0] == called
    assert called in [group.title for group in variables_at(flow, "b", kinds, facts())]
    assert any(one.message.startswith(f'"{called}" ') for one in check(flow, kinds, facts()) if one.node_id == "a")
    off = flow.model_copy(update={"nodes": (flow.nodes[0].model_copy(update={"disabled": True}), *flow.nodes[1:])})
    assert difference(flow, off, kinds).changes[0].sentence == f'"{called}" was switched off.'


def test_a_name_that_is_what_the_step_was_called_anyway_is_told_as_a_change() -> None:
    flow = expenses()
    named = flow.nodes[0].model_copy(update={"name": "Create expense report"})
    changed = flow.model_copy(update={"nodes": (named, *flow.nodes[1:])})
    said = [one.sentence for one in difference(flow, changed, registry()).changes]
    assert said == ['"Create record" is now called "Create expense report".']


def test_what_the_name_says_already_is_not_said_again_of_a_new_step() -> None:
    flow = workflow(drawing("T>z", end("z")))
    condition = Node(id="c", type="condition", config=LARGE)
    said = [one.sentence for one in difference(flow, flow.model_copy(update={"nodes": (*flow.nodes, condition)}),
                                               registry()).changes]  # fmt: skip
    assert said == ['"Amount is more than 1,000?" was added.']
