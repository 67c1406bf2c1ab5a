"""The difference of two states of a document, piece by piece, so that it can be undone and redone on later states.

A piece is a part with an identity of its own: a node, a trigger, an edge, a position, or one of the small blocks
(name, settings …). Undoing puts the pieces of one edit back and leaves everything else as it is by now.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from flowstudio.domain.free_names import free_name
from flowstudio.domain.json import JsonObject
from flowstudio.domain.workflow import Edge, Layout, Node, Trigger, Workflow, WorkflowSettings

_BLOCKS = ("name", "description", "inputs", "tests", "template", "extra")


@dataclass(frozen=True, slots=True)
class Change:
    """What one edit did: pieces by address before and after; None stands for "was not there"."""

    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.before or self.after)

    def to_json(self) -> JsonObject:
        """Return the change as JSON, for the edit history."""
        return {"before": self.before, "after": self.after}

    @classmethod
    def from_json(cls, data: JsonObject) -> Change:
        """Read what `to_json` wrote."""
        return cls(dict(data["before"]), dict(data["after"]))

    def then(self, later: Change) -> Change:
        """Return the two changes as one."""
        before = {**later.before, **self.before}
        after = {**self.after, **later.after}
        same = [key for key in before if before[key] == after.get(key)]
        for key in same:
            before.pop(key)
            after.pop(key, None)
        return Change(before, after)


def pieces(workflow: Workflow) -> dict[str, Any]:
    """Take a document apart: address → JSON of the piece."""
    found: dict[str, Any] = {f"block:{name}": _dump(getattr(workflow, name)) for name in _BLOCKS}
    found["block:settings"] = workflow.settings.model_dump(mode="json", exclude_none=True)
    for index, trigger in enumerate(workflow.triggers):
        found[f"trigger:{trigger.id}"] = {**trigger.model_dump(mode="json"), "#": index}
    for index, node in enumerate(workflow.nodes):
        found[f"node:{node.id}"] = {**node.model_dump(mode="json"), "#": index}
    for index, edge in enumerate(workflow.edges):
        found[f"edge:{edge.id}"] = {**edge.model_dump(mode="json"), "#": index}
    for node_id, position in workflow.layout.nodes.items():
        found[f"at:{node_id}"] = dict(position)
    for kind, several in (("note", workflow.layout.notes), ("group", workflow.layout.groups)):
        for index, one in enumerate(several):
            found[_address(found, kind, one)] = {**one, "#": index}
    found["block:canvas"] = dict(workflow.layout.extra)
    return found


def _address(found: dict[str, Any], kind: str, one: JsonObject) -> str:
    """Return the address of a note or group; what comes without an id, or with another's, is counted."""
    return free_name(f"{kind}:{one.get('id', '')}", found, "~")


def difference(before: Workflow, after: Workflow) -> Change:
    """Return what changed. An index alone (order in the list) is no change."""
    old, new = pieces(before), pieces(after)
    keys = [key for key in {**old, **new} if _bare(old.get(key)) != _bare(new.get(key))]
    return Change({key: old.get(key) for key in keys}, {key: new.get(key) for key in keys})


def put(workflow: Workflow, wanted: dict[str, Any]) -> Workflow:
    """Return the workflow with these pieces as wanted; None takes a piece away.

    A piece that comes back takes its old place in its list, so that undoing everything gives the very same document.
    """
    now = pieces(workflow)
    gone = {key.partition(":")[2] for key, value in wanted.items() if value is None and _is_box(key)}
    for key, value in wanted.items():
        if value is None:
            now.pop(key, None)
        elif key in now:
            now[key] = {**value, "#": now[key]["#"]} if _is_listed(value) else value
    for node_id in gone:
        now.pop(f"at:{node_id}", None)
    missing = {key: value for key, value in wanted.items() if value is not None and key not in now}
    return _assemble(workflow, now, missing)


def _is_box(key: str) -> bool:
    return key.startswith(("node:", "trigger:"))


def _is_listed(value: Any) -> bool:
    return isinstance(value, dict) and "#" in value


def _assemble(workflow: Workflow, parts: dict[str, Any], coming: dict[str, Any]) -> Workflow:
    def listed(prefix: str) -> list[JsonObject]:
        return _ordered(parts, coming, prefix)

    whole = {**parts, **coming}
    triggers = tuple(Trigger.model_validate(value) for value in listed("trigger:"))
    nodes = tuple(Node.model_validate(value) for value in listed("node:"))
    ends = {TRIGGER_ALL, *(trigger.id for trigger in triggers), *(node.id for node in nodes)}
    edges = tuple(Edge.model_validate(value) for value in listed("edge:"))
    layout = Layout(
        nodes={key[3:]: value for key, value in whole.items() if key.startswith("at:")},
        notes=tuple(listed("note:")),
        groups=tuple(listed("group:")),
        extra=whole.get("block:canvas") or {},
    )
    parts = whole
    return workflow.model_copy(
        update={
            "name": parts["block:name"],
            "description": parts.get("block:description"),
            "inputs": tuple(parts.get("block:inputs") or ()),
            "tests": tuple(parts.get("block:tests") or ()),
            "template": parts.get("block:template"),
            "extra": parts.get("block:extra") or {},
            "settings": WorkflowSettings.model_validate(parts.get("block:settings") or {}),
            "triggers": triggers,
            "nodes": nodes,
            "edges": tuple(edge for edge in edges if edge.source in ends and edge.target in ends),
            "layout": layout,
        }
    )


TRIGGER_ALL = "trigger"


def _ordered(parts: dict[str, Any], coming: dict[str, Any], prefix: str) -> list[JsonObject]:
    """Return the pieces of one list: those there are in their order, those that come at the places they had."""
    there = sorted((value for key, value in parts.items() if key.startswith(prefix)), key=lambda one: one["#"])
    for value in sorted(
        (value for key, value in coming.items() if key.startswith(prefix)), key=lambda one: one.get("#", 0)
    ):
        there.insert(value.get("#", len(there)), value)
    return [{key: value for key, value in item.items() if key != "#"} for item in there]


def _bare(piece: Any) -> Any:
    if isinstance(piece, dict) and "#" in piece:
        return {key: value for key, value in piece.items() if key != "#"}
    return piece


def _dump(value: Any) -> Any:
    if isinstance(value, tuple):
        return list(value)
    return value
