"""A first workflow out of three answers."""

from __future__ import annotations

import pytest

from flowstudio.errors import BadRequest
from flowstudio.services.editing.guided import MOST_STEPS, guided, leads_on
from flowstudio.services.editing.ops import empty_workflow
from flowstudio.services.shipped import registry_of

REGISTRY = registry_of()
EMPTY = empty_workflow("wf_1", "New workflow")


def _arrows(workflow):
    names = {node.id: node.key for node in workflow.nodes}
    return [(names.get(one.source, one.source), one.way, names[one.target]) for one in workflow.edges]


def test_steps_follow_one_another_to_an_end():
    made = guided(EMPTY, "trigger.schedule", ["action.create_record", "action.send_email"], REGISTRY, checked=False)
    assert [one.type for one in made.triggers] == ["schedule"]
    assert _arrows(made) == [
        ("trigger", "out", "action.create_record"), ("action.create_record", "out", "action.send_email"),
        ("action.send_email", "out", "end"),
    ]  # fmt: skip


def test_a_condition_stands_before_the_steps_and_its_other_way_ends():
    made = guided(EMPTY, "trigger.event", ["action.send_email"], REGISTRY, checked=True)
    assert set(_arrows(made)) == {
        ("trigger", "out", "condition"), ("condition", "true", "action.send_email"),
        ("action.send_email", "out", "end"), ("condition", "false", "end"),
    }  # fmt: skip


def test_what_is_approved_goes_on():
    made = guided(EMPTY, "trigger.manual", ["approval", "action.send_email"], REGISTRY, checked=False)
    assert ("approval", "approved", "action.send_email") in _arrows(made)


@pytest.mark.parametrize(
    "steps",
    [
        [],
        ["action.send_email"] * (MOST_STEPS + 1),
        ["loop"],
        ["end"],
        ["condition"],
        ["switch"],
        ["join"],
        ["trigger.manual"],
    ],
)
def test_what_is_no_chain_is_refused(steps):
    with pytest.raises(BadRequest):
        guided(EMPTY, "trigger.manual", steps, REGISTRY, checked=False)


def test_a_workflow_with_steps_is_left_as_it_is():
    made = guided(EMPTY, "trigger.manual", ["action.send_email"], REGISTRY, checked=False)
    with pytest.raises(BadRequest):
        guided(made, "trigger.manual", ["action.send_email"], REGISTRY, checked=False)


def test_every_step_that_may_be_chosen_can_be_drawn():
    for step in REGISTRY.all():
        if leads_on(step):
            made = guided(EMPTY, "trigger.manual", [step.registry_key()], REGISTRY, checked=False)
            assert len(made.edges) == 2, step.key
