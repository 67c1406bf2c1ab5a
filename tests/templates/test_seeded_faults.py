"""Faults of many kinds, seeded into the templates: each is named, at the right step, in a sentence, and can be undone."""

import pytest

from flowstudio.analysis import check
from flowstudio.domain.problem import Problem
from flowstudio.interchange import read_document
from flowstudio.services.shipped import registry_of
from flowstudio.ui.editor.patches import Patch
from tests.templates.faults import KINDS, Fault
from tests.templates.faults.measuring import documents, facts_for, measure, problems_of, said, table

ENOUGH = 0.95
FIXED_PER_KIND = 4


def test_there_are_many_kinds_and_every_kind_finds_a_place() -> None:
    assert len(documents()) == 116
    assert len(KINDS) >= 70
    for kind, seed in KINDS.items():
        assert any(next(seed(document), None) for document in documents()), kind


@pytest.mark.parametrize("kind", KINDS)
def test_a_fault_is_named_where_it_is(kind: str) -> None:
    result = measure(kind)
    print(table([result]))
    assert result.found >= ENOUGH * result.total, "\n".join(result.missed)
    for _, problem in result.named:
        _is_well_said(problem)


def _is_well_said(problem: Problem) -> None:
    assert problem.severity in ("error", "warning", "hint")
    assert problem.path.startswith("$")
    assert problem.message.endswith("."), problem.message
    assert problem.message[0] == '"' or problem.message[0].isupper(), problem.message
    assert " None" not in problem.message
    assert "<class" not in problem.message
    assert not problem.hint or problem.hint.endswith((".", "?")), problem.hint


FIXED = (
    "misspelt_variable", "misspelt_field", "unknown_operator", "circle", "arrow_out_of_a_loop", "arrow_into_a_loop",
    "way_that_there_is_not", "always_false", "always_true", "empty_group", "bad_web_address",
    "failure_path_not_drawn", "choice_that_there_is_not", "unknown_action", "unknown_kind_of_record",
    "choice_that_a_field_cannot_have", "unknown_field_in_a_query", "unreachable_step", "range_upside_down",
    "variable_of_another_branch", "variable_from_later", "else_not_set", "path_without_end", "dead_connection",
    "wait_beyond_limits", "repeated_case", "approval_switched_off", "value_that_a_choice_never_has", "unknown_trigger",
    "value_that_a_filter_never_finds", "unknown_field_written", "old_name_of_a_step",
)  # fmt: skip


@pytest.mark.parametrize("kind", FIXED)
def test_the_offered_fix_makes_the_fault_go_away(kind: str) -> None:
    """One click, applied as the editor applies it."""
    offered = [(fault, one) for fault, one in measure(kind).named if one.fix is not None]
    assert offered, "no fix is offered"
    for fault, problem in offered[:FIXED_PER_KIND]:
        _fixed(fault, problem)


def _fixed(fault: Fault, problem: Problem) -> None:
    workflow = problems_of(fault.document, fault)[1]
    assert workflow is not None
    assert problem.fix is not None
    assert problem.fix["label"]
    fixed = Patch(list(problem.fix["ops"]), registry_of())(workflow)
    left = check(fixed, registry_of(), facts_for(fault))
    assert said(problem) not in [said(one) for one in left], problem.message
    before = {(one.code, one.node_id) for one in problems_of(fault.document, fault)[0] if one.severity == "error"}
    assert {(one.code, one.node_id) for one in left if one.severity == "error"} <= before, problem.message


def test_reading_names_what_no_workflow_can_be_made_of() -> None:
    """Two steps of one id, and an arrow to nowhere, are refused with their place."""
    for document in documents():
        twice = {**document, "nodes": [*document["nodes"], document["nodes"][0]]}
        nowhere = {**document, "edges": [*document["edges"], {"from": "trigger", "to": "gone"}]}
        for wrong, code, path in ((twice, "duplicate_id", "$.nodes"), (nowhere, "dangling_edge", "$.edges")):
            read = read_document(wrong, registry_of())
            assert read.workflow is None
            assert [one.code for one in read.problems if one.path.startswith(path)] == [code]
