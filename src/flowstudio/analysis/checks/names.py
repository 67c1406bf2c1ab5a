"""Every name that an expression uses exists, and leads where it says."""

from __future__ import annotations

from collections.abc import Iterator

from flowstudio.analysis.checks.look import Look, hint_for, nearest
from flowstudio.analysis.types.flow import ROOTS
from flowstudio.analysis.types.kinds import Kind, inside, names_inside
from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.domain.problem import Problem
from flowstudio.domain.workflow import Node, Trigger
from flowstudio.expressions import Path, below
from flowstudio.kit.uses import Use, Where

_LOCAL = frozenset({"row", "item", "index"})
"""Names that an action may give its own texts."""
_SCALAR = {"text": "a text", "number": "a number", "date": "a date", "boolean": "yes or no", "list": "a list"}


def check(look: Look) -> Iterator[Problem]:
    """Find expressions that cannot be read, unknown names and fields, and names not set on every path."""
    for node in look.workflow.nodes:
        for use in look.uses(node):
            if use.problem is not None:
                yield _unreadable(look, node, use)
            for path in use.paths:
                yield from _path(look, node, use, path)
    for trigger in look.workflow.triggers:
        for use in look.trigger_uses(trigger):
            if use.problem is not None:
                yield _unreadable(look, trigger, use)


def _unreadable(look: Look, part: Node | Trigger, use: Use) -> Problem:
    assert use.problem is not None
    message = f"{look.label(part, use.where)} of {look.called(part)} cannot be read. {use.problem.message}"
    return look.problem(part, use.where, use.problem.code, message, hint=use.problem.hint)


def _path(look: Look, node: Node, use: Use, path: Path) -> Iterator[Problem]:
    where = use.where
    if use.local and path.root in _LOCAL:
        return
    if node.type == "loop" and where[:2] == ("config", "collect"):
        # it is read inside each round, where the item and what the body sets are known
        inner = {"loop", "steps", str(node.config.get("item_variable") or "item")}
        if path.root not in inner and look.flow.find(node.id, path.root) is None and not look.flow.open_payload:
            yield _unknown(look, node, where, path)
        return
    if path.root == "steps":
        yield from _step(look, node, where, path)
        return
    if path.root == "loop" and not look.shape.scope.get(node.id):
        message = f"{look.label(node, where)} of {look.called(node)} uses {path.text}, but the step stands in no loop."
        yield look.problem(node, where, "unknown_name", message, hint="Use it inside For each only.")
        return
    found = look.flow.find(node.id, path.root)
    if found is None:
        if not look.flow.open_payload:
            yield _unknown(look, node, where, path)
        return
    if found.certainty != "sure":
        if not path.has_default:
            yield _not_sure(look, node, where, path, found.certainty == "never")
        return
    if path.root != "trigger" or path.parts:
        yield from _into(look, node, where, path, found.kind, path.root, path.parts)


def _unknown(look: Look, node: Node, where: Where, path: Path) -> Problem:
    known = [*look.flow.names_at(node.id), *ROOTS]
    message = (
        f'{look.label(node, where)} of {look.called(node)} uses "{path.root}", which nothing in this workflow gives.'
    )
    close = nearest(path.root, known)
    fix = _replacement(node, where, path, path.text.replace(path.root, close, 1) if close else None)
    return look.problem(node, where, "unknown_name", message, hint=hint_for(path.root, known), fix=fix)


def _replacement(node: Node, where: Where, path: Path, new: str | None) -> JsonObject | None:
    """Offer to write another path in its place: the operation sets the whole text anew."""
    text = _text_at(node, where)
    if new is None or text is None or path.end <= path.start:
        return None
    value = text[: path.start] + new + text[path.end :]
    return {"label": f"Use {new}", "ops": [{"op": "set", "node": node.id, "where": list(where), "value": value}]}


def _text_at(node: Node, where: Where) -> str | None:
    value: JsonValue = getattr(node, str(where[0]), None)
    for step in where[1:]:
        if isinstance(value, dict):
            value = value.get(str(step))
        elif isinstance(value, (list, tuple)) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            value = getattr(value, str(step), None)
    return value if isinstance(value, str) else None


