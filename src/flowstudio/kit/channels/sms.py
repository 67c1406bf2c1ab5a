"""Text messages, by Twilio."""

from __future__ import annotations

import re
from urllib.parse import urlencode

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.errors import ConfigRejected
from flowstudio.kit.context import RunContext
from flowstudio.kit.moments import stamp
from flowstudio.kit.ports import HttpRequest
from flowstudio.kit.recipients import parts_of, people_of

_LONGEST = 1600
"""Characters of one message; beyond them Twilio refuses."""


def build_sms(to: str, text: str, credential: str | None = None) -> HttpRequest:
    """Return the request for one text message; the connection adds account, sender and signature."""
    if not text.strip():
        raise ConfigRejected("The text message is empty.", setting="text")
    if len(text) > _LONGEST:
        raise ConfigRejected(f"The text has {len(text):,} characters; {_LONGEST:,} are allowed.", setting="text")
    form = {"To": number_of(to), "Body": text}
    return HttpRequest(
        method="POST",
        url="/Messages.json",
        headers={"Content-Type": "application/x-www-form-urlencoded"},
        body=urlencode(form).encode(),
        guarded=False,
        service="twilio",
        credential=credential,
    )


def number_of(text: str) -> str:
    """Return a phone number as networks take it (`+493055501003`); raise ConfigRejected."""
    bare = re.sub(r"[\s().\-/]", "", text)
    bare = f"+{bare[2:]}" if bare.startswith("00") else bare
    if not re.fullmatch(r"\+?\d{5,15}", bare):
        raise ConfigRejected(
            f'"{text}" is not a phone number.', setting="to", hint="Write it with the country, as +49 30 5550 1003."
        )
    return bare


async def send_sms(to: JsonValue, text: str, ctx: RunContext, credential: str | None = None) -> JsonObject:
    """Send one text message to a number or a person; return `{"message_id", "status"}`."""
    recipient = await _phone(to, ctx)
    response = await ctx.http.request(build_sms(recipient, text, credential))
    body = response.body if isinstance(response.body, dict) else {}
    ctx.message("sms", recipient, text)
    row = {"to": recipient, "text": text, "status": "sent", "sent_at": stamp(ctx.now())}
    await ctx.records.create("sms_logs", row, silent=True)
    return {"message_id": body.get("sid"), "status": "sent"}


async def _phone(to: JsonValue, ctx: RunContext) -> str:
    part = next(iter(parts_of(to)), "")
    if not part:
        raise ConfigRejected("There is no number to send to.", setting="to")
    if re.fullmatch(r"[+\d\s().\-/]+", part):
        return part
    people = await people_of(part, ctx)
    phone = next((str(person["phone"]) for person in people if person.get("phone")), "")
    if not phone:
        raise ConfigRejected(f'"{part}" is no phone number, and no such person has one.', setting="to")
    return phone
