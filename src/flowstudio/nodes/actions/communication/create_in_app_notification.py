"""Show a notification in the app."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import Field

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.kit import Action, Config, Output, Preview, RunContext, setting
from flowstudio.kit.channels.in_app import notify_in_app
from flowstudio.kit.words import capital, said


class InAppNotificationConfig(Config):
    """What is shown, and to whom."""

    to: JsonValue = setting(
        label="To", help="A person, a team, or everyone.", widget="recipients", example="{{deal.owner.email}}"
    )
    text: str = setting(
        label="Text", widget="longtext", example="{{deal.name}} needs a look", min_length=1, max_length=5_000
    )


class InAppNotificationOutput(Output):
    """The notification."""

    record: dict[str, Any] = Field(description="The notification.", examples=[{"recipient": "leo@brightline.example"}])


class CreateInAppNotification(Action):
    """Shows a notification to a person, a team or everyone, inside FlowStudio."""

    key = "create_in_app_notification"
    title = "Notify in the app"
    icon = "bell"
    aliases = ("Create In-App Notification", "createNotification", "In-app notifications")
    synonyms = ("message", "tell", "inform", "alert")
    effect = "sends"
    idempotent = False
    Config: ClassVar[type[Config]] = InAppNotificationConfig
    Output = InAppNotificationOutput
    main = "record"

    @classmethod
    def line(cls, config: JsonObject) -> str:
        return f"To {capital(said(config['to']))}" if config.get("to") else "Nobody to tell yet"

    @classmethod
    def sentence(cls, config: JsonObject) -> str:
        """Say it as the middle of a sentence: `notify the deal owner email in the app`."""
        return f"notify {said(config.get('to')) or 'somebody'} in the app"

    async def run(self, config: InAppNotificationConfig, ctx: RunContext) -> JsonObject:
        """Write the notification."""
        return {"record": await notify_in_app(config.to, config.text, ctx)}

    def preview(self, config: InAppNotificationConfig) -> Preview:
        return Preview(f"Would notify {said(config.to)} in the app", {"notifications": 1})
