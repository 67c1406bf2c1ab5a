"""Whatever is imported comes back: import(export(import(x))) = import(x), and the second export has the same bytes."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flowstudio.analysis import MemoryFacts, check, explain
from flowstudio.interchange import dump_document, read_document
from tests.support.workflows import registry

names = st.sampled_from(["a", "invoice", "Ä ö", "total", "x_1", "status", "item"])
scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**6), 10**6),
    st.floats(allow_nan=False, allow_infinity=False, width=32),
    st.text(max_size=12),
    st.sampled_from(["{{invoice.amount}}", "{{a + b}}", "{{", "P3D", "3 days"]),
)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(names, inner, max_size=3)),
    max_leaves=6,
)
conditions = st.recursive(
    st.one_of(
        st.fixed_dictionaries(
            {
                "field": names,
                "operator": st.sampled_from(["equals", ">", "$gte", "is_empty", "strange"]),
                "value": scalars,
            }
        ),
        st.dictionaries(names, st.one_of(scalars, st.fixed_dictionaries({"$gte": st.integers()})), max_size=2),
        st.sampled_from(["amount greater_than 5; status equals open", "not x", "a 'b", ""]),
    ),
    lambda inner: st.fixed_dictionaries(
        {"type": st.sampled_from(["and", "or", "not"]), "conditions": st.lists(inner, max_size=3)}
    ),
    max_leaves=4,
)
extras = st.dictionaries(st.sampled_from(["colour", "owner", "z", "Comment"]), values, max_size=2)


@st.composite
def nodes(draw: st.DrawFn, node_id: str) -> dict[str, Any]:
    kind = draw(
        st.sampled_from(
            ["action", "condition", "switch", "loop", "parallel", "delay", "approval", "transform", "end", "strange"]
        )
    )
    node: dict[str, Any] = {"id": node_id, "type": kind, **draw(extras)}
    if draw(st.booleans()):
        node["name"] = draw(st.text(max_size=8))
    if kind == "action":
        node["action"] = draw(st.sampled_from(["send_email", "queryRecords", "Create Task", "nonsense"]))
        node["config"] = draw(
            st.dictionaries(
                st.sampled_from(["to", "subject", "entity", "where", "filter", "odd", "title"]),
                st.one_of(values, conditions),
                max_size=3,
            )
        )
        node["outputs"] = draw(st.lists(names, max_size=2))
    elif kind == "condition":
        node["condition"] = draw(conditions)
    elif kind == "switch":
        node["value"] = draw(scalars)
        node["cases"] = draw(st.lists(st.fixed_dictionaries({"name": names, "condition": conditions}), max_size=3))
    elif kind == "loop":
        node |= {"collection": draw(scalars), "item_variable": draw(names)}
    elif kind == "delay":
        node["config"] = {"for": draw(st.sampled_from(["P3D", "3 days", "PT90M", "soon"]))}
    if draw(st.booleans()):
        node["run_if"] = draw(conditions)
    if draw(st.booleans()):
        node["retry"] = {"attempts": draw(st.integers(1, 9)), **draw(extras)}
    return node


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    ids = [f"n{index}" for index in range(draw(st.integers(0, 6)))]
    drawn = [draw(nodes(node_id)) for node_id in ids]
    ends = st.sampled_from(["trigger", *ids])
    ways = st.sampled_from([None, "true", "false", "each", "done", "error", "a", "default", "yes"])
    edges = [
        {"from": source, "to": target, **({"condition": way} if way else {})}
        for source, target, way in draw(st.lists(st.tuples(ends, ends, ways), max_size=10))
    ]
    for node in drawn:
        if node["type"] == "loop" and draw(st.booleans()):
            node["body"] = draw(st.lists(st.sampled_from(ids), max_size=3))
        if node["type"] == "condition" and draw(st.booleans()):
            node["true_branch"] = draw(st.lists(st.sampled_from(ids), max_size=2))
    return {
        "id": "wf_x",
        "name": draw(st.text(max_size=10)),
        "status": draw(st.sampled_from(["draft", "active", "paused"])),
        "trigger": draw(
            st.sampled_from(
                [
                    {"type": "manual"},
                    {"type": "schedule", "cron": "0 9 * * *"},
                    {"type": "event", "event": "a.b", "filter": {"x": 1}},
                    {"type": "strange", "k": 1},
                ]
            )
        ),
        "inputs": draw(st.lists(st.fixed_dictionaries({"name": names}), max_size=2, unique_by=lambda one: one["name"])),
        "nodes": drawn,
        "edges": edges,
        "layout": {
            "nodes": draw(
                st.dictionaries(
                    st.sampled_from(["n0", "n1", "trigger"]),
                    st.fixed_dictionaries({"x": st.floats(-5000, 5000, width=16), "y": st.integers(-500, 500)}),
                    max_size=3,
                )
            )
        },
        **draw(extras),
    }


@settings(max_examples=150, deadline=None)
@given(documents())
def test_import_of_the_export_is_the_import(document: dict[str, Any]) -> None:
    first = read_document(document, registry())
    if first.workflow is None:
        assert first.problems
        return
    written = dump_document(first.workflow)
    second = read_document(written, registry())
    assert second.workflow == first.workflow, [problem.message for problem in second.problems]
    assert second.workflow is not None
    assert dump_document(second.workflow) == written


def test_a_body_in_a_row_names_the_ways_of_inner_loops_and_approvals() -> None:
    document: dict[str, Any] = {
        "name": "Rows",
        "trigger": {"type": "manual"},
        "nodes": [
            {"id": "inner", "type": "loop", "collection": "{{a}}", "item_variable": "b"},
            {"id": "asked", "type": "approval"},
            {"id": "last", "type": "transform"},
            {"id": "outer", "type": "loop", "collection": "{{a}}", "body": ["inner", "asked", "last"]},
        ],
        "edges": [],
    }
    workflow = read_document(document, registry()).workflow
    assert workflow is not None
    ways = {(edge.source, edge.target): edge.way for edge in workflow.edges}
    assert ways == {("outer", "inner"): "each", ("inner", "asked"): "each", ("asked", "last"): "approved"}
    assert read_document(dump_document(workflow), registry()).workflow == workflow


@pytest.mark.parametrize("number", [-(2**63) - 1, 2**64])
def test_a_number_that_cannot_be_written_back_is_refused(number: int) -> None:
    document: dict[str, Any] = {"name": "Large", "trigger": {"type": "manual"}, "nodes": [], "edges": []}
    result = read_document({**document, "odd": {"deep": [number]}}, registry())
    assert result.workflow is None
    assert [problem.code for problem in result.problems] == ["number_too_large"]


@settings(max_examples=80, deadline=None)
@given(documents())
def test_checks_and_explanation_never_raise(document: dict[str, Any]) -> None:
    workflow = read_document(document, registry()).workflow
    if workflow is not None:
        found = check(workflow, registry(), MemoryFacts())
        assert all(problem.path.startswith("$") for problem in found)
        assert explain(workflow, registry()).text


@settings(max_examples=150, deadline=None)
@given(st.one_of(values, documents().map(lambda one: {**one, "nodes": one["edges"], "edges": one["nodes"]})))
def test_reading_never_raises_on_any_json(value: Any) -> None:
    result = read_document(value if isinstance(value, dict) else [value], registry())
    assert result.workflow is not None or result.problems


@pytest.mark.parametrize("size", [2_000])
def test_two_thousand_nodes_are_read_written_and_checked_in_sane_time(size: int) -> None:
    import time

    chain = [
        {
            "id": f"n{index}",
            "type": "action",
            "action": "create_task",
            "config": {"title": "{{settings.x}}", "assignee": "a"},
        }
        for index in range(size)
    ]
    edges = [{"from": f"n{index - 1}" if index else "trigger", "to": f"n{index}"} for index in range(size)]
    document = {"name": "long", "trigger": {"type": "manual"}, "nodes": chain, "edges": edges}
    start = time.process_time()
    workflow = read_document(document, registry()).workflow
    assert workflow is not None
    dump_document(workflow)
    check(workflow, registry(), MemoryFacts())
    assert time.process_time() - start < 15
