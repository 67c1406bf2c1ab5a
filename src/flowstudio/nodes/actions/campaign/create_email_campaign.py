"""Create an email campaign."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import Field

from flowstudio.domain.json import JsonObject
from flowstudio.kit import Action, Config, Output, Preview, RunContext, setting
from flowstudio.kit.words import capital, said


class CreateEmailCampaignConfig(Config):
    """What the campaign is."""

    name: str = setting(label="Name", example="Spring offer", min_length=1, max_length=300)
    audience: str = setting(
        label="Audience", help="Who gets it.", example="opt_in_customers", min_length=1, max_length=300
    )
    subject: str = setting(label="Subject", example="12 venues for spring", min_length=1, max_length=500)
    status: Literal["draft", "scheduled"] | None = setting(
        None, label="Status", help="Left empty, a draft.", example="draft"
    )


class CreateEmailCampaignOutput(Output):
    """The campaign."""

    record: dict[str, Any] = Field(description="The new campaign.", examples=[{"id": "cmp_1", "status": "draft"}])


class CreateEmailCampaign(Action):
    """Creates an email campaign. Nothing is sent by this step."""

    key = "create_email_campaign"
    title = "Create email campaign"
    icon = "mail-forward"
    aliases = ("createEmailCampaign",)
    synonyms = ("marketing", "newsletter", "audience")
    effect = "writes"
    idempotent = False
    Config: ClassVar[type[Config]] = CreateEmailCampaignConfig
    Output = CreateEmailCampaignOutput
    main = "record"

    @classmethod
    def line(cls, config: JsonObject) -> str:
        return capital(said(config.get("name"))) or "No name yet"

    @classmethod
    def sentence(cls, config: JsonObject) -> str:
        """Say it as the middle of a sentence: `create the email campaign Spring offer`."""
        name = said(config.get("name"))
        return f"create the email campaign {name}" if name else "create an email campaign"

    async def run(self, config: CreateEmailCampaignConfig, ctx: RunContext) -> JsonObject:
        """Write the campaign."""
        row = {"name": config.name, "audience": config.audience, "subject": config.subject}
        if config.status:
            row["status"] = config.status
        return {"record": await ctx.records.create("campaigns", row)}

    def preview(self, config: CreateEmailCampaignConfig) -> Preview:
        return Preview(f"Would create the campaign {config.name}", {"created": 1})
