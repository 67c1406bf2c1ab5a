"""Find open tickets that say nearly the same."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from pydantic import Field
from rapidfuzz.fuzz import token_set_ratio
from rapidfuzz.utils import default_process

from flowstudio.domain.json import JsonObject
from flowstudio.errors import ConfigRejected
from flowstudio.kit import Action, Config, Output, Preview, RunContext, setting
from flowstudio.kit.moments import moment_of
from flowstudio.kit.records import fresh, record_of

_DAYS = 7
_WORDS = 5
_OPEN: JsonObject = {
    "field": "status",
    "operator": "in",
    "value": ["open", "pending", "unassigned", "on_hold", "reopened"],
}


class FindDuplicateTicketsConfig(Config):
    """Which ticket, and how alike."""

    record: dict[str, Any] = setting(label="Ticket", widget="record", reading="expression", example="{{ticket}}")
    similarity: float = setting(
        85, label="How alike", help="From 0 to 100; at 100 one says all that the other says.", ge=0, le=100, example=85
    )


class FindDuplicateTicketsOutput(Output):
    """The tickets."""

    records: list[dict[str, Any]] = Field(
        description="The other tickets, most alike first.", examples=[[{"id": "tic_19"}]]
    )
    reasons: list[dict[str, Any]] = Field(
        description="For each of them how alike it is, from 0 to 100, and why.",
        examples=[[{"id": "tic_19", "similarity": 92, "why": "Of the same customer. Both say login, fails."}]],
    )


class FindDuplicateTickets(Action):
    """Finds other open tickets with nearly the same words.

    Looked at are tickets of the same customer, and those of the last 7 days. The order of the words does not matter.
    """

    key = "find_duplicate_tickets"
    title = "Find similar tickets"
    icon = "copy"
    aliases = ("findDuplicateTickets",)
    synonyms = ("duplicate", "same", "support", "merge")
    effect = "reads"
    idempotent = True
    Config: ClassVar[type[Config]] = FindDuplicateTicketsConfig
    Output = FindDuplicateTicketsOutput
    main = "records"

    @classmethod
    def line(cls, config: JsonObject) -> str:
        return f"At least {config.get('similarity', 85)} % alike"

    @classmethod
    def sentence(cls, config: JsonObject) -> str:
        """Say it as the middle of a sentence."""
        return "find tickets that say nearly the same"

    async def run(self, config: FindDuplicateTicketsConfig, ctx: RunContext) -> JsonObject:
        """Compare the ticket with the candidates."""
        ticket_id = record_of(config.record, "tickets")
        ticket = await fresh(config.record, ctx)
        text = _text(ticket)
        found: list[tuple[float, JsonObject]] = []
        for other in await ctx.records.query("tickets", _OPEN):
            if other["id"] == ticket_id or not _candidate(other, ticket, ctx):
                continue
            score = token_set_ratio(text, _text(other), processor=default_process)
            if score >= config.similarity:
                found.append((score, other))
        found.sort(key=lambda pair: -pair[0])
        reasons = [
            {"id": other["id"], "similarity": round(score), "why": _why(ticket, other)} for score, other in found
        ]
        return {"records": [other for _, other in found], "reasons": reasons}

    def preview(self, config: FindDuplicateTicketsConfig) -> Preview:
        return Preview("Finds similar tickets")


def _text(ticket: JsonObject) -> str:
    return f"{ticket.get('subject') or ''} {ticket.get('description') or ''}"


def _why(ticket: JsonObject, other: JsonObject) -> str:
    """Say in a sentence or two why a ticket was looked at, and what both say."""
    same = ticket.get("customer_id") and ticket["customer_id"] == other.get("customer_id")
    first = "Of the same customer." if same else f"Came within the last {_DAYS} days."
    theirs = set(default_process(_text(other)).split())
    words = [word for word in dict.fromkeys(default_process(_text(ticket)).split()) if word in theirs]
    telling = sorted(words, key=len, reverse=True)[:_WORDS]
    return f"{first} Both say {', '.join(word for word in words if word in telling)}." if telling else first


def _candidate(other: JsonObject, ticket: JsonObject, ctx: RunContext) -> bool:
    if ticket.get("customer_id") and other.get("customer_id") == ticket["customer_id"]:
        return True
    if not other.get("created_at"):
        return False
    try:
        created = moment_of(other["created_at"], ctx.zone, "created_at")
    except ConfigRejected:
        return False
    return ctx.now() - timedelta(days=_DAYS) <= created <= ctx.now()
