"""Find open tickets near or past their SLA time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from pydantic import Field

from flowstudio.domain.json import JsonObject
from flowstudio.kit import Action, Config, Output, Preview, RunContext, setting
from flowstudio.kit.moments import moment_of
from flowstudio.kit.words import said

_OPEN: JsonObject = {
    "type": "and",
    "conditions": [
        {"field": "status", "operator": "in", "value": ["open", "pending", "unassigned", "on_hold", "reopened"]},
        {"field": "sla_due_at", "operator": "exists"},
    ],
}


class FindTicketsAtSlaRiskConfig(Config):
    """How near."""

    within_minutes: int = setting(
        label="Minutes ahead", help="Tickets whose time ends within so many minutes are at risk.", ge=0, example=60
    )


class FindTicketsAtSlaRiskOutput(Output):
    """The tickets, in order of creation."""

    at_risk: list[dict[str, Any]] = Field(description="Tickets whose time ends soon.", examples=[[{"id": "tic_11"}]])
    breached: list[dict[str, Any]] = Field(description="Tickets whose time is over.", examples=[[{"id": "tic_10"}]])


class FindTicketsAtSlaRisk(Action):
    """Finds open tickets whose promised time ends soon, and those whose time is over."""

    key = "find_tickets_at_sla_risk"
    title = "Find late tickets"
    icon = "alarm"
    aliases = ("findTicketsAtSLARisk",)
    synonyms = ("sla", "deadline", "support", "overdue")
    effect = "reads"
    idempotent = True
    Config: ClassVar[type[Config]] = FindTicketsAtSlaRiskConfig
    Output = FindTicketsAtSlaRiskOutput
    main = "*"

    @classmethod
    def line(cls, config: JsonObject) -> str:
        return f"Past their time, or within {said(config.get('within_minutes', 60))} minutes of it"

    @classmethod
    def sentence(cls, config: JsonObject) -> str:
        """Say it as the middle of a sentence."""
        return f"find the tickets within {said(config.get('within_minutes', 60))} minutes of their SLA time"

    async def run(self, config: FindTicketsAtSlaRiskConfig, ctx: RunContext) -> JsonObject:
        """Sort the open tickets by their time."""
        now = ctx.now()
        soon = now + timedelta(minutes=config.within_minutes)
        at_risk: list[JsonObject] = []
        breached: list[JsonObject] = []
        for ticket in await ctx.records.query("tickets", _OPEN):
            due = moment_of(ticket["sla_due_at"], ctx.zone, "sla_due_at")
            if due < now:
                breached.append(ticket)
            elif due <= soon:
                at_risk.append(ticket)
        return {"at_risk": at_risk, "breached": breached}

    def preview(self, config: FindTicketsAtSlaRiskConfig) -> Preview:
        return Preview("Finds late tickets")
