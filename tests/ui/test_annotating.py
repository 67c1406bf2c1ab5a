"""Notes, groups, and bringing boxes into line: what the gestures of the canvas do to the document and its drawing."""

import pytest

from flowstudio.domain.workflow import Edge, Layout, Node, Trigger, Workflow
from flowstudio.errors import BadRequest
from flowstudio.interchange import dump_document, read_document
from flowstudio.services.editing.arranging import connected
from flowstudio.services.editing.change import difference, put
from flowstudio.ui.editor.annotations import annotated
from flowstudio.ui.editor.patches import Patch
from flowstudio.ui.editor.view import view_graph
from tests.support.workflows import registry


def task(node_id: str) -> Node:
    return Node(id=node_id, type="action", action="create_task", name=node_id, config={"title": node_id})


def a_flow() -> Workflow:
    """A trigger, a loop over two tasks, and a task behind it; every box has its place."""
    spots = {"trigger": (0, 0), "a": (12, 120), "each": (0, 240), "b": (36, 312), "c": (36, 432), "d": (60, 600)}
    return Workflow(
        id="wf", name="Flow", triggers=(Trigger(type="manual"),),
        nodes=(
            task("a"), Node(id="each", type="loop", config={"collection": "{{xs}}", "item_variable": "x"}), task("b"), task("c"),
            task("d"),
        ),
        edges=(
            Edge(source="trigger", target="a"), Edge(source="a", target="each"), Edge(source="each", target="b", way="each"),
            Edge(source="b", target="c"), Edge(source="each", target="d", way="done"),
        ),
        layout=Layout(nodes={key: {"x": float(x), "y": float(y)} for key, (x, y) in spots.items()}),
    )  # fmt: skip


def done(workflow: Workflow, *operations: dict) -> Workflow:
    return Patch(list(operations), registry())(workflow)


def drawn(workflow: Workflow) -> dict:
    return annotated(view_graph(workflow, registry()), workflow)


def views(workflow: Workflow) -> dict:
    return {one["id"]: one for one in drawn(workflow)["nodes"]}


def at(workflow: Workflow, node_id: str) -> tuple[float, float]:
    spot = workflow.layout.nodes[node_id]
    return spot["x"], spot["y"]


def test_a_note_is_stuck_written_moved_and_taken_away():
    flow = done(a_flow(), {"op": "add_note", "x": 401, "y": 50})
    assert (
        views(flow)["note:note_1"] | {"x": 396.0, "y": 48.0, "label": "note: Empty note"} == views(flow)["note:note_1"]
    )
    flow = done(flow, {"op": "note", "id": "note:note_1", "text": "Ask Jonas first\nbefore June", "tone": "blue"})
    assert views(flow)["note:note_1"]["name"] == "Ask Jonas first"
    flow = done(flow, {"op": "move", "to": {"note:note_1": [601, 61], "a": [120, 120]}})
    assert (views(flow)["note:note_1"]["x"], views(flow)["note:note_1"]["y"]) == (600, 60)
    assert at(flow, "a") == (120, 120)
    flow = done(flow, {"op": "note", "id": "note:note_1", "w": 10, "h": 99999})
    assert (views(flow)["note:note_1"]["w"], views(flow)["note:note_1"]["h"]) == (96, 2400)
    assert done(flow, {"op": "remove", "nodes": ["note:note_1"], "edges": []}).layout.notes == ()


@pytest.mark.parametrize("fields", [{"text": "x" * 5001}, {"tone": "pink"}])
def test_a_note_beyond_its_limits_is_refused(fields: dict):
    flow = done(a_flow(), {"op": "add_note", "x": 0, "y": 0})
    with pytest.raises(BadRequest):
        done(flow, {"op": "note", "id": "note:note_1", **fields})


def test_a_group_is_a_frame_and_folded_one_card_with_its_arrows():
    flow = done(a_flow(), {"op": "group", "nodes": ["a", "each"], "name": "Prepare"})
    assert set(views(flow)["group:group_1"]["body"]) == {"a", "each", "b", "c"}
    flow = done(flow, {"op": "set_group", "id": "group:group_1", "collapsed": True})
    assert set(views(flow)) == {"trigger", "d", "group:group_1"}
    assert views(flow)["group:group_1"]["label"] == "group: Prepare"
    assert [(one["from"], one["to"]) for one in drawn(flow)["edges"]] == [
        ("trigger", "group:group_1"),
        ("group:group_1", "d"),
    ]
    moved = done(flow, {"op": "move", "to": {"group:group_1": [24, 132]}})
    assert at(moved, "a") == (24, 132)
    assert at(moved, "c") == (48, 444)
    assert at(moved, "d") == (60, 600)


