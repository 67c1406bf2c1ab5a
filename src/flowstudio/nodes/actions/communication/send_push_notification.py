"""Send a push notification."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.kit import Action, Config, Output, Preview, RunContext, setting
from flowstudio.kit.channels.push import send_push
from flowstudio.kit.words import capital, said


class SendPushNotificationConfig(Config):
    """What the push message says and to whom."""

    to: JsonValue = setting(label="To", help="A person or a team.", widget="recipients", example="{{lead.owner.email}}")
    text: str = setting(
        label="Text", widget="longtext", example="{{lead.name}} is ready", min_length=1, max_length=1_000
    )
    title: str | None = setting(
        None, label="Heading", help="Left empty, the company's name.", example="New lead", max_length=100
    )
    credential: str | None = setting(
        None, label="Connection", help="Left empty, the one of the workspace.", widget="credential", advanced=True
    )


class SendPushNotificationOutput(Output):
    """What the provider said."""

    message_id: str | None = Field(
        description="The name by which the provider knows it.", examples=["projects/p/messages/1"]
    )
    status: str = Field(description="sent.", examples=["sent"])


class SendPushNotification(Action):
    """Sends a push message to the phones and browsers of a person or a team."""

    key = "send_push_notification"
    title = "Send push message"
    icon = "bell-ringing"
    aliases = ("sendPushNotification", "Send Push Notification")
    synonyms = ("push", "phone", "mobile", "firebase", "notify")
    effect = "sends"
    idempotent = False
    connector = "fcm"
    Config: ClassVar[type[Config]] = SendPushNotificationConfig
    Output = SendPushNotificationOutput
    main = "*"

    @classmethod
    def line(cls, config: JsonObject) -> str:
        return f"To {capital(said(config['to']))}" if config.get("to") else "Nobody to tell yet"

    @classmethod
    def sentence(cls, config: JsonObject) -> str:
        """Say it as the middle of a sentence: `send a push message to the lead owner email`."""
        return f"send a push message to {said(config.get('to')) or 'somebody'}"

    async def run(self, config: SendPushNotificationConfig, ctx: RunContext) -> JsonObject:
        """Send the push message."""
        return await send_push(config.to, config.text, ctx, config.title, config.credential)

    def preview(self, config: SendPushNotificationConfig) -> Preview:
        return Preview(f"Would send 1 push message to {said(config.to)}", {"push": 1})
