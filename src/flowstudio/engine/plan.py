"""A published version, compiled once: per node its type, settings, rules and place in the shape."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.domain.workflow import Node, Trigger, Workflow, plain
from flowstudio.engine.filling import Fill, Filling
from flowstudio.engine.outline import Outline, Spot
from flowstudio.engine.policy import OnError, RetryPolicy, on_error, retry_policy, seconds
from flowstudio.errors import ExpressionError, UnknownNodeType
from flowstudio.expressions import (
    Condition,
    Expression,
    Template,
    compile_condition,
    compile_expression,
    compile_template,
    normalise,
    paths_of,
)
from flowstudio.kit import Action, FlowNode, NodeType, Registry, TriggerType
from flowstudio.kit.nodes import InstantAction

ROOTS = ("trigger", "steps", "loop", "settings", "run", "time", "now", "today")


@dataclass(slots=True)
class Slot:
    """One node, ready to run."""

    node: Node
    spot: Spot
    type: Any
    """An instance of its Action or FlowNode."""
    filling: Filling
    run_if: Condition | None = None
    retry: RetryPolicy | None = None
    timeout: float | None = None
    """Seconds."""
    reuse_for: float | None = None
    """Seconds for which an answer to the same question is used again."""
    on_error: OnError = "stop"
    fallback: Slot | None = None
    collect: Fill | None = None
    notes: tuple[tuple[str, Template], ...] = ()
    """Whom to tell when: `ready`, `completed` or `failed`, and the notice to fill in."""
    fault: str | None = None
    """Why it cannot run at all: its type is unknown, or an expression cannot be read."""
    instant: bool = False
    """It only computes, and nothing comes before or after that: no rule, no leave, nobody to tell."""
    decides: bool = False
    """It is a flow node: it decides where the run goes on."""
    main_name: str | None = None
    """The variable that takes the main output."""
    passed: tuple[str, ...] = ("out",)
    """The ways by which it is left when it is passed over."""
    conditions: dict[int, tuple[JsonObject, Condition]] = field(default_factory=dict)
    """Conditions its type has asked for, compiled, by the identity of their trees."""

    @property
    def id(self) -> str:
        """Return the node's id."""
        return self.node.id

    @property
    def sends(self) -> bool:
        """Say whether it reaches people or other systems."""
        return isinstance(self.type, Action) and self.type.effect == "sends"


@dataclass(slots=True)
class Plan:
    """One version of a workflow, ready to run."""

    workflow: Workflow
    outline: Outline
    slots: dict[str, Slot]
    names: frozenset[str]
    """Every bare name that a node, trigger or input of the workflow can give."""
    timeout: float | None = None
    """Seconds a run may take."""
    ask_after: int | None = None
    counts_sent: bool = False
    """What leaves is counted: the workflow is switched off beyond a limit by the hour."""
    """Messages and calls before a person is asked."""
    frozen: bool = False
    """Record variables stay as they were first read."""
    frozen_paths: tuple[Expression, ...] = ()
    """Expressions that follow references below `trigger.`: read at the start, as they stay as they were then."""
    payloads: dict[str, JsonObject] = field(default_factory=dict)
    """Trigger id → what its payload holds: name → type."""
    trigger_types: dict[str, str] = field(default_factory=dict)
    """Trigger id → its type."""
    entities: dict[str, str | None] = field(default_factory=dict)
    """Payload key → the record type that it names; filled as keys are met."""


def compile_workflow(workflow: Workflow, registry: Registry) -> Plan:
    """Compile a version. Faults of single nodes stay with their slot: the step fails when its turn comes."""
    outline = Outline(workflow, registry)
    slots = {node.id: compile_node(node, outline.spots[node.id], registry) for node in workflow.nodes}
    settings = workflow.settings
    return Plan(
        workflow,
        outline,
        slots,
        _names(workflow, registry),
        timeout=seconds(settings.timeout) if settings.timeout else None,
        ask_after=settings.ask_after,
        counts_sent=settings.max_sent_per_hour is not None,
        frozen=settings.snapshot == "frozen",
        frozen_paths=frozen_paths(workflow),
        payloads={one.id: _payload(one, registry) for one in workflow.triggers},
        trigger_types={one.id: one.type for one in workflow.triggers},
    )


