"""What never goes into a template or preset: references to connections, and texts that hold a secret."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from flowstudio.analysis.checks.literals import holds_secret, literal_text
from flowstudio.domain.workflow import Node, Trigger, Workflow
from flowstudio.kit.uses import settings_map
from flowstudio.observe import MASK, redactor

if TYPE_CHECKING:
    from flowstudio.domain.json import JsonObject, JsonValue
    from flowstudio.kit import NodeType, Registry

Part = TypeVar("Part", Node, Trigger)
_WORDS = frozenset({"id", "type", "action", "on_error", "disabled"})
"""Fields of a step that are words of FlowStudio: they hold nothing of the person's."""


class _Gone:
    """Stands where a secret stood, until it is taken out."""


_GONE = _Gone()


@dataclass(frozen=True, slots=True)
class LeftOut:
    """One thing that was left out."""

    part: str
    """The id of its step or trigger; empty for what belongs to the workflow as a whole."""
    label: str
    """What it is called on screen: `Connection of Call the bank`."""
    connection: bool
    """A reference to a connection; else a text that held a secret."""


def without_secrets(workflow: Workflow, registry: Registry) -> tuple[Workflow, tuple[LeftOut, ...]]:
    """Return the workflow without connections and secrets, and what was left out; samples are masked."""
    told: list[LeftOut] = []

    def parts(found: tuple[Part, ...]) -> tuple[Part, ...]:
        cleaned = [part_without_secrets(one, registry) for one in found]
        told.extend(item for _, left in cleaned for item in left)
        return tuple(one for one, _ in cleaned)

    rest = workflow.model_dump(mode="json", exclude={"id", "name", "nodes", "triggers", "edges", "tests"})
    kept = _without(rest, told, "", "the workflow")
    shell = Workflow.model_validate({**kept, "id": workflow.id, "name": workflow.name, "triggers": ()})
    cleaned = shell.model_copy(
        update={
            "triggers": parts(workflow.triggers),
            "nodes": parts(workflow.nodes),
            "edges": workflow.edges,
            "tests": tuple(masked(one) for one in workflow.tests),
        }
    )
    return cleaned, tuple(told)


def part_without_secrets(part: Part, registry: Registry) -> tuple[Part, tuple[LeftOut, ...]]:
    """Return a step or trigger without connections and secrets, and what was left out."""
    found = registry.find(part.key)
    name = registry.name_of(part)
    whole = part.model_dump(mode="json")
    told: list[LeftOut] = []
    whole["config"] = _without_connections(whole["config"], found, told, part.id, name)
    if fallback := whole.get("fallback"):
        taken = registry.find(f"action.{fallback['action']}")
        fallback["config"] = _without_connections(fallback["config"], taken, told, part.id, name)
    words = {key: value for key, value in whole.items() if key in _WORDS}
    rest = {key: value for key, value in whole.items() if key not in _WORDS}
    return type(part).model_validate({**_without(rest, told, part.id, name), **words}), tuple(told)


def masked(sample: JsonObject) -> JsonObject:
    """Return a test case with every secret in it masked: passwords, tokens, headers that sign a caller in."""
    covered: JsonObject = redactor.value(sample)
    return {key: _masked(value, key) for key, value in covered.items()}


def _masked(value: JsonValue, key: str) -> JsonValue:
    if isinstance(value, str):
        return MASK if value != MASK and _secret(key, value) else value
    if isinstance(value, dict):
        return {name: _masked(item, name) for name, item in value.items()}
    if isinstance(value, list):
        return [_masked(item, key) for item in value]
    return value


def _secret(key: str, text: str) -> bool:
    plain = literal_text(text)
    return holds_secret(key, text) or redactor.text(plain) != plain


def _without_connections(
    config: JsonObject, found: type[NodeType] | None, told: list[LeftOut], part: str, name: str
) -> JsonObject:
    if found is None:
        return config
    settings = settings_map(found)
    gone = [key for key in config if key in settings and settings[key].widget == "credential"]
    told.extend(LeftOut(part, f"{settings[key].label} of {name}", True) for key in gone if config[key])
    return {key: value for key, value in config.items() if key not in gone}


def _without(value: JsonObject, told: list[LeftOut], part: str, name: str) -> JsonObject:
    """Take the texts that hold a secret out of what a step or workflow has, and tell which setting they stood in."""
    kept: dict[str, Any] = {}
    for field, item in value.items():
        inner = item.items() if field == "config" and isinstance(item, dict) else ((field, item),)
        cleaned = {key: _cleaned(one, key) for key, one in inner}
        told.extend(
            LeftOut(part, f"{key.replace('_', ' ').capitalize()} of {name}", False)
            for key, one in inner
            if cleaned[key] != one
        )
        left = {key: one for key, one in cleaned.items() if one is not _GONE}
        if field == "config":
            kept[field] = left
        elif field in left:
            kept[field] = left[field]
    return kept


def _cleaned(value: Any, key: str) -> Any:
    if isinstance(value, str):
        return _GONE if _secret(key, value) else value
    if isinstance(value, dict):
        return {name: one for name, item in value.items() if (one := _cleaned(item, name)) is not _GONE}
    if isinstance(value, list):
        return [one for item in value if (one := _cleaned(item, key)) is not _GONE]
    return value
