"""What each node gives to those after it, with its kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flowstudio.analysis.types.kinds import (
    ANY,
    BOOLEAN,
    NUMBER,
    TEXT,
    Kind,
    kind_of_annotation,
    kind_of_word,
    list_of,
    record_of,
)
from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.domain.workflow import Node
from flowstudio.errors import ExpressionError
from flowstudio.expressions import compile_expression, compile_template
from flowstudio.expressions.syntax import Call, Compare, Literal, Logic, Not, Ref
from flowstudio.kit import NodeType

KindOf = Callable[[str, tuple[str | int | None, ...]], Kind]
"""Tells the kind of a path (root, parts) as far as it is known."""

_RECORDS: dict[str, str] = {
    "create_task": "tasks", "create_ticket": "tickets", "update_ticket_status": "tickets", "assign_ticket": "tickets",
    "update_ticket_priority": "tickets", "create_deal_from_lead": "deals", "update_client": "customers",
    "add_alert": "alerts", "draft_communication": "communication_drafts", "create_email_campaign": "campaigns",
    "track_email_event": "email_events", "find_available_agent": "employees", "find_duplicate_tickets": "tickets",
    "find_tickets_at_sla_risk": "tickets", "generate_document": "documents",
    "search_knowledge_base": "knowledge_articles",
    "create_approval_request": "approval_requests", "process_approval_decision": "approval_requests",
    "schedule_workflow": "scheduled_workflows", "create_in_app_notification": "notifications",
}  # fmt: skip
"""Action → the record type of the records among its outputs, where no setting names it."""
_RECORD_OUTPUTS = ("record", "records", "at_risk", "breached", "articles")
_NUMBERS = frozenset(
    {"count", "total", "avg", "sum", "round", "min", "max", "abs", "days_since", "days_until", "hour", "number"}
)
_TEXTS = frozenset({"upper", "lower", "trim", "join", "names", "format_date", "text", "replace", "week", "quarter"})


def outputs_of(node: Node, node_type: type[NodeType] | None, kind_of: KindOf) -> dict[str, Kind]:
    """Return the outputs of a node by name, as `steps.<id>.<name>` shows them."""
    if node_type is None:
        return {}
    declared = getattr(node_type, "output_kinds", None)
    if callable(declared):
        return {name: kind_of_word(word) for name, word in declared(node.config).items()}
    model = node_type.Output
    found = {name: kind_of_annotation(info.annotation) for name, info in model.model_fields.items()} if model else {}
    entity = _entity(node, kind_of)
    for name in _RECORD_OUTPUTS:
        if name in found and entity:
            found[name] = list_of(record_of(entity)) if found[name].name == "list" else record_of(entity)
    if "value" in found and found["value"] == ANY:
        found["value"] = _value_kind(node, kind_of)
    return found


def main_kind(node_type: type[NodeType] | None, outputs: Mapping[str, Kind]) -> Kind:
    """Return the kind of what `outputs[0]` names."""
    main = node_type.main if node_type is not None else None
    if main == "*":
        return Kind("object", fields=tuple(outputs.items()))
    return outputs.get(main or "", ANY)


def assigned_by(node: Node, kind_of: KindOf) -> dict[str, Kind]:
    """Return the variables that a node sets itself (those of a transform)."""
    names = node.config.get("set") if node.key in ("transform", "action.transform_data") else None
    if not isinstance(names, dict):
        return {}
    return {str(name): _kind_of_text(value, kind_of) for name, value in names.items()}


def _kind_of_text(value: JsonValue, kind_of: KindOf) -> Kind:
    """Return the kind of a setting in which text without braces is text."""
    return TEXT if isinstance(value, str) and "{{" not in value else kind_of_setting(value, kind_of)


def kind_of_setting(value: JsonValue, kind_of: KindOf) -> Kind:
    """Return the kind of an expression (with or without braces), or of a plain value."""
    if isinstance(value, bool):
        return BOOLEAN
    if isinstance(value, (int, float)):
        return NUMBER
    if isinstance(value, list):
        return list_of(kind_of_setting(value[0], kind_of)) if value else list_of(ANY)
    if not isinstance(value, str):
        return ANY
    try:
        text = value.strip()
        if "{{" in text and not (
            text.startswith("{{") and len(compile_template(text).chunks) == 1 and text.endswith("}}")
        ):
            return TEXT
        return _of_tree(compile_expression(text).tree, kind_of)
    except ExpressionError:
        return ANY


def _of_tree(tree: object, kind_of: KindOf) -> Kind:
    match tree:
        case Literal():
            return kind_of_setting(tree.value, kind_of) if not isinstance(tree.value, str) else TEXT
        case Ref():
            parts = tuple(step if isinstance(step, (str, int)) else None for step in tree.steps)
            return kind_of(tree.root, parts)
        case Compare() | Logic() | Not():
            return BOOLEAN
        case Call():
            return _of_call(tree, kind_of)
        case _:
            return ANY


def _of_call(call: Call, kind_of: KindOf) -> Kind:
    if call.name in _NUMBERS:
        return NUMBER
    if call.name in _TEXTS:
        return TEXT
    first = _of_tree(call.arguments[0], kind_of) if call.arguments else ANY
    if call.name in ("filter", "where", "sort", "unique") and first.name == "list":
        return first
    if call.name in ("first", "last", "top", "lowest") and first.name == "list":
        return first.item or ANY
    return ANY


def _entity(node: Node, kind_of: KindOf) -> str | None:
    config: JsonObject = node.config
    if isinstance(config.get("entity"), str):
        return str(config["entity"])
    if node.action in _RECORDS:
        return _RECORDS[node.action]
    for key in ("record", "records"):
        if isinstance(config.get(key), str):
            kind = kind_of_setting(config[key], kind_of)
            kind = kind.item or ANY if kind.name == "list" else kind
            return kind.entity
    return None


def _value_kind(node: Node, kind_of: KindOf) -> Kind:
    if isinstance(node.config.get("expression"), str):
        return kind_of_setting(node.config["expression"], kind_of)
    assigned = assigned_by(node, kind_of)
    return Kind("object", fields=tuple(assigned.items())) if assigned else ANY
