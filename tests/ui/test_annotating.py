"""Notes, groups, and bringing boxes into line: what the gestures of the canvas do to the document and its drawing."""

import orjson
import pytest

from flowstudio.domain.workflow import Edge, Layout, Node, Trigger, Workflow
from flowstudio.errors import BadRequest
from flowstudio.interchange import dump_document, read_document
from flowstudio.services.editing.arranging import connected
from flowstudio.services.editing.change import difference, put
from flowstudio.services.editing.copying import copied
from flowstudio.services.editing.ops import empty_workflow
from flowstudio.ui.editor.annotations import annotated
from flowstudio.ui.editor.boxes import boxes_of
from flowstudio.ui.editor.patches import Patch
from flowstudio.ui.editor.view import shape_of, view_graph
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
    assert at(moved, "a") == (36, 132)  # the card stood at the left edge of the loop, and so do the steps now
    assert at(moved, "c") == (60, 444)
    assert at(moved, "d") == at(flow, "d")


def test_a_new_group_makes_room_for_its_frame_and_leaves_the_gaps_inside():
    spots = {"trigger": (0, 0), "a": (0, 108), "each": (0, 228), "b": (0, 288), "c": (0, 396), "d": (0, 552)}
    flow = a_flow()
    places = {key: {"x": float(x), "y": float(y)} for key, (x, y) in spots.items()}
    flow = flow.model_copy(update={"layout": Layout(nodes=places)})
    flow = done(flow, {"op": "group", "nodes": ["a"]}, {"op": "add_note", "x": 0, "y": 700})
    flow = done(flow, {"op": "group", "nodes": ["group:group_1", "each"]})
    shape = shape_of(flow, registry())
    frames = boxes_of(flow, shape, ["group:group_2"]) | boxes_of(flow, shape, ["group:group_1"])
    cards = boxes_of(flow, shape, ["trigger", "d"])
    for name, frame in frames.items():
        assert cards["trigger"][3] < frame[1], name
        assert frame[3] < cards["d"][1], name
    assert frames["group:group_1"][3] < boxes_of(flow, shape, ["each"])["each"][1]
    assert at(flow, "c")[1] - at(flow, "b")[1] == 108
    wide = done(a_flow(), {"op": "move", "to": {"trigger": [600, 0], "d": [600, 600]}})
    grouped = done(wide, {"op": "group", "nodes": ["a", "each"]})
    assert grouped.layout.nodes == wide.layout.nodes  # nothing was in the way


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


def test_a_step_leaves_its_group_for_one_around_others_and_ungrouping_keeps_it():
    flow = done(a_flow(), {"op": "group", "nodes": ["a", "d"]}, {"op": "group", "nodes": ["d", "b"], "name": "Late"})
    assert [one["nodes"] for one in flow.layout.groups] == [["a"], ["d", "b"]]
    left = done(flow, {"op": "ungroup", "groups": ["group:group_1", "group:group_2"]})
    assert left.layout.groups == ()
    assert left.nodes == flow.nodes


OUTER, INNER = "group:group_1", "group:group_2"


def nested() -> Workflow:
    """A group of the first task and of a group around the loop."""
    return done(
        a_flow(),
        {"op": "group", "nodes": ["a", "each"], "name": "All"},
        {"op": "group", "nodes": ["each"], "name": "Round"},
    )


def test_a_group_in_a_group_is_a_frame_in_a_frame_and_folds_away_with_the_outer_one():
    flow = nested()
    assert [one["nodes"] for one in flow.layout.groups] == [["a", INNER], ["each"]]
    assert set(views(flow)[OUTER]["body"]) == {"a", INNER, "each", "b", "c"}
    assert views(flow)[OUTER]["line"] == "4 steps"
    inner = done(flow, {"op": "set_group", "id": INNER, "collapsed": True})
    assert set(views(inner)) == {"trigger", "a", "d", OUTER, INNER}
    assert set(views(inner)[OUTER]["body"]) == {"a", INNER}
    outer = done(inner, {"op": "set_group", "id": OUTER, "collapsed": True})
    assert set(views(outer)) == {"trigger", "d", OUTER}
    assert set(views(outer)[OUTER]["members"]) == {"a", "each", "b", "c"}
    assert [(one["from"], one["to"]) for one in drawn(outer)["edges"]] == [("trigger", OUTER), (OUTER, "d")]
    assert done(outer, {"op": "set_group", "id": OUTER, "collapsed": False}).layout == inner.layout


