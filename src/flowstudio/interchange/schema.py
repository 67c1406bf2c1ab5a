"""The JSON Schema of the document, generated from the models and the registered node types."""

from __future__ import annotations

from typing import Any

from flowstudio.domain.document import TOP_SETTINGS
from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.domain.states import WorkflowStatus
from flowstudio.domain.workflow import Edge, Fallback, Layout, Notify, Retry, WorkflowSettings
from flowstudio.interchange.limits import MAX_NODES
from flowstudio.kit import FlowNode, NodeType, Registry, TriggerType

_EXPRESSION: JsonObject = {"type": "string", "pattern": r"\{\{", "description": "An expression that gives the value."}


def workflow_schema(registry: Registry | None = None) -> JsonObject:
    """Return the JSON Schema (2020-12) of a workflow document. Any setting may also be a text with `{{ }}`.

    Without a registry it says nothing about the kinds of triggers and nodes.
    """
    registry = registry if registry is not None else Registry()
    definitions: JsonObject = {}
    triggers = [_trigger(found, definitions) for found in registry.triggers()]
    steps = [_node(found, definitions) for found in registry.all() if not issubclass(found, TriggerType)]
    trigger = {"oneOf": triggers} if triggers else {"type": "object"}
    properties: JsonObject = {
        "id": {"type": "string", "maxLength": 128},
        "name": {"type": "string"},
        "description": {"type": "string"},
        "version": {"type": "integer", "minimum": 0, "default": 1},
        "status": {"enum": [one.value for one in WorkflowStatus], "default": "draft"},
        "trigger": trigger,
        "triggers": {"type": "array", "items": trigger},
        "settings": _model(WorkflowSettings, definitions),
        "inputs": {"type": "array", "items": {"type": "object"}},
        "nodes": {"type": "array", "maxItems": MAX_NODES, "items": {"oneOf": steps} if steps else {"type": "object"}},
        "edges": {"type": "array", "items": _edge()},
        "layout": _model(Layout, definitions),
        "tests": {"type": "array", "items": {"type": "object"}},
        "template": {"type": "object"},
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "FlowStudio workflow",
        "type": "object",
        "required": ["name", "nodes", "edges"],
        "anyOf": [{"required": ["trigger"]}, {"required": ["triggers"]}],
        "properties": properties,
        "$defs": {key: definitions[key] for key in sorted(definitions)},
    }


def _trigger(found: type[NodeType], definitions: JsonObject) -> JsonObject:
    return {
        "title": found.title,
        "type": "object",
        "required": ["type"],
        "properties": {
            "id": {"type": "string"}, "type": {"const": found.key}, "name": {"type": "string"},
            "config": {"$ref": _config(found, definitions)},
        },
    }  # fmt: skip


def _node(found: type[NodeType], definitions: JsonObject) -> JsonObject:
    key = found.registry_key()
    is_action = key.startswith("action.") and not issubclass(found, FlowNode)
    names = [name for name in (found.key, *getattr(found, "twins", ())) if not name.startswith("action.")]
    kind: JsonObject = {"const": "action"} if is_action and len(names) == 1 else {"enum": ["action", *names[1:]]}
    if not key.startswith("action."):
        kind = {"enum": names} if len(names) > 1 else {"const": found.key}
    properties: JsonObject = {"id": {"type": "string"}, "name": {"type": "string"}, "type": kind}
    if key.startswith("action."):
        properties["action"] = {"const": found.key}
    reference = _config(found, definitions)
    for setting in TOP_SETTINGS.get(found.key, ()):
        properties[setting] = {"$ref": f"{reference}/properties/{setting}"}
    if found.key not in TOP_SETTINGS:
        properties["config"] = {"$ref": reference}
    properties |= {
        "outputs": {"type": "array", "items": {"type": "string"}},
        "disabled": {"type": "boolean", "default": False},
        "note": {"type": "string"},
        "run_if": {"type": "object"},
        "requires_approval": {"type": ["boolean", "object"], "default": False},
        "retry": _model(Retry, definitions),
        "timeout": {"type": "string"},
        "reuse_for": {"type": "string"},
        "on_error": {"enum": ["stop", "continue", "branch", "fallback"]},
        "fallback": _model(Fallback, definitions),
        "notify": {"type": "array", "items": _model(Notify, definitions)},
    }
    return {"title": found.title, "type": "object", "required": ["id", "type"], "properties": properties}


def _edge() -> JsonObject:
    text: JsonObject = {"type": "string"}
    way = {"type": "string", "description": Edge.__doc__ or "", "default": "out"}
    return {"type": "object", "required": ["from", "to"], "properties": {"from": text, "to": text, "condition": way}}


def _config(found: type[NodeType], definitions: JsonObject) -> str:
    name = found.Config.__name__
    if name not in definitions:
        definitions[name] = {}
        schema = found.schema()
        _take_definitions(schema, definitions)
        properties = {key: _or_expression(value) for key, value in schema.get("properties", {}).items()}
        definitions[name] = {**schema, "properties": properties}
    return f"#/$defs/{name}"


def _or_expression(schema: JsonObject) -> JsonObject:
    """Let a setting that is no text also be an expression."""
    plain = {
        key: value
        for key, value in schema.items()
        if key not in ("title", "description", "examples", "default", "flowstudio")
    }
    if not plain or (plain.get("type") == "string" and "enum" not in plain and "pattern" not in plain):
        return {key: value for key, value in schema.items() if key != "flowstudio"}
    kept: JsonObject = {key: schema[key] for key in ("title", "description", "examples", "default") if key in schema}
    return {**kept, "anyOf": [plain, _EXPRESSION]}


def _model(model: Any, definitions: JsonObject) -> JsonObject:
    schema: JsonObject = model.model_json_schema()
    _take_definitions(schema, definitions)
    properties = {key: value for key, value in schema.get("properties", {}).items() if key != "extra"}
    definitions.setdefault(model.__name__, {**schema, "properties": properties, "additionalProperties": True})
    return {"$ref": f"#/$defs/{model.__name__}"}


def _take_definitions(schema: JsonObject, definitions: JsonObject) -> None:
    found: dict[str, JsonValue] = schema.pop("$defs", {})
    for key, value in found.items():
        definitions.setdefault(key, value)
