"""Documents of other shapes: steps or actions in a row, without nodes and edges (seeds 0, 3 and 4)."""

from __future__ import annotations

from typing import Any

from flowstudio.domain.free_names import free_name
from flowstudio.domain.json import JsonObject, JsonValue

_LISTS = ("steps", "actions")


def is_chain(document: JsonObject) -> bool:
    """Say whether the document lists steps in a row."""
    return "nodes" not in document and any(isinstance(document.get(key), list) for key in _LISTS)


def unchained(document: JsonObject) -> JsonObject:
    """Return the document with `nodes` and `edges`: one after another, delays as nodes of their own.

    Two triggers of a chain must both have happened (seed 3: at most two, AND): they become one of both.
    """
    key = next(key for key in _LISTS if isinstance(document.get(key), list))
    taken = {step["id"] for step in document[key] if isinstance(step, dict) and isinstance(step.get("id"), str)}
    nodes: list[JsonValue] = []
    before, edges = "trigger", []
    for index, step in enumerate(document[key]):
        for node in _nodes_of(step, index, taken):
            nodes.append(node)
            if isinstance(node, dict) and isinstance(node.get("id"), str):
                edges.append({"from": before, "to": node["id"]})
                before = node["id"]
    rest = {name: value for name, value in document.items() if name not in (key, "triggers", "edges", "status")}
    drawn = document.get("edges", document.get("connections"))
    return {
        "name": "Imported workflow",
        **rest,
        **_status(document),
        **_triggers(document),
        "nodes": nodes,
        "edges": edges if drawn is None else drawn,
    }


def _nodes_of(step: JsonValue, index: int, taken: set[str]) -> list[JsonValue]:
    if not isinstance(step, dict):
        return [step]
    node: dict[str, Any] = dict(step)
    if not isinstance(node.get("id"), str):
        node["id"] = _free(f"step_{index + 1}", taken)
    minutes = node.pop("delay_minutes", node.pop("delayMinutes", None))
    config = node.get("config", node.get("actionConfig"))
    run_at = config.get("runAt", config.get("run_at")) if isinstance(config, dict) and _is_action(node) else None
    delay: JsonObject | None = None
    if isinstance(minutes, (int, float)) and not isinstance(minutes, bool) and minutes > 0:
        delay = {"for": "1 minute" if minutes == 1 else f"{minutes:g} minutes"}
    elif minutes not in (None, 0):
        node["delay_minutes"] = minutes
    elif isinstance(run_at, str) and isinstance(config, dict) and "schedule" not in str(node.get("type", "")):
        delay = {"until": run_at}
        node["actionConfig" if "actionConfig" in node else "config"] = {
            name: value for name, value in config.items() if name not in ("runAt", "run_at")
        }
    if delay is None:
        return [node]
    wait_id = _free(f"{node['id']}_delay", taken)
    return [{"id": wait_id, "type": "delay", "config": delay}, node]


def _is_action(node: JsonObject) -> bool:
    return node.get("type") not in ("delay", "wait", "approval", "condition")


def _free(wanted: str, taken: set[str]) -> str:
    name = free_name(wanted, taken, "_")
    taken.add(name)
    return name


def _status(document: JsonObject) -> JsonObject:
    if isinstance(document.get("status"), str):
        return {"status": document["status"]}
    return {}


def _triggers(document: JsonObject) -> JsonObject:
    several = document.get("triggers")
    if not isinstance(several, list):
        return {} if several is None else {"triggers": several}
    if "trigger" in document or len(several) != 2:
        return {"trigger": several[0]} if len(several) == 1 and "trigger" not in document else {"triggers": several}
    return {"trigger": {"type": "both_of", "config": {"parts": several}}}
