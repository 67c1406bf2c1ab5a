"""Set a ticket's status."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import Field

from flowstudio.domain.json import JsonObject
from flowstudio.kit import Action, Config, Output, Preview, RunContext, setting
from flowstudio.kit.records import record_of
from flowstudio.kit.words import capital, said

Status = Literal["open", "pending", "unassigned", "on_hold", "resolved", "reopened", "merged", "closed"]


class UpdateTicketStatusConfig(Config):
    """Which ticket, and its new status."""

    record: dict[str, Any] = setting(label="Ticket", widget="record", reading="expression", example="{{ticket}}")
    status: Status = setting(label="Status", example="resolved")


class UpdateTicketStatusOutput(Output):
    """The ticket."""

    record: dict[str, Any] = Field(
        description="The ticket as it is now.", examples=[{"id": "tic_1", "status": "resolved"}]
    )


class UpdateTicketStatus(Action):
    """Gives a ticket another status, such as resolved or closed."""

    key = "update_ticket_status"
    title = "Set ticket status"
    icon = "progress"
    aliases = ("updateStatus", "ticketActions.updateStatus")
    synonyms = ("close", "resolve", "reopen", "support")
    effect = "writes"
    idempotent = True
    Config: ClassVar[type[Config]] = UpdateTicketStatusConfig
    Output = UpdateTicketStatusOutput
    main = "record"

    @classmethod
    def line(cls, config: JsonObject) -> str:
        status = said(config.get("status")).replace("_", " ")
        return f"To {capital(status)}" if status else "No status yet"

    @classmethod
    def sentence(cls, config: JsonObject) -> str:
        """Say it as the middle of a sentence: `set the ticket to resolved`."""
        return f"set the ticket to {said(config.get('status')).replace('_', ' ') or 'another status'}"

    async def run(self, config: UpdateTicketStatusConfig, ctx: RunContext) -> JsonObject:
        """Write the status."""
        ticket = record_of(config.record, "tickets")
        return {"record": await ctx.records.update("tickets", ticket, {"status": config.status})}

    def preview(self, config: UpdateTicketStatusConfig) -> Preview:
        return Preview(f"Would set 1 ticket to {config.status.replace('_', ' ')}", {"updated": 1})
