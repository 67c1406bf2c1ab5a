"""Two versions in one drawing, and a workflow as an indented list."""

import pytest

from flowstudio import nodes
from flowstudio.domain.workflow import Edge, Node, Trigger, Workflow
from flowstudio.kit import Registry
from flowstudio.services.editing import ops
from flowstudio.ui.editor.comparing import compare, merged
from flowstudio.ui.editor.outline import add_after, outline_of
from flowstudio.ui.editor.patches import Patch

REGISTRY = Registry.of(nodes)


def task(node_id: str, title: str) -> Node:
    return Node(id=node_id, type="action", action="create_task", name=title, config={"title": title})


def question(node_id: str = "c") -> Node:
    return Node(
        id=node_id, type="condition", name="Large?",
        config={"condition": {"field": "{{amount}}", "operator": "greater_than", "value": 9}},
    )  # fmt: skip


def flow(nodes_: tuple[Node, ...], *edges: tuple[str, str, str]) -> Workflow:
    return Workflow(
        id="wf", name="Flow", triggers=(Trigger(type="manual"),), nodes=nodes_,
        edges=tuple(Edge(source=source, way=way, target=target) for source, way, target in edges),
    )  # fmt: skip


@pytest.fixture
def before() -> Workflow:
    start = flow((task("a", "Ask"), task("b", "Bill")), ("trigger", "out", "a"), ("a", "out", "b"))
    return ops.move(start, {"trigger": (0, 0), "a": (0, 120), "b": (0, 240)})


def test_a_changed_setting_marks_its_step_and_no_other(before: Workflow):
    after = ops.set_setting(before, "b", "title", "Bill them")
    found = compare(before, after, REGISTRY)
    assert found.status["nodes"] == {"b": {"state": "changed", "line": "Changed", "count": None}}
    assert found.status["edges"] == {}
    assert [one.what for one in found.changes] == ["changed"]


def test_a_removed_step_stays_in_the_drawing_with_its_arrow(before: Workflow):
    found = compare(before, ops.remove(before, ["b"]), REGISTRY)
    assert found.status["nodes"]["b"]["state"] == "removed"
    assert found.status["edges"] == {"a:out>b": {"state": "removed", "count": None}}
    drawn = {one["id"]: (one["x"], one["y"]) for one in found.graph["nodes"]}
    assert drawn["b"] == (0, 240)


def test_an_added_step_is_marked_and_the_one_before_it_is_not(before: Workflow):
    added, new = ops.add_step(before, "action.create_task", REGISTRY, at=(0, 360))
    found = compare(before, ops.connect(added, "b", "out", new, REGISTRY), REGISTRY)
    assert {key: one["state"] for key, one in found.status["nodes"].items()} == {new: "added"}
    assert found.status["edges"] == {f"b:out>{new}": {"state": "added", "count": None}}


def test_moved_boxes_are_counted_and_nothing_else_is_said(before: Workflow):
    found = compare(before, ops.move(before, {"a": (480, 120)}), REGISTRY)
    assert (found.moved, list(found.changes), found.status["nodes"]) == (1, [], {})


def test_a_removed_box_does_not_lie_upon_another(before: Workflow):
    after = ops.move(ops.remove(before, ["b"]), {"a": (0, 240)})
    spots = merged(before, after, REGISTRY).layout.nodes
    assert "b" not in spots, "the layout finds it a place"
    drawn = {one["id"]: (one["x"], one["y"]) for one in compare(before, after, REGISTRY).graph["nodes"]}
    assert drawn["b"] != drawn["a"]


def test_branches_are_indented_and_what_joins_them_is_not():
    whole = flow(
        (question(), task("y", "Yes"), task("n", "No"), task("z", "Then")),
        ("trigger", "out", "c"), ("c", "true", "y"), ("c", "false", "n"), ("y", "out", "z"), ("n", "out", "z"),
    )  # fmt: skip
    found = outline_of(whole, REGISTRY)
    assert [one.id for one in found.steps] == ["c", "z"]
    told = [(one.label, [inner.id for inner in one.entries]) for one in found.steps[0].branches]
    assert told == [("Yes", ["y"]), ("No", ["n"])]
    assert found.steps[0].way is None


def test_a_branch_without_steps_says_where_it_goes_on():
    whole = flow(
        (question(), task("y", "Ask"), task("z", "Then")),
        ("trigger", "out", "c"), ("c", "true", "y"), ("c", "false", "z"), ("y", "out", "z"),
    )  # fmt: skip
    no = outline_of(whole, REGISTRY).steps[0].branches[1]
    assert (no.entries, no.onward) == ((), "Then")


def test_the_body_of_a_loop_is_indented_and_done_goes_on():
    loop = Node(id="l", type="loop", config={"collection": "{{rows}}", "item_variable": "row"})
    whole = flow(
        (loop, task("i", "Inside"), task("o", "Outside")),
        ("trigger", "out", "l"), ("l", "each", "i"), ("l", "done", "o"),
    )  # fmt: skip
    found = outline_of(whole, REGISTRY)
    assert [one.id for one in found.steps] == ["l", "o"]
    assert [one.id for one in found.steps[0].branches[0].entries] == ["i"]
    assert found.steps[0].way == "done"


def test_steps_that_nothing_leads_to_stand_apart():
    whole = flow((task("a", "Ask"), task("x", "Alone"), task("y", "After")), ("trigger", "out", "a"), ("x", "out", "y"))
    found = outline_of(whole, REGISTRY)
    assert [one.id for one in found.steps] == ["a"]
    assert [one.id for one in found.loose] == ["x", "y"]


def test_every_step_stands_in_the_list_once(before: Workflow):
    whole = flow(
        (question(), question("d"), task("a", "A"), task("b", "B"), task("z", "Z")),
        ("trigger", "out", "c"), ("c", "true", "d"), ("d", "true", "a"), ("d", "false", "b"), ("a", "out", "z"),
        ("b", "out", "z"), ("c", "false", "z"),
    )  # fmt: skip
    seen: list[str] = []

    def walk(entries):
        for one in entries:
            seen.append(one.id)
            for branch in one.branches:
                walk(branch.entries)

    walk(outline_of(whole, REGISTRY).steps)
    assert sorted(seen) == ["a", "b", "c", "d", "z"]


def test_a_step_is_added_into_the_arrow(before: Workflow):
    patch = Patch([add_after(before, "a", "out", "action.create_task")], REGISTRY)
    after = patch(before)
    (new,) = patch.select or ()
    assert {edge.id for edge in after.edges} == {"trigger:out>a", f"a:out>{new}", f"{new}:out>b"}


def test_a_step_is_added_behind_the_last_one(before: Workflow):
    patch = Patch([add_after(before, "b", "out", "action.create_task")], REGISTRY)
    after = patch(before)
    (new,) = patch.select or ()
    assert f"b:out>{new}" in {edge.id for edge in after.edges}
