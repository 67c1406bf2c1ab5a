"""Whatever is changed or written to is meant to be."""

from __future__ import annotations

from collections.abc import Iterator

from flowstudio.analysis.checks.look import Look
from flowstudio.domain.json import JsonValue
from flowstudio.domain.problem import Problem
from flowstudio.domain.workflow import Node
from flowstudio.kit import Action

_DEEDS = {"writes": "changes or creates records", "sends": "sends to people or other systems"}


def check(look: Look) -> Iterator[Problem]:
    """Find queries without a filter whose records are written to, or written to people, one and all."""
    for node in look.workflow.nodes:
        if node.action != "query_records" or not _everything(node.config.get("filter")) or node.config.get("limit"):
            continue
        names = {*node.outputs[:1], f"steps.{node.id}"}
        culprit = next((other for other in look.workflow.nodes if _acts_on(look, other, names)), None)
        if culprit is not None:
            effect = getattr(look.types[culprit.id], "effect", "writes")
            entity = node.config.get("entity") or "records"
            deed = f"{look.called(culprit)} {_DEEDS[effect]} for each"
            message = f"{look.called(node)} finds all {entity} without a rule, and {deed}."
            hint = "Say which records are meant, or set a limit."
            yield look.problem(node, ("config", "filter"), "unfiltered_query", message, hint=hint, severity="warning")


def _everything(tree: JsonValue) -> bool:
    return not tree or (isinstance(tree, dict) and tree.get("conditions") == [])


def _acts_on(look: Look, node: Node, names: set[str]) -> bool:
    """Say whether a step writes or sends for the records of these names: in a loop over them, or in bulk."""
    node_type = look.types[node.id]
    if node_type is None or not issubclass(node_type, Action) or node_type.effect == "reads":
        return False
    if node.action in ("bulk_update", "bulk_create") and _uses(look, node, names):
        return True
    return any(_uses(look, look.nodes[loop], names) for loop in look.shape.scope[node.id])


def _uses(look: Look, node: Node, names: set[str]) -> bool:
    for use in look.uses(node):
        for path in use.paths:
            said = path.root if path.root != "steps" else f"steps.{path.parts[0] if path.parts else ''}"
            if said in names and (not path.parts or path.root == "steps"):
                return True
    return False
