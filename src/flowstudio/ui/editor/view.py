"""The drawing of a workflow: the document translated to what the canvas paints, and the difference of two drawings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from flowstudio.domain.workflow import TRIGGER, Node, Trigger, Workflow, plain
from flowstudio.graph import Direction, Shape, layout
from flowstudio.services.editing.ops import ways_of

if TYPE_CHECKING:
    from flowstudio.domain.json import JsonObject
    from flowstudio.domain.problem import Problem
    from flowstudio.kit import Registry, Way

Graph = dict[str, Any]
_RANK = {"error": 0, "warning": 1, "hint": 2}
_INNER_WAYS = frozenset({"each", "done", "out"})


def shape_of(workflow: Workflow, registry: Registry) -> Shape:
    """Compile the shape of a workflow with its types' ways."""
    return Shape.of(workflow, lambda node: [way.name for way in ways_of(workflow, node.id, registry)])


def direction_of(workflow: Workflow) -> Direction:
    """Return which way the workflow is drawn; from top to bottom unless the person switched."""
    return "LR" if workflow.layout.extra.get("direction") == "LR" else "TB"


def positions_of(workflow: Workflow, shape: Shape) -> dict[str, tuple[float, float]]:
    """Return where every box stands: as the document says, and beside those the ones it says nothing about."""
    known = {
        key: (spot["x"], spot["y"])
        for key, spot in workflow.layout.nodes.items()
        if "x" in spot and "y" in spot and (workflow.node(key) or workflow.trigger(key))
    }
    if len(known) == len(workflow.nodes) + len(workflow.triggers):
        return known
    return {**layout(workflow, shape, direction_of(workflow), known or None), **known}


def with_positions(workflow: Workflow, registry: Registry) -> Workflow:
    """Return the workflow with a place for every box, so that an edit moves nothing else."""
    if len(workflow.layout.nodes) >= len(workflow.nodes) + len(workflow.triggers):
        return workflow
    spots = positions_of(workflow, shape_of(workflow, registry))
    nodes = {key: {"x": float(x), "y": float(y)} for key, (x, y) in spots.items()}
    return workflow.model_copy(update={"layout": workflow.layout.model_copy(update={"nodes": nodes})})


def tidied(workflow: Workflow, registry: Registry, direction: Direction | None = None) -> Workflow:
    """Return the workflow laid out anew."""
    wanted = direction or direction_of(workflow)
    spots = layout(workflow, shape_of(workflow, registry), wanted)
    extra = {key: value for key, value in workflow.layout.extra.items() if key != "direction"}
    if wanted == "LR":
        extra["direction"] = "LR"
    nodes = {key: {"x": float(x), "y": float(y)} for key, (x, y) in spots.items()}
    return workflow.model_copy(update={"layout": workflow.layout.model_copy(update={"nodes": nodes, "extra": extra})})


def view_graph(
    workflow: Workflow,
    registry: Registry,
    *,
    revision: int = 0,
    problems: Iterable[Problem] = (),
    readonly: bool = False,
) -> Graph:
    """Return what the canvas paints (`frontend/src/canvas/protocol.js` describes it)."""
    shape = shape_of(workflow, registry)
    spots = positions_of(workflow, shape)
    worst = worst_problems(problems)
    nodes = [_trigger(one, registry, spots, worst.get(one.id)) for one in workflow.triggers]
    nodes += [_node(workflow, one, registry, shape, spots, worst.get(one.id)) for one in workflow.nodes]
    return {
        "rev": revision,
        "direction": direction_of(workflow),
        "readonly": readonly,
        "nodes": nodes,
        "edges": list(_edges(workflow, registry).values()),
    }


def meaning(workflow: Workflow) -> JsonObject:
    """Return what a workflow says, without what no run depends on: version, status, and where its boxes stand."""
    return {key: value for key, value in plain(workflow).items() if key not in {"version", "status", "layout"}}


