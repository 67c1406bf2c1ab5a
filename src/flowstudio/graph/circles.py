"""The order in which nodes can have their turn, and the circles in which they cannot."""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import networkx as nx


def circles_of(
    ids: Sequence[str], next_of: Mapping[str, Sequence[str]]
) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Return the nodes in topological order (stable: the document's order where free), and one circle per knot.

    Nodes in or behind a circle come last, in the document's order.
    """
    place = {node_id: index for index, node_id in enumerate(ids)}
    before = dict.fromkeys(ids, 0)
    for source in ids:
        for target in next_of.get(source, ()):
            before[target] += 1
    ready = [place[node_id] for node_id in ids if not before[node_id]]
    order: list[str] = []
    while ready:
        node_id = ids[heapq.heappop(ready)]
        order.append(node_id)
        for target in next_of.get(node_id, ()):
            before[target] -= 1
            if not before[target]:
                heapq.heappush(ready, place[target])
    if len(order) == len(ids):
        return tuple(order), ()
    done = set(order)
    rest = [node_id for node_id in ids if node_id not in done]
    return (*order, *rest), _circles(rest, next_of, place)


def _circles(
    rest: Sequence[str], next_of: Mapping[str, Sequence[str]], place: Mapping[str, int]
) -> tuple[tuple[str, ...], ...]:
    import networkx as nx  # half a second of every start, for what hardly any workflow has

    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(rest)
    graph.add_edges_from((source, target) for source in rest for target in next_of.get(source, ()))
    knots: list[set[str]] = [set(knot) for knot in nx.strongly_connected_components(graph)]
    circles = [_one_circle(graph, knot, place) for knot in knots if len(knot) > 1 or _leads_to_itself(graph, knot)]
    return tuple(sorted(circles, key=lambda circle: place[circle[0]]))


def _leads_to_itself(graph: nx.DiGraph[str], knot: set[str]) -> bool:
    node_id = next(iter(knot))
    return graph.has_edge(node_id, node_id)


def _one_circle(graph: nx.DiGraph[str], knot: set[str], place: Mapping[str, int]) -> tuple[str, ...]:
    """Return a shortest circle through the knot's first node of the document."""
    import networkx as nx

    first = min(knot, key=place.__getitem__)
    if graph.has_edge(first, first):
        return (first,)
    inner = graph.subgraph(knot)
    paths: list[list[str]] = [list(nx.shortest_path(inner, first, before)) for before in inner.predecessors(first)]
    paths.sort(key=lambda path: (len(path), [place[one] for one in path]))
    return tuple(paths[0])
