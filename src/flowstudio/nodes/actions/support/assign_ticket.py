"""Give a ticket to an agent."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import Field

from flowstudio.domain.json import JsonObject
from flowstudio.errors import ConfigRejected
from flowstudio.kit import Action, Config, Output, Preview, RunContext, setting
from flowstudio.kit.records import fresh, record_of
from flowstudio.kit.words import capital, said


class AssignTicketConfig(Config):
    """Which ticket, and who gets it."""

    record: dict[str, Any] = setting(label="Ticket", widget="record", reading="expression", example="{{ticket}}")
    to: str = setting(label="To", help="The id of an employee.", example="{{agent.id}}", min_length=1)


class AssignTicketOutput(Output):
    """The ticket."""

    record: dict[str, Any] = Field(
        description="The ticket as it is now.", examples=[{"id": "tic_1", "assignee_id": "emp_5"}]
    )


class AssignTicket(Action):
    """Gives a ticket to an agent and counts it among the agent's open tickets."""

    key = "assign_ticket"
    title = "Assign ticket"
    icon = "user-check"
    aliases = ("assignTicket", "ticketActions.assignTicket")
    synonyms = ("agent", "owner", "support", "route")
    effect = "writes"
    idempotent = True
    Config: ClassVar[type[Config]] = AssignTicketConfig
    Output = AssignTicketOutput
    main = "record"

    @classmethod
    def line(cls, config: JsonObject) -> str:
        return f"To {capital(said(config['to']))}" if config.get("to") else "Nobody yet"

    @classmethod
    def sentence(cls, config: JsonObject) -> str:
        """Say it as the middle of a sentence: `give the ticket to the agent`."""
        return f"give the ticket to {said(config.get('to')) or 'somebody'}"

    async def run(self, config: AssignTicketConfig, ctx: RunContext) -> JsonObject:
        """Write the assignee, and count the ticket for a new one."""
        ticket = record_of(config.record, "tickets")
        agent = await ctx.records.get("employees", config.to)
        if agent is None:
            raise ConfigRejected(f'There is no employee "{config.to}".', setting="to")
        before = (await fresh(config.record, ctx)).get("assignee_id")
        record = await ctx.records.update("tickets", ticket, {"assignee_id": config.to})
        if before != config.to:
            count = int(agent.get("open_tickets") or 0) + 1
            await ctx.records.update("employees", config.to, {"open_tickets": count})
        return {"record": record}

    def preview(self, config: AssignTicketConfig) -> Preview:
        return Preview(f"Would give 1 ticket to {config.to}", {"updated": 1})
