"""The compiled shape of a workflow: which edges count, what a loop's body is, what can be reached."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from flowstudio.domain.workflow import OUT, TRIGGER, Edge, Node, Workflow
from flowstudio.graph.circles import circles_of
from flowstudio.graph.scopes import EACH, Scope, bodies_of, reach, scopes_of

WaysOf = Callable[[Node], Iterable[str]]
"""Tells the names of a node's ways out, in their order."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A workflow's graph in plain dicts and tuples, compiled once.

    Edges that carry nothing (`leaks`, `intrusions`, edges into triggers) are in none of the maps.
    """

    nodes: tuple[str, ...]
    """Ids of the nodes in the document's order."""
    order: tuple[str, ...]
    """The same, each after all that lead to it; nodes of a circle come last."""
    triggers: tuple[str, ...]
    starts: dict[str, tuple[str, ...]]
    """Trigger id → the nodes that its runs begin with."""
    ways: dict[str, tuple[str, ...]]
    """Node id → all ways out: the declared ones in order, then `error` and others that an edge names."""
    out: dict[tuple[str, str], tuple[str, ...]]
    """(node, way) → targets in the document's order; a loop's `each` leads into its body."""
    incoming: dict[str, tuple[tuple[str, str], ...]]
    """Node id → (source, way) of every edge that counts, once per edge; sources may be triggers.

    An edge from `trigger` stands there once for each trigger: of these, one is taken and the others are dead.
    """
    scope: dict[str, Scope]
    """Node id → the loops around it, outermost first."""
    bodies: dict[str, tuple[str, ...]]
    """Loop id → all ids in its body, those of nested loops included, in the order of turns."""
    members: dict[Scope, tuple[str, ...]]
    """Scope → the nodes that stand directly in it, in the document's order."""
    leaks: tuple[Edge, ...]
    """Edges from a loop's body to a node outside: dead in every iteration, not counted at their target."""
    intrusions: tuple[Edge, ...]
    """Edges from outside into a body, or from a body back to its loop: errors."""
    cycles: tuple[tuple[str, ...], ...]
    """Circles, each as the ids along it; errors."""
    reachable: frozenset[str]
    """Nodes that some trigger leads to."""

    @classmethod
    def of(cls, workflow: Workflow, ways: WaysOf) -> Shape:
        """Compile a workflow. `ways` names a node's ways out; one with `each` among them is a loop."""
        ids = tuple(node.id for node in workflow.nodes)
        known = set(ids)
        triggers = tuple(trigger.id for trigger in workflow.triggers)
        declared = {node.id: tuple(ways(node)) for node in workflow.nodes}
        edges = [
            edge
            for edge in workflow.edges
            if edge.target in known and (edge.source in known or _starts(edge, triggers))
        ]
        inner = [edge for edge in edges if edge.source in known]
        loops = [node_id for node_id in ids if EACH in declared[node_id]]
        next_of: dict[str, list[str]] = defaultdict(list)
        for edge in inner:
            next_of[edge.source].append(edge.target)
        order, cycles = circles_of(ids, next_of)
        bodies = bodies_of(order, inner, loops, circular=bool(cycles))
        scope = scopes_of(ids, bodies)
        counted, leaks, intrusions = _sorted(edges, scope)
        return cls(
            nodes=ids,
            order=order,
            triggers=triggers,
            starts={trigger: _begins(counted, trigger) for trigger in triggers},
            ways=_ways(declared, inner),
            out=_out(counted, known),
            incoming=_incoming(counted, ids, triggers),
            scope=scope,
            bodies={loop: tuple(one for one in order if loop in scope[one]) for loop in loops},
            members=_members(ids, scope),
            leaks=tuple(leaks),
            intrusions=tuple(intrusions),
            cycles=cycles,
            reachable=_reachable(edges, triggers),
        )


def _starts(edge: Edge, triggers: Sequence[str]) -> bool:
    return edge.way == OUT and (edge.source in triggers or (edge.source == TRIGGER and bool(triggers)))


def _sorted(edges: Sequence[Edge], scope: dict[str, Scope]) -> tuple[list[Edge], list[Edge], list[Edge]]:
    """Tell the edges that count from those that leave a loop's body and those that break into one."""
    counted: list[Edge] = []
    leaks: list[Edge] = []
    intrusions: list[Edge] = []
    for edge in edges:
        here, there = scope.get(edge.source, ()), scope[edge.target]
        if edge.way == EACH and there == (*here, edge.source):
            counted.append(edge)
        elif edge.way == EACH and here == there:
            leaks.append(edge)
        elif edge.target in here or there[: len(here)] == here != there:
            intrusions.append(edge)
        elif here == there:
            counted.append(edge)
        elif here[: len(there)] == there:
            leaks.append(edge)
        else:
            intrusions.append(edge)
    return counted, leaks, intrusions


def _begins(counted: Sequence[Edge], trigger: str) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(edge.target for edge in counted if edge.source in (trigger, TRIGGER) and edge.way == OUT)
    )


def _ways(declared: dict[str, tuple[str, ...]], edges: Sequence[Edge]) -> dict[str, tuple[str, ...]]:
    drawn: dict[str, list[str]] = defaultdict(list)
    for edge in edges:
        drawn[edge.source].append(edge.way)
    return {node_id: tuple(dict.fromkeys((*names, *drawn.get(node_id, ())))) for node_id, names in declared.items()}


def _out(counted: Sequence[Edge], known: set[str]) -> dict[tuple[str, str], tuple[str, ...]]:
    targets: dict[tuple[str, str], list[str]] = defaultdict(list)
    for edge in counted:
        if edge.source in known:
            targets[edge.source, edge.way].append(edge.target)
    return {key: tuple(found) for key, found in targets.items()}


def _incoming(
    counted: Sequence[Edge], ids: Sequence[str], triggers: Sequence[str]
) -> dict[str, tuple[tuple[str, str], ...]]:
    found: dict[str, list[tuple[str, str]]] = {node_id: [] for node_id in ids}
    known = set(ids)
    for edge in counted:
        if edge.source in known:
            found[edge.target].append((edge.source, edge.way))
            continue
        for trigger in triggers if edge.source == TRIGGER else (edge.source,):
            if (trigger, OUT) not in found[edge.target]:
                found[edge.target].append((trigger, OUT))
    return {node_id: tuple(edges) for node_id, edges in found.items()}


def _members(ids: Sequence[str], scope: dict[str, Scope]) -> dict[Scope, tuple[str, ...]]:
    found: dict[Scope, list[str]] = {(): []}
    for node_id in ids:
        found.setdefault(scope[node_id], []).append(node_id)
    return {key: tuple(members) for key, members in found.items()}


def _reachable(edges: Sequence[Edge], triggers: Sequence[str]) -> frozenset[str]:
    next_of: dict[str, list[str]] = defaultdict(list)
    for edge in edges:
        next_of[edge.source].append(edge.target)
    return frozenset(reach((TRIGGER, *triggers), next_of) - {TRIGGER, *triggers})