def test_a_group_inside_a_loop_stays_inside_its_frame():
    flow = done(a_flow(), {"op": "group", "nodes": ["b", "c"]})
    assert "group:group_1" in views(flow)["each"]["body"]
    folded = done(flow, {"op": "set_group", "id": "group:group_1", "collapsed": True})
    assert views(folded)["each"]["body"] == ["group:group_1"]


def test_a_step_put_between_two_of_a_group_joins_it_and_a_removed_one_leaves_it():
    flow = done(a_flow(), {"op": "group", "nodes": ["b", "c"]})
    flow = done(flow, {"op": "add", "key": "delay", "into": "b:out>c"})
    assert flow.layout.groups[0]["nodes"] == ["b", "c", "node_1"]
    flow = done(flow, {"op": "remove", "nodes": ["b", "node_1"], "edges": [], "heal": True})
    assert flow.layout.groups[0]["nodes"] == ["c"]
    assert done(flow, {"op": "remove", "nodes": ["c"], "edges": []}).layout.groups == ()


def test_a_step_is_in_one_group_at_most_and_ungrouping_keeps_it():
    flow = done(a_flow(), {"op": "group", "nodes": ["a", "d"]}, {"op": "group", "nodes": ["d"], "name": "Late"})
    assert [one["nodes"] for one in flow.layout.groups] == [["a"], ["d"]]
    left = done(flow, {"op": "ungroup", "groups": ["group:group_1", "group:group_2"]})
    assert left.layout.groups == ()
    assert left.nodes == flow.nodes


def test_deleting_a_group_deletes_its_steps():
    flow = done(a_flow(), {"op": "group", "nodes": ["a", "each"]})
    left = done(flow, {"op": "remove", "nodes": ["group:group_1"], "edges": []})
    assert [one.id for one in left.nodes] == ["d"]
    assert left.layout.groups == ()


def test_boxes_come_into_line_and_a_loop_brings_its_body_along():
    flow = done(a_flow(), {"op": "align", "nodes": ["trigger", "a", "each", "d"], "to": "left"})
    left = at(flow, "trigger")[0]
    assert at(flow, "a")[0] == at(flow, "d")[0] == left
    assert at(flow, "b")[0] - at(flow, "c")[0] == 0
    assert at(flow, "b")[0] - 30 == pytest.approx(left, abs=6), "the frame's line, not its card"
    with pytest.raises(BadRequest):
        done(flow, {"op": "align", "nodes": ["a"], "to": "left"})


def test_distributing_makes_gaps_even_and_keeps_the_outer_two():
    flow = done(a_flow(), {"op": "move", "to": {"trigger": [0, 0], "a": [0, 84], "d": [0, 600]}})
    flow = done(flow, {"op": "distribute", "nodes": ["trigger", "a", "d"], "along": "y"})
    assert [at(flow, one)[1] for one in ("trigger", "a", "d")] == [0, 300, 600]


def test_what_leads_to_a_step_and_what_follows_it():
    assert connected(a_flow(), ["c"], "up") == ["trigger", "a", "each", "b", "c"]
    assert connected(a_flow(), ["each"], "down") == ["each", "b", "c", "d"]


def test_a_step_of_another_kind_keeps_its_arrows_and_the_settings_both_have():
    flow = done(a_flow(), {"op": "swap", "node": "a", "key": "action.create_ticket"})
    assert flow.node("a").action == "create_ticket"
    assert flow.edges == a_flow().edges


def test_notes_and_groups_are_exported_byte_for_byte():
    flow = done(
        a_flow(), {"op": "add_note", "x": 400, "y": 40, "text": "Ä\nö"}, {"op": "group", "nodes": ["a"]},
        {"op": "set_group", "id": "group:group_1", "collapsed": True},
    )  # fmt: skip
    raw = dump_document(flow)
    assert b'"x": 396' in raw
    assert dump_document(read_document(raw, registry()).workflow) == raw


def test_an_undone_deletion_puts_everything_back_in_its_place():
    before = done(
        a_flow(), *({"op": "add_note", "x": 100 * n, "y": 0} for n in range(3)), {"op": "group", "nodes": ["a", "b"]}
    )  # fmt: skip
    after = done(before, {"op": "remove", "nodes": ["a", "b", "note:note_2"], "edges": [], "heal": True})
    change = difference(before, after)
    assert dump_document(put(after, change.before)) == dump_document(before)
    assert dump_document(put(before, change.after)) == dump_document(after)


@pytest.mark.parametrize("op", [{"op": "explode"}, {"op": "move"}, {"op": "align", "nodes": ["a", "d"], "to": "up"}])
def test_what_no_canvas_sends_is_refused(op: dict):
    with pytest.raises(BadRequest):
        done(a_flow(), op)
