"""Two versions in one drawing: what was added, changed and removed, and which boxes merely stand elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flowstudio.analysis import changed_parts, difference
from flowstudio.ui.components.words import count_of
from flowstudio.ui.editor.view import Graph, view_graph, with_positions

if TYPE_CHECKING:
    from flowstudio.analysis.difference import Change
    from flowstudio.domain.json import JsonObject
    from flowstudio.domain.workflow import Node, Trigger, Workflow
    from flowstudio.kit import Registry

CARD = (264.0, 64.0)
"""A card's width and height in canvas pixels: what a removed box may not stand upon."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What the versions page and the publish dialog show of two versions."""

    changes: Sequence[Change]
    """In sentences, in the order of the document."""
    moved: int
    """Boxes that both versions have and that stand elsewhere."""
    graph: Graph
    """Both versions in one drawing."""
    status: JsonObject
    """What the canvas paints on it."""


def compare(before: Workflow, after: Workflow, registry: Registry) -> Comparison:
    """Compare two versions of one workflow."""
    changes = difference(before, after, registry).changes
    graph = view_graph(merged(before, after, registry), registry, readonly=True)
    status = {"nodes": _nodes(before, after, changes), "edges": _edges(before, after, registry)}
    return Comparison(changes, moved(before, after), graph, status)


def moved(before: Workflow, after: Workflow) -> int:
    """Count the boxes that both versions have and that stand elsewhere."""
    old, new = before.layout.nodes, after.layout.nodes
    both = _parts(before).keys() & _parts(after).keys() & old.keys() & new.keys()
    return sum(1 for one in both if old[one] != new[one])


def merged(before: Workflow, after: Workflow, registry: Registry) -> Workflow:
    """Return the later version with what it has lost put back, where that stood if the place is free."""
    after = with_positions(after, registry)
    here = _parts(after)
    nodes = (*after.nodes, *(one for one in before.nodes if one.id not in here))
    triggers = (*after.triggers, *(one for one in before.triggers if one.id not in here))
    drawn = {edge.id for edge in after.edges}
    edges = (*after.edges, *(edge for edge in before.edges if edge.id not in drawn))
    spots = dict(after.layout.nodes)
    for key, spot in before.layout.nodes.items():
        if key not in here and all(_apart(spot, other) for other in spots.values()):
            spots[key] = spot
    layout = after.layout.model_copy(update={"nodes": spots})
    return after.model_copy(update={"nodes": nodes, "triggers": triggers, "edges": edges, "layout": layout})


def _apart(one: Mapping[str, float], other: Mapping[str, float]) -> bool:
    wide, high = CARD
    return abs(one["x"] - other["x"]) >= wide or abs(one["y"] - other["y"]) >= high


def _parts(workflow: Workflow) -> dict[str, Node | Trigger]:
    parts: dict[str, Node | Trigger] = {one.id: one for one in workflow.triggers}
    return parts | {one.id: one for one in workflow.nodes}


def _nodes(before: Workflow, after: Workflow, changes: Sequence[Change]) -> dict[str, JsonObject]:
    found: dict[str, JsonObject] = {}
    for key, what in changed_parts(before, after).items():
        number = sum(1 for one in changes if one.node_id == key and one.what == "changed")
        line = count_of(number, "change") if what == "changed" and number > 1 else what.capitalize()
        found[key] = {"state": what, "line": line, "count": None}
    return found


def _edges(before: Workflow, after: Workflow, registry: Registry) -> dict[str, JsonObject]:
    old, new = ({edge["id"] for edge in view_graph(one, registry)["edges"]} for one in (before, after))
    gone: dict[str, JsonObject] = {one: {"state": "removed", "count": None} for one in old - new}
    return gone | {one: {"state": "added", "count": None} for one in new - old}
