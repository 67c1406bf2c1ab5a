"""Messages to Slack."""

from __future__ import annotations

import orjson

from flowstudio.domain.json import JsonObject
from flowstudio.errors import ConfigRejected
from flowstudio.kit.context import RunContext
from flowstudio.kit.ports import HttpRequest

_LONGEST = 40_000
"""Characters; beyond them Slack cuts the message off."""


def build_slack(channel: str, text: str, credential: str | None = None) -> HttpRequest:
    """Return the request that posts a message; the connection adds the token."""
    if not channel.strip():
        raise ConfigRejected("There is no channel to post to.", setting="channel")
    if not text.strip() or len(text) > _LONGEST:
        raise ConfigRejected(f"A message to Slack has 1 to {_LONGEST:,} characters.", setting="text")
    return HttpRequest(
        method="POST",
        url="/chat.postMessage",
        headers={"Content-Type": "application/json; charset=utf-8"},
        body=orjson.dumps({"channel": channel.strip(), "text": text}),
        guarded=False,
        service="slack",
        credential=credential,
    )


async def send_slack(channel: str, text: str, ctx: RunContext, credential: str | None = None) -> JsonObject:
    """Post one message to a channel or a person; return `{"message_id", "status"}`."""
    response = await ctx.http.request(build_slack(channel, text, credential))
    body = response.body if isinstance(response.body, dict) else {}
    ctx.message("slack", channel, text)
    return {"message_id": body.get("ts"), "status": "sent"}
