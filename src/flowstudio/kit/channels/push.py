"""Push messages to the devices of a person, by Firebase."""

from __future__ import annotations

import hashlib

import orjson

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.errors import ConfigRejected
from flowstudio.kit.context import RunContext
from flowstudio.kit.moments import stamp
from flowstudio.kit.ports import HttpRequest
from flowstudio.kit.recipients import is_address, one_recipient


def build_push(
    to: str, text: str, ctx: RunContext, title: str | None = None, credential: str | None = None
) -> HttpRequest:
    """Return the request for one push message; the connection adds project and token.

    A person's devices listen to a topic of their own, made from the mail address; anything longer without `@` is the
    token of a device.
    """
    heading = title or str(ctx.settings.get("company_name") or "FlowStudio")
    return push_request(to, text, heading, {"run_id": ctx.run_id, "workflow_id": ctx.workflow_id}, credential)


def push_request(to: str, text: str, title: str, data: JsonObject, credential: str | None = None) -> HttpRequest:
    """Return the request for a push message with that title; `data` goes along for the app."""
    if not text.strip():
        raise ConfigRejected("The push message is empty.", setting="text")
    message: JsonObject = {**_target(to), "notification": {"title": title, "body": text}, "data": data}
    return HttpRequest(
        method="POST",
        url="/messages:send",
        headers={"Content-Type": "application/json"},
        body=orjson.dumps({"message": message}),
        guarded=False,
        service="fcm",
        credential=credential,
    )


def topic_of(recipient: str) -> str:
    """Return the topic to which the devices of a person or team listen."""
    return f"flowstudio-{hashlib.sha256(recipient.casefold().encode()).hexdigest()[:32]}"


def _target(to: str) -> JsonObject:
    if is_address(to) or len(to) < 100 or " " in to:
        return {"topic": topic_of(to)}
    return {"token": to}


async def send_push(
    to: JsonValue, text: str, ctx: RunContext, title: str | None = None, credential: str | None = None
) -> JsonObject:
    """Send one push message to a person or team; return `{"message_id", "status"}`."""
    recipient = await one_recipient(to, ctx)
    response = await ctx.http.request(build_push(recipient, text, ctx, title, credential))
    body = response.body if isinstance(response.body, dict) else {}
    ctx.message("push", recipient, text, **({"title": title} if title else {}))
    row = {"to": recipient, "text": text, "status": "sent", "sent_at": stamp(ctx.now())}
    await ctx.records.create("push_notifications", row, silent=True)
    return {"message_id": body.get("name"), "status": "sent"}
