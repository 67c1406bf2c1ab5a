"""Settings of a node type: declared once in its model; form, schema, checks and docs come from here."""

from __future__ import annotations

from dataclasses import dataclass
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field
from pydantic_core import PydanticUndefined

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.kit.words import human

Reading = Literal["template", "expression", "literal", "lazy", "condition", "filter"]
"""How the engine turns what the document holds into what `run` receives:

template    text with `{{ }}` is filled in, at any depth of lists and objects (the default)
expression  an expression with or without braces; its value arrives (`invoice`, `{{invoice}}`, `a + b`)
literal     exactly as written
lazy        as written; the action fills it in itself with `ctx.render(value, row=…)`
condition   a condition tree over variables, as written; the node asks `ctx.test(tree)`
filter      a condition tree over the fields of a record; its values are filled in, its fields stay names
"""


class Config(BaseModel):
    """Base of settings models: closed, so that a misspelt setting is found."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, coerce_numbers_to_str=True)


class Output(BaseModel):
    """Base of output models: what later nodes can pick, each field with a description and an example."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def setting(
    default: Any = PydanticUndefined,
    *,
    label: str,
    help: str = "",
    widget: str | None = None,
    reading: Reading = "template",
    example: JsonValue = None,
    advanced: bool = False,
    show_if: JsonObject | None = None,
    **limits: Any,
) -> Any:
    """Declare one setting of a Config.

    `widget` names the control (see `flowstudio.ui.forms`): text, longtext, number, switch, choice, recipients, email,
    entity, record, fields, filter, condition, expression, duration, when (a duration or a date), schedule, url, json,
    message_text, variable_name, list, datetime, credential, workflow, cases, assignments, code, event, inputs,
    triggers; left out, it follows from the type. `show_if` (`{"mode": "cron"}`) hides the setting unless another has
    that value. `limits` are
    Pydantic's (`ge`, `le`, `max_length`, `pattern` …).
    """
    extra: dict[str, Any] = {
        "label": label,
        "widget": widget,
        "reading": reading,
        "advanced": advanced,
        "show_if": show_if,
    }
    return Field(
        default,
        title=label,
        description=help or None,
        examples=None if example is None else [example],
        json_schema_extra={"flowstudio": extra},
        **limits,
    )


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting as forms, checks and docs see it."""

    key: str
    label: str
    help: str
    widget: str
    reading: Reading
    required: bool
    default: JsonValue
    choices: tuple[str, ...] | None
    example: JsonValue
    advanced: bool
    show_if: JsonObject | None
    annotation: Any
    limits: JsonObject


def settings_of(model: type[BaseModel]) -> tuple[Setting, ...]:
    """List the settings of a Config in the order in which they are declared."""
    return tuple(_setting_of(key, info) for key, info in model.model_fields.items())


def _setting_of(key: str, info: Any) -> Setting:
    schema = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
    extra: dict[str, Any] = dict(schema.get("flowstudio", {}))
    required = info.is_required()
    choices = _choices(info.annotation)
    return Setting(
        key=info.alias or key,
        label=extra.get("label") or human(key),
        help=info.description or "",
        widget=extra.get("widget") or _widget(info.annotation, choices),
        reading=extra.get("reading", "template"),
        required=required,
        default=None if required else info.get_default(call_default_factory=True),
        choices=choices,
        example=info.examples[0] if info.examples else None,
        advanced=bool(extra.get("advanced", False)),
        show_if=extra.get("show_if"),
        annotation=info.annotation,
        limits=_limits(info.metadata),
    )


def _bare(annotation: Any) -> Any:
    if get_origin(annotation) in (Union, UnionType):
        rest = [part for part in get_args(annotation) if part is not NoneType]
        return rest[0] if len(rest) == 1 else annotation
    return annotation


def _choices(annotation: Any) -> tuple[str, ...] | None:
    bare = _bare(annotation)
    return tuple(get_args(bare)) if get_origin(bare) is Literal else None


def _widget(annotation: Any, choices: tuple[str, ...] | None) -> str:
    if choices:
        return "choice"
    bare = _bare(annotation)
    origin = get_origin(bare) or bare
    by_type = {bool: "switch", int: "number", float: "number", dict: "fields", list: "list", tuple: "list"}
    return by_type.get(origin, "text")


def _limits(metadata: list[Any]) -> JsonObject:
    found: JsonObject = {}
    for item in metadata:
        for name in ("ge", "gt", "le", "lt", "min_length", "max_length", "pattern"):
            if getattr(item, name, None) is not None:
                found[name] = getattr(item, name)
    return found
