"""A card dropped on an arrow goes between its ends; "Tidy up" with boxes chosen lays out only these."""

from itertools import pairwise

import pytest

from flowstudio.domain.workflow import Edge, Layout, Node, Trigger, Workflow
from flowstudio.ui.editor.boxes import boxes_of
from flowstudio.ui.editor.patches import Patch
from flowstudio.ui.editor.view import shape_of
from tests.support.workflows import registry

FAR = {"trigger": (0, 0), "a": (0, 240), "b": (0, 480), "c": (0, 720), "x": (600, 480), "end": (0, 960)}


def task(node_id: str) -> Node:
    return Node(id=node_id, type="action", action="create_task", name=node_id, config={"title": node_id})


def flow(*edges: str, spots: dict = FAR, groups: tuple = ()) -> Workflow:
    """Tasks a, b, c and x, an if, an end; edges as `a>b` or `if.true>b`."""
    return Workflow(
        id="wf", name="Flow", triggers=(Trigger(type="manual"),),
        nodes=(
            *map(task, "abcx"), Node(id="if", type="condition", name="if"), Node(id="end", type="end"),
            Node(id="each", type="loop", config={"collection": "{{xs}}", "item_variable": "i"}),
        ),
        edges=tuple(edge_of(one) for one in edges),
        layout=Layout(
            nodes={key: {"x": float(x), "y": float(y)} for key, (x, y) in {**FAR, "if": (900, 0), "each": (1500, 0), **spots}.items()},
            groups=groups,
        ),
    )  # fmt: skip


def edge_of(text: str) -> Edge:
    start, target = text.split(">")
    source, _, way = start.partition(".")
    return Edge(source=source, way=way or "out", target=target)


def dropped(workflow: Workflow, node: str, into: str, at: tuple[int, int] = (0, 360)) -> Workflow:
    operations = [{"op": "move", "to": {node: list(at)}}, {"op": "insert", "node": node, "into": edge_of(into).id}]
    return Patch(operations, registry())(workflow)


def edges(workflow: Workflow) -> set[str]:
    return {f"{one.source}{'' if one.way == 'out' else '.' + one.way}>{one.target}" for one in workflow.edges}


def spots(workflow: Workflow, *ids: str) -> dict:
    return {one: (workflow.layout.nodes[one]["x"], workflow.layout.nodes[one]["y"]) for one in ids}


@pytest.mark.parametrize(
    ("before", "node", "into", "after"),
    [
        (("trigger>a", "a>b"), "x", "a>b", {"trigger>a", "a>x", "x>b"}),
        (("trigger>a", "a>x", "x>b", "b>c"), "x", "b>c", {"trigger>a", "a>b", "b>x", "x>c"}),
        (("trigger>a", "a>b", "b>x", "x>c"), "x", "trigger>a", {"trigger>x", "x>a", "a>b", "b>c"}),
        (("trigger>a", "a>b", "b>x"), "x", "a>b", {"trigger>a", "a>x", "x>b"}),
        (("if.true>x", "x>b", "if.false>c"), "x", "if.false>c", {"if.true>b", "if.false>x", "x>c"}),
        (("a>if", "if.false>b", "b>c"), "if", "b>c", {"a>b", "b>if", "if.false>c"}),
        (("each.each>x", "x>a", "a>b", "each.done>c"), "x", "a>b", {"each.each>a", "a>x", "x>b", "each.done>c"}),
    ],
)
def test_a_step_goes_between_and_its_old_neighbours_are_joined(before, node, into, after):
    assert edges(dropped(flow(*before), node, into)) == after


@pytest.mark.parametrize(
    ("before", "node", "into"),
    [
        (("a>x", "c>x", "x>b", "trigger>a"), "x", "trigger>a"),
        (("a>if", "if.true>b", "if.false>c", "trigger>a"), "if", "trigger>a"),
        (("trigger>a", "x.error>b"), "x", "trigger>a"),
        (("trigger>a", "each.each>b"), "each", "trigger>a"),
        (("trigger>a", "a>b"), "end", "a>b"),
        (("a>x", "x>b"), "x", "a>x"),
        (("a>x", "x>b"), "x", "b>c"),
    ],
    ids=["two in", "two out", "on failure", "for each", "nothing behind", "its own arrow", "arrow gone"],
)
def test_a_step_is_only_moved_where_it_is_not_clear_what_to_join(before, node, into):
    result = dropped(flow(*before), node, into)
    assert edges(result) == set(before)
    assert spots(result, node) == {node: (0, 360)}


