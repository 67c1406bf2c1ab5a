"""Record an open, click, bounce or send."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import Field

from flowstudio.domain.json import JsonObject
from flowstudio.kit import Action, Config, Output, Preview, RunContext, setting
from flowstudio.kit.words import capital, said, spaced


class TrackEmailEventConfig(Config):
    """What happened to which mail."""

    recipient: str = setting(label="Recipient", widget="email", example="{{subscriber.email}}", min_length=3)
    event: Literal["sent", "delivered", "opened", "clicked", "link_clicked", "bounced", "unsubscribed"] = setting(
        label="What happened", example="opened"
    )
    campaign_id: str | None = setting(None, label="Campaign", help="Its id.", example="{{campaign.id}}")


class TrackEmailEventOutput(Output):
    """The note."""

    record: dict[str, Any] = Field(description="The note of what happened.", examples=[{"event": "opened"}])


class TrackEmailEvent(Action):
    """Notes what happened to a mail: sent, opened, clicked, bounced or unsubscribed."""

    key = "track_email_event"
    title = "Note email event"
    icon = "mail-opened"
    aliases = ("trackEmailEvent",)
    synonyms = ("open", "click", "bounce", "marketing", "tracking")
    effect = "writes"
    idempotent = False
    Config: ClassVar[type[Config]] = TrackEmailEventConfig
    Output = TrackEmailEventOutput
    main = "record"

    @classmethod
    def line(cls, config: JsonObject) -> str:
        return (
            f"{capital(spaced(said(config['event'])))} by {said(config.get('recipient'))}"
            if config.get("event")
            else "Nothing yet"
        )

    @classmethod
    def sentence(cls, config: JsonObject) -> str:
        """Say it as the middle of a sentence: `note that the mail was opened`."""
        return f"note that the mail was {spaced(said(config.get('event'))) or 'sent'}"

    async def run(self, config: TrackEmailEventConfig, ctx: RunContext) -> JsonObject:
        """Write the note."""
        row = {"recipient": config.recipient, "event": config.event, "campaign_id": config.campaign_id}
        return {"record": await ctx.records.create("email_events", row)}

    def preview(self, config: TrackEmailEventConfig) -> Preview:
        return Preview(f"Would note that a mail was {spaced(config.event)}", {"created": 1})
