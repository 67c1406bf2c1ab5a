"""Edges: ways in every spelling, branches given twice, edges given once."""

import pytest

from tests.support.workflows import checked, codes, decision, drawing, edges_of, read, task

SWITCH = {
    "id": "s",
    "type": "switch",
    "value": "{{settings.currency}}",
    "cases": [{"name": "high", "value": "high"}, {"name": "low"}],
}


@pytest.mark.parametrize(
    ("word", "way"),
    [("true", "true"), (True, "true"), ("True", "true"), ("yes", "true"), ("then", "true"), ("false", "false"), (False, "false"), ("no", "false"), ("else", "false"), ("error", "error"), ("failure", "error")],
)  # fmt: skip
def test_ways_of_a_condition_are_understood(word: object, way: str) -> None:
    document = drawing("T>c", decision("c"), task("a"))
    document["edges"].append({"from": "c", "to": "a", "condition": word})
    assert f"c:{way}>a" in edges_of(document)


@pytest.mark.parametrize(
    ("word", "way"),
    [
        ("high", "case:high"),
        ("case:low", "case:low"),
        ("HIGH", "case:high"),
        ("default", "default"),
        ("else", "default"),
    ],
)
def test_bare_case_name_is_understood(word: str, way: str) -> None:
    document = drawing("T>s", SWITCH, task("a"))
    document["edges"].append({"from": "s", "to": "a", "condition": word})
    assert f"s:{way}>a" in edges_of(document)


def test_bare_branch_name_and_branches_that_are_ids_are_understood() -> None:
    parallel = {"id": "p", "type": "parallel", "branches": ["a", "b"]}
    assert {"p:branch:a>a", "p:branch:b>b"} <= edges_of(drawing("T>p, p[a]>a, p>b", parallel, task("a"), task("b")))


def test_lone_edge_of_an_approval_is_its_way_approved_and_of_a_wait_received() -> None:
    asks = {"id": "p", "type": "approval", "config": {"subject": "ok?", "approvers": ["boss"]}}
    waits = {"id": "w", "type": "wait", "config": {"for_event": "x.y"}}
    assert {"p:approved>w", "w:received>a"} <= edges_of(drawing("T>p, p>w, w>a", asks, waits, task("a")))


def test_out_may_be_written_or_left_out() -> None:
    assert edges_of(drawing("T>a, a[out]>b", task("a"), task("b"))) == edges_of(
        drawing("T>a, a>b", task("a"), task("b"))
    )


def test_edges_win_over_branches_and_a_disagreement_is_a_warning() -> None:
    condition = {**decision("c"), "true_branch": ["b"], "false_branch": ["a"]}
    result = read(drawing("T>c, c[true]>a, c[false]>b", condition, task("a"), task("b")))
    assert codes(result.problems, "warning") == ["branches_disagree", "branches_disagree"]
    assert result.workflow is not None
    assert {"c:true>a", "c:false>b"} <= {edge.id for edge in result.workflow.edges}


def test_branches_that_agree_say_nothing() -> None:
    condition = {**decision("c"), "true_branch": ["a"], "false_branch": ["b"]}
    assert read(drawing("T>c, c[true]>a, c[false]>b", condition, task("a"), task("b"))).problems == []


def test_branches_alone_make_the_edges() -> None:
    condition = {**decision("c"), "true_branch": ["a", "b"], "false_branch": ["d"]}
    assert {"c:true>a", "a:out>b", "c:false>d"} <= edges_of(drawing("T>c", condition, task("a"), task("b"), task("d")))


def test_same_edge_twice_is_kept_once_with_a_warning() -> None:
    result = read(drawing("T>a, T>a", task("a")))
    assert codes(result.problems) == ["repeated_edge"]
    assert result.workflow is not None
    assert len(result.workflow.edges) == 1


def test_unknown_way_is_an_error_of_the_checks_with_the_ways_there_are() -> None:
    document = drawing("T>c, c[perhaps]>a", decision("c"), task("a"))
    problem = next(one for one in checked(document) if one.code == "unknown_way")
    assert problem.path == "$.edges[1].condition"
    assert "true, false" in problem.hint


def test_next_of_a_node_makes_an_edge() -> None:
    assert "a:out>b" in edges_of(drawing("T>a", task("a", next="b"), task("b")))
