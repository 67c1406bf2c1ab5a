"""Short ways to write documents in tests."""

from __future__ import annotations

import re
from typing import Any


def act(
    node_id: str, action: str, config: dict[str, Any] | None = None, out: str | None = None, **fields: Any
) -> dict[str, Any]:
    node: dict[str, Any] = {"id": node_id, "type": "action", "action": action, "config": config or {}, **fields}
    return {**node, "outputs": [out]} if out else node


def note(node_id: str, text: str = "", **fields: Any) -> dict[str, Any]:
    return act(node_id, "note", {"text": text}, **fields)


def value(node_id: str, content: Any, out: str | None = None) -> dict[str, Any]:
    return act(node_id, "value", {"value": content}, out)


def arrows(text: str) -> list[dict[str, str]]:
    """Read `T>a, a[true]>b` as edges; T is the trigger."""
    found = []
    for part in text.split(","):
        read = re.fullmatch(r"\s*(\S+?)(?:\[(.+)\])?>(\S+)\s*", part)
        assert read is not None, part
        source, way, target = read.groups()
        edge = {"from": "trigger" if source == "T" else source, "to": target}
        found.append({**edge, "condition": way} if way else edge)
    return found


def drawn(edges: str, *nodes: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """A document of these nodes and arrows."""
    return {"nodes": list(nodes), "edges": arrows(edges), **fields}
