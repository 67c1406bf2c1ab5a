"""What a yes releases at once: the steps after an approval, up to the next one that waits or decides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flowstudio.domain.workflow import OUT
from flowstudio.kit import Action

if TYPE_CHECKING:
    from flowstudio.domain.workflow import Node, Workflow
    from flowstudio.kit import Registry

MOST = 4
"""Steps that are named; what comes later is not decided yet."""


@dataclass(frozen=True, slots=True)
class Following:
    """A step that writes or sends: the icon of its kind, its name, and in words what it does."""

    icon: str
    name: str
    line: str


def what_follows(workflow: Workflow, node_id: str, registry: Registry) -> list[Following]:
    """List what is done when a step is approved: the step itself where it only needs leave, then what comes after.

    What waits or decides ends the list, as nothing beyond it is sure; what a rule may leave out is not named.
    """
    found: list[Following] = []
    start = workflow.node(node_id)
    waiting, seen = [start] if start is not None else [], {node_id}
    while waiting and len(found) < MOST:
        node = waiting.pop(0)
        kind = registry.find(node.key)
        is_action = kind is not None and issubclass(kind, Action)
        if node.id != node_id and not is_action:
            continue
        if kind is not None and issubclass(kind, Action) and kind.effect != "reads" and not _may_be_left_out(node):
            found.append(Following(kind.icon, registry.name_of(node), kind.line(node.config)))
        way = OUT if is_action else "approved"
        for edge in workflow.edges:
            after = workflow.node(edge.target) if (edge.source, edge.way) == (node.id, way) else None
            if after is not None and after.id not in seen:
                seen.add(after.id)
                waiting.append(after)
    return found


def _may_be_left_out(node: Node) -> bool:
    return node.disabled or node.run_if is not None