def test_room_is_made_for_what_is_put_between():
    result = dropped(
        flow("trigger>a", "a>b", "b>c", "c>end", spots={"a": (0, 108), "b": (0, 216)}), "x", "a>b", (0, 160)
    )
    shape = shape_of(result, registry())
    boxes = list(boxes_of(result, shape, [one.id for one in (*result.triggers, *result.nodes)]).values())
    for number, one in enumerate(boxes):
        assert not any(covers(one, other) for other in boxes[number + 1 :])
    order = ["trigger", "a", "x", "b", "c", "end"]
    heights = [y for _, y in spots(result, *order).values()]
    assert heights == sorted(heights)


def test_a_step_put_between_two_of_a_group_joins_it():
    groups = ({"id": "g", "name": "G", "nodes": ["a", "b"]},)
    result = dropped(flow("trigger>a", "a>b", groups=groups), "x", "a>b")
    assert result.layout.groups[0]["nodes"] == ["a", "b", "x"]


def covers(one: tuple, other: tuple) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def tidied(workflow: Workflow, *ids: str) -> Workflow:
    return Patch([{"op": "tidy", "nodes": list(ids)}], registry())(workflow)


def test_only_what_is_chosen_is_tidied_from_its_own_corner():
    before = flow("trigger>a", "a>b", "b>c", "c>end", spots={"a": (48, 240), "b": (372, 300), "c": (180, 348)})
    after = tidied(before, "a", "b", "c")
    assert spots(after, "trigger", "end", "x", "if") == spots(before, "trigger", "end", "x", "if")
    placed = spots(after, "a", "b", "c")
    assert {x for x, _ in placed.values()} == {48}
    heights = [y for _, y in placed.values()]
    assert heights[0] == 240
    assert heights == sorted(heights)
    assert len({low - high for high, low in pairwise(heights)}) == 1
    assert edges(after) == edges(before)


def test_steps_with_others_between_them_keep_their_order():
    places = {"a": (480, 900), "c": (600, 480), "b": (0, 0)}
    found = spots(tidied(flow("trigger>c", "c>b", "b>a", spots=places), "a", "c"), "a", "c")
    assert found["c"][1] < found["a"][1]
    assert found["c"][0] == found["a"][0]


def test_what_is_tidied_covers_nothing_that_stays():
    before = flow("trigger>a", "a>b", spots={"a": (0, 240), "b": (348, 240), "c": (0, 348)})
    after = tidied(before, "a", "b")
    shape = shape_of(after, registry())
    mine = boxes_of(after, shape, ["a", "b"]).values()
    rest = boxes_of(after, shape, ["trigger", "c", "x", "end"]).values()
    assert not any(covers(one, other) for one in mine for other in rest)
    assert spots(after, "trigger", "c", "x", "end") == spots(before, "trigger", "c", "x", "end")


def test_steps_in_a_loop_stay_in_its_frame_when_others_are_tidied_with_them():
    ways = ("trigger>each", "each.each>a", "a>b", "each.done>c", "c>end")
    before = flow(*ways, spots={"each": (0, 120), "a": (24, 192), "b": (60, 312), "c": (96, 480), "end": (24, 600)})
    after = tidied(before, "a", "b", "c", "end")
    shape = shape_of(after, registry())
    frame, rest = boxes_of(after, shape, ["each"])["each"], boxes_of(after, shape, ["c", "end"]).values()
    assert not any(covers(frame, one) for one in rest)
    assert spots(after, "a", "b")["a"][0] == spots(after, "a", "b")["b"][0] == 24
    assert spots(after, "c", "end")["c"][0] == spots(after, "c", "end")["end"][0] == 24


def test_a_chosen_loop_brings_its_body_and_without_triggers_the_rest_is_tidied_too():
    ways = ("trigger>each", "each.each>a", "a>b", "each.done>c")
    before = flow(
        *ways, spots={"each": (0, 120), "a": (24, 192), "b": (400, 312), "c": (600, 480), "trigger": (0, -120)}
    )
    after = tidied(before, "each", "c")
    assert spots(after, "a", "b")["a"][0] == spots(after, "a", "b")["b"][0]
    shape = shape_of(after, registry())
    boxes = boxes_of(after, shape, ["each", "c"])
    assert boxes["each"][3] < boxes["c"][1]
    assert spots(after, "trigger") == spots(before, "trigger")
