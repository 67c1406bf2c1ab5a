"""Every path comes to an end that says so."""

from __future__ import annotations

from collections.abc import Iterator

from flowstudio.analysis.checks.branches import end_after
from flowstudio.analysis.checks.look import Look
from flowstudio.domain.problem import Problem


def check(look: Look) -> Iterator[Problem]:
    """Find a workflow without an end (one hint), or the steps after which a path just stops."""
    if not look.workflow.nodes:
        yield look.problem(None, ("nodes",), "no_steps", "The workflow has no steps yet.", severity="hint")
        return
    if not any(node.type == "end" or node.action == "stop_workflow" for node in look.workflow.nodes):
        message = "The workflow has no end. A run is completed when nothing is left to do."
        yield look.problem(
            None, ("nodes",), "missing_end", message, hint="Add an end to say how it ends.", severity="hint"
        )
        return
    leading = {edge.source for edge in look.workflow.edges if edge.target in look.nodes and edge.way != "error"}
    for node in look.workflow.nodes:
        node_type = look.types[node.id]
        if node.id in leading or look.shape.scope[node.id] or node_type is None or not node_type.ways(node.config):
            continue
        if node.action != "stop_workflow" and node.id in look.shape.reachable:
            message = f"After {look.called(node)} nothing follows and no end is drawn."
            way = next((one.name for one in reversed(node_type.ways(node.config))), "out")
            fix = end_after(node, way)
            yield look.problem(node, (), "missing_end", message, hint="Lead it to an end.", severity="hint", fix=fix)
