"""Settings are there, and of the right kind; what holds an expression is decided when it is filled in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from flowstudio.analysis.checks.look import Look, hint_for, nearest
from flowstudio.analysis.checks.rules import no_rule
from flowstudio.calendar import BadDuration, parse_duration
from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.domain.problem import Problem
from flowstudio.domain.workflow import Node, Trigger
from flowstudio.errors import ConfigRejected
from flowstudio.kit import Action, NodeType, Setting
from flowstudio.kit.moments import moment_of
from flowstudio.kit.uses import Where, settings_map

_WAIT_LIMIT_DAYS = 365
_WORDS = {
    "int_type": "a whole number", "int_parsing": "a whole number", "int_from_float": "a whole number",
    "float_type": "a number", "float_parsing": "a number", "string_type": "text", "bool_type": "yes or no",
    "bool_parsing": "yes or no", "list_type": "a list", "tuple_type": "a list",
    "dict_type": "an object", "mapping_type": "an object",
}  # fmt: skip


def check(look: Look) -> Iterator[Problem]:
    """Find missing settings, wrong ones, unknown ones, and durations that are none."""
    for part, node_type in look.parts():
        if node_type is None:
            continue
        yield from _config(look, part, node_type, part.config, ("config",))
        if isinstance(part, Node):
            yield from _durations_of_node(look, part)
            fallback = look.registry.find(f"action.{part.fallback.action}") if part.fallback else None
            if part.fallback is not None and fallback is not None:
                yield from _config(look, part, fallback, part.fallback.config, ("fallback", "config"))
    yield from _durations_of_workflow(look)


def _config(
    look: Look, part: Node | Trigger, node_type: type[NodeType], config: JsonObject, where: Where
) -> Iterator[Problem]:
    settings = settings_map(node_type)
    reported: set[str] = set()
    for setting in settings.values():
        if setting.required and _is_blank(config.get(setting.key)):
            reported.add(setting.key)
            if setting.reading == "condition":
                yield no_rule(look, part, (*where, setting.key))
                continue
            message = f'{look.called(part)} needs "{setting.label}".'
            hint = setting.help or f"Fill in {setting.label}."
            yield look.problem(part, (*where, setting.key), "missing_setting", message, hint=hint)
    for error in _errors(node_type, config, settings):
        problem = _problem(look, part, error, settings, config, where, reported)
        if problem is not None:
            yield problem
    for setting in settings.values():
        value = config.get(setting.key)
        if not isinstance(value, str) or not value or "{{" in value:
            continue
        if setting.widget == "duration" or (setting.widget == "when" and not _is_moment(value)):
            yield from _duration(look, part, value, (*where, setting.key), f'"{setting.label}" of {look.called(part)}')


def _is_moment(text: str) -> bool:
    try:
        moment_of(text, UTC, "when")
    except ConfigRejected:
        return False
    return True


def _is_blank(value: JsonValue) -> bool:
    """Say whether a setting is as good as not there; 0 and no are values."""
    if isinstance(value, str):
        return not value.strip()
    if isinstance(value, list):
        return all(isinstance(one, str) and not one.strip() for one in value)
    return value is None or value == {}


def _errors(node_type: type[NodeType], config: JsonObject, settings: Mapping[str, Setting]) -> list[ErrorDetails]:
    """Return what the model says, without what only the filled-in settings can decide."""
    checkable = {key: value for key, value in config.items() if value is not None}
    try:
        node_type.Config.model_validate(checkable)
    except ValidationError as bad:
        return [
            error
            for error in bad.errors(include_url=False, include_context=False)
            if not _undecided(error, checkable, settings)
        ]
    return []


def _undecided(error: ErrorDetails, config: JsonObject, settings: Mapping[str, Setting]) -> bool:
    place = error["loc"]
    if not place:
        return False
    setting = settings.get(str(place[0]))
    value = config.get(str(place[0]))
    if (
        setting is not None
        and setting.reading in ("expression", "lazy", "condition", "filter")
        and error["type"] != "missing"
    ):
        return isinstance(value, str) or setting.reading in ("condition", "filter")
    return _holds_expression(error["input"]) or any(_is_expression(one) for one in _on_the_way(config, place))


def _on_the_way(value: JsonValue, place: tuple[int | str, ...]) -> Iterator[JsonValue]:
    for step in place:
        if isinstance(value, dict) and step in value:
            value = value[str(step)]
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return
        yield value


def _is_expression(value: JsonValue) -> bool:
    return isinstance(value, str) and "{{" in value


def _holds_expression(value: JsonValue) -> bool:
    return _is_expression(value)


def _problem(
    look: Look,
    part: Node | Trigger,
    error: ErrorDetails,
    settings: Mapping[str, Setting],
    config: JsonObject,
    where: Where,
    reported: set[str],
) -> Problem | None:
    place = error["loc"]
    key = str(place[0]) if place else ""
    if key in reported:
        return None
    name = look.called(part)
    if not place:
        return look.problem(part, where, "missing_setting", f"{name}: {_said(error['msg'])}")
    if error["type"] == "missing" and len(place) == 1:
        label = settings[key].label if key in settings else key
        return look.problem(part, (*where, key), "missing_setting", f'{name} needs "{label}".')
    if error["type"] == "extra_forbidden" and len(place) == 1:
        return look.problem(
            part, (*where, key), "unknown_setting", f'{name} has no setting "{key}".',
            hint=hint_for(key, list(settings), "There are"),
            severity="warning", fix=_renamed_or_removed(part, where, key, config, settings),
        )  # fmt: skip
    inner = tuple(step for step in place[1:] if isinstance(step, int) or step in str(config.get(key)))
    label = settings[key].label if key in settings else key
    fix = None
    if error["type"] == "literal_error" and not inner and key in settings:
        fix = look.put_nearest(part, (*where, key), str(error["input"]), list(settings[key].choices or ()))
    message = f'"{label}" of {name} {_wrong(error, settings.get(key))}'
    return look.problem(part, (*where, key, *inner), "wrong_setting", message, fix=fix)


def _renamed_or_removed(
    part: Node | Trigger, where: Where, key: str, config: JsonObject, settings: Mapping[str, Setting]
) -> JsonObject:
    """Offer the setting that was probably meant, else to take it away."""
    close = nearest(key, [one for one in settings if one not in config])
    if close is not None:
        renamed = {close if one == key else one: value for one, value in config.items()}
        return Look.put(part, where, renamed, f"Use {close}")
    return Look.put(part, where, {one: value for one, value in config.items() if one != key}, "Remove it")


def _wrong(error: ErrorDetails, setting: Setting | None) -> str:
    given = error["input"]
    shown = (
        f'"{given}"'
        if isinstance(given, str)
        else "a list"
        if isinstance(given, list)
        else "an object"
        if isinstance(given, dict)
        else str(given)
    )
    if error["type"] == "literal_error" and setting is not None and setting.choices:
        return f"is {shown}, but may be: {', '.join(setting.choices)}."
    if error["type"] in _WORDS:
        return f"must be {_WORDS[error['type']]}, but is {shown}."
    return f"is not right: {_said(error['msg'])}"


def _said(message: str) -> str:
    text = message.removeprefix("Value error, ").strip()
    return (
        f"{text[:1].lower()}{text[1:]}".rstrip(".") + "."
        if text.startswith(("Input", "String", "List"))
        else text.rstrip(".") + "."
    )


def _durations_of_node(look: Look, node: Node) -> Iterator[Problem]:
    name = look.called(node)
    if node.timeout is not None:
        yield from _duration(look, node, node.timeout, ("timeout",), f"The time-out of {name}")
    if node.reuse_for is not None:
        what = f"How long an answer of {name} is used again"
        yield from _duration(look, node, node.reuse_for, ("reuse_for",), what)
        found = look.registry.find(node.key)
        if found is not None and not (issubclass(found, Action) and found.asks):
            message = f"{name} asks no other system, so that it has no answer to use again."
            hint = "Take the time away."
            yield look.problem(node, ("reuse_for",), "nothing_to_reuse", message, severity="warning", hint=hint)
    if node.retry is not None:
        yield from _duration(
            look, node, node.retry.first, ("retry", "first"), f"The first pause of the retry of {name}"
        )
        yield from _duration(look, node, node.retry.max, ("retry", "max"), f"The longest pause of the retry of {name}")


def _durations_of_workflow(look: Look) -> Iterator[Problem]:
    settings = look.workflow.settings
    for key, value in (
        ("timeout", settings.timeout),
        ("retention", settings.retention),
        ("dedupe_window", settings.dedupe_window),
    ):
        if value is not None:
            yield from _duration(look, None, value, ("settings", key), f'"{key}" of the workflow')


def _duration(look: Look, part: Node | Trigger | None, value: str, where: Where, what: str) -> Iterator[Problem]:
    try:
        length = parse_duration(value)
    except BadDuration as bad:
        yield look.problem(part, where, "bad_duration", f"{what} cannot be read. {bad}")
        return
    if isinstance(part, Node) and part.type == "delay" and length.days > _WAIT_LIMIT_DAYS:
        message = f"{what} is longer than {_WAIT_LIMIT_DAYS} days."
        fix = look.put(part, where, f"{_WAIT_LIMIT_DAYS} days")
        yield look.problem(part, where, "too_long", message, hint="Use a schedule for what comes once a year.", fix=fix)
