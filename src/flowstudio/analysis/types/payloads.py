"""What a trigger brings: the names of its payload, and of what kind they are."""

from __future__ import annotations

from flowstudio.analysis.facts import Facts
from flowstudio.analysis.types.kinds import Kind, kind_of_word
from flowstudio.domain.document import inputs_of
from flowstudio.domain.workflow import Trigger, Workflow
from flowstudio.kit import Registry


def payload_kinds(trigger: Trigger, workflow: Workflow, registry: Registry, facts: Facts) -> dict[str, Kind]:
    """Return the names of a trigger's payload with their kinds; none for an event of the user's own."""
    described = _described(trigger.key, trigger.config, registry)
    if trigger.type == "both_of":
        for part in trigger.config.get("parts") or ():
            if isinstance(part, dict):
                settings = part.get("config") if isinstance(part.get("config"), dict) else part
                described |= _described(f"trigger.{part.get('type')}", settings, registry)
    if trigger.type == "event" and not described and "." in str(trigger.config.get("event")):
        described = _raised(str(trigger.config["event"]), facts)
    if trigger.type == "manual":
        described |= {str(one["name"]): one.get("type", "text") for one in inputs_of(workflow) if one.get("name")}
    return {name: kind_of_word(word) for name, word in described.items()}


def _described(key: str, settings: object, registry: Registry) -> dict[str, object]:
    payload = getattr(registry.find(key), "payload", None)
    return dict(payload(settings)) if callable(payload) else {}


def _raised(event: str, facts: Facts) -> dict[str, object]:
    """Name the record of an event that a record type of the workspace raises."""
    for record_type in facts.types.values():
        for rule in record_type.events:
            if rule.event == event:
                return {
                    name: f"record:{record_type.name}" if index == 0 else "open"
                    for index, name in enumerate(rule.payload)
                }
    return {}
