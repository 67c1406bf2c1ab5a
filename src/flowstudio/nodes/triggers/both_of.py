"""When two things happen together."""

from __future__ import annotations

from typing import Any, ClassVar

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.kit import Config, TriggerType, setting
from flowstudio.kit.words import listed, spaced


class BothOfConfig(Config):
    """The two parts, and what they have in common."""

    parts: list[dict[str, Any]] = setting(
        label="Parts",
        help="Exactly two triggers.",
        widget="triggers",
        reading="literal",
        min_length=2,
        max_length=2,
        example=[{"type": "inactivity", "entity": "customers", "days": 30}, {"type": "ticket_created"}],
    )
    match: str | None = setting(
        None, label="The same", help="Record type and field that both share.", reading="literal", example="customers.id"
    )
    within: str = setting("5 minutes", label="Within", widget="duration", reading="literal", example="5 minutes")


class BothOf(TriggerType):
    """Starts once when two things have happened within a time, for the same record."""

    key = "both_of"
    title = "When two things happen"
    icon = "arrows-join"
    aliases = ("Maximum 2 triggers (AND logic)", "and_trigger")
    synonyms = ("and", "both", "together", "two")
    Config: ClassVar[type[Config]] = BothOfConfig

    @classmethod
    def payload(cls, config: JsonObject) -> dict[str, JsonValue]:
        entity, _, _ = str(config.get("match") or "").partition(".")
        found: dict[str, JsonValue] = {"metric": "text", "value": "number", "days_inactive": "integer"}
        if entity:
            found[entity.removesuffix("s")] = f"record:{entity}"
        return found

    @classmethod
    def line(cls, config: JsonObject) -> str:
        parts = _parts(config)
        return (
            f"{parts[:1].upper()}{parts[1:]}, within {config.get('within') or '5 minutes'}" if parts else "No parts yet"
        )

    @classmethod
    def sentence(cls, config: JsonObject) -> str:
        """Say it as the beginning of a sentence."""
        return f"when both {_parts(config) or 'things'} happen within {config.get('within') or '5 minutes'}"


def _parts(config: JsonObject) -> str:
    return listed([spaced(str(part.get("type"))) for part in config.get("parts") or () if isinstance(part, dict)])
