"""Send an event to a Zapier hook."""

from __future__ import annotations

from typing import Any, ClassVar

import orjson
from pydantic import Field

from flowstudio.domain.json import JsonObject
from flowstudio.domain.record import visible
from flowstudio.kit import Action, Config, Output, Preview, RunContext, setting
from flowstudio.kit.ports import HttpRequest
from flowstudio.kit.words import said


class CreateZapierEventConfig(Config):
    """Which event, and what goes with it."""

    event: str = setting(label="Event", example="deal_created", min_length=1, max_length=200)
    payload: dict[str, Any] = setting(
        default_factory=dict, label="Data", widget="fields", example={"id": "{{deal.id}}", "amount": "{{deal.amount}}"}
    )
    url: str | None = setting(
        None, label="Hook", help="Left empty, the hook of the workspace.", widget="url", max_length=2_000, advanced=True
    )
    credential: str | None = setting(None, label="Connection", widget="credential", advanced=True)


class CreateZapierEventOutput(Output):
    """What Zapier said."""

    status: str = Field(description="success.", examples=["success"])


class CreateZapierEvent(Action):
    """Sends an event to Zapier, where it starts what you have built there."""

    key = "create_zapier_event"
    title = "Send to Zapier"
    icon = "arrow-forward-up"
    aliases = ("Create Zapier Event", "createZapierEvent")
    synonyms = ("zap", "hook", "integration")
    effect = "sends"
    idempotent = False
    connector = "zapier"
    Config: ClassVar[type[Config]] = CreateZapierEventConfig
    Output = CreateZapierEventOutput
    main = "*"

    @classmethod
    def line(cls, config: JsonObject) -> str:
        return said(config.get("event")) or "No event yet"

    @classmethod
    def sentence(cls, config: JsonObject) -> str:
        """Say it as the middle of a sentence: `send deal created to Zapier`."""
        return f"send {said(config.get('event')).replace('_', ' ') or 'an event'} to Zapier"

    async def run(self, config: CreateZapierEventConfig, ctx: RunContext) -> JsonObject:
        """Send the event."""
        data = visible(config.payload)
        response = await ctx.http.request(
            HttpRequest(
                "POST",
                config.url or "",
                {"Content-Type": "application/json"},
                body=orjson.dumps({"event": config.event, "id": ctx.idempotency_key, "data": data}),
                guarded=bool(config.url),
                service="zapier",
                credential=config.credential,
            )
        )
        ctx.call("create_zapier_event", config.event, method="POST", body=data)
        body = response.body if isinstance(response.body, dict) else {}
        return {"status": str(body.get("status") or "success")}

    def preview(self, config: CreateZapierEventConfig) -> Preview:
        return Preview(f"Would send {config.event} to Zapier", {"calls": 1})
