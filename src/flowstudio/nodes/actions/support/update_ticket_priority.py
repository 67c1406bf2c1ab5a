"""Set a ticket's priority."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import Field

from flowstudio.domain.json import JsonObject
from flowstudio.kit import Action, Config, Output, Preview, RunContext, setting
from flowstudio.kit.records import record_of
from flowstudio.kit.words import capital, said


class UpdateTicketPriorityConfig(Config):
    """Which ticket, and its new priority."""

    record: dict[str, Any] = setting(label="Ticket", widget="record", reading="expression", example="{{ticket}}")
    priority: Literal["low", "medium", "high", "urgent"] = setting(label="Priority", example="urgent")


class UpdateTicketPriorityOutput(Output):
    """The ticket."""

    record: dict[str, Any] = Field(
        description="The ticket as it is now.", examples=[{"id": "tic_1", "priority": "urgent"}]
    )


class UpdateTicketPriority(Action):
    """Gives a ticket another priority, from low to urgent."""

    key = "update_ticket_priority"
    title = "Set ticket priority"
    icon = "urgent"
    aliases = ("updatePriority", "ticketActions.updatePriority")
    synonyms = ("escalate", "urgent", "support")
    effect = "writes"
    idempotent = True
    Config: ClassVar[type[Config]] = UpdateTicketPriorityConfig
    Output = UpdateTicketPriorityOutput
    main = "record"

    @classmethod
    def line(cls, config: JsonObject) -> str:
        return f"To {capital(said(config['priority']))}" if config.get("priority") else "No priority yet"

    @classmethod
    def sentence(cls, config: JsonObject) -> str:
        """Say it as the middle of a sentence: `set the ticket's priority to urgent`."""
        return f"set the ticket's priority to {said(config.get('priority')) or 'another one'}"

    async def run(self, config: UpdateTicketPriorityConfig, ctx: RunContext) -> JsonObject:
        """Write the priority."""
        ticket = record_of(config.record, "tickets")
        return {"record": await ctx.records.update("tickets", ticket, {"priority": config.priority})}

    def preview(self, config: UpdateTicketPriorityConfig) -> Preview:
        return Preview(f"Would set 1 ticket to {config.priority} priority", {"updated": 1})
