"""Send a text message."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from flowstudio.domain.json import JsonObject
from flowstudio.kit import Action, Config, Output, Preview, RunContext, setting
from flowstudio.kit.channels.sms import send_sms
from flowstudio.kit.words import capital, said


class SendSmsConfig(Config):
    """What the text message says and to whom."""

    to: str = setting(
        label="To",
        help="A phone number with its country, or a person.",
        widget="recipients",
        example="{{deal.owner.phone}}",
        min_length=1,
    )
    text: str = setting(
        label="Text",
        help="More than 160 characters are sent in several parts.",
        widget="longtext",
        example="{{deal.name}} has gone quiet, call today",
        min_length=1,
        max_length=1_600,
    )
    credential: str | None = setting(
        None, label="Connection", help="Left empty, the one of the workspace.", widget="credential", advanced=True
    )


class SendSmsOutput(Output):
    """What the provider said."""

    message_id: str | None = Field(description="The id of the message.", examples=["SM4f1c"])
    status: str = Field(description="sent or queued.", examples=["sent"])


class SendSms(Action):
    """Sends a text message to a phone, or to a person who has one."""

    key = "send_sms"
    title = "Send text message"
    icon = "device-mobile"
    aliases = ("sendSMS", "Send SMS", "sendSms")
    synonyms = ("sms", "phone", "mobile", "twilio", "text")
    effect = "sends"
    idempotent = False
    connector = "twilio"
    Config: ClassVar[type[Config]] = SendSmsConfig
    Output = SendSmsOutput
    main = "*"

    @classmethod
    def line(cls, config: JsonObject) -> str:
        return f"To {capital(said(config['to']))}" if config.get("to") else "No number yet"

    @classmethod
    def sentence(cls, config: JsonObject) -> str:
        """Say it as the middle of a sentence: `send a text message to the deal owner phone`."""
        return f"send a text message to {said(config.get('to')) or 'somebody'}"

    async def run(self, config: SendSmsConfig, ctx: RunContext) -> JsonObject:
        """Send the text message."""
        return await send_sms(config.to, config.text, ctx, config.credential)

    def preview(self, config: SendSmsConfig) -> Preview:
        return Preview(f"Would send 1 text message to {config.to}", {"sms": 1})
