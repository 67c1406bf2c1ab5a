"""Where a node uses variables: every text with an expression in it, with its place and the names it reads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.domain.workflow import Node, Trigger
from flowstudio.errors import ExpressionError
from flowstudio.expressions import (
    Path,
    comparisons_of,
    compile_expression,
    compile_template,
    paths_of,
    paths_of_condition,
)
from flowstudio.kit.nodes import NodeType
from flowstudio.kit.settings import Setting

Where = tuple[str | int, ...]
"""Way from the node to a text inside it: `("config", "to", 0)`, `("run_if", "conditions", 1, "field")`."""


@dataclass(frozen=True, slots=True)
class Use:
    """One text that holds an expression: what it reads, or why it cannot be read."""

    where: Where
    paths: tuple[Path, ...] = ()
    local: bool = False
    """Whether the action fills it in itself, with names of its own (`row`)."""
    problem: ExpressionError | None = None


_SETTINGS: dict[type[NodeType], dict[str, Setting]] = {}


def settings_map(node_type: type[NodeType]) -> dict[str, Setting]:
    """Return the settings of a type by key; worked out once per type."""
    if node_type not in _SETTINGS:
        _SETTINGS[node_type] = {setting.key: setting for setting in node_type.settings()}
    return _SETTINGS[node_type]


def uses_of_node(node: Node, node_type: type[NodeType] | None) -> list[Use]:
    """List where a node uses variables: its settings, `run_if`, fallback and notifications.

    Without its type, every text with `{{ }}` counts.
    """
    found = list(uses_of_config(node.config, node_type))
    if node.run_if is not None:
        found += _condition(node.run_if, ("run_if",), "variables")
    if isinstance(node.requires_approval, dict):
        found += _template(node.requires_approval, ("requires_approval",), local=False)
    if node.fallback is not None:
        found += _template(node.fallback.config, ("fallback", "config"), local=False)
    for index, notify in enumerate(node.notify):
        found += _template(notify.to, ("notify", index, "to"), local=True)
        found += _template(notify.message, ("notify", index, "message"), local=True)
    return found


def uses_of_trigger(trigger: Trigger, node_type: type[NodeType] | None) -> list[Use]:
    """List where a trigger's settings use variables (the values of its filter)."""
    return list(uses_of_config(trigger.config, node_type))


def uses_of_config(config: JsonObject, node_type: type[NodeType] | None) -> Iterator[Use]:
    """List where settings use variables."""
    settings = settings_map(node_type) if node_type is not None else {}
    for key, value in config.items():
        if value is not None:
            yield from _setting(value, settings.get(key), ("config", key))


def _setting(value: JsonValue, setting: Setting | None, where: Where) -> Iterator[Use]:
    reading = setting.reading if setting is not None else "template"
    if reading == "condition":
        yield from _condition(value, where, "variables")
    elif reading == "filter":
        yield from _condition(value, where, "record")
    elif reading == "expression":
        yield from _expression(value, where, local=False)
    elif reading == "template":
        yield from _template(value, where, local=False)
    elif reading == "lazy" and setting is not None:
        yield from _lazy(value, setting, where)


def _lazy(value: JsonValue, setting: Setting, where: Where) -> Iterator[Use]:
    if setting.widget == "cases" and isinstance(value, list):
        for index, case in enumerate(value):
            if isinstance(case, dict):
                yield from _template(case.get("value"), (*where, index, "value"), local=False)
                if case.get("condition"):
                    yield from _condition(case["condition"], (*where, index, "condition"), "variables")
    elif setting.widget == "expression":
        yield from _expression(value, where, local=True)
    else:
        yield from _template(value, where, local=True)


def _expression(value: JsonValue, where: Where, *, local: bool) -> Iterator[Use]:
    """Read an expression with or without braces, which may hold a condition with braces of its own.

    Where an action reads it itself (`local`), a text with more around its braces is a template.
    """
    if not isinstance(value, str) or (local and "{{" in value and not value.strip().startswith("{{")):
        yield from _template(value, where, local=local)
        return
    if not value.strip():
        return
    paths, problem = _read_expression(value)
    if problem is not None and "{{" in value:
        yield from _template(value, where, local=local)
    else:
        yield Use(where, paths, local, problem)


@lru_cache(maxsize=8192)
def _read_expression(text: str) -> tuple[tuple[Path, ...], ExpressionError | None]:
    try:
        return tuple(paths_of(compile_expression(text))), None
    except ExpressionError as bad:
        return (), bad


@lru_cache(maxsize=8192)
def _read_template(text: str, local: bool) -> tuple[tuple[Path, ...], bool, ExpressionError | None]:
    try:
        return tuple(paths_of(compile_template(text))), local, None
    except ExpressionError as bad:
        return (), local, bad


def _template(value: JsonValue, where: Where, *, local: bool) -> Iterator[Use]:
    if isinstance(value, str):
        if "{{" not in value and "{%" not in value:
            return
        yield Use(where, *_read_template(value, local))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _template(item, (*where, index), local=local)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _template(item, (*where, key), local=local)


def _condition(tree: JsonValue, where: Where, over: str) -> Iterator[Use]:
    try:
        comparisons = comparisons_of(tree)
    except ExpressionError as bad:
        yield Use(where, (), False, bad)
        return
    for inside, comparison in comparisons:
        place = (*where, *inside)
        try:
            paths = paths_of_condition(comparison, "record" if over == "record" else "variables")
        except ExpressionError as bad:
            yield Use(place, (), False, bad)
            continue
        by_place: dict[Where, list[Path]] = {}
        for path in paths:
            by_place.setdefault(path.where, []).append(path)
        for spot, here in by_place.items():
            yield Use((*place, *spot), tuple(here))


def names_used(node: Node, node_type: type[NodeType] | None) -> set[str]:
    """Return the root names that a node reads."""
    return {path.root for use in uses_of_node(node, node_type) for path in use.paths}
