"""Notifications inside the product."""

from __future__ import annotations

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.kit.context import RunContext
from flowstudio.kit.recipients import one_recipient


async def notify_in_app(to: JsonValue, text: str, ctx: RunContext) -> JsonObject:
    """Show a notification to a person, a team or everyone; return its record."""
    recipient = await one_recipient(to, ctx)
    record = await ctx.records.create("notifications", {"recipient": recipient, "text": text}, silent=True)
    ctx.message("in_app", recipient, text)
    return record
