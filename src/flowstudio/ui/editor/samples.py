"""An example of what starts a workflow: test runs begin with it, and the variable picker shows its values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import orjson

from flowstudio.errors import BadRequest
from flowstudio.expressions import below
from flowstudio.kit.files import FileContent, reference_of
from flowstudio.kit.words import human
from flowstudio.services.forms import FILE, asked_by
from flowstudio.services.ports import Page
from flowstudio.services.test_cases import EXAMPLE
from flowstudio.ui.components.words import printed

if TYPE_CHECKING:
    from datetime import datetime

    from flowstudio.domain.actor import Actor
    from flowstudio.domain.json import JsonObject, JsonValue
    from flowstudio.domain.workflow import Trigger, Workflow
    from flowstudio.services.forms import FormField
    from flowstudio.services.studio import Studio

DEPTH = 4
MOST = 40
"""How deep, and how many at each depth, the picker lists what an example holds."""
MOST_PINNED = 100_000
"""Bytes of a pinned result: it travels in the document."""
HIDDEN = ("__", "$")
"""How names begin that expressions do not read."""
_PLAIN: Mapping[str, JsonValue] = {
    "number": 100, "integer": 1, "boolean": True, "date": "2026-03-02", "datetime": "2026-03-02T09:00:00", "list": [],
    "email": "kim@example.com", "url": "https://example.com", "phone": "+1 202 555 0143",
}  # fmt: skip


def kept_example(workflow: Workflow) -> JsonObject | None:
    """Return the example that the workflow carries, None without one."""
    for test in workflow.tests:
        trigger = (test.get("sample") or {}).get("trigger")
        if isinstance(trigger, dict) and trigger:
            return dict(trigger)
    return None


def kept_sample(workflow: Workflow) -> JsonObject:
    """Return the sample that conditions are tried on: that of the first test case which has one; `{}` without one."""
    samples = (test.get("sample") for test in workflow.tests)
    return next((dict(sample) for sample in samples if isinstance(sample, dict) and sample), {})


def pinned_of(workflow: Workflow) -> dict[str, JsonObject]:
    """Return what steps give in test runs without being carried out, by node id."""
    for test in workflow.tests:
        pinned = (test.get("sample") or {}).get("pinned") if test.get("name") == EXAMPLE else None
        if isinstance(pinned, dict):
            return {key: value for key, value in pinned.items() if isinstance(value, dict) and workflow.node(key)}
    return {}


def with_pinned(workflow: Workflow, pinned: Mapping[str, JsonObject]) -> Workflow:
    """Return the workflow with these pinned results and no others; raise BadRequest for one that is too large."""
    if any(len(orjson.dumps(one, default=str)) > MOST_PINNED for one in pinned.values()):
        raise BadRequest(f"A pinned result has room for {MOST_PINNED // 1000} kB.", hint="Keep what later steps need.")
    example = _example(workflow)
    sample = {key: value for key, value in (example.get("sample") or {}).items() if key != "pinned"}
    if pinned:
        sample["pinned"] = dict(sorted(pinned.items()))
    return _with_example(workflow, {**example, "sample": sample})


def _example(workflow: Workflow) -> JsonObject:
    return next((dict(one) for one in workflow.tests if one.get("name") == EXAMPLE), {"name": EXAMPLE, "sample": {}})


def _with_example(workflow: Workflow, example: JsonObject) -> Workflow:
    others = [one for one in workflow.tests if one.get("name") != EXAMPLE]
    return workflow.model_copy(update={"tests": (*((example,) if example["sample"] else ()), *others)})


def with_example(workflow: Workflow, payload: JsonObject) -> Workflow:
    """Return the workflow with this example; other test cases stay as they are."""
    example = _example(workflow)
    sample = {key: value for key, value in (example.get("sample") or {}).items() if key != "trigger"}
    if payload:
        sample = {"trigger": payload, **sample}
    return _with_example(workflow, {**example, "sample": sample})


async def example_of(studio: Studio, actor: Actor, workflow: Workflow) -> JsonObject:
    """Return what a test run starts with: the kept example, else one that fits the first trigger."""
    kept = kept_example(workflow)
    if kept is not None:
        return kept
    if not workflow.triggers:
        return {}
    trigger = workflow.triggers[0]
    if trigger.type == "webhook":
        return {"body": {}, "headers": {}, "query": {}}
    if trigger.type == "schedule":
        return {"fired_at": _local(studio, actor, studio.clock.now())}
    plain = {name: await _value(studio, actor, kind) for name, kind in _payload(studio, trigger).items()}
    return {**plain, **_answers(asked_by(trigger))}


def _answers(asked: Sequence[FormField]) -> JsonObject:
    """Return what somebody could answer where any text would not do: a default, a choice, a file."""
    found: JsonObject = {}
    for one in asked:
        if one.default not in (None, ""):
            found[one.name] = one.default
        elif one.choices:
            found[one.name] = one.choices[0]
        elif one.type == FILE:
            found[one.name] = reference_of(FileContent("file.pdf", "application/pdf", b""))
    return found


def _local(studio: Studio, actor: Actor, moment: datetime) -> str:
    zone = studio.settings.zone(actor.workspace)
    return moment.astimezone(zone).replace(microsecond=0, tzinfo=None).isoformat()


def _payload(studio: Studio, trigger: Trigger) -> JsonObject:
    found = studio.registry.find(trigger.key)
    payload = getattr(found, "payload", None)
    return dict(payload(trigger.config)) if payload is not None else {}


async def _value(studio: Studio, actor: Actor, kind: JsonValue) -> JsonValue:
    """Return a value of a kind: the first record of its type as it is now, else something plain."""
    word = str(kind)
    if word.startswith("record:"):
        rows, _ = await studio.records.page(actor, word.removeprefix("record:"), Page(1, 1), search="")
        return {key: value for key, value in rows[0].items() if not key.startswith("$")} if rows else {}
    if word == "open":
        return {}
    return _PLAIN.get(word, "text")


def with_fields(groups: Sequence[JsonObject], example: Mapping[str, JsonValue]) -> list[JsonObject]:
    """Return the picker's groups with the fields of open values before them, as the example has them."""
    return [{**group, "items": [one for item in group["items"] for one in _opened(item, example)]} for group in groups]


def _opened(item: JsonObject, example: Mapping[str, JsonValue]) -> list[JsonObject]:
    path = str(item["path"])
    value = example.get(path)
    if item.get("children") or "." in path or not isinstance(value, dict) or not item.get("available"):
        return [item]
    return [*_children(path, value, 1), item]


def _children(path: str, value: Mapping[str, JsonValue], depth: int) -> list[JsonObject]:
    return [
        _item(below(path, name), name, one, depth)
        for name, one in list(value.items())[:MOST]
        if not name.startswith(HIDDEN)
    ]


def _item(path: str, name: str, value: JsonValue, depth: int) -> JsonObject:
    inner = _children(path, value, depth + 1) if isinstance(value, dict) and depth < DEPTH else None
    return {
        "path": path, "label": human(name), "type": type_of(value),
            "sample": "" if isinstance(value, dict) else printed(value, 60),
        "available": True, "reason": None, "children": inner or None,
    }  # fmt: skip


def type_of(value: JsonValue) -> str:
    """Return the picker's type of a value."""
    match value:
        case bool():
            return "boolean"
        case int() | float():
            return "number"
        case list():
            return "list"
        case dict():
            return "record"
        case str():
            return "text"
    return "any"