def worst_problems(problems: Iterable[Problem]) -> dict[str, JsonObject]:
    """Return per node the worst error or warning as the canvas shows it; hints stay in the list."""
    found: dict[str, Problem] = {}
    for problem in problems:
        if problem.node_id is None or problem.severity == "hint":
            continue
        known = found.get(problem.node_id)
        if known is None or _RANK[problem.severity] < _RANK[known.severity]:
            found[problem.node_id] = problem
    return {key: {"severity": one.severity, "text": one.message} for key, one in found.items()}


def _trigger(
    one: Trigger, registry: Registry, spots: Mapping[str, tuple[float, float]], problem: JsonObject | None
) -> JsonObject:
    found = registry.find(one.key)
    name, written = registry.name_of(one), registry.written_name(one)
    line = found.line(one.config) if found else "Not known here"
    second = found.title if found and line == name else line
    x, y = spots.get(one.id, (0.0, 0.0))
    return {
        "id": one.id, "type": "trigger", "kind": "trigger", "word": "When",
        "icon": found.icon if found else "question-mark",
        "name": name, "line": second, "label": f"trigger: {written}", "x": x, "y": y,
        "body": None, "entry": False,
        "ways": [{"way": "out", "label": "", "name": f"output out of {written}"}], "problem": problem,
    }  # fmt: skip


def _node(
    workflow: Workflow,
    node: Node,
    registry: Registry,
    shape: Shape,
    spots: Mapping[str, tuple[float, float]],
    problem: JsonObject | None,
) -> JsonObject:
    found = registry.find(node.key)
    name, written = registry.name_of(node), registry.written_name(node)
    x, y = spots.get(node.id, (0.0, 0.0))
    body = shape.bodies.get(node.id)
    line = found.line(node.config) if found else f'"{node.action or node.type}" is not known here'
    second = "Goes on by Yes or by No" if node.type == "condition" and name == f"{line}?" else line
    return {
        "id": node.id, "type": node.type, "kind": found.kind if found else "action",
        "word": found.word if found else "Do",
        "icon": found.icon if found else "question-mark", "name": name, "called": written,
        "line": f"Off, {second}" if node.disabled and second else "Off" if node.disabled else second,
        "label": f"{node.type}: {written}", "x": x, "y": y, "body": list(body) if body else None,
        "caption": line if body else None, "entry": True,
        "ways": [_way(one, written) for one in ways_of(workflow, node.id, registry)],
        "off": node.disabled, "problem": problem, "note": node.note or None,
    }  # fmt: skip


def _way(way: Way, name: str) -> JsonObject:
    return {"way": way.name, "label": way.label, "name": f"output {way.name} of {name}"}


def _edges(workflow: Workflow, registry: Registry) -> dict[str, JsonObject]:
    found: dict[str, JsonObject] = {}
    triggers = [one.id for one in workflow.triggers]
    labels = {node.id: {way.name: way.label for way in ways_of(workflow, node.id, registry)} for node in workflow.nodes}
    for edge in workflow.edges:
        shared = edge.source == TRIGGER and TRIGGER not in triggers
        for source in triggers if shared else (edge.source,):
            label = None if edge.way in _INNER_WAYS else labels.get(source, {}).get(edge.way) or edge.way
            view_id = f"{source}:{edge.way}>{edge.target}"
            found[view_id] = {"id": view_id, "from": source, "way": edge.way, "to": edge.target, "label": label}
    return found


def view_difference(before: Graph, after: Graph) -> Graph:
    """Return what `apply` needs to bring the drawing from one graph to the other."""
    old_nodes = {one["id"]: one for one in before["nodes"]}
    old_edges = {one["id"]: one for one in before["edges"]}
    new_nodes = {one["id"]: one for one in after["nodes"]}
    new_edges = {one["id"]: one for one in after["edges"]}
    return {
        "rev": after["rev"],
        "nodes": [one for key, one in new_nodes.items() if old_nodes.get(key) != one],
        "edges": [one for key, one in new_edges.items() if old_edges.get(key) != one],
        "gone_nodes": [key for key in old_nodes if key not in new_nodes],
        "gone_edges": [key for key in old_edges if key not in new_edges],
    }
