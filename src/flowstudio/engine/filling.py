"""Compiled settings of one node: from what the document holds to the model that the node type receives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

from pydantic import ValidationError

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.errors import ConfigRejected
from flowstudio.expressions import EvalContext, compile_expression, compile_template, fill_values, normalise
from flowstudio.kit import NodeType
from flowstudio.kit.settings import Reading

Fill = Callable[[EvalContext], JsonValue]

_KEPT = 64
"""Models kept per node, by the values they were made of."""


class Filling:
    """Fills in and validates the settings of a node; constant settings are validated once."""

    __slots__ = ("_constant", "_fills", "_kept", "_model", "_type", "constant")

    def __init__(self, node_type: type[NodeType], config: JsonObject) -> None:
        self._type = node_type
        self._model = node_type.Config
        readings = _readings(node_type)
        self._constant: JsonObject = {}
        self._fills: list[tuple[str, Fill]] = []
        for key, value in config.items():
            fill = _compile(readings.get(key, "template"), value)
            if fill is None:
                self._constant[key] = value
            else:
                self._fills.append((key, fill))
        self.constant = not self._fills
        """Whether every setting arrives as written."""
        self._kept: dict[Any, Any] = {}

    def fill(self, context: EvalContext) -> JsonObject:
        """Return the settings filled in; raises an ExpressionError, or RecordNeeded."""
        if self.constant:
            return self._constant
        filled = {key: fill(context) for key, fill in self._fills}
        return {**self._constant, **filled} if self._constant else filled

    def validate(self, settings: JsonObject, *, given: bool = False) -> Any:
        """Return the model of filled-in settings; raises ConfigRejected.

        `given`: they do not come from `fill` here, but from a person or from an attempt before.
        """
        key = None if given else _key(self._fills, settings)  # it tells only what is filled in: the rest never changes
        found = self._kept.get(key) if key is not None else None
        if found is None:
            found = _validated(self._model, self._type.title, settings)
            if key is not None:
                if len(self._kept) >= _KEPT:
                    self._kept.clear()
                self._kept[key] = found
        return found


_known: WeakKeyDictionary[type[NodeType], dict[str, Reading]] = WeakKeyDictionary()


def _readings(node_type: type[NodeType]) -> dict[str, Reading]:
    """Return how the settings of a type are read, by their keys: every node of every version asks for them."""
    found = _known.get(node_type)
    if found is None:
        found = _known[node_type] = {setting.key: setting.reading for setting in node_type.settings()}
    return found


def _key(fills: list[tuple[str, Fill]], settings: JsonObject) -> tuple[Any, ...] | None:
    """Return what tells two fillings apart, None where comparing them would cost as much as validating."""
    values: list[Any] = []
    for name, _ in fills:
        value = settings[name]
        if value is not None and not isinstance(value, (str, int, float, bool)):
            return None
        values += (type(value), value)
    return tuple(values)


def _validated(model: type[Any], title: str, settings: JsonObject) -> Any:
    try:
        return model.__pydantic_validator__.validate_python(settings)  # what `model_validate` does, for each step
    except ValidationError as fault:
        first = fault.errors(include_url=False, include_context=False)[0]
        setting = str(first["loc"][0]) if first["loc"] else ""
        info = model.model_fields.get(setting)
        label = (info.title if info is not None else None) or setting
        message = first["msg"].removeprefix("Value error, ")
        raise ConfigRejected(
            f'The setting "{label}" of {title} is not right: {message[:1].lower()}{message[1:]}.', setting=setting
        ) from None


def _compile(reading: Reading, value: JsonValue) -> Fill | None:
    """Return what fills a setting in, None where it arrives as written."""
    if reading in ("literal", "lazy", "condition") or value is None:
        return None
    if reading == "expression" and isinstance(value, str):
        return compile_expression(value).evaluate if value.strip() else None
    if reading == "filter":
        if not value:
            return None
        tree = normalise(value)
        return (lambda context: fill_values(tree, context)) if _has_expression(tree) else (lambda _: tree)
    template = compile_template(value)
    return None if template.constant else template.render


def _has_expression(value: JsonValue) -> bool:
    if isinstance(value, str):
        return "{{" in value
    if isinstance(value, dict):
        return any(_has_expression(item) for item in value.values())
    return isinstance(value, list) and any(_has_expression(item) for item in value)