def compile_node(node: Node, spot: Spot, registry: Registry) -> Slot:
    """Compile one node."""
    found = registry.find(node.key)
    policy = on_error(node, has_error_edge="error" in spot.named)
    if found is None or issubclass(found, TriggerType):
        fault = UnknownNodeType(f'There is no kind of step called "{node.action or node.type}".').message
        return Slot(node, spot, NodeType(), Filling(NodeType, {}), fault=fault, on_error=policy)
    slot = Slot(node, spot, found(), Filling(found, {}), on_error=policy, passed=_passed(found, node.config))
    slot.decides = issubclass(found, FlowNode)
    slot.main_name = node.outputs[0] if node.outputs else None
    try:
        slot.filling = Filling(found, node.config)
        slot.run_if = compile_condition(normalise(node.run_if)) if node.run_if else None
        slot.retry = retry_policy(node.retry)
        slot.timeout = seconds(node.timeout) if node.timeout else None
        slot.reuse_for = seconds(node.reuse_for) if node.reuse_for else None
        slot.collect = _compile_collect(node.config.get("collect"))
        slot.notes = tuple(
            (note.on, compile_template({"channel": note.channel, "to": note.to, "message": note.message}))
            for note in node.notify
        )
        if node.fallback is not None:
            stand_in = Node(id=node.id, type="action", action=node.fallback.action, config=node.fallback.config)
            slot.fallback = compile_node(stand_in, spot, registry)
        slot.instant = _is_instant(slot)
    except ExpressionError as fault:
        slot.fault = fault.message
    return slot


def _is_instant(slot: Slot) -> bool:
    node, found = slot.node, slot.type
    if node.disabled or node.requires_approval or slot.run_if is not None or slot.notes:
        return False
    return slot.decides or (isinstance(found, InstantAction) and found.effect == "reads")


def _compile_collect(collect: JsonValue) -> Fill | None:
    """Return what works out the value that an iteration leaves behind."""
    if collect is None or collect == "":
        return None
    if isinstance(collect, str) and "{{" not in collect:
        return compile_expression(collect).evaluate
    return compile_template(collect).render


_PASSED = {
    "condition": ("false",),
    "switch": ("default",),
    "loop": ("done",),
    "wait": ("received",),
    "approval": ("approved",),
}


def _passed(found: type[NodeType], config: JsonObject) -> tuple[str, ...]:
    if found.key == "parallel":
        return tuple(way.name for way in found.ways(config))
    return _PASSED.get(found.key, ("out",)) if issubclass(found, FlowNode) else ("out",)


def _names(workflow: Workflow, registry: Registry) -> frozenset[str]:
    names: set[str] = set()
    for node in workflow.nodes:
        names.update(node.outputs)
        found = registry.find(node.key)
        key = found.key if found is not None else node.type
        if key == "loop":
            names.add(str(node.config.get("item_variable") or "item"))
        if key in ("transform", "transform_data") and isinstance(node.config.get("set"), dict):
            names.update(node.config["set"])
    for trigger in workflow.triggers:
        names.update(_payload(trigger, registry))
    names.update(str(item["name"]) for item in workflow.inputs if "name" in item)
    if "customer" in names:
        names.add("client")
    return frozenset(names)


def _payload(trigger: Trigger, registry: Registry) -> JsonObject:
    """Return what a trigger's payload holds: name → type."""
    found = registry.find(trigger.key)
    payload: JsonObject = {}
    if found is not None and issubclass(found, TriggerType):
        payload.update(found.payload(trigger.config))
    for item in trigger.config.get("inputs") or ():
        if isinstance(item, dict) and "name" in item:
            payload[str(item["name"])] = item.get("type", "text")
    return payload


def frozen_paths(workflow: Workflow) -> tuple[Expression, ...]:
    """Return the paths below `trigger.` that are deep enough to lead to another record."""
    found: dict[str, Expression] = {}
    for text in _texts([plain(node) for node in workflow.nodes]):
        try:
            paths = paths_of(compile_template(text))
            if not paths and _BELOW.search(text) and "{{" not in text:
                paths = paths_of(text)
        except ExpressionError:
            continue
        for path in paths:
            if path.root == "trigger" and len(path.parts) > FROZEN_DEPTH and path.text not in found:
                found[path.text] = compile_expression(path.text)
    return tuple(found.values())


_BELOW = re.compile(r"trigger[.\[]")
FROZEN_DEPTH = 2
"""`trigger.invoice.number` is in the payload; what is deeper may lead to another record."""


def _texts(value: JsonValue) -> Iterator[str]:
    if isinstance(value, str):
        if _BELOW.search(value):
            yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
