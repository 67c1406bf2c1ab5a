"""The data that a step gets with the sample, as expressions name it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from flowstudio.domain.record import visible
from flowstudio.errors import FlowStudioError
from flowstudio.expressions import paths_of
from flowstudio.ui.forms.context import Known

if TYPE_CHECKING:
    from flowstudio.domain.json import JsonObject, JsonValue
    from flowstudio.domain.workflow import Workflow
    from flowstudio.expressions import EvalContext
    from flowstudio.kit import Registry

_UNKNOWN: JsonValue = object()
_RUN_ONLY = ("run", "loop")
"""What no sample and no result tells: it is not missed."""


def known_at(
    groups: Sequence[JsonObject],
    context: EvalContext,
    workflow: Workflow,
    registry: Registry,
    results: Mapping[str, JsonObject],
) -> Known:
    """Return the values of all that the picker offers as usable; `results` is what steps gave, by their ids.

    What neither the sample nor a result tells is named as missing.
    """
    bound = _bound(workflow, registry, results)
    data: JsonObject = {}
    missing: list[str] = []
    for item in _usable(groups):
        path = _parts(str(item["path"]))
        value = _value(path, context, results, bound)
        if value is _UNKNOWN and path[0] not in _RUN_ONLY:
            missing.append(str(item["label"]))
        elif value is not _UNKNOWN:
            _put(data, path, visible(value))
    return Known(data, tuple(missing))


def _parts(path: str) -> list[str]:
    """Return a path's names; what stands in brackets may have dots of its own."""
    whole = paths_of(path)[0]
    return [whole.root, *(str(part) for part in whole.parts)]


def _usable(groups: Sequence[JsonObject]) -> Iterable[JsonObject]:
    """Visit the items of the list itself; one that only opens another of the list is inside that already."""
    for group in groups:
        items = [one for one in group["items"] if one.get("available", True)]
        whole = {str(one["path"]) for one in items}
        yield from (one for one in items if not any(str(one["path"]).startswith(f"{path}.") for path in whole))


def _bound(workflow: Workflow, registry: Registry, results: Mapping[str, JsonObject]) -> JsonObject:
    """Return the results that have names of their own, by name."""
    found: JsonObject = {}
    for node in workflow.nodes:
        node_type = registry.find(node.key)
        if node.id not in results or not node.outputs or node_type is None:
            continue
        output, main = results[node.id], node_type.main
        found[node.outputs[0]] = output if main in (None, "*") else output.get(main)
    return found


def _value(
    path: Sequence[str], context: EvalContext, results: Mapping[str, JsonObject], bound: JsonObject
) -> JsonValue:
    match path:
        case ["steps", node_id, name]:
            return results.get(node_id, {}).get(name, _UNKNOWN)
        case ["now"]:
            return context.local_now.isoformat(timespec="seconds")
        case ["today"]:
            return context.today.isoformat()
        case [name, *rest]:
            return bound[name] if name in bound and not rest else _looked_up(name, rest, context)
    return _UNKNOWN


def _looked_up(name: str, rest: Sequence[str], context: EvalContext) -> JsonValue:
    try:
        value = context.scope.lookup(name)
    except FlowStudioError:
        return _UNKNOWN
    for one in rest:
        if not isinstance(value, dict) or one not in value:
            return _UNKNOWN
        value = value[one]
    return value


def _put(data: JsonObject, path: Sequence[str], value: JsonValue) -> None:
    for one in path[:-1]:
        inner = data.setdefault(one, {})
        if not isinstance(inner, dict):
            return
        data = inner
    data[path[-1]] = value
