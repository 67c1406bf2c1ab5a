"""The workflow goes forward, and every step can be reached."""

from __future__ import annotations

from collections.abc import Iterator

from flowstudio.analysis.checks.look import Look
from flowstudio.domain.problem import Problem
from flowstudio.domain.workflow import Edge


def check(look: Look) -> Iterator[Problem]:
    """Find circles of edges and steps that nothing leads to."""
    for circle in look.shape.cycles:
        names = " → ".join(look.called(one) for one in (*circle, circle[0]))
        closing = _closing(look, circle)
        path = look.edge_path(closing) if closing is not None else look.path(look.nodes[circle[0]])
        message = f"The steps lead in a circle: {names}."
        fix = None
        if closing is not None:
            fix = {"label": "Remove the arrow back", "ops": [{"op": "remove", "nodes": [], "edges": [closing.id]}]}
        yield Problem(
            path=path, node_id=circle[0], code="cycle", message=message, hint="Use For each to repeat steps.", fix=fix
        )
    if not look.workflow.triggers:
        return
    for node in look.workflow.nodes:
        if node.id not in look.shape.reachable:
            message = f"{look.called(node)} is never reached: no arrow from the trigger leads to it."
            alone = not any(node.id in (edge.source, edge.target) for edge in look.workflow.edges)
            ops = [{"op": "remove", "nodes": [node.id], "edges": []}]
            fix = {"label": "Remove the step", "ops": ops} if alone else None
            yield look.problem(node, (), "unreachable", message, hint="Draw an arrow to it, or remove it.", fix=fix)


def _closing(look: Look, circle: tuple[str, ...]) -> Edge | None:
    return next((edge for edge in look.workflow.edges if edge.source == circle[-1] and edge.target == circle[0]), None)
