"""The order of keys in what we write: known words first, in the order in which people read them, then the alphabet."""

from __future__ import annotations

from collections.abc import Iterable

from flowstudio.domain.document import UNREADABLE
from flowstudio.domain.json import JsonObject, JsonValue

_CONFIG = (
    "mode", "event", "entity", "record", "records", "action", "metric", "operator", "value", "filter", "conditions",
    "sort",
    "limit", "from_stage", "to_stage", "cron", "every", "day", "time", "timezone", "via", "inputs", "slug",
    "method", "url",
    "auth", "answer", "channel", "to", "cc", "bcc", "template", "subject", "title", "text", "body", "variables",
    "for_each",
    "set", "expression", "workflow", "input", "wait", "for", "until", "at", "business_hours", "approvers", "for_event",
    "for_webhook", "match", "deadline", "on_timeout", "escalate_to", "message", "status", "headers", "outcome",
    "reason",
    "scope",
)  # fmt: skip
_RANK = {key: index for index, key in enumerate(_CONFIG)}
_TREE = {key: index for index, key in enumerate(("type", "conditions", "field", "operator", "value", "ignore_case"))}


def config_order(config: JsonObject) -> JsonObject:
    """Return a node's settings in the fixed order; what is inside them keeps its own."""
    return {key: config[key] for key in sorted(config, key=lambda key: (_RANK.get(key, len(_RANK)), key))}


def tree_order(tree: JsonValue) -> JsonValue:
    """Return a condition tree with its keys in the fixed order, at every depth, unknown keys back in place."""
    if isinstance(tree, list):
        return [tree_order(part) for part in tree]
    if not isinstance(tree, dict):
        return tree
    if set(tree) == {UNREADABLE}:
        return tree[UNREADABLE]
    if isinstance(tree.get("extra"), dict):
        tree = {**tree["extra"], **{key: value for key, value in tree.items() if key != "extra"}}
    ordered = {key: tree[key] for key in sorted(tree, key=lambda key: (_TREE.get(key, len(_TREE)), key))}
    if isinstance(ordered.get("conditions"), list):
        ordered["conditions"] = tree_order(ordered["conditions"])
    return ordered


def alphabetical(extra: JsonObject, *, without: Iterable[str] = ()) -> JsonObject:
    """Return the unknown keys of an object in alphabetical order."""
    left_out = set(without)
    return {key: extra[key] for key in sorted(extra) if key not in left_out}
