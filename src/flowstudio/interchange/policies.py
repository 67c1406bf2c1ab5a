"""What a node does beside its work (retry, fallback, notify) and how a workflow's runs are kept in bounds."""

from __future__ import annotations

from flowstudio.domain.document import under
from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.domain.workflow import Fallback, Notify, Retry, WorkflowSettings
from flowstudio.interchange.configs import ConfigReader
from flowstudio.interchange.kinds import node_kind
from flowstudio.interchange.reading import Part, Reading
from flowstudio.kit import Registry
from flowstudio.kit.uses import settings_map

_OCCASIONS = {
    "on_ready": "ready",
    "on_completed": "completed",
    "on_failed": "failed",
    "success": "completed",
    "failure": "failed",
}


def read_retry(node: Part) -> Retry | None:
    """Read `retry`; a number alone is the number of attempts."""
    value = node.raw("retry", "retries", "retry_policy")
    if value is None or value is False:
        return None
    key = node.key_of("retry", "retries", "retry_policy")
    if isinstance(value, int) and not isinstance(value, bool):
        value = {"attempts": value}
    if not isinstance(value, dict):
        node.wrong(key, "an object", value)
        return None
    part = Part(node.reading, value, node.at(key), f"the retry of {node.name}", node.node_id)
    given: JsonObject = {
        "attempts": part.whole("attempts", "max_attempts", "maxAttempts", least=1, most=100),
        "backoff": part.choice("backoff", ("exponential", "fixed", "linear"), aliases={"constant": "fixed"}),
        "first": part.duration("first", "delay", "initial"),
        "max": part.duration("max", "max_delay", "maxDelay"),
    }
    return Retry(**{name: one for name, one in given.items() if one is not None}, extra=part.rest())


def read_fallback(node: Part, registry: Registry) -> Fallback | None:
    """Read `fallback`; a text alone is the action's name."""
    value = node.raw("fallback")
    if isinstance(value, str):
        value = {"action": value}
    if value is None:
        return None
    if not isinstance(value, dict):
        node.wrong("fallback", "an object", value)
        return None
    part = Part(node.reading, value, node.at("fallback"), f"the fallback of {node.name}", node.node_id)
    word = part.text("action", "type", required=True) or ""
    _, action, known = node_kind("action", word, registry)
    config = part.object("config") or {}
    extra = part.rest()
    found = registry.find(f"action.{action}") if known else None
    if found is None:
        if word:
            called = f'"{node.value.get("name") or node.node_id}"'
            node.reading.note(
                part.at("action"), "unknown_action",
                f'The fallback of {called} is the action "{word}", which is not known.',
                hint="Choose another action.", node_id=node.node_id,
            )  # fmt: skip
        return Fallback(action=word, config=config, extra=extra)
    reader = ConfigReader(node.reading, settings_map(found), part.at("config"), part.name, node.node_id or "")
    settings, unknown = reader.read(config)
    return Fallback(action=action or word, config=settings, extra={**extra, **({"config": unknown} if unknown else {})})


def read_notify(node: Part) -> tuple[Notify, ...]:
    """Read whom to tell, seed 4's `notificationPolicies` too."""
    keys = ("notify", "notifications", "notificationPolicies", "notification_policies")
    value = node.raw(*keys)
    key = node.key_of(*keys)
    if isinstance(value, dict):
        value = [value]
    if value is None:
        return ()
    if not isinstance(value, list):
        node.wrong(key, "a list", value)
        return ()
    return tuple(_notify(one, node, under(node.at(key), index)) for index, one in enumerate(value))


def _notify(value: JsonValue, node: Part, path: str) -> Notify:
    name = f"a notification of {node.name}"
    if not isinstance(value, dict):
        node.reading.fault(path, "wrong_type", f"{name[0].upper()}{name[1:]} must be an object.", node_id=node.node_id)
        return Notify()
    part = Part(node.reading, value, path, name, node.node_id)
    if "on" not in value and isinstance(value.get("trigger"), str):
        part = Part(
            node.reading,
            {**{key: one for key, one in value.items() if key != "trigger"}, "on": value["trigger"]},
            path,
            name,
            node.node_id,
        )
    to = part.raw("to", "recipient", "recipients")
    if isinstance(to, list) and all(isinstance(one, str) for one in to):
        to = ", ".join(to)
    if to is not None and not isinstance(to, str):
        part.wrong("to", "text", to)
        to = None
    given: JsonObject = {
        "on": part.choice("on", ("ready", "completed", "failed"), aliases=_OCCASIONS),
        "channel": part.text("channel"),
        "to": to,
        "message": part.text("message", "text", "template"),
    }
    return Notify(**{key: one for key, one in given.items() if one is not None}, extra=part.rest())


def read_settings(value: JsonObject, reading: Reading) -> WorkflowSettings:
    """Read the workflow's run policy."""
    part = Part(reading, value, "$.settings", "the workflow's settings")
    given: JsonObject = {
        "concurrency": part.choice("concurrency", ("parallel", "queued", "single", "restart")),
        "max_runs_per_hour": part.whole("max_runs_per_hour", least=1),
        "dedupe_window": part.duration("dedupe_window"),
        "ask_after": part.whole("ask_after", least=0),
        "max_sent_per_hour": part.whole("max_sent_per_hour", least=1),
        "pause_after_failures": part.whole("pause_after_failures", least=0, most=100),
        "timeout": part.duration("timeout"),
        "priority": part.choice("priority", ("normal", "low", "high")),
        "retention": part.duration("retention"),
        "minutes_saved": _minutes(part),
        "snapshot": part.choice("snapshot", ("live", "frozen")),
        "alert_to": part.texts("alert_to"),
    }
    return WorkflowSettings(**given, extra=part.rest())


def _minutes(part: Part) -> float | None:
    minutes = part.number("minutes_saved")
    if minutes is not None and minutes < 0:
        part.fault("minutes_saved", "wrong_value", f'"minutes_saved" must be at least 0, but is {minutes}.')
        return None
    return minutes
