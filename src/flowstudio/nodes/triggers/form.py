"""When somebody fills in a form."""

from __future__ import annotations

from typing import Any, ClassVar

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.kit import Config, TriggerType, setting
from flowstudio.kit.words import listed, spaced


class FormConfig(Config):
    """The form."""

    heading: str = setting(
        "", label="Heading", reading="literal", example="Request time off", alias="title", max_length=300
    )
    fields: list[dict[str, Any]] = setting(
        default_factory=list,
        label="Fields",
        help="What is asked.",
        widget="inputs",
        reading="literal",
        example=[{"name": "email", "type": "email", "required": True}],
    )
    slug: str | None = setting(
        None,
        label="Address ends with",
        help="The last part of the address. Left empty, FlowStudio chooses it.",
        reading="literal",
        example="expenses",
        pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$",
        max_length=100,
    )


class Form(TriggerType):
    """Starts when somebody fills in a form that FlowStudio shows."""

    key = "form"
    title = "When a form is filled in"
    icon = "forms"
    synonyms = ("survey", "request", "page", "submit")
    Config: ClassVar[type[Config]] = FormConfig

    @classmethod
    def payload(cls, config: JsonObject) -> dict[str, JsonValue]:
        return {str(item["name"]): _kind(str(item.get("type") or "text")) for item in _fields(config)}

    @classmethod
    def line(cls, config: JsonObject) -> str:
        names = listed([spaced(str(item["name"])) for item in _fields(config)])
        return f"Asks for {names}" if names else "No fields yet"

    @classmethod
    def sentence(cls, config: JsonObject) -> str:
        """Say it as the beginning of a sentence."""
        return f"when somebody fills in the form {config.get('heading') or config.get('title') or ''}".strip()


def _fields(config: JsonObject) -> list[JsonObject]:
    return [item for item in config.get("fields") or () if isinstance(item, dict) and item.get("name")]


def _kind(word: str) -> JsonValue:
    """Return the kind of an answer; a file has name, type, size and digest."""
    return {"name": "text", "type": "text", "size": "number", "digest": "text"} if word == "file" else word
