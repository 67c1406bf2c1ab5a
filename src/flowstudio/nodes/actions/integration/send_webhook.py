"""Signed POST to a receiver."""

from __future__ import annotations

import hashlib
import hmac
from typing import ClassVar

import orjson
from pydantic import Field

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.domain.record import visible
from flowstudio.errors import Unauthorized
from flowstudio.kit import Action, Config, Output, Preview, RunContext, setting
from flowstudio.kit.answers import checked
from flowstudio.kit.ports import HttpRequest
from flowstudio.kit.words import said


class SendWebhookConfig(Config):
    """Where to, and what."""

    url: str = setting(
        label="Address", widget="url", example="https://erp.example/receipts", min_length=1, max_length=8_000
    )
    payload: JsonValue = setting(
        None, label="Data", help="Left empty, what started the run.", widget="json", example={"id": "{{invoice.id}}"}
    )
    secret: str | None = setting(
        None,
        label="Signed with",
        help="The connection whose secret signs the data (header X-FlowStudio-Signature).",
        widget="credential",
        advanced=True,
    )
    credential: str | None = setting(
        None, label="Connection", help="Sent as a bearer token.", widget="credential", advanced=True
    )
    honours_idempotency_key: bool = setting(
        default=False,
        label="Knows repeats",
        help="On, when the receiver does the same Idempotency-Key only once.",
        advanced=True,
    )


class SendWebhookOutput(Output):
    """What the receiver answered."""

    body: JsonValue = Field(description="The answer.", examples=[{"ok": True}])
    status: int = Field(description="The status of the answer.", examples=[200])
    attempts: int = Field(description="How many tries it took.", examples=[1])


class SendWebhook(Action):
    """Sends data to another system as a signed POST.

    The signature is `t=<seconds>,v1=<HMAC-SHA256 of "<seconds>.<body>">` in the header X-FlowStudio-Signature.
    """

    key = "send_webhook"
    title = "Send webhook"
    icon = "world-upload"
    aliases = ("AUTOMATION_WEBHOOK", "External webhooks", "Webhook support", "trigger_webhook")
    synonyms = ("hook", "post", "push", "notify", "api")
    effect = "sends"
    idempotent = False
    connector = "http"
    Config: ClassVar[type[Config]] = SendWebhookConfig
    Output = SendWebhookOutput
    main = "body"

    @classmethod
    def line(cls, config: JsonObject) -> str:
        return f"To {said(config['url'])}" if config.get("url") else "No address yet"

    @classmethod
    def sentence(cls, config: JsonObject) -> str:
        """Say it as the middle of a sentence: `send the data to https://erp.example`."""
        return f"send the data to {said(config.get('url'), 60) or 'another system'}"

    async def run(self, config: SendWebhookConfig, ctx: RunContext) -> JsonObject:
        """Send the data."""
        payload = config.payload if config.payload is not None else visible(await ctx.fill("{{trigger}}"))
        response = await ctx.http.request(build_webhook(config, payload, ctx))
        answer = {"status": response.status, "body": response.body}
        ctx.call("send_webhook", config.url, method="POST", body=payload, answer=answer)
        checked(response, "The receiver")
        return {"body": response.body, "status": response.status, "attempts": ctx.attempt}

    def preview(self, config: SendWebhookConfig) -> Preview:
        return Preview(f"Would send data to {config.url}", {"calls": 1})

    def safe_to_repeat(self, config: SendWebhookConfig) -> bool:
        """Say whether the data may be sent again under the same key."""
        return config.honours_idempotency_key


def build_webhook(config: SendWebhookConfig, payload: JsonValue, ctx: RunContext) -> HttpRequest:
    """Return the request; the same for a test run and for real, but for the time in its signature."""
    body = orjson.dumps(payload)
    headers = {"Content-Type": "application/json", "Idempotency-Key": ctx.idempotency_key}
    if config.secret:
        secret = ctx.secrets.get(config.secret)
        if not secret:
            raise Unauthorized(f'The connection "{config.secret}" is not there.', hint="Look at Connections.")
        headers["X-FlowStudio-Signature"] = signature(secret, int(ctx.now().timestamp()), body)
    auth = "bearer" if config.credential else "none"
    return HttpRequest("POST", config.url, headers, body=body, credential=config.credential, auth=auth)


def signature(secret: str, seconds: int, body: bytes) -> str:
    """Return the signature header of a body sent at that time (seconds since 1970)."""
    digest = hmac.new(secret.encode(), f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={seconds},v1={digest}"
