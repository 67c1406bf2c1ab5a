"""When another system has something new."""

from __future__ import annotations

from typing import Any, ClassVar

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.kit import Config, TriggerType, setting
from flowstudio.kit.words import said


class PollConfig(Config):
    """Where to look, and how often."""

    url: str = setting(
        label="Address", widget="url", example="https://shop.example/orders", min_length=1, max_length=2_000
    )
    every: str = setting("15 minutes", label="Every", help="At least 1 minute.", widget="duration", reading="literal")
    items: str | None = setting(
        None, label="List in the answer", help="Left empty, the whole answer.", reading="literal", example="orders"
    )
    id_field: str = setting(
        "id", label="What tells items apart", help="A field of each item; each value starts one run.", reading="literal"
    )
    headers: dict[str, Any] = setting(default_factory=dict, label="Headers", widget="fields", advanced=True)
    credential: str | None = setting(None, label="Connection", widget="credential", reading="literal", advanced=True)


class Poll(TriggerType):
    """Looks at an address every so often and starts once for every new item."""

    key = "poll"
    title = "When there is something new"
    icon = "refresh"
    synonyms = ("check", "watch", "api", "new items", "rss")
    Config: ClassVar[type[Config]] = PollConfig

    @classmethod
    def payload(cls, config: JsonObject) -> dict[str, JsonValue]:
        return {"item": "open"}

    @classmethod
    def line(cls, config: JsonObject) -> str:
        return (
            f"{said(config['url'])}, every {config.get('every') or '15 minutes'}"
            if config.get("url")
            else "No address yet"
        )

    @classmethod
    def sentence(cls, config: JsonObject) -> str:
        """Say it as the beginning of a sentence."""
        return f"when {said(config.get('url')) or 'an address'} has something new"