def _not_sure(look: Look, node: Node, where: Where, path: Path, never: bool) -> Problem:
    name, label = look.called(node), look.label(node, where)
    if never:
        message = f'{label} of {name} uses "{path.root}", which no step before it sets. It is empty here.'
    else:
        message = f'{label} of {name} uses "{path.root}", which is not set on every path. Where it is not, it is empty.'
    fix = _with_default(node, where, path)
    return look.problem(
        node, where, "maybe_missing", message, hint="Give it a default value.", severity="hint", fix=fix
    )


def _with_default(node: Node, where: Where, path: Path) -> JsonObject | None:
    """Offer to say that nothing is meant where a name in braces is missing."""
    text = _text_at(node, where)
    if text is None or not text[: path.start].rstrip().endswith("{{") or not text[path.end :].lstrip().startswith("}}"):
        return None
    return Look.put(node, where, f"{text[: path.end]} | default(''){text[path.end :]}", "Nothing in its place")


def _step(look: Look, node: Node, where: Where, path: Path) -> Iterator[Problem]:
    if not path.parts or not isinstance(path.parts[0], str):
        return
    other = path.parts[0]
    if other not in look.nodes:
        message = f'{look.label(node, where)} of {look.called(node)} uses the step "{other}", which does not exist.'
        yield look.problem(
            node, where, "unknown_name", message, hint=hint_for(other, list(look.nodes), "Steps that exist"),
            fix=_other_step(look, node, where, path, other),
        )  # fmt: skip
        return
    outputs = look.flow.outputs(other)
    if look.types[other] is not None and len(path.parts) > 1:
        kind = Kind("object", fields=tuple(outputs.items()))
        yield from _into(look, node, where, path, kind, f"steps.{other}", path.parts[1:])
    if other != node.id and not path.has_default and not look.flow.turns.surely(node.id, other):
        never = not look.flow.turns.perhaps(node.id, other)
        told = "does not run before it" if never else "does not run on every path"
        message = f"{look.label(node, where)} of {look.called(node)} uses {look.called(other)}, which {told}."
        hint, fix = "Give it a default value.", _with_default(node, where, path)
        yield look.problem(node, where, "maybe_missing", message, hint=hint, severity="hint", fix=fix)


def _other_step(look: Look, node: Node, where: Where, path: Path, other: str) -> JsonObject | None:
    close = nearest(other, list(look.nodes))
    return _replacement(node, where, path, path.text.replace(other, close, 1)) if close else None


def _into(
    look: Look, node: Node, where: Where, path: Path, kind: Kind, said: str, parts: tuple[str | int | None, ...]
) -> Iterator[Problem]:
    """Walk along the path; stop at what is open."""
    for part in parts:
        following = inside(kind, part, look.facts)
        if following is None:
            yield _no_field(look, node, where, path, kind, said, part)
            return
        kind, said = (
            following,
            below(said, part) if isinstance(part, str) else f"{said}[{'' if part is None else part}]",
        )


def _no_field(
    look: Look, node: Node, where: Where, path: Path, kind: Kind, said: str, part: str | int | None
) -> Problem:
    name, label = look.called(node), look.label(node, where)
    if kind.name in _SCALAR:
        message = f"{label} of {name} uses {path.text}, but {said} is {_SCALAR[kind.name]} and has no parts."
        if kind.name == "list":
            message = (
                f"{label} of {name} uses {path.text}, but {said} is a list. Use For each, or {said}[0] for the first."
            )
        return look.problem(node, where, "wrong_type", message, severity="warning")
    known = names_inside(kind, look.facts)
    thing = f"A record of {kind.entity}" if kind.name == "record" else said
    if said == "settings":
        thing = "The workspace's settings"
    message = f'{label} of {name} uses {path.text}, but {thing[0].lower() + thing[1:]} has no field "{part}".'
    close = nearest(str(part), known)
    fix = None
    if close is not None and isinstance(part, str):
        fix = _replacement(node, where, path, path.text.replace(below(said, part), below(said, close), 1))
    return look.problem(
        node, where, "unknown_field", message, hint=hint_for(str(part), known, "Fields that exist"), fix=fix
    )
