"""Where ways lead, steps that change places along their chain, and parts that are put behind a way."""

import pytest

from flowstudio.domain.workflow import Edge, Layout, Node, Trigger, Workflow
from flowstudio.errors import BadRequest
from flowstudio.services.editing import chains
from tests.support.workflows import registry

BY_HAND, CALLED = Trigger(type="manual"), Trigger(id="trigger_1", type="webhook")


def task(node_id: str) -> Node:
    return Node(id=node_id, type="action", action="create_task", name=node_id.upper(), config={"title": node_id})


def flow(*edges: str, triggers: tuple[Trigger, ...] = (BY_HAND,)) -> Workflow:
    """Tasks a to d, an if, a loop, an end; edges as `a>b` or `if.true>b`."""
    others = (
        Node(id="if", type="condition", name="Large?"),
        Node(id="each", type="loop", name="Each", config={"collection": "{{xs}}"}),
        Node(id="end", type="end", name="Done"),
    )
    nodes = (*map(task, "abcd"), *others)
    spots = {one.id: {"x": 0.0, "y": 120.0 * at} for at, one in enumerate((*triggers, *nodes))}
    return Workflow(
        id="wf", name="Flow", triggers=triggers, nodes=nodes, edges=tuple(map(edge_of, edges)), layout=Layout(nodes=spots)
    )  # fmt: skip


def edge_of(text: str) -> Edge:
    start, target = text.split(">")
    source, _, way = start.partition(".")
    return Edge(source=source, way=way or "out", target=target)


def arrows(workflow: Workflow) -> list[str]:
    return [f"{one.source}{'' if one.way == 'out' else '.' + one.way}>{one.target}" for one in workflow.edges]


def test_a_way_leads_to_one_step_alone_in_the_place_of_what_it_led_to():
    start = flow("trigger>a", "a>b", "a>c", "c>d")
    assert arrows(chains.lead(start, "a", "out", "d", registry())) == ["trigger>a", "a>d", "c>d"]
    assert arrows(chains.lead(start, "a", "out", "c", registry())) == ["trigger>a", "a>c", "c>d"]
    assert arrows(chains.lead(start, "b", "out", "d", registry()))[-1] == "b>d"


@pytest.mark.parametrize(
    ("source", "way", "target", "why"),
    [
        ("b", "out", "a", "in a circle"),
        ("a", "out", "a", "to itself"),
        ("a", "true", "c", "no way out"),
        ("a", "out", "trigger", "ends at a step"),
    ],
)
def test_what_cannot_be_led_is_refused(source: str, way: str, target: str, why: str):
    with pytest.raises(BadRequest, match=why):
        chains.lead(flow("trigger>a", "a>b"), source, way, target, registry())


def test_an_arrow_of_all_triggers_is_changed_for_one_of_them():
    two = (Trigger(id="trigger_2", type="manual"), CALLED)
    start = flow("trigger>a", "a>b", triggers=two)
    assert chains.targets_of(start, "trigger_1", "out") == ["a"]
    led = chains.lead(start, "trigger_1", "out", "b", registry())
    assert sorted(arrows(led)) == ["a>b", "trigger_1>b", "trigger_2>a"]
    assert sorted(arrows(chains.cut(start, "trigger_1", "out"))) == ["a>b", "trigger_2>a"]
    assert arrows(chains.lead(start, "a", "out", "c", registry())) == ["trigger>a", "a>c"], "the others are left alone"


def test_one_arrow_of_several_is_cut():
    start = flow("a>b", "a>c")
    assert arrows(chains.cut(start, "a", "out", "b")) == ["a>c"]
    assert arrows(chains.cut(start, "a", "out")) == []


@pytest.mark.parametrize("how", ["earlier", "later"])
def test_two_steps_of_a_chain_change_places_on_the_canvas_too(how: str):
    start = flow("trigger>a", "a>b", "b>c", "c>d")
    moved = chains.earlier(start, "c", registry()) if how == "earlier" else chains.later(start, "b", registry())
    assert set(arrows(moved)) == {"trigger>a", "a>c", "c>b", "b>d"}
    assert moved.layout.nodes["c"] == start.layout.nodes["b"]
    assert moved.layout.nodes["b"] == start.layout.nodes["c"]
    back = chains.later(moved, "c", registry())
    assert set(arrows(back)) == set(arrows(start))
    assert back.layout == start.layout


def test_a_loop_moves_with_its_rounds_and_all_that_leads_to_the_first_follows():
    start = flow("trigger>if", "if.true>a", "if.false>a", "a>each", "each.each>b", "each.done>c")
    moved = chains.earlier(start, "each", registry())
    assert set(arrows(moved)) == {
        "trigger>if", "if.true>each", "if.false>each", "each.each>b", "each.done>a", "a>c",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("edges", "node", "how", "why"),
    [
        (("trigger>a", "a>b"), "a", "earlier", '"A" is the first step already'),
        (("trigger>a",), "b", "earlier", 'Nothing leads to "B" yet'),
        (("trigger>a",), "a", "later", 'Nothing follows "A"'),
        (("each.each>b", "b>c"), "b", "earlier", "first step of each round"),
        (("if.true>b", "b>c"), "b", "earlier", "first step of its branch"),
        (("a>if", "if.true>b"), "if", "earlier", '"Large\\?" has several ways out'),
        (("a>if", "if.true>b"), "a", "later", '"Large\\?" has several ways out'),
        (("a>end",), "end", "earlier", 'Nothing can follow "Done"'),
        (("a>c", "b>c"), "c", "earlier", 'Several ways lead to "C"'),
        (("a>c", "b>c"), "a", "later", 'Several ways lead to "C"'),
        (("a>b", "a>c"), "b", "earlier", 'Several steps follow "A"'),
        (("a>b", "a>c"), "a", "later", 'Several steps follow "A"'),
        ((), "gone", "earlier", "not there any more"),
    ],
)
def test_where_it_is_not_clear_nothing_moves_and_the_sentence_says_why(
    edges: tuple[str, ...], node: str, how: str, why: str
):
    with pytest.raises(BadRequest, match=why):
        getattr(chains, how)(flow(*edges), node, registry())


def test_two_triggers_lead_to_the_first_step():
    start = flow("trigger_1>a", "trigger_2>a", triggers=(CALLED, Trigger(id="trigger_2", type="manual")))
    with pytest.raises(BadRequest, match="first step already"):
        chains.earlier(start, "a", registry())


@pytest.mark.parametrize(
    ("edges", "part", "after"),
    [
        (("a>b",), ["c"], {"a>c", "c>b"}),
        ((), ["c"], {"a>c"}),
        (("a>b", "c>d"), ["c", "d"], {"a>c", "c>d", "d>b"}),
        (("a>b", "each.each>c"), ["each", "c"], {"a>each", "each.each>c", "each.done>b"}),
        # not clear: two beginnings, two ends, an end, several targets
        (("a>b",), ["c", "d"], {"a>b"}),
        (("a>b",), ["if"], {"a>b"}),
        (("a>b",), ["end"], {"a>b"}),
        (("a>b", "a>c"), ["d"], {"a>b", "a>c"}),
        ((), ["end"], {"a>end"}),
    ],
)
def test_a_part_goes_behind_a_way_where_it_is_clear_how(edges: tuple[str, ...], part: list[str], after: set[str]):
    assert set(arrows(chains.attach(flow(*edges), part, "a", "out", registry()))) == after
