"""The compiled shape: scopes, counted edges, leaks, circles, reachability."""

from flowstudio.domain.workflow import Edge, Node, Trigger, Workflow
from flowstudio.graph import Shape

WAYS = {"condition": ("true", "false"), "loop": ("each", "done"), "end": ()}


def shape(edges: str, triggers: tuple[str, ...] = ("trigger",)) -> Shape:
    """A shape of edges `a[way]>b`; the first letter of an id tells its type: c condition, l loop, e end, else an action."""
    found = []
    for part in edges.split():
        source, target = part.split(">")
        source, _, way = source.partition("[")
        found.append(Edge(source="trigger" if source == "T" else source, target=target, way=way.rstrip("]") or "out"))
    ids = list(
        dict.fromkeys(end for edge in found for end in (edge.source, edge.target) if end not in (*triggers, "trigger"))
    )
    kinds = {"c": "condition", "l": "loop", "e": "end"}
    nodes = tuple(Node(id=one, type=kinds.get(one[0], "action")) for one in ids)
    workflow = Workflow(
        id="w",
        name="w",
        triggers=tuple(Trigger(id=one, type="manual") for one in triggers),
        nodes=nodes,
        edges=tuple(found),
    )
    return Shape.of(workflow, lambda node: WAYS.get(node.type, ("out",)))


def test_body_is_what_each_reaches_and_done_does_not() -> None:
    found = shape("T>l l[each]>a a>b l[done]>z z>y")
    assert found.bodies == {"l": ("a", "b")}
    assert found.scope == {"l": (), "a": ("l",), "b": ("l",), "z": (), "y": ()}
    assert found.members == {(): ("l", "z", "y"), ("l",): ("a", "b")}


def test_nested_loops_nest_their_scopes() -> None:
    found = shape("T>l1 l1[each]>l2 l2[each]>a l2[done]>b l1[done]>z")
    assert found.bodies == {"l1": ("l2", "a", "b"), "l2": ("a",)}
    assert found.scope["a"] == ("l1", "l2")
    assert found.scope["b"] == ("l1",)


def test_edge_from_the_body_to_a_node_outside_carries_nothing() -> None:
    found = shape("T>l l[each]>a l[done]>z a>z")
    assert [edge.id for edge in found.leaks] == ["a:out>z"]
    assert found.incoming["z"] == (("l", "done"),)
    assert ("a", "out") not in found.out


def test_edge_into_the_body_and_back_to_the_loop_are_intrusions() -> None:
    found = shape("T>x x>l x>a l[each]>a a>l l[done]>z")
    assert {edge.id for edge in found.intrusions} == {"x:out>a", "a:out>l"}
    assert found.incoming["a"] == (("l", "each"),)


def test_every_edge_that_counts_comes_in_once() -> None:
    found = shape("T>c c[true]>a c[false]>b a>z b>z")
    assert found.incoming["z"] == (("a", "out"), ("b", "out"))
    assert found.out["c", "true"] == ("a",)


def test_edge_from_trigger_counts_once_for_each_of_several_triggers() -> None:
    found = shape("T>a one>b a>b", triggers=("one", "two"))
    assert found.starts == {"one": ("a", "b"), "two": ("a",)}
    assert found.incoming["a"] == (("one", "out"), ("two", "out"))


def test_circle_is_told_along_its_edges() -> None:
    found = shape("T>a a>b b>d d>b d>x")
    assert found.cycles == (("b", "d"),)
    assert found.order[0] == "a"
    assert set(found.order) == {"a", "b", "d", "x"}


def test_node_that_leads_to_itself_is_a_circle() -> None:
    assert shape("T>a a>a").cycles == (("a",),)


def test_reachable_is_what_a_trigger_leads_to() -> None:
    assert shape("T>a a>b x>y").reachable == {"a", "b"}


def test_order_follows_the_document_where_it_is_free() -> None:
    assert shape("T>b T>a a>z b>z").order == ("b", "a", "z")


def test_ways_hold_the_declared_ones_first_and_then_what_edges_name() -> None:
    assert shape("T>c c[error]>x c[false]>y").ways["c"] == ("true", "false", "error")


def test_loop_whose_each_and_done_meet_has_an_empty_body_and_a_leak() -> None:
    found = shape("T>l l[each]>a l[done]>a")
    assert found.bodies == {"l": ()}
    assert [edge.id for edge in found.leaks] == ["l:each>a"]


def test_edges_into_triggers_count_nowhere() -> None:
    found = shape("T>a a>trigger")
    assert found.cycles == ()
    assert ("a", "out") not in found.out
