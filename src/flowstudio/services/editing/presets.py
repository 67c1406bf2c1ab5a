"""A preset becomes a step of a workflow: with its settings, under a name and results that are free there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flowstudio.services.editing import ops

if TYPE_CHECKING:
    from flowstudio.domain.json import JsonObject
    from flowstudio.domain.workflow import Workflow
    from flowstudio.kit import Registry

PREFIX = "preset:"
"""What the key of a preset begins with where a palette entry names a step."""
OF_NODE = (
    "config",
    "note",
    "run_if",
    "requires_approval",
    "retry",
    "timeout",
    "reuse_for",
    "on_error",
    "fallback",
    "notify",
    "extra",
)
OF_TRIGGER = ("config", "extra")


def add_preset(
    workflow: Workflow, key: str, part: JsonObject, registry: Registry, *, at: tuple[float, float] | None = None
) -> tuple[Workflow, str]:
    """Add a step of that kind with the preset's settings; return the workflow and the step's id."""
    added, new_id = ops.add_step(workflow, key, registry, at=at)
    is_trigger = key.startswith(ops.TRIGGER_PREFIX)
    fields: dict[str, Any] = {name: part[name] for name in (OF_TRIGGER if is_trigger else OF_NODE) if name in part}
    name = str(part.get("name") or "")
    if is_trigger:
        return ops.update_node(added, new_id, **fields, name=name), new_id
    taken = {one for node in workflow.nodes for one in node.outputs}
    outputs = tuple(one for one in part.get("outputs", ()) if one not in taken)
    if name:
        fields["name"] = ops.unique_name(workflow, name)
    return ops.update_node(added, new_id, **fields, outputs=outputs), new_id
