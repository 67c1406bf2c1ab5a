"""Where boxes stand: layers, branches, frames, and nothing on top of anything else."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flowstudio.domain.workflow import Edge, Node, Trigger, Workflow
from flowstudio.graph import Shape, layout, place_after
from flowstudio.graph.layout import frame_of
from flowstudio.graph.sizes import BOTTOM, CARD, GRID, PAD, REMARK, TOP
from tests.unit.graph.test_plan import WAYS


def _workflow(edges: list[tuple[str, str, str]], extra: tuple[str, ...] = ()) -> Workflow:
    ids = list(dict.fromkeys([*(end for a, _, b in edges for end in (a, b) if end != "trigger"), *extra]))
    kinds = {"c": "condition", "l": "loop", "e": "end"}
    return Workflow(
        id="w", name="w", triggers=(Trigger(type="manual"),),
        nodes=tuple(Node(id=one, type=kinds.get(one[0], "action")) for one in ids),
        edges=tuple(Edge(source=a, way=way, target=b) for a, way, b in edges),
    )  # fmt: skip


def _shape(workflow: Workflow) -> Shape:
    return Shape.of(workflow, lambda node: WAYS.get(node.type, ("out",)))


EXAMPLE = [
    ("trigger", "out", "q"),
    ("q", "out", "l"),
    ("l", "each", "c"),
    ("c", "true", "m"),
    ("c", "false", "t"),
    ("l", "done", "e"),
]


def test_workflow_runs_from_top_to_bottom_with_true_left_of_false() -> None:
    workflow = _workflow(EXAMPLE)
    spots = layout(workflow, _shape(workflow))
    assert spots["trigger"][1] < spots["q"][1] < spots["l"][1] < spots["c"][1] < spots["m"][1] < spots["e"][1]
    assert spots["m"][1] == spots["t"][1]
    assert spots["m"][0] < spots["c"][0] < spots["t"][0]
    assert spots["q"][1] - spots["trigger"][1] == CARD[1] + 44


def test_left_to_right_puts_true_above_false() -> None:
    workflow = _workflow(EXAMPLE)
    spots = layout(workflow, _shape(workflow), "LR")
    assert spots["trigger"][0] < spots["q"][0] < spots["l"][0] < spots["c"][0] < spots["m"][0] < spots["e"][0]
    assert spots["m"][1] < spots["t"][1]


@pytest.mark.parametrize("direction", ["TB", "LR"])
def test_body_stands_inside_the_frame_and_the_exit_outside(direction: str) -> None:
    workflow = _workflow(EXAMPLE)
    shape = _shape(workflow)
    spots = layout(workflow, shape, direction)
    left, top, right, bottom = frame_of("l", spots, shape)
    for inner in ("c", "m", "t"):
        x, y = spots[inner]
        assert left + PAD <= x
        assert x + CARD[0] + PAD <= right
        assert top + TOP <= y
        assert y + CARD[1] + BOTTOM <= bottom
    x, y = spots["e"]
    assert y >= bottom if direction == "TB" else x >= right


def test_a_decision_with_a_note_has_room_for_it_above_the_words_of_its_ways() -> None:
    plain = _workflow([("trigger", "out", "c1"), ("c1", "true", "a"), ("c1", "false", "b")])
    noted = plain.model_copy(
        update={
            "nodes": tuple(one.model_copy(update={"note": "Agreed"} if one.id == "c1" else {}) for one in plain.nodes)
        }
    )
    before, after = layout(plain, _shape(plain)), layout(noted, _shape(noted))
    assert after["a"][1] - after["c1"][1] == before["a"][1] - before["c1"][1] + REMARK
    assert after["c1"] == before["c1"]
    assert layout(noted, _shape(noted), "LR") == layout(plain, _shape(plain), "LR")


def test_parts_that_nothing_joins_stand_below() -> None:
    workflow = _workflow([("trigger", "out", "a"), ("x", "out", "y")], extra=("z",))
    spots = layout(workflow, _shape(workflow))
    assert spots["a"][1] < spots["x"][1] < spots["y"][1] < spots["z"][1]


def test_straight_chain_stands_in_one_column() -> None:
    workflow = _workflow([("trigger", "out", "a"), ("a", "out", "b"), ("b", "out", "d")])
    assert len({x for x, _ in layout(workflow, _shape(workflow)).values()}) == 1


def test_whoever_stands_above_two_stands_above_their_middle() -> None:
    workflow = _workflow([("trigger", "out", "l"), ("l", "each", "c"), ("c", "true", "a"), ("c", "false", "b")])
    spots = layout(workflow, _shape(workflow))
    left, _, right, _ = frame_of("l", spots, _shape(workflow))
    middle = spots["trigger"][0] + CARD[0] / 2
    assert spots["c"][0] + CARD[0] / 2 == (spots["a"][0] + spots["b"][0] + CARD[0]) / 2 == (left + right) / 2 == middle


def test_steps_that_only_have_each_other_stand_in_one_line() -> None:
    workflow = _workflow([("trigger", "out", "s"), ("s", "out", "c"), ("c", "true", "a"), ("a", "out", "b")])
    assert len({x for x, _ in layout(workflow, _shape(workflow)).values()}) == 1


def test_circle_is_laid_out_all_the_same() -> None:
    workflow = _workflow([("trigger", "out", "a"), ("a", "out", "b"), ("b", "out", "a")])
    assert set(layout(workflow, _shape(workflow))) == {"trigger", "a", "b"}


def test_fixed_boxes_stay_and_others_keep_clear() -> None:
    workflow = _workflow([("trigger", "out", "c"), ("c", "true", "a"), ("c", "false", "b")])
    fixed = {"trigger": (1200.0, 600.0), "a": (1044.0, 816.0)}
    spots = layout(workflow, _shape(workflow), fixed=fixed)
    assert {key: spots[key] for key in fixed} == fixed
    _nothing_overlaps(list(spots.values()))


def test_new_box_is_placed_below_its_source_without_covering_any() -> None:
    workflow = _workflow(EXAMPLE)
    shape = _shape(workflow)
    spots = layout(workflow, shape)
    for source, way in (
        ("trigger", "out"),
        ("q", "out"),
        ("c", "true"),
        ("c", "false"),
        ("m", "out"),
        ("l", "done"),
        ("l", "each"),
    ):
        x, y = place_after(workflow, spots, source, way, shape=shape)
        assert (x % GRID, y % GRID) == (0, 0)
        _nothing_overlaps([(x, y), *(spot for name, spot in spots.items() if name != "l")])


def test_new_box_inside_an_empty_loop_stands_in_its_frame() -> None:
    workflow = _workflow([("trigger", "out", "l")])
    shape = _shape(workflow)
    spots = layout(workflow, shape)
    x, y = place_after(workflow, spots, "l", "each", shape=shape)
    assert (x, y) == (spots["l"][0] + PAD, spots["l"][1] + TOP)


def test_box_without_a_source_stands_below_everything() -> None:
    workflow = _workflow(EXAMPLE)
    shape = _shape(workflow)
    spots = layout(workflow, shape)
    _, y = place_after(workflow, spots, None, shape=shape)
    assert y > max(spot[1] for spot in spots.values()) + CARD[1]


def _nothing_overlaps(spots: list[tuple[float, float]]) -> None:
    for index, (x, y) in enumerate(spots):
        for other_x, other_y in spots[index + 1 :]:
            assert abs(x - other_x) >= CARD[0] or abs(y - other_y) >= CARD[1], (x, y, other_x, other_y)


def _random_workflow(seed: int, size: int) -> Workflow:
    """A forward-only graph of actions, conditions and nested loops, with long edges and loose parts."""
    rng = random.Random(seed)
    names = [f"{rng.choice('aaacl')}{index}" for index in range(size)]
    edges: list[tuple[str, str, str]] = []
    for index, name in enumerate(names):
        if rng.random() < 0.9:
            source = rng.choice(["trigger", *names[:index]])
            edges.append(
                (source, rng.choice(WAYS.get({"c": "condition", "l": "loop"}.get(source[0], ""), ("out",))), name)
            )
        if index and rng.random() < 0.3:
            source = rng.choice(names[:index])
            edges.append(
                (source, rng.choice(WAYS.get({"c": "condition", "l": "loop"}.get(source[0], ""), ("out",))), name)
            )
    return _workflow(list(dict.fromkeys(edges)), extra=tuple(names))


@pytest.mark.parametrize("direction", ["TB", "LR"])
@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**6), size=st.integers(1, 30))
def test_layout_never_puts_one_box_on_another(direction: str, seed: int, size: int) -> None:
    workflow = _random_workflow(seed, size)
    shape = _shape(workflow)
    spots = layout(workflow, shape, direction)
    assert set(spots) == {"trigger", *shape.nodes}
    _nothing_overlaps([spot for name, spot in spots.items() if not shape.bodies.get(name)])
    for name in shape.nodes:
        for other in shape.nodes:
            if (
                name != other
                and shape.bodies.get(name)
                and other not in shape.bodies[name]
                and name not in shape.bodies.get(other, ())
            ):
                left, top, right, bottom = frame_of(name, spots, shape)
                a, b, far, low = frame_of(other, spots, shape)
                assert far <= left or a >= right or low <= top or b >= bottom, (name, other)


def test_same_workflow_is_always_laid_out_the_same() -> None:
    workflow = _random_workflow(7, 25)
    assert layout(workflow, _shape(workflow)) == layout(workflow, _shape(workflow))


def test_five_hundred_nodes_are_laid_out_in_sane_time() -> None:
    import time

    workflow = _random_workflow(11, 500)
    shape = _shape(workflow)
    start = time.process_time()
    layout(workflow, shape)
    assert time.process_time() - start < 10


def test_sixty_loops_inside_one_another_are_laid_out() -> None:
    edges = [
        ("trigger", "out", "l0"),
        *((f"l{index}", "each", f"l{index + 1}") for index in range(59)),
        ("l59", "each", "a"),
    ]
    workflow = _workflow(edges)
    shape = _shape(workflow)
    spots = layout(workflow, shape)
    left, top, right, bottom = frame_of("l0", spots, shape)
    x, y = spots["a"]
    assert left < x < right
    assert top < y < bottom
