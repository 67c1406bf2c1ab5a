"""Settings name record types and fields that there are."""

from __future__ import annotations

from collections.abc import Iterator

from flowstudio.analysis.checks.look import Look, hint_for, nearest
from flowstudio.analysis.types.flow import KindReader
from flowstudio.analysis.types.kinds import inside, names_inside, record_of
from flowstudio.analysis.types.outputs import kind_of_setting
from flowstudio.domain.json import JsonValue
from flowstudio.domain.problem import Problem
from flowstudio.domain.record import RecordType
from flowstudio.domain.workflow import Node, Trigger
from flowstudio.errors import ExpressionError
from flowstudio.expressions import fields_of_condition
from flowstudio.kit.uses import Where, settings_map
from flowstudio.kit.words import listed, singular, spaced, with_article

_SYSTEM_WRITES = frozenset({"create_record", "update_record", "delete_record", "bulk_create", "bulk_update"})


def check(look: Look) -> Iterator[Problem]:
    """Find unknown record types, unknown fields in filters, sorts and values, and writes to views of our own tables."""
    for part, node_type in look.parts():
        if node_type is None:
            continue
        for setting in settings_map(node_type).values():
            value = part.config.get(setting.key)
            if setting.widget == "entity" and isinstance(value, str) and value and "{{" not in value:
                yield from _entity(look, part, setting.key, value)
        record_type = record_type_of(look, part)
        if record_type is None:
            continue
        for setting in settings_map(node_type).values():
            value = part.config.get(setting.key)
            if setting.reading == "filter" and value:
                yield from _filter(look, part, record_type, value, ("config", setting.key))
        if isinstance(part, Node):
            yield from _sort(look, part, record_type)
            yield from _values(look, part, record_type)


def _entity(look: Look, part: Node | Trigger, key: str, value: str) -> Iterator[Problem]:
    record_type = look.facts.record_type(value)
    if record_type is None and look.facts.types:
        message = f'{look.called(part)} names the kind of record "{value}", which does not exist.'
        hint = hint_for(value, sorted(look.facts.types), "There are")
        fix = look.put_nearest(part, ("config", key), value, sorted(look.facts.types))
        yield look.problem(part, ("config", key), "unknown_record_type", message, hint=hint, fix=fix)


def record_type_of(look: Look, part: Node | Trigger) -> RecordType | None:
    """Return the record type that a step or trigger is about, as far as it is known."""
    entity = part.config.get("entity")
    if isinstance(entity, str):
        return look.facts.record_type(entity)
    if isinstance(part, Trigger):
        kinds = [kind for kind in look.flow.payloads.get(part.id, {}).values() if kind.name == "record"]
        return look.facts.record_type(kinds[0].entity or "") if len(kinds) == 1 else None
    for key in ("record", "records"):
        if isinstance(part.config.get(key), str):
            kind = kind_of_setting(part.config[key], KindReader(look.flow, part.id))
            kind = kind.item or kind if kind.name == "list" else kind
            return look.facts.record_type(kind.entity) if kind.entity else None
    return None


def _filter(
    look: Look, part: Node | Trigger, record_type: RecordType, tree: JsonValue, where: Where
) -> Iterator[Problem]:
    try:
        fields = fields_of_condition(tree)
    except ExpressionError:
        return
    for field, inner in fields:
        yield from _field(look, part, record_type, field, (*where, *inner))


def _field(
    look: Look, part: Node | Trigger, record_type: RecordType, field: str, where: Where, before: str = ""
) -> Iterator[Problem]:
    """Walk along the field's path; `before` stands before it in the setting (the sign of a sort)."""
    kind = record_of(record_type.name)
    names = field.split(".")
    if names[0] == "item" and len(names) > 1:
        names = names[1:]
    for name in names:
        following = inside(kind, name, look.facts)
        if following is None:
            known = names_inside(kind, look.facts)
            what = f"a record of {kind.entity}" if kind.name == "record" else f'"{field}"'
            label = f"{look.label(part, where)} of {look.called(part)}"
            message = f'{label} uses the field "{field}", but {what} has no "{name}".'
            hint = hint_for(name, known, "Fields that exist")
            close = nearest(name, known)
            better = ".".join(close or "" if one == name else one for one in field.split("."))
            fix = look.put(part, where, f"{before}{better}", f"Use {better}") if close else None
            yield look.problem(part, where, "unknown_field", message, hint=hint, fix=fix)
            return
        kind = following


def _sort(look: Look, node: Node, record_type: RecordType) -> Iterator[Problem]:
    sort = node.config.get("sort")
    if isinstance(sort, str) and sort and "{{" not in sort:
        field = sort.lstrip("-+").strip()
        before = "-" if sort.strip().startswith("-") else ""
        yield from _field(look, node, record_type, field, ("config", "sort"), before)


def _values(look: Look, node: Node, record_type: RecordType) -> Iterator[Problem]:
    values = node.config.get("set")
    if node.action not in _SYSTEM_WRITES and node.action != "update_client":
        return
    if record_type.system and node.action in _SYSTEM_WRITES:
        message = f"{look.called(node)} writes to {record_type.name}, which only shows what FlowStudio itself keeps."
        about = ("config", "entity" if "entity" in node.config else "record")
        yield look.problem(node, about, "read_only_records", message, hint="Write to a record type of your own.")
    if not isinstance(values, dict):
        return
    for name, value in values.items():
        where = ("config", "set", name)
        spec = record_type.fields.get(name)
        label = f"{look.label(node, where)} of {look.called(node)}"
        if spec is None:
            message = f'{label} sets the field "{name}", which a record of {record_type.name} does not have.'
            hint = hint_for(name, list(record_type.fields), "Fields that exist")
            close = nearest(name, [one for one in record_type.fields if one not in values])
            renamed = {close if one == name and close else one: held for one, held in values.items()}
            fix = look.put(node, ("config", "set"), renamed, f"Use {close}") if close else None
            yield look.problem(node, where, "unknown_field", message, hint=hint, fix=fix)
        elif spec.computed:
            message = f'{label} sets "{name}", which is worked out from other fields.'
            yield look.problem(node, where, "computed_field", message, severity="warning")
        elif spec.enum and isinstance(value, str) and "{{" not in value and value not in spec.enum:
            message = f'{label} sets "{name}" to "{value}", which it cannot be.'
            hint = hint_for(value, list(spec.enum), "It may be")
            fix = look.put_nearest(node, where, value, list(spec.enum))
            yield look.problem(node, where, "wrong_choice", message, hint=hint, severity="warning", fix=fix)
    if node.action in ("create_record", "bulk_create"):
        missing = [
            name for name, spec in record_type.fields.items()
            if spec.required and spec.default is None and not spec.computed and spec.type != "id"
            and values.get(name) in (None, "")
        ]  # fmt: skip
        if missing:
            what = with_article(singular(record_type.name))
            message = f"{look.called(node)} creates {what} without {listed([spaced(name) for name in missing])}."
            hint = "It needs this field." if len(missing) == 1 else "It needs these fields."
            yield look.problem(node, ("config", "set"), "missing_field", message, hint=hint, severity="warning")
