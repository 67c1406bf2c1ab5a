"""Where the ways of a step lead: redirected, cut, and steps that change places along their chain."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from flowstudio.domain.workflow import ERROR, TRIGGER, Edge, Workflow
from flowstudio.errors import BadRequest
from flowstudio.graph.scopes import EACH
from flowstudio.kit import Registry
from flowstudio.services.editing import ops

_ASIDE = frozenset({EACH, ERROR})
"""Ways that are no way on: what they lead to belongs to the step itself."""
_SAY_IT = "Say for each way where it leads."


def targets_of(workflow: Workflow, source: str, way: str) -> list[str]:
    """Return the steps that a way leads to; for a trigger also those that all triggers lead to."""
    return list(dict.fromkeys(edge.target for edge in workflow.edges if _leaves(workflow, edge, source, way)))


def lead(workflow: Workflow, source: str, way: str, target: str, registry: Registry) -> Workflow:
    """Let a way lead to this step and to no other. Raises BadRequest as `ops.connect` does."""
    workflow = _of_its_own(workflow, source, way)
    ops.connect(cut(workflow, source, way), source, way, target, registry)
    kept, edge = [], Edge(source=source, way=way, target=target)
    for one in workflow.edges:
        if not _leaves(workflow, one, source, way):
            kept.append(one)
        elif edge not in kept:
            kept.append(edge)  # in the place of the first, so that the order of arrows stays
    return workflow.model_copy(update={"edges": (*kept, edge) if edge not in kept else tuple(kept)})


def cut(workflow: Workflow, source: str, way: str, target: str | None = None) -> Workflow:
    """Take the arrows of a way, or the one to `target`, away; other triggers keep theirs."""
    workflow = _of_its_own(workflow, source, way)
    gone = [
        edge.id for edge in workflow.edges
        if _leaves(workflow, edge, source, way) and target in (None, edge.target)
    ]  # fmt: skip
    return ops.remove(workflow, edges=gone)


def earlier(workflow: Workflow, node_id: str, registry: Registry) -> Workflow:
    """Let a step change places with the one before it. Raises BadRequest where it is not clear which arrows follow."""
    before = [edge for edge in workflow.edges if edge.target == node_id]
    name = _called(workflow, node_id, registry)
    if not before:
        raise BadRequest(f"Nothing leads to {name} yet.", hint="Choose what comes before it, and lead on to it.")
    if len(before) > 1 and any(workflow.node(edge.source) for edge in before):
        raise BadRequest(f"Several ways lead to {name}. It is not clear which it should move along.", hint=_SAY_IT)
    return _exchanged(workflow, before[0], registry)


def later(workflow: Workflow, node_id: str, registry: Registry) -> Workflow:
    """Let a step change places with the one after it. Raises BadRequest where it is not clear which arrows follow."""
    way = _way_on(workflow, node_id, registry)
    after = [edge for edge in workflow.edges if edge.source == node_id and edge.way == way]
    name = _called(workflow, node_id, registry)
    if not after:
        raise BadRequest(f"Nothing follows {name}.")
    if len(after) > 1:
        raise BadRequest(f"Several steps follow {name}. It is not clear which it should change places with.",
                         hint=_SAY_IT)  # fmt: skip
    return earlier(workflow, after[0].target, registry)


def attach(workflow: Workflow, part: Iterable[str], source: str, way: str, registry: Registry) -> Workflow:
    """Put steps that hang together behind a way, and let them lead on to what it led to.

    Where it is not clear with which step they begin or end the workflow comes back as it is.
    """
    steps = [one for one in part if workflow.node(one) is not None]
    inner = {edge.target for edge in workflow.edges if edge.source in steps}
    first, after = [one for one in steps if one not in inner], targets_of(workflow, source, way)
    if len(first) != 1 or len(after) > 1 or way not in {one.name for one in ops.ways_of(workflow, source, registry)}:
        return workflow
    led = lead(workflow, source, way, first[0], registry)
    if not after:
        return led
    last = _open_ends(workflow, steps, registry)
    return ops.connect(led, *last[0], after[0], registry) if len(last) == 1 else workflow


def _open_ends(workflow: Workflow, steps: Collection[str], registry: Registry) -> list[tuple[str, str]]:
    """Return the ways out of these steps that lead nowhere; what stands in a loop among them ends with its round."""
    taken = {(edge.source, edge.way) for edge in workflow.edges}
    inside, look = set[str](), [edge.target for edge in workflow.edges if edge.source in steps and edge.way == EACH]
    while look:
        here = look.pop()
        if here not in inside:
            inside.add(here)
            look += [edge.target for edge in workflow.edges if edge.source == here]
    return [
        (one, way) for one in steps if one not in inside
        for way in _ways_on(workflow, one, registry) if (one, way) not in taken
    ]  # fmt: skip


def _exchanged(workflow: Workflow, between: Edge, registry: Registry) -> Workflow:
    """Return the workflow with the two ends of an arrow in each other's place."""
    one, other = between.source, between.target
    if workflow.node(one) is None:
        raise BadRequest(f"{_called(workflow, other, registry)} is the first step already.")
    if between.way == EACH:
        raise BadRequest(f"{_called(workflow, other, registry)} is the first step of each round already.")
    if between.way == ERROR or len(_ways_on(workflow, one, registry)) > 1:
        raise BadRequest(f"{_called(workflow, other, registry)} is the first step of its branch already.",
                         hint=_SAY_IT)  # fmt: skip
    if len(targets_of(workflow, one, between.way)) > 1:
        raise BadRequest(f"Several steps follow {_called(workflow, one, registry)}. It is not clear which should move.",
                         hint=_SAY_IT)  # fmt: skip
    if sum(edge.target == other for edge in workflow.edges) > 1:
        raise BadRequest(f"Several ways lead to {_called(workflow, other, registry)}. It is not clear which to follow.",
                         hint=_SAY_IT)  # fmt: skip
    on = _way_on(workflow, other, registry)
    beyond = targets_of(workflow, other, on)
    edges: list[Edge] = []
    for edge in workflow.edges:
        if edge == between:
            edges += [edge.model_copy(update={"target": target}) for target in beyond]
            edges.append(Edge(source=other, way=on, target=one))
        elif edge.target == one:
            edges.append(edge.model_copy(update={"target": other}))
        elif (edge.source, edge.way) != (other, on):
            edges.append(edge)
    return _with_places_exchanged(workflow.model_copy(update={"edges": tuple(edges)}), one, other)


