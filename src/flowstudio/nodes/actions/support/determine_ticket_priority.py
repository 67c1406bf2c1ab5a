"""Set a ticket's priority from the customer's tier and the words in it."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import Field

from flowstudio.domain.json import JsonObject
from flowstudio.kit import Action, Config, Output, Preview, RunContext, setting
from flowstudio.kit.records import fresh, record_of

_PRIORITIES = ("low", "medium", "high", "urgent")
_TIERS = {"gold": 2, "platinum": 2}
_ALARMING = ("down", "outage", "urgent", "cannot", "breach", "failed")


class DetermineTicketPriorityConfig(Config):
    """Which ticket."""

    record: dict[str, Any] = setting(label="Ticket", widget="record", reading="expression", example="{{ticket}}")


class DetermineTicketPriorityOutput(Output):
    """The priority."""

    value: str = Field(description="low, medium, high or urgent.", examples=["high"])


class DetermineTicketPriority(Action):
    """Gives a ticket its priority: medium for standard customers, high for gold and platinum.

    It is one step higher when the ticket says down, outage, urgent, cannot, breach or failed.
    """

    key = "determine_ticket_priority"
    title = "Work out ticket priority"
    icon = "gauge"
    aliases = ("determineTicketPriority",)
    synonyms = ("triage", "tier", "urgent", "support")
    effect = "writes"
    idempotent = True
    Config: ClassVar[type[Config]] = DetermineTicketPriorityConfig
    Output = DetermineTicketPriorityOutput
    main = "value"

    @classmethod
    def line(cls, config: JsonObject) -> str:
        return "From the customer's tier and its words"

    @classmethod
    def sentence(cls, config: JsonObject) -> str:
        """Say it as the middle of a sentence."""
        return "work out the ticket's priority"

    async def run(self, config: DetermineTicketPriorityConfig, ctx: RunContext) -> JsonObject:
        """Work out the priority and write it."""
        ticket = record_of(config.record, "tickets")
        record = await fresh(config.record, ctx)
        customer_id = record.get("customer_id")
        customer = await ctx.records.get("customers", str(customer_id)) if customer_id else None
        index = _TIERS.get(str((customer or {}).get("tier")), 1)
        text = f"{record.get('subject') or ''} {record.get('description') or ''}".casefold()
        if any(word in text for word in _ALARMING):
            index += 1
        value = _PRIORITIES[index]
        await ctx.records.update("tickets", ticket, {"priority": value})
        return {"value": value}

    def preview(self, config: DetermineTicketPriorityConfig) -> Preview:
        return Preview("Would give 1 ticket a priority", {"updated": 1})
