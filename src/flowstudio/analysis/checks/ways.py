"""Every edge leaves by a way that there is, and leads where it may."""

from __future__ import annotations

from collections.abc import Iterator

from flowstudio.analysis.checks.look import Look, hint_for
from flowstudio.domain.json import JsonObject
from flowstudio.domain.problem import Problem
from flowstudio.domain.workflow import ERROR, OUT, TRIGGER, Edge, Node
from flowstudio.kit import NodeType


def check(look: Look) -> Iterator[Problem]:
    """Find ways that do not exist, edges into triggers or out of an end, and unclear edges of loops."""
    triggers = {trigger.id for trigger in look.workflow.triggers} | {TRIGGER}
    for edge in look.workflow.edges:
        if edge.target in triggers and edge.target not in look.nodes:
            message = f"An arrow from {look.called(edge.source)} leads into a trigger. A trigger only begins."
            yield _problem(look, edge, "edge_into_trigger", message)
        node = look.nodes.get(edge.source)
        if node is None:
            if edge.way != OUT:
                yield _problem(look, edge, "unknown_way", f'A trigger has no way out called "{edge.way}".')
            continue
        yield from _way(look, edge, node)


def _way(look: Look, edge: Edge, node: Node) -> Iterator[Problem]:
    node_type = look.types[node.id]
    if node_type is None or edge.way == ERROR:
        return
    declared = [way.name for way in node_type.ways(node.config)]
    if edge.way in declared:
        return
    name = look.called(node)
    if edge.way == OUT and "each" in declared:
        message = f"An arrow of {name} does not say whether it is for each item or for what comes after."
        yield _problem(look, edge, "unclear_loop_edge", message, hint='Set its condition to "each" or "done".')
    elif not declared:
        yield _problem(look, edge, "unknown_way", f"{name} ends there; no arrow can leave it.")
    elif edge.way == OUT:
        message = f"An arrow of {name} does not say by which way it leaves."
        hint = f"Its ways are: {', '.join(declared)}."
        yield _problem(look, edge, "unknown_way", message, hint=hint, fix=_by_the_free_way(look, edge, node_type))
    else:
        message = f'{name} has no way out called "{edge.way}".'
        hint = hint_for(edge.way, declared, "Its ways are")
        yield _problem(look, edge, "unknown_way", message, hint=hint, fix=_by_the_free_way(look, edge, node_type))


def _by_the_free_way(look: Look, edge: Edge, node_type: type[NodeType]) -> JsonObject | None:
    """Offer the one way of the step that no arrow leaves by."""
    ways = node_type.ways(look.nodes[edge.source].config)
    free = [way for way in ways if way.name not in look.drawn.get(edge.source, set())]
    if len(free) != 1:
        return None
    op = {"op": "reconnect", "edge": edge.id, "from": edge.source, "way": free[0].name, "to": edge.target}
    return {"label": f"Let it leave by {free[0].label or free[0].name}", "ops": [op]}


def _problem(
    look: Look, edge: Edge, code: str, message: str, *, hint: str = "", fix: JsonObject | None = None
) -> Problem:
    fix = fix or {"label": "Remove the arrow", "ops": [{"op": "remove", "nodes": [], "edges": [edge.id]}]}
    path = look.edge_path(edge)
    if code in ("unknown_way", "unclear_loop_edge"):
        path += ".condition" if edge.way != OUT else ""
    return Problem(path=path, node_id=edge.source, code=code, message=message, hint=hint, fix=fix)
