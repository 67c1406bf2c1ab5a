"""Open a deal from a lead."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import Field

from flowstudio.domain.json import JsonObject
from flowstudio.kit import Action, Config, Output, Preview, RunContext, setting
from flowstudio.kit.records import fresh, record_of
from flowstudio.kit.words import capital, expression_words, said


class CreateDealFromLeadConfig(Config):
    """Which lead, and what is sold."""

    record: dict[str, Any] = setting(label="Lead", widget="record", reading="expression", example="{{lead}}")
    product: str | None = setting(None, label="Product", help="Stands in the name of the deal.", example="roadshow")
    amount: float | None = setting(None, label="Amount", help="Left empty, 0.", ge=0, example="{{lead.budget}}")


class CreateDealFromLeadOutput(Output):
    """The deal."""

    record: dict[str, Any] = Field(
        description="The new deal.", examples=[{"id": "deal_1", "name": "Vantage - roadshow"}]
    )


class CreateDealFromLead(Action):
    """Opens a deal for the lead's owner and marks the lead as converted."""

    key = "create_deal_from_lead"
    title = "Turn lead into deal"
    icon = "transform"
    aliases = ("createDealFromLead",)
    synonyms = ("convert", "opportunity", "sales")
    effect = "writes"
    idempotent = False
    Config: ClassVar[type[Config]] = CreateDealFromLeadConfig
    Output = CreateDealFromLeadOutput
    main = "record"

    @classmethod
    def line(cls, config: JsonObject) -> str:
        if not config.get("record"):
            return "No lead yet"
        lead = capital(expression_words(str(config["record"])))
        return f"{lead}, {said(config['product'])}" if config.get("product") else lead

    @classmethod
    def sentence(cls, config: JsonObject) -> str:
        """Say it as the middle of a sentence: `turn the lead into a deal`."""
        return f"turn the {expression_words(str(config.get('record') or 'lead'))} into a deal"

    async def run(self, config: CreateDealFromLeadConfig, ctx: RunContext) -> JsonObject:
        """Write the deal, and the lead's status."""
        lead_id = record_of(config.record, "leads")
        lead = await fresh(config.record, ctx)
        company = str(lead.get("company") or lead.get("name") or "")
        deal: JsonObject = {
            "name": f"{company} - {config.product}" if config.product else company,
            "lead_id": lead_id,
            "amount": _whole(config.amount or 0.0),
            "owner_id": lead.get("owner_id"),
        }
        record = await ctx.records.create("deals", deal)
        await ctx.records.update("leads", lead_id, {"status": "converted"})
        return {"record": record}

    def preview(self, config: CreateDealFromLeadConfig) -> Preview:
        return Preview("Would open 1 deal", {"created": 1, "updated": 1})


def _whole(amount: float) -> float | int:
    return int(amount) if amount.is_integer() else amount