def _with_places_exchanged(workflow: Workflow, one: str, other: str) -> Workflow:
    spots = dict(workflow.layout.nodes)
    if one in spots and other in spots:
        spots[one], spots[other] = spots[other], spots[one]
    return workflow.model_copy(update={"layout": workflow.layout.model_copy(update={"nodes": spots})})


def _ways_on(workflow: Workflow, node_id: str, registry: Registry) -> Sequence[str]:
    return [way.name for way in ops.ways_of(workflow, node_id, registry) if way.name not in _ASIDE]


def _way_on(workflow: Workflow, node_id: str, registry: Registry) -> str:
    """Return the one way by which a chain goes on behind a step; raise BadRequest where there are more, or none."""
    ways = _ways_on(workflow, node_id, registry)
    name = _called(workflow, node_id, registry)
    if not ways:
        raise BadRequest(f"Nothing can follow {name}.")
    if len(ways) > 1:
        raise BadRequest(f"{name} has several ways out. It is not clear which one leads on.", hint=_SAY_IT)
    return ways[0]


def _leaves(workflow: Workflow, edge: Edge, source: str, way: str) -> bool:
    if edge.way != way:
        return False
    return edge.source == source or (edge.source == TRIGGER and workflow.trigger(source) is not None)


def _of_its_own(workflow: Workflow, source: str, way: str) -> Workflow:
    """Return the workflow with an arrow of all triggers drawn once for each, where a single one of them is changed."""
    if source == TRIGGER or workflow.trigger(source) is None or workflow.trigger(TRIGGER) is not None:
        return workflow
    edges: dict[str, Edge] = {}
    for edge in workflow.edges:
        shared = edge.source == TRIGGER and edge.way == way
        for own in (one.id for one in workflow.triggers) if shared else (edge.source,):
            drawn = edge.model_copy(update={"source": own})
            edges.setdefault(drawn.id, drawn)
    return workflow.model_copy(update={"edges": tuple(edges.values())})


def _called(workflow: Workflow, node_id: str, registry: Registry) -> str:
    part = workflow.node(node_id) or workflow.trigger(node_id)
    if part is None:
        raise BadRequest("That step is not there any more.")
    return f'"{registry.name_of(part)}"'
