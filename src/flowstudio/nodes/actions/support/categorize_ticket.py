"""Sort a ticket by keywords."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import Field

from flowstudio.domain.json import JsonObject
from flowstudio.kit import Action, Config, Output, Preview, RunContext, setting
from flowstudio.kit.records import fresh, record_of
from flowstudio.kit.words import counted

Category = Literal["billing", "technical", "feature_request", "account", "general"]
_RULES: dict[str, tuple[str, ...]] = {
    "billing": ("invoice", "refund", "charge", "billing", "payment"),
    "technical": ("error", "bug", "crash", "down", "outage", "fail", "login", "sync"),
    "feature_request": ("feature", "would be great", "suggest"),
    "account": ("password", "access", "permission", "user"),
}
_ELSE = "general"


class CategorizeTicketConfig(Config):
    """Which ticket, and by which words."""

    record: dict[str, Any] = setting(label="Ticket", widget="record", reading="expression", example="{{ticket}}")
    rules: dict[str, list[str]] | None = setting(
        None,
        label="Words",
        help="For each category its words; the first category that has one in the ticket is taken.",
        widget="fields",
        example={"billing": ["invoice", "refund"]},
        advanced=True,
    )


class CategorizeTicketOutput(Output):
    """The category."""

    value: str = Field(description="billing, technical, feature_request, account or general.", examples=["billing"])


class CategorizeTicket(Action):
    """Looks for words in a ticket's subject and description and gives it a category.

    The first category that fits is taken; a ticket without any of the words is general.
    """

    key = "categorize_ticket"
    title = "Sort ticket"
    icon = "tags"
    aliases = ("categorizeTicket",)
    synonyms = ("category", "classify", "triage", "support")
    effect = "writes"
    idempotent = True
    Config: ClassVar[type[Config]] = CategorizeTicketConfig
    Output = CategorizeTicketOutput
    main = "value"

    @classmethod
    def line(cls, config: JsonObject) -> str:
        rules = config.get("rules")
        return f"Into {counted(len(rules), 'category', 'categories')}" if isinstance(rules, dict) else "By its words"

    @classmethod
    def sentence(cls, config: JsonObject) -> str:
        """Say it as the middle of a sentence."""
        return "sort the ticket by its words"

    async def run(self, config: CategorizeTicketConfig, ctx: RunContext) -> JsonObject:
        """Find the category and write it."""
        ticket = record_of(config.record, "tickets")
        record = await fresh(config.record, ctx)
        text = f"{record.get('subject') or ''} {record.get('description') or ''}".casefold()
        rules = config.rules or _RULES
        value = next((name for name, words in rules.items() if any(word.casefold() in text for word in words)), _ELSE)
        await ctx.records.update("tickets", ticket, {"category": value})
        return {"value": value}

    def preview(self, config: CategorizeTicketConfig) -> Preview:
        return Preview("Would give 1 ticket a category", {"updated": 1})
