"""What stands in a workflow: texts with their place in words; the settings, connections and workflows that it uses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flowstudio.domain.workflow import Node, Trigger, Workflow
from flowstudio.kit.naming import is_unnamed, name_of
from flowstudio.kit.uses import settings_map, uses_of_node, uses_of_trigger

if TYPE_CHECKING:
    from flowstudio.domain.json import JsonObject, JsonValue
    from flowstudio.kit import NodeType, Registry

LONGEST = 2_000
"""Characters of one text that are searched."""
_SILENT = frozenset({"id", "type", "action", "operator", "retry", "on_error"})
"""Keys whose values are words of the document, not of people."""


@dataclass(frozen=True, slots=True)
class Line:
    """One text and where it stands: `node Send reminder`, `trigger`, `note`; empty for the workflow's own name."""

    place: str
    text: str


def lines_of(document: JsonObject, registry: Registry) -> Iterator[Line]:
    """List what can be found in a workflow's document: the most telling first."""
    yield Line("", str(document.get("name") or ""))
    if document.get("description"):
        yield Line("description", str(document["description"])[:LONGEST])
    for part in _parts(document, "triggers"):
        found = registry.find(f"trigger.{part.get('type')}")
        yield from (Line("trigger", text) for text in _names(part, found))
        yield from (Line("trigger", text) for text in _texts(part.get("config")))
    for part in _parts(document, "nodes"):
        action = part.get("type") == "action"
        found = registry.find(f"action.{part.get('action')}" if action else str(part.get("type")))
        names = _names(part, found)
        place = f"node {names[0]}"
        yield from (Line(place, text) for text in names)
        yield from (Line(place, text) for text in _texts({**part, "name": None}))
    layout = document.get("layout")
    for kind in ("notes", "groups"):
        for text in _texts(layout.get(kind) if isinstance(layout, dict) else None):
            yield Line(kind.removesuffix("s"), text)


def settings_used(document: JsonObject, registry: Registry) -> frozenset[str]:
    """Return which settings of the workspace a document reads: `finance_email` for `settings.finance_email`."""
    workflow = Workflow.model_validate(document)
    uses = [use for one in workflow.triggers for use in uses_of_trigger(one, registry.find(one.key))]
    uses += [use for one in workflow.nodes for use in uses_of_node(one, registry.find(one.key))]
    return frozenset(
        str(path.parts[0]) for use in uses for path in use.paths if path.root == "settings" and path.parts
    )  # fmt: skip


def workflows_run(document: JsonObject, registry: Registry) -> frozenset[str]:
    """Return the ids of the workflows that the steps of a document start; one that is worked out first is not known."""
    return _chosen(document, registry, "workflow")


def connections_used(document: JsonObject, registry: Registry) -> frozenset[str]:
    """Return the names of the connections that the steps and triggers of a document sign in with."""
    return _chosen(document, registry, "credential")


def _chosen(document: JsonObject, registry: Registry, widget: str) -> frozenset[str]:
    workflow = Workflow.model_validate(document)
    parts: list[Node | Trigger] = [*workflow.triggers, *workflow.nodes]
    return frozenset(
        part.config[setting.key]
        for part in parts
        if (node_type := registry.find(part.key)) is not None
        for setting in settings_map(node_type).values()
        if setting.widget == widget and isinstance(part.config.get(setting.key), str)
    )


def _parts(document: JsonObject, kind: str) -> Iterator[dict[str, Any]]:
    for part in document.get(kind) or ():
        if isinstance(part, dict):
            yield part


def _names(part: Mapping[str, Any], found: type[NodeType] | None) -> list[str]:
    """Return by what a part is found: what people call it, and where that is what it does, its kind as well."""
    name = str(part.get("name") or "")
    called = name_of(name, found, part.get("config") or {}) or str(part.get("type") or "")
    return [called] if found is None or not is_unnamed(name, found) else [*dict.fromkeys((called, found.title))]


def _texts(value: JsonValue) -> Iterator[str]:
    if isinstance(value, str):
        if value.strip():
            yield value[:LONGEST]
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)
    elif isinstance(value, dict):
        for name, one in value.items():
            if name not in _SILENT:
                yield from _texts(one)
