"""Where the parts of a workflow stand in its document, as JSON paths, and which settings stand at the top of a node."""

from __future__ import annotations

import re

from flowstudio.domain.json import JsonObject
from flowstudio.domain.workflow import TRIGGER, Edge, Workflow

TOP_SETTINGS: dict[str, tuple[str, ...]] = {
    "condition": ("condition",),
    "switch": ("value", "match", "cases"),
    "loop": ("collection", "item_variable", "concurrency", "on_item_error", "collect"),
    "parallel": ("branches",),
    "join": ("join",),
}
"""By node type: the settings that a document writes at the top of the node and not in its `config`."""

MANUAL = "manual"
UNREADABLE = "unreadable"
"""The key under which a condition is kept that is no tree and cannot be made one."""
_PLAIN = re.compile(r"[A-Za-z_$][\w$-]*")


def under(path: str, *steps: str | int) -> str:
    """Return the JSON path of something below `path`: `under("$.nodes[3]", "config", "to")`."""
    for step in steps:
        if isinstance(step, int):
            path += f"[{step}]"
        elif _PLAIN.fullmatch(step):
            path += f".{step}"
        else:
            path += "['" + step.replace("\\", "\\\\").replace("'", "\\'") + "']"
    return path


def writes_trigger_block(workflow: Workflow) -> bool:
    """Say whether the document has a `trigger` block: one trigger, with the id `trigger`; else it has `triggers`."""
    return len(workflow.triggers) == 1 and workflow.triggers[0].id == TRIGGER


def part_path(workflow: Workflow, part_id: str) -> str:
    """Return the JSON path of a node or trigger; of the document when there is none of that id."""
    for index, node in enumerate(workflow.nodes):
        if node.id == part_id:
            return f"$.nodes[{index}]"
    if writes_trigger_block(workflow) and part_id == TRIGGER:
        return "$.trigger"
    for index, trigger in enumerate(workflow.triggers):
        if trigger.id == part_id:
            return f"$.triggers[{index}]"
    return "$"


def setting_path(node_path: str, node_type: str, *steps: str | int) -> str:
    """Return the JSON path of a setting: `condition` of a condition stands at the top, most others below `config`."""
    at_top = bool(steps) and steps[0] in TOP_SETTINGS.get(node_type, ())
    return under(node_path, *steps) if at_top else under(node_path, "config", *steps)


def edge_path(workflow: Workflow, edge: Edge) -> str:
    """Return the JSON path of an edge."""
    return next(
        (f"$.edges[{index}]" for index, one in enumerate(workflow.edges) if one is edge or one == edge), "$.edges"
    )


def inputs_of(workflow: Workflow) -> tuple[JsonObject, ...]:
    """List the workflow's inputs: those of its manual trigger where there is one, else those of the workflow."""
    for trigger in workflow.triggers:
        if trigger.type == MANUAL and isinstance(trigger.config.get("inputs"), list):
            return tuple(one for one in trigger.config["inputs"] if isinstance(one, dict))
    return workflow.inputs
