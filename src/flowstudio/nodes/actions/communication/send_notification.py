"""Send a notification on a chosen channel."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.errors import ConfigRejected
from flowstudio.kit import Action, Config, Output, Preview, RunContext, setting
from flowstudio.kit.channels.in_app import notify_in_app
from flowstudio.kit.channels.mail import Letter, build_mails, send_mails
from flowstudio.kit.channels.push import send_push
from flowstudio.kit.channels.slack import send_slack
from flowstudio.kit.channels.sms import send_sms
from flowstudio.kit.recipients import parts_of
from flowstudio.kit.words import capital, said

_CHANNELS = {"email": "email", "sms": "text message", "push": "push message", "slack": "Slack", "in_app": "the app"}


class SendNotificationConfig(Config):
    """What is said, to whom, and by which channel."""

    channel: Literal["email", "sms", "push", "slack", "in_app"] = setting(
        label="By", help="How it reaches them.", example="in_app"
    )
    to: JsonValue = setting(
        label="To", help="People; for Slack a channel.", widget="recipients", example="{{client.owner.email}}"
    )
    text: str = setting(
        label="Text",
        help="In a mail, this is the subject too.",
        widget="longtext",
        example="Review the draft to {{client.name}}",
        min_length=1,
        max_length=20_000,
    )


class SendNotificationOutput(Output):
    """What the channel said."""

    message_id: str | None = Field(description="The id of the message.", examples=["ntf_1"])
    status: str = Field(description="sent.", examples=["sent"])


class SendNotification(Action):
    """Tells somebody something, by the channel you choose: email, text message, push, Slack or the app."""

    key = "send_notification"
    title = "Notify"
    icon = "send"
    aliases = ("sendNotification", "Send notification", "notification")
    synonyms = ("tell", "message", "inform", "channel")
    twins: ClassVar[tuple[str, ...]] = ("notification",)
    effect = "sends"
    idempotent = False
    Config: ClassVar[type[Config]] = SendNotificationConfig
    Output = SendNotificationOutput
    main = "*"

    @classmethod
    def line(cls, config: JsonObject) -> str:
        if not config.get("to"):
            return "Nobody to tell yet"
        return f"{capital(said(config['to']))}, by {_channel_words(config)}"

    @classmethod
    def sentence(cls, config: JsonObject) -> str:
        """Say it as the middle of a sentence: `tell the client owner email by the app`."""
        return f"tell {said(config.get('to')) or 'somebody'} by {_channel_words(config)}"

    async def run(self, config: SendNotificationConfig, ctx: RunContext) -> JsonObject:
        """Send on the channel."""
        match config.channel:
            case "email":
                return await send_mails(await build_mails(Letter(config.to, body=config.text), ctx), ctx)
            case "sms":
                return await send_sms(config.to, config.text, ctx)
            case "push":
                return await send_push(config.to, config.text, ctx)
            case "slack":
                return await send_slack(_one(config.to), config.text, ctx)
            case "in_app":
                record = await notify_in_app(config.to, config.text, ctx)
                return {"message_id": record.get("id"), "status": "sent"}

    def preview(self, config: SendNotificationConfig) -> Preview:
        return Preview(f"Would tell {said(config.to)} by {_CHANNELS[config.channel]}", {"notifications": 1})


def _channel_words(config: JsonObject) -> str:
    return _CHANNELS.get(str(config.get("channel") or "email"), said(config.get("channel")))


def _one(to: JsonValue) -> str:
    found = parts_of(to)
    if not found:
        raise ConfigRejected("There is nobody to send to: the recipient is empty.", setting="to")
    return found[0]