def test_moving_deleting_and_ungrouping_the_outer_group_takes_the_inner_one_along():
    flow = done(nested(), {"op": "set_group", "id": OUTER, "collapsed": True})
    moved = done(flow, {"op": "move", "to": {OUTER: [24, 132]}})
    assert at(moved, "d") == at(flow, "d")
    shifts = {(at(moved, one)[0] - at(flow, one)[0], at(moved, one)[1] - at(flow, one)[1]) for one in ("a", "b", "c")}
    assert len(shifts) == 1
    assert at(moved, "a") == (36, 132)
    gone = done(flow, {"op": "remove", "nodes": [OUTER], "edges": []})
    assert ([one.id for one in gone.nodes], gone.layout.groups) == (["d"], ())
    left = done(nested(), {"op": "ungroup", "groups": [OUTER]})
    assert [one["nodes"] for one in left.layout.groups] == [["each"]]
    back = done(nested(), {"op": "ungroup", "groups": [INNER]})
    assert [one["nodes"] for one in back.layout.groups] == [["a", "each"]]
    emptied = done(nested(), {"op": "remove", "nodes": ["a", "each", "b", "c"], "edges": []})
    assert emptied.layout.groups == ()


def test_groups_that_hold_one_another_in_a_circle_do_no_harm():
    flow = nested()
    groups = tuple(
        {**one, "nodes": [*one["nodes"], OUTER]} if one["id"] == "group_2" else one for one in flow.layout.groups
    )
    flow = flow.model_copy(update={"layout": flow.layout.model_copy(update={"groups": groups})})
    assert {OUTER, INNER} <= set(views(flow))
    folded = done(flow, {"op": "set_group", "id": OUTER, "collapsed": True}, {"op": "move", "to": {OUTER: [24, 132]}})
    assert OUTER in views(folded)
    assert done(flow, {"op": "remove", "nodes": [OUTER], "edges": []}).layout.groups == ()


def test_copies_take_notes_and_groups_along():
    flow = done(
        nested(),
        {"op": "add_note", "x": 401, "y": 50, "text": "Ask Mara"},
        {"op": "note", "id": "note:note_1", "tone": "blue"},
    )
    text = orjson.dumps(copied(flow, [OUTER, "b", "c", "note:note_1"])).decode()
    other = done(empty_workflow("wf2", "Other"), {"op": "paste", "text": text, "x": 1200, "y": 0})
    names = {one["name"]: one for one in other.layout.groups}
    assert set(names) == {"All", "Round"}
    assert names["Round"]["nodes"] == ["each"]
    assert set(names["All"]["nodes"]) == {"a", f"group:{names['Round']['id']}"}
    assert [(one["text"], one["tone"], one["y"]) for one in other.layout.notes] == [("Ask Mara", "blue", 0)]
    assert {(one.source, one.target) for one in other.edges} == {("a", "each"), ("each", "b"), ("b", "c")}
    twice = done(flow, {"op": "paste", "text": text})
    assert len(twice.layout.groups) == 4
    assert len({one["id"] for one in twice.layout.groups}) == 4
    assert len(twice.layout.notes) == 2
    only = done(flow, {"op": "paste", "text": orjson.dumps(copied(flow, ["note:note_1"])).decode(), "x": 0, "y": 0})
    assert (only.layout.notes[1]["x"], only.layout.notes[1]["y"]) == (0, 0)
    some = copied(flow, ["a"])
    assert "groups" not in some


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
