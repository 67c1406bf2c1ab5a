"""Loop bodies and the scopes they make."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from flowstudio.domain.workflow import Edge

Scope = tuple[str, ...]
"""Ids of the loops around a node, outermost first; empty outside loops."""

EACH, DONE = "each", "done"


def reach(start: Iterable[str], next_of: Mapping[str, Sequence[str]], *, never: str | None = None) -> set[str]:
    """Return everything reachable from `start`, itself included, without passing through `never`."""
    found: set[str] = set()
    open_ = [node for node in start if node != never]
    while open_:
        here = open_.pop()
        if here in found:
            continue
        found.add(here)
        open_.extend(node for node in next_of.get(here, ()) if node not in found and node != never)
    return found


def reach_bits(order: Sequence[str], next_of: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Return what each node reaches, itself included, as bits: bit n is the n-th node of the (whole) order."""
    bits: dict[str, int] = {}
    for index in range(len(order) - 1, -1, -1):
        node_id = order[index]
        found = 1 << index
        for target in next_of.get(node_id, ()):
            found |= bits.get(target, 0)
        bits[node_id] = found
    return bits


def positions(bits: int) -> list[int]:
    """Return the numbers of the bits that are set, lowest first."""
    found: list[int] = []
    while bits:
        lowest = bits & -bits
        found.append(lowest.bit_length() - 1)
        bits ^= lowest
    return found


def bodies_of(
    order: Sequence[str], edges: Sequence[Edge], loops: Sequence[str], *, circular: bool
) -> dict[str, list[str]]:
    """Return each loop's body in this order: what `each` reaches and `done` does not.

    An edge back to the loop itself is not followed.
    """
    next_of: dict[str, list[str]] = defaultdict(list)
    by_way: dict[tuple[str, str], list[str]] = defaultdict(list)
    for edge in edges:
        next_of[edge.source].append(edge.target)
        by_way[edge.source, edge.way].append(edge.target)
    bits = {} if circular else reach_bits(order, next_of)
    bodies: dict[str, list[str]] = {}
    for loop in loops:
        each, done = by_way.get((loop, EACH), []), by_way.get((loop, DONE), [])
        if not each:
            bodies[loop] = []
        elif circular:
            inside = reach(each, next_of, never=loop) - reach(done, next_of, never=loop)
            bodies[loop] = [node_id for node_id in order if node_id in inside]
        else:
            bodies[loop] = [order[place] for place in positions(_joined(bits, each) & ~_joined(bits, done))]
    return bodies


def _joined(bits: Mapping[str, int], ids: Iterable[str]) -> int:
    found = 0
    for node_id in ids:
        found |= bits[node_id]
    return found


def scopes_of(ids: Sequence[str], bodies: Mapping[str, Sequence[str]]) -> dict[str, Scope]:
    """Return the loops around each node, outermost first: those around the innermost loop, and that loop itself.

    The innermost loop is the one with the smallest body. Where bodies cross one another, or loops lie in each other's
    body (errors both), each node still stands in one place.
    """
    around: dict[str, list[str]] = defaultdict(list)
    for loop, body in sorted(bodies.items(), key=lambda item: len(item[1])):
        for node_id in body:
            around[node_id].append(loop)
    scopes: dict[str, Scope] = {}

    def scope_of(node_id: str, asked: frozenset[str]) -> Scope:
        if node_id in scopes:
            return scopes[node_id]
        inner = next((loop for loop in around.get(node_id, ()) if loop not in asked and loop != node_id), None)
        found = () if inner is None else (*scope_of(inner, asked | {node_id}), inner)
        scopes[node_id] = found
        return found

    for node_id in sorted(bodies, key=lambda loop: -len(bodies[loop])):
        scope_of(node_id, frozenset({node_id}))
    for node_id in ids:
        scope_of(node_id, frozenset())
    return {node_id: scopes[node_id] for node_id in ids}
