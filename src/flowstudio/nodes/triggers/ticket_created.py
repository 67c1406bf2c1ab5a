"""When a support ticket is created."""

from __future__ import annotations

from typing import ClassVar

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.kit import Config, TriggerType, setting
from flowstudio.kit.rechecking import Recheck, recheck_setting
from flowstudio.kit.rules import rule_words
from flowstudio.kit.words import shortened


class TicketCreatedConfig(Config):
    """Which tickets."""

    filter: JsonObject | None = setting(
        None,
        label="Only where",
        help="Only tickets for which this holds.",
        widget="filter",
        reading="filter",
        example={"field": "priority", "operator": "equals", "value": "urgent"},
    )
    recheck: Recheck = recheck_setting("never")


class TicketCreated(TriggerType):
    """Starts for every new support ticket, or only for some."""

    key = "ticket_created"
    title = "When a ticket is created"
    icon = "ticket"
    aliases = ("Ticket created: New support ticket",)
    synonyms = ("support", "new", "case", "issue")
    Config: ClassVar[type[Config]] = TicketCreatedConfig

    @classmethod
    def payload(cls, config: JsonObject) -> dict[str, JsonValue]:
        return {"ticket": "record:tickets"}

    @classmethod
    def line(cls, config: JsonObject) -> str:
        rule = rule_words(config.get("filter"))
        return shortened(f"Where {rule}") if rule else "Every new ticket"

    @classmethod
    def sentence(cls, config: JsonObject) -> str:
        """Say it as the beginning of a sentence: `when a ticket is created`."""
        rule = rule_words(config.get("filter"), article=True)
        return f"when a ticket is created{f', where {rule}' if rule else ''}"
