"""The nodes: common keys, settings from the top of the node and from `config`, and hints about where they lead."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from flowstudio.domain.document import under
from flowstudio.domain.json import JsonObject
from flowstudio.domain.workflow import Node
from flowstudio.interchange.conditions import read_tree
from flowstudio.interchange.configs import ConfigReader
from flowstudio.interchange.kinds import ACTION, node_kind, snake
from flowstudio.interchange.policies import read_fallback, read_notify, read_retry
from flowstudio.interchange.reading import Part, Reading, did_you_mean, kind_words
from flowstudio.kit import NodeType, Registry
from flowstudio.kit.uses import settings_map

_CONFIG_KEYS = ("config", "actionConfig", "action_config", "parameters", "params")
_BRANCHES = {
    "true": ("true_branch", "then", "on_true"),
    "false": ("false_branch", "else", "on_false"),
}
_ON_ERROR = {"halt": "stop", "fail": "stop", "skip": "continue", "ignore": "continue"}


@dataclass(slots=True)
class Hints:
    """What a node says about edges, beside the list of edges: those win, these fill in."""

    body: list[str] | None = None
    branches: dict[str, list[str]] = field(default_factory=dict)
    following: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ReadNode:
    """One node with what it says about edges, its path, and its place where it gives one itself."""

    node: Node
    hints: Hints
    path: str
    position: JsonObject | None


def read_nodes(values: list[Any], path: str, reading: Reading, registry: Registry) -> list[ReadNode]:
    """Read every node; what is none is noted and left out."""
    found: list[ReadNode] = []
    for index, value in enumerate(values):
        here = under(path, index)
        if not isinstance(value, dict):
            reading.fault(here, "wrong_type", f"Step {index + 1} must be an object, but is {kind_words(value)}.")
            continue
        read = _read_node(value, here, index, reading, registry)
        if read is not None:
            found.append(read)
    return found


def _read_node(value: JsonObject, path: str, index: int, reading: Reading, registry: Registry) -> ReadNode | None:
    raw_id = value.get("id")
    called = value.get("name") if isinstance(value.get("name"), str) and value.get("name") else raw_id
    name = f'the step "{called}"' if isinstance(called, str) else f"step {index + 1}"
    part = Part(reading, value, path, name, raw_id if isinstance(raw_id, str) else None)
    node_id = part.text("id", required=True)
    if node_id is not None and not node_id.strip():
        part.missing("id")
    config = dict(part.object(*_CONFIG_KEYS) or {})
    kind, action, known = _kind(part, config, registry)
    node_type = registry.find(f"action.{action}" if kind == ACTION else kind) if known else None
    hints = _hints(part, kind, node_type)
    common = _common(part, kind, registry)
    position = part.object("position") if isinstance(value.get("position"), dict) else None
    settings, unknown = _settings(part, config, kind, node_type)
    if node_type is None:
        _report_unknown(part, kind, action, registry)
        common["disabled"] = True
    extra = part.rest() if node_type is not None else _rest_quietly(part)
    if unknown:
        extra["config"] = unknown
    if node_id is None or not reading.readable:
        return None if node_id is None else ReadNode(Node(id=node_id, type=kind or "unknown"), hints, path, position)
    node = Node(
        id=node_id, type=kind, action=action if kind == ACTION else None, config=settings, extra=extra, **common
    )
    return ReadNode(node, hints, path, position)


def _kind(part: Part, config: JsonObject, registry: Registry) -> tuple[str, str | None, bool]:
    kind = part.text("type")
    action = part.text("action", "actionType", "action_type")
    if action is None and isinstance(config.get("action"), str) and snake(kind or ACTION) == ACTION:
        action = config.pop("action")
    if kind is None and action is None:
        part.missing("type")
    return node_kind(kind, action, registry)


def _common(part: Part, kind: str, registry: Registry) -> dict[str, Any]:
    """Read what every node may have."""
    proceeds = part.flag("continue_on_failure", "continueOnFailure")
    outputs = part.texts("outputs", "as", "output")
    given: dict[str, Any] = {
        "name": part.text("name"),
        "outputs": outputs,
        "disabled": part.flag("disabled"),
        "note": part.text("note"),
        "run_if": _run_if(part, kind),
        "requires_approval": _requires_approval(part),
        "retry": read_retry(part),
        "timeout": part.duration("timeout"),
        "reuse_for": part.duration("reuse_for"),
        "on_error": part.choice("on_error", ("stop", "continue", "branch", "fallback"), aliases=_ON_ERROR),
        "fallback": read_fallback(part, registry),
        "notify": read_notify(part),
    }
    if given["on_error"] is None and proceeds:
        given["on_error"] = "continue"
    return {key: value for key, value in given.items() if value is not None}


def _run_if(part: Part, kind: str) -> JsonObject | None:
    """Read the condition under which the node runs at all; seed 3 calls it `condition` on every action."""
    keys = ("run_if", "condition", "conditions", "only_if") if kind == ACTION else ("run_if",)
    value = part.raw(*keys)
    if value is None:
        return None
    what = f"The condition of {part.name}"
    return read_tree(value, part.reading, part.at(part.key_of(*keys)), part.node_id, what) or None


def _requires_approval(part: Part) -> bool | JsonObject | None:
    value = part.raw("requires_approval", "requiresApproval")
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, dict):
        return dict(value)
    part.wrong("requires_approval", "true, false or an object", value)
    return None


def _hints(part: Part, kind: str, node_type: type[NodeType] | None) -> Hints:
    hints = Hints()
    settings = settings_map(node_type) if node_type is not None else {}
    if kind == "loop":
        body = part.texts("body", "steps")
        hints.body = list(body) if body is not None else None
    if kind == "condition":
        for way, keys in _BRANCHES.items():
            ids = part.texts(*keys)
            if ids:
                hints.branches[way] = list(ids)
    if kind == "parallel" and "branches" not in settings:
        part.raw("branches")
    following = part.raw("next", "next_step", "nextStep")
    if isinstance(following, str):
        hints.following = [following]
    elif isinstance(following, list):
        hints.following = [one for one in following if isinstance(one, str)]
    return hints


def _settings(
    part: Part, config: JsonObject, kind: str, node_type: type[NodeType] | None
) -> tuple[JsonObject, JsonObject]:
    """Return (settings, unknown keys of `config`); settings at the top of the node win."""
    if node_type is None:
        return config, {}
    settings = settings_map(node_type)
    place = part.at(part.key_of(*_CONFIG_KEYS))
    reader = ConfigReader(part.reading, settings, place, part.name, part.node_id or "")
    top: JsonObject = {}
    for key in part.value:
        for spelling in (key, snake(key)):
            if spelling in settings and part.unasked(key) and spelling not in top:
                top[spelling] = part.raw(key)
    merged = {**config, **{key: value for key, value in top.items() if value is not None}}
    known, unknown = reader.read(_placed(merged, kind), {key: part.at(key) for key in top})
    return known, unknown


def _placed(config: JsonObject, kind: str) -> JsonObject:
    """Turn the seeds' ways to write a delay into `for`."""
    if kind != "delay":
        return config
    for name, unit in (
        ("delay_minutes", "minute"),
        ("minutes", "minute"),
        ("hours", "hour"),
        ("days", "day"),
        ("seconds", "second"),
    ):
        amount = config.get(name)
        if isinstance(amount, (int, float)) and not isinstance(amount, bool) and "for" not in config:
            rest = {key: value for key, value in config.items() if key != name}
            return {"for": f"{amount:g} {unit}" if amount == 1 else f"{amount:g} {unit}s", **rest}
    amount, unit_word = config.get("duration"), config.get("unit")
    if isinstance(amount, (int, float)) and isinstance(unit_word, str):
        rest = {key: value for key, value in config.items() if key not in ("duration", "unit")}
        return {"for": f"{amount:g} {unit_word}", **rest}
    return config


def _rest_quietly(part: Part) -> JsonObject:
    return {key: part.value[key] for key in sorted(part.value) if part.unasked(key)}


def _report_unknown(part: Part, kind: str, action: str | None, registry: Registry) -> None:
    title = f'"{part.value.get("name") or part.node_id or "?"}"'
    if kind == ACTION:
        known = [found.key for found in registry.actions()]
        message = (
            f'{title} asks for the action "{action}", which is not known.' if action else f"{title} has no action yet."
        )
        code, key = "unknown_action", part.key_of("action", "actionType", "action_type")
    else:
        known = [found.key for found in registry.all() if not found.registry_key().startswith("trigger.")]
        message = f'{title} is of the type "{kind}", which is not known.'
        code, key = "unknown_node_type", "type"
    hint = did_you_mean(action or kind, known) or "It is kept, switched off. Choose another kind of step."
    part.reading.note(part.at(key), code, message, hint=hint, node_id=part.node_id)
