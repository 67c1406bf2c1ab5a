"""Writing a workflow: fixed order of keys, defaults left out, the same bytes for the same state."""

from __future__ import annotations

import orjson

from flowstudio.domain.document import TOP_SETTINGS, writes_trigger_block
from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.domain.workflow import OUT, Edge, Layout, Node, Retry, Trigger, Workflow, WorkflowSettings
from flowstudio.interchange.order import alphabetical, config_order, tree_order
from flowstudio.interchange.triggers import with_inputs

_TREES = ("condition", "filter", "conditions")


def write_document(workflow: Workflow) -> JsonObject:
    """Return the workflow as the document that `read_document` reads back to the same workflow."""
    triggers, inputs = with_inputs(list(workflow.triggers), workflow.inputs)
    document: JsonObject = {"id": workflow.id} if workflow.id else {}
    document["name"] = workflow.name
    if workflow.description is not None:
        document["description"] = workflow.description
    document["version"] = workflow.version
    document["status"] = workflow.status.value
    if writes_trigger_block(workflow):
        document["trigger"] = _trigger(triggers[0], with_id=False)
    else:
        document["triggers"] = [_trigger(trigger, with_id=True) for trigger in triggers]
    if settings := _settings(workflow.settings):
        document["settings"] = settings
    if inputs:
        document["inputs"] = list(inputs)
    document["nodes"] = [_node(node) for node in workflow.nodes]
    document["edges"] = [_edge(edge) for edge in workflow.edges]
    if layout := _layout(workflow.layout):
        document["layout"] = layout
    if workflow.tests:
        document["tests"] = list(workflow.tests)
    if workflow.template is not None:
        document["template"] = workflow.template
    return {**document, **alphabetical(workflow.extra, without=document)}


def dump_document(workflow: Workflow) -> bytes:
    """Return the document as UTF-8 text of JSON, two blanks per level, with a line break at the end."""
    return orjson.dumps(write_document(workflow), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _trigger(trigger: Trigger, *, with_id: bool) -> JsonObject:
    written: JsonObject = {"id": trigger.id} if with_id else {}
    written["type"] = trigger.type
    if trigger.name:
        written["name"] = trigger.name
    config = _config(trigger.config, trigger.extra)
    if config:
        written["config"] = config
    return {**written, **alphabetical(trigger.extra, without=("config", *written))}


def _config(config: JsonObject, extra: JsonObject) -> JsonObject:
    """Return settings with their trees in order, and the unknown ones behind them."""
    known = {key: _value(key, value) for key, value in config_order(config).items()}
    unknown = extra.get("config")
    return {**known, **(alphabetical(unknown, without=known) if isinstance(unknown, dict) else {})}


def _value(key: str, value: JsonValue) -> JsonValue:
    if key in _TREES:
        return tree_order(value)
    if key == "cases" and isinstance(value, list):
        return [_case(case) if isinstance(case, dict) else case for case in value]
    return value


def _case(case: JsonObject) -> JsonObject:
    rank = {"name": 0, "condition": 1, "value": 2}
    ordered = {key: case[key] for key in sorted(case, key=lambda key: (rank.get(key, len(rank)), key))}
    return {key: tree_order(value) if key == "condition" else value for key, value in ordered.items()}


def _node(node: Node) -> JsonObject:
    written: JsonObject = {"id": node.id}
    if node.name:
        written["name"] = node.name
    written["type"] = node.type
    if node.action is not None:
        written["action"] = node.action
    config = _config(node.config, node.extra)
    at_top = [key for key in TOP_SETTINGS.get(node.type, ()) if key in config]
    written.update({key: config[key] for key in at_top})
    below = {key: value for key, value in config.items() if key not in at_top}
    if below:
        written["config"] = below
    if node.outputs:
        written["outputs"] = list(node.outputs)
    if node.disabled:
        written["disabled"] = True
    if node.note:
        written["note"] = node.note
    written.update(_policies(node))
    return {**written, **alphabetical(node.extra, without=("config", *written))}


def _policies(node: Node) -> JsonObject:
    written: JsonObject = {}
    if node.run_if is not None:
        written["run_if"] = tree_order(node.run_if)
    if node.requires_approval is not False:
        written["requires_approval"] = node.requires_approval
    if node.retry is not None:
        written["retry"] = _retry(node.retry)
    if node.timeout is not None:
        written["timeout"] = node.timeout
    if node.reuse_for is not None:
        written["reuse_for"] = node.reuse_for
    if node.on_error is not None:
        written["on_error"] = node.on_error
    if node.fallback is not None:
        fallback = node.fallback
        config = _config(fallback.config, fallback.extra)
        written["fallback"] = {
            "action": fallback.action, **({"config": config} if config else {}),
            **alphabetical(fallback.extra, without=("config",)),
        }  # fmt: skip
    if node.notify:
        written["notify"] = [
            {
                "on": one.on, "channel": one.channel, **({"to": one.to} if one.to else {}),
                **({"message": one.message} if one.message else {}), **alphabetical(one.extra),
            }
            for one in node.notify
        ]  # fmt: skip
    return written


def _retry(retry: Retry) -> JsonObject:
    return {
        "attempts": retry.attempts, "backoff": retry.backoff, "first": retry.first, "max": retry.max,
        **alphabetical(retry.extra),
    }  # fmt: skip


def _edge(edge: Edge) -> JsonObject:
    written: JsonObject = {"from": edge.source, "to": edge.target}
    if edge.way != OUT:
        written["condition"] = edge.way
    return {**written, **alphabetical(edge.extra, without=written)}


def _settings(settings: WorkflowSettings) -> JsonObject:
    written: JsonObject = {}
    for key in WorkflowSettings.model_fields:
        value = getattr(settings, key)
        if key != "extra" and value is not None:
            written[key] = (
                list(value) if isinstance(value, tuple) else _number(value) if key == "minutes_saved" else value
            )
    return {**written, **alphabetical(settings.extra, without=written)}


def _layout(layout: Layout) -> JsonObject:
    written: JsonObject = {}
    if layout.nodes:
        written["nodes"] = {
            key: {"x": _number(spot.get("x", 0)), "y": _number(spot.get("y", 0))}
            for key, spot in sorted(layout.nodes.items())
        }
    if layout.notes:
        written["notes"] = [_in_order(one, ("id", "text", "tone", "x", "y", "w", "h")) for one in layout.notes]
    if layout.groups:
        written["groups"] = [_in_order(one, ("id", "name", "nodes", "collapsed")) for one in layout.groups]
    return {**written, **alphabetical(layout.extra, without=written)}


def _in_order(part: JsonObject, first: tuple[str, ...]) -> JsonObject:
    """Write a note or group with the keys that the canvas knows first, whole numbers without a point."""
    known = {key: part[key] for key in first if key in part}
    plain = {key: _number(value) if isinstance(value, float) else value for key, value in known.items()}
    return {**plain, **alphabetical(part, without=plain)}


def _number(value: float) -> int | float:
    """Write whole numbers without a point."""
    return int(value) if float(value).is_integer() else value
