"""A run as `flowstudio run --json` and the API tell it: its steps, what it did, which way it went, its waits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC
from typing import Any

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.domain.record import visible
from flowstudio.domain.run import Effect, Run, Step, iteration_value
from flowstudio.domain.states import StepStatus
from flowstudio.domain.workflow import Node, Workflow
from flowstudio.engine.frames import Place

_BRANCHING = frozenset({"condition", "switch", "approval", "wait"})


def result_of(run: Run, steps: Sequence[Step], workflow: Workflow, notes: Sequence[str] = ()) -> JsonObject:
    """Return the object of `run --json`; `steps` are the records of the journal in their order."""
    nodes = {node.id: node for node in workflow.nodes}
    effects = [(step, effect) for step in _counting(steps) for effect in step.effects]
    return {
        "run_id": run.id,
        "status": run.status.value,
        "outcome": run.outcome,
        "duration_ms": _milliseconds(run),
        "steps": steps_of(steps, nodes),
        "effects": [
            {
                "node_id": step.node_id,
                "iteration": iteration_value(step.iteration),
                "kind": effect.kind,
                **visible(effect.content),
            }
            for step, effect in effects
        ],
        "created": [_created(effect) for _, effect in effects if effect.kind == "created"],
        "updated": [visible(effect.content) for _, effect in effects if effect.kind == "updated"],
        "deleted": [visible(effect.content) for _, effect in effects if effect.kind == "deleted"],
        "messages": [_message(effect) for _, effect in effects if effect.kind == "message"],
        "approvals": _approvals(steps),
        "external_calls": [_call(effect, nodes.get(step.node_id)) for step, effect in effects if effect.kind == "call"],
        "path": _path(steps, nodes),
        "waits": _waits(steps),
        "reason": run.reason,
        "error": run.error,
        "waiting_for": run.waiting_for.value if run.waiting_for is not None else None,
        "notes": list(notes),
    }


def steps_of(steps: Iterable[Step], nodes: dict[str, Node]) -> list[JsonObject]:
    """Return one object per node and iteration, in the order in which they began; the last record is the truth."""
    found: dict[Place, JsonObject] = {}
    for step in steps:
        place = (step.node_id, step.iteration)
        known = found.get(place)
        if "index" in step.detail and known is not None:
            continue  # what one iteration collected belongs to the loop's results
        found[place] = _step(step, nodes.get(step.node_id), known or {})
    return list(found.values())


def _step(step: Step, node: Node | None, before: JsonObject) -> JsonObject:
    kind = node.type if node is not None else ""
    return {
        "node_id": step.node_id,
        "node_name": (node.name if node is not None else "") or step.node_id,
        "type": kind,
        "action": node.action if node is not None else None,
        "status": step.status.value,
        "iteration": iteration_value(step.iteration),
        "input": visible(step.input) if step.input is not None else before.get("input"),
        "output": visible(step.output),
        "effects": [{"kind": effect.kind, **visible(effect.content)} for effect in step.effects],
        "error": step.error,
        "ways": list(step.ways),
        "detail": _detail(step, before),
        "attempt": step.attempt,
        "started_at": before.get("started_at") or _moment(step.started_at),
        "completed_at": _moment(step.completed_at),
    }


def _detail(step: Step, before: JsonObject) -> JsonObject:
    shown = {key: value for key, value in step.detail.items() if key not in ("sending", "items")}
    detail: JsonObject = visible({**before.get("detail", {}), **shown})
    return detail


def _created(effect: Effect) -> JsonObject:
    fields: JsonObject = visible(effect.content["fields"])
    return {"entity": effect.content["entity"], **fields, "id": effect.content["id"]}


def _message(effect: Effect) -> JsonObject:
    content = effect.content
    subject = content.get("subject") if content["channel"] == "email" else None
    message = {"channel": content["channel"], "to": content["to"], "text": subject or content["text"]}
    attachments = [item.get("title") for item in content.get("attachments") or () if isinstance(item, dict)]
    return {**message, "attachments": attachments} if attachments else message


def _call(effect: Effect, node: Node | None) -> JsonObject:
    """Return a call as the catalogue writes it: by its method for an http node, by the action's name else."""
    content = effect.content
    name = content.get("method") if node is not None and node.type == "http" else None
    return {"call": name or content["call"], "target": content["target"]}


def _approvals(steps: Iterable[Step]) -> list[JsonObject]:
    found = []
    for step in steps:
        answer = step.detail.get("approval")
        if answer is not None and step.detail.get("wait") == "approval":
            found.append(
                {
                    "key": step.node_id,
                    "approver": ", ".join(step.detail["approvers"]),
                    "decision": answer["decision"],
                    "subject": step.detail["subject"],
                    "by": answer["by"],
                    "comment": answer["comment"],
                }
            )
    return found


def _path(steps: Iterable[Step], nodes: dict[str, Node]) -> list[JsonObject]:
    """Return which way each branching node went, and how many items each loop had."""
    found = []
    for step in steps:
        node = nodes.get(step.node_id)
        kind = node.type if node is not None else ""
        way: JsonValue = None
        if step.status is StepStatus.RUNNING and "count" in step.detail:
            way = step.detail["count"]
        elif kind in _BRANCHING and step.status is StepStatus.COMPLETED and step.ways:
            way = ", ".join(name.removeprefix("case:") for name in step.ways)
        if way is not None:
            found.append({"node_id": step.node_id, "iteration": iteration_value(step.iteration), "way": way})
    return found


def _waits(steps: Iterable[Step]) -> list[str]:
    """Return the delays as their settings name them, in the order in which they began."""
    found: dict[Place, str] = {}
    for step in steps:
        if step.detail.get("wait") == "timer" and step.status in (StepStatus.WAITING, StepStatus.COMPLETED):
            place = (step.node_id, step.iteration)
            if place not in found:
                found[place] = _length(step.input) or str(step.detail.get("until", ""))
    return list(found.values())


def _length(settings: Any) -> str:
    if not isinstance(settings, dict):
        return ""
    return str(settings.get("for") or settings.get("until") or settings.get("at") or "")


def _counting(steps: Iterable[Step]) -> list[Step]:
    return [step for step in steps if step.effects]


def _milliseconds(run: Run) -> int | None:
    if run.started_at is None or run.completed_at is None:
        return None
    return round((run.completed_at - run.started_at).total_seconds() * 1000)


def _moment(moment: Any) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat()
