"""By hand: a button or the API."""

from __future__ import annotations

from typing import Any, ClassVar

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.kit import Config, TriggerType, setting
from flowstudio.kit.words import listed, spaced


class ManualConfig(Config):
    """What it asks for when it is started."""

    via: list[str] = setting(
        default_factory=lambda: ["button", "api"],
        label="Started by",
        help="button, api.",
        widget="list",
        reading="literal",
        example=["button", "api"],
        advanced=True,
    )
    inputs: list[dict[str, Any]] = setting(
        default_factory=list,
        label="Asks for",
        help="Values that whoever starts it fills in.",
        widget="inputs",
        reading="literal",
        example=[{"name": "lead", "type": "record:leads", "required": True}],
    )


class Manual(TriggerType):
    """Starts when a person presses the button, or when a program asks for it."""

    key = "manual"
    title = "By hand"
    icon = "hand-click"
    aliases = ("Button click from UI", "API call", "button", "api")
    synonyms = ("button", "start", "click", "api", "run")
    Config: ClassVar[type[Config]] = ManualConfig

    @classmethod
    def payload(cls, config: JsonObject) -> dict[str, JsonValue]:
        return {str(item["name"]): _kind(str(item.get("type") or "text")) for item in _inputs(config)}

    @classmethod
    def line(cls, config: JsonObject) -> str:
        names = listed([spaced(str(item["name"])) for item in _inputs(config)])
        return f"Asks for {names}" if names else "With the button or the API"

    @classmethod
    def sentence(cls, config: JsonObject) -> str:
        """Say it as the beginning of a sentence."""
        return "when somebody starts it"


def _inputs(config: JsonObject) -> list[JsonObject]:
    return [item for item in config.get("inputs") or () if isinstance(item, dict) and item.get("name")]


def _kind(written: str) -> str:
    return "open" if written.startswith("object") else written
