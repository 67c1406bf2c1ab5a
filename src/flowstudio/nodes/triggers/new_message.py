"""When a message comes in."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.kit import Config, TriggerType, setting
from flowstudio.kit.words import said


class NewMessageConfig(Config):
    """Which channel, and which messages."""

    channel: Literal["any", "slack", "email", "sms", "social", "radio_chat"] = setting(
        label="Channel", reading="literal", example="email"
    )
    filter: dict[str, Any] | None = setting(
        None,
        label="Only with",
        help="Text that must occur: contains, from, to.",
        widget="fields",
        example={"contains": "{{settings.social_handle}}"},
    )
    credential: str | None = setting(
        None,
        label="Mailbox",
        help="The connection that holds its address, such as imaps://user:password@mail.example/INBOX.",
        widget="credential",
        reading="literal",
        advanced=True,
    )


class NewMessage(TriggerType):
    """Starts when a message comes in by mail, Slack, text message or another channel."""

    key = "new_message"
    title = "When a message comes in"
    icon = "inbox"
    aliases = ("New message: Slack/Gmail received",)
    synonyms = ("mail", "slack", "sms", "received", "incoming")
    Config: ClassVar[type[Config]] = NewMessageConfig

    @classmethod
    def payload(cls, config: JsonObject) -> dict[str, JsonValue]:
        return {"message": "open"}

    @classmethod
    def line(cls, config: JsonObject) -> str:
        words = {"any": "By any channel", "sms": "By text message", "radio_chat": "By radio"}
        channel = str(config.get("channel") or "any")
        start = words.get(channel, f"By {channel}")
        wanted = config.get("filter") or {}
        return f"{start}, {said(list(wanted.values()))}" if isinstance(wanted, dict) and wanted else start

    @classmethod
    def sentence(cls, config: JsonObject) -> str:
        """Say it as the beginning of a sentence: `when a message comes in by email`."""
        line = cls.line(config)
        return f"when a message comes in {line[0].lower()}{line[1:]}"
