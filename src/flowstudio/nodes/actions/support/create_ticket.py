"""Create a support ticket."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import Field

from flowstudio.domain.json import JsonObject
from flowstudio.kit import Action, Config, Output, Preview, RunContext, setting
from flowstudio.kit.moments import stamp
from flowstudio.kit.words import capital, said


class CreateTicketConfig(Config):
    """What the ticket is about and who looks after it."""

    subject: str = setting(
        label="Subject", example="Escalate: Invoice {{invoice.number}} severely overdue", min_length=1, max_length=500
    )
    priority: Literal["low", "medium", "high", "urgent"] = setting(label="Priority", example="high")
    assign_to: str | None = setting(
        None, label="For", help="A team, a mail address or a person.", widget="recipients", example="collections_team"
    )
    description: str | None = setting(None, label="Description", widget="longtext", max_length=50_000)
    customer_id: str | None = setting(
        None, label="Customer", help="The id of the customer.", example="{{invoice.customer_id}}", advanced=True
    )


class CreateTicketOutput(Output):
    """The ticket."""

    record: dict[str, Any] = Field(description="The new ticket.", examples=[{"id": "tic_1", "status": "open"}])


class CreateTicket(Action):
    """Opens a support ticket for a team or a person."""

    key = "create_ticket"
    title = "Create ticket"
    icon = "ticket"
    aliases = ("createTicket", "Create ticket", "Create Ticket")
    synonyms = ("support", "issue", "case", "escalate")
    effect = "writes"
    idempotent = False
    Config: ClassVar[type[Config]] = CreateTicketConfig
    Output = CreateTicketOutput
    main = "record"

    @classmethod
    def line(cls, config: JsonObject) -> str:
        priority = f"{capital(said(config['priority']))} priority" if config.get("priority") else "No priority yet"
        team = said(config.get("assign_to")).replace("_", " ")
        return f"{priority}, to {capital(team)}" if team else priority

    @classmethod
    def sentence(cls, config: JsonObject) -> str:
        """Say it as the middle of a sentence: `create a ticket with high priority for the collections team`."""
        team = said(config.get("assign_to")).replace("_", " ")
        words = "create a ticket"
        if config.get("priority"):
            words += f" with {said(config['priority'])} priority"
        return f"{words} for {team}" if team else words

    async def run(self, config: CreateTicketConfig, ctx: RunContext) -> JsonObject:
        """Write the ticket."""
        row: JsonObject = {
            "subject": config.subject,
            "priority": config.priority,
            "assigned_to": config.assign_to,
            "description": config.description,
            "customer_id": config.customer_id,
            "created_at": stamp(ctx.now()),
        }
        given = {name: value for name, value in row.items() if value not in (None, "")}
        return {"record": await ctx.records.create("tickets", given)}

    def preview(self, config: CreateTicketConfig) -> Preview:
        return Preview(f"Would create 1 ticket with {config.priority} priority", {"created": 1})
