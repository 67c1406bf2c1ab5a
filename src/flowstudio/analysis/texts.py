"""What stands in a workflow to be searched: names and texts, each with its place in words; settings that it uses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flowstudio.domain.workflow import Workflow
from flowstudio.kit.uses import uses_of_node, uses_of_trigger

if TYPE_CHECKING:
    from flowstudio.domain.json import JsonObject, JsonValue
    from flowstudio.kit import Registry

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
        title = _name(part, registry, f"trigger.{part.get('type')}")
        yield Line("trigger", title)
        yield from (Line("trigger", text) for text in _texts(part.get("config")))
    for part in _parts(document, "nodes"):
        action = part.get("type") == "action"
        title = _name(part, registry, f"action.{part.get('action')}" if action else str(part.get("type")))
        place = f"node {title}"
        yield Line(place, title)
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


def _parts(document: JsonObject, kind: str) -> Iterator[dict[str, Any]]:
    for part in document.get(kind) or ():
        if isinstance(part, dict):
            yield part


def _name(part: Mapping[str, Any], registry: Registry, key: str) -> str:
    found = registry.find(key)
    return str(part.get("name") or (found.title if found is not None else part.get("type")) or "")


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
