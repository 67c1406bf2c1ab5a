"""Which nodes surely have had their turn when another one has: sets of nodes as bits of whole numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from flowstudio.domain.workflow import ERROR, Workflow
from flowstudio.graph import Shape
from flowstudio.kit import Registry

_FORKS = ("branch:",)


@dataclass(frozen=True, slots=True)
class Turns:
    """What is known about turns; all maps go by node id."""

    bit: dict[str, int]
    """The node's own bit."""
    names: dict[str, int]
    """The bit of a name that some node gives: sure where each path has a node that gives it."""
    sure: dict[str, int]
    """The nodes that have surely run and settled well when this one has its turn, and the names they gave."""
    before: dict[str, int]
    """The nodes that may have."""

    def surely(self, node_id: str, other: str) -> bool:
        """Say whether `other` has surely run when `node_id` has its turn."""
        return bool(self.sure.get(node_id, 0) & self.bit.get(other, 0))

    def perhaps(self, node_id: str, other: str) -> bool:
        """Say whether `other` may have run when `node_id` has its turn."""
        return bool(self.before.get(node_id, 0) & self.bit.get(other, 0))

    def named(self, node_id: str, name: str) -> bool:
        """Say whether a node before `node_id` has surely given this name, on whatever path."""
        return bool(self.sure.get(node_id, 0) & self.names.get(name, 0))


def turns_of(workflow: Workflow, shape: Shape, registry: Registry, given: Mapping[str, Sequence[str]]) -> Turns:
    """Work out who surely comes before whom, through branches, joins and loops; `given` are the names by node."""
    return _Passage(workflow, shape, registry, given).turns()


class _Passage:
    """One walk through the nodes in the order of their turns."""

    def __init__(
        self, workflow: Workflow, shape: Shape, registry: Registry, given: Mapping[str, Sequence[str]]
    ) -> None:
        self._shape = shape
        self._bit = {node_id: 1 << index for index, node_id in enumerate(shape.nodes)}
        names = dict.fromkeys(name for node_id in shape.nodes for name in given.get(node_id, ()))
        self._names = {name: 1 << (len(shape.nodes) + index) for index, name in enumerate(names)}
        self._gifts = {
            node_id: sum(self._names[name] for name in set(given.get(node_id, ()))) for node_id in shape.nodes
        }
        self._off = {node.id for node in workflow.nodes if node.disabled or node.run_if is not None}
        self._hurried = {node.id for node in workflow.nodes if _does_not_wait(node.config, registry.find(node.key))}
        self._forks = [node_id for node_id in shape.nodes if len(list(_followers(node_id, shape))) > 1]
        self._begun = set.intersection(*(set(first) for first in shape.starts.values())) if shape.starts else set()
        self._sure: dict[str, int] = {}
        self._before: dict[str, int] = {}
        self._waited: dict[str, int] = {}

    def turns(self) -> Turns:
        """Walk, and return what is known."""
        for node_id in self._shape.order:
            edges = self._shape.incoming.get(node_id, ())
            known = waited = -1
            before = all_waited = 0
            for source, way in edges:
                own = 0 if self._is_around(source, node_id) else self._bit.get(source, 0)
                known &= self._sure.get(source, 0) | self._gives(source, way, node_id)
                before |= self._before.get(source, 0) | own
                waited &= self._waited.get(source, 0) | own
                all_waited |= self._waited.get(source, 0) | own
            self._sure[node_id] = known if edges else 0
            self._before[node_id] = before
            self._waited[node_id] = (waited if edges else 0) if node_id in self._hurried else all_waited
            if node_id not in self._hurried:
                self._sure[node_id] = self._side_by_side(node_id)
        return Turns(self._bit, self._names, self._sure, self._before)

    def _is_around(self, source: str, target: str) -> bool:
        return source in self._shape.scope.get(target, ())

    def _gives(self, source: str, way: str, target: str) -> int:
        """Return the source's bit and names, unless it failed, is off, or is the loop around."""
        if source in self._off or way == ERROR or self._is_around(source, target):
            return 0
        return self._bit.get(source, 0) | self._gifts.get(source, 0)

    def _side_by_side(self, node_id: str) -> int:
        """Add what runs beside: a node takes all its unconditional ways, and we wait for what they lead to."""
        found = self._sure[node_id]
        beside = [*self._begun] if len(self._begun) > 1 else []
        beside += [
            target for fork in self._forks if found & self._bit[fork] for target in _followers(fork, self._shape)
        ]
        waited = self._waited[node_id]
        while beside:
            here = beside.pop()
            own = self._bit[here]
            if found & own or not waited & own:
                continue
            found |= (0 if here in self._off else own | self._gifts[here]) | self._sure.get(here, 0)
            beside.extend(target for target in _followers(here, self._shape) if waited & self._bit[target])
        return found


def _does_not_wait(config: dict[str, object], node_type: object) -> bool:
    return getattr(node_type, "gate", "all") == "join" and config.get("join") in ("any", "first_success")


def _followers(node_id: str, shape: Shape) -> Iterator[str]:
    """Return where a node leads by the ways that it always takes."""
    ways = [way for way in shape.ways.get(node_id, ()) if way != ERROR]
    always = ways if all(way.startswith(_FORKS) for way in ways) else ways if len(ways) == 1 else []
    for way in always:
        yield from shape.out.get((node_id, way), ())
