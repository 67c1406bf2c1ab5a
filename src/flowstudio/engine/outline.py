"""The shape of a workflow as the state machine walks it: one spot per node, in plain tuples."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from flowstudio.domain.workflow import Node, Workflow
from flowstudio.graph.plan import Shape
from flowstudio.graph.scopes import EACH
from flowstudio.kit import FlowNode, Registry

Arrival = tuple[str, bool, bool]
"""Target of an edge, whether it was taken, whether a failure lies behind it."""


@dataclass(slots=True)
class Spot:
    """One node in the shape."""

    id: str
    chain: tuple[str, ...] = ()
    """The loops around it, outermost first."""
    out: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Way → targets in the same scope, in the order of the document."""
    body: tuple[str, ...] = ()
    """Of a loop: where each iteration begins."""
    incoming: int = 0
    """Edges that must settle before its turn."""
    gate: str = "all"
    """`all`, or of a join `any` or `first_success`."""
    ancestors: tuple[str, ...] = ()
    """Of a join with another gate: the nodes of its branches."""
    catchers: tuple[str, ...] = ()
    """The first-success joins ahead, which take a failure as one branch's."""
    named: frozenset[str] = frozenset()
    """The ways that have an edge, inside its scope or not."""

    @property
    def loop(self) -> str | None:
        """Return the innermost loop around it."""
        return self.chain[-1] if self.chain else None


class Outline:
    """The spots of a workflow and the entries that its triggers lead to."""

    def __init__(self, workflow: Workflow, registry: Registry) -> None:
        shape = Shape.of(workflow, lambda node: _ways(node, registry))
        triggers = frozenset(shape.triggers)
        named: dict[str, set[str]] = {}
        for edge in workflow.edges:
            named.setdefault(edge.source, set()).add(edge.way)
        self.triggers = shape.triggers
        self.spots = {
            node.id: Spot(
                node.id,
                shape.scope[node.id],
                incoming=len(shape.incoming[node.id]),
                gate=_gate(node, registry),
                named=frozenset(named.get(node.id, ())),
            )
            for node in workflow.nodes
        }
        for (source, way), targets in shape.out.items():
            spot = self.spots[source]
            if way == EACH and self.spots[targets[0]].loop == source:
                spot.body = targets
            else:
                spot.out[way] = targets
        self.entries = tuple(
            (source, target) for target in shape.nodes for source, _ in shape.incoming[target] if source in triggers
        )
        """(trigger, first node), in the order of the document."""
        self._begun_by: dict[str, list[Arrival]] = {}
        self._descendants: dict[str, frozenset[str]] = {}
        self._name_joins()

    def begun_by(self, trigger: str) -> list[Arrival]:
        """Return the edges that arrive when a trigger has started a run: its own are taken, those of others dead."""
        found = self._begun_by.get(trigger)
        if found is None:
            started = trigger if trigger in self.triggers else self.triggers[0]
            found = self._begun_by[trigger] = [(target, source == started, False) for source, target in self.entries]
        return found

    def descendants(self, node: str) -> frozenset[str]:
        """Return what can be reached from a node within its scope."""
        found = self._descendants.get(node)
        if found is None:
            found = self._descendants[node] = frozenset(_reach(node, self.spots) - {node})
        return found

    def stand_in(self, node: str, loop: str | None) -> str:
        """Return what stands for a node in the scope of a loop around it: the next inner loop, or the node itself."""
        chain = self.spots[node].chain
        depth = 0 if loop is None else chain.index(loop) + 1
        return chain[depth] if depth < len(chain) else node

    def _name_joins(self) -> None:
        for join, spot in self.spots.items():
            if spot.gate == "all":
                continue
            spot.ancestors = tuple(node for node in self.spots if join in self.descendants(node))
            if spot.gate == "first_success":
                for node in spot.ancestors:
                    self.spots[node].catchers += (join,)


def _ways(node: Node, registry: Registry) -> Iterable[str]:
    found = registry.find(node.key)
    return () if found is None else (way.name for way in found.ways(node.config))


def _gate(node: Node, registry: Registry) -> str:
    found = registry.find(node.key)
    if found is None or not issubclass(found, FlowNode) or found.gate != "join":
        return "all"
    return str(node.config.get("join") or "all")


def _reach(start: str, spots: Mapping[str, Spot]) -> set[str]:
    found: set[str] = set()
    rest = [start]
    while rest:
        node = rest.pop()
        if node not in found:
            found.add(node)
            rest.extend(target for targets in spots[node].out.values() for target in targets)
    return found
