"""Post to Slack."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from flowstudio.domain.json import JsonObject
from flowstudio.kit import Action, Config, Output, Preview, RunContext, setting
from flowstudio.kit.channels.slack import send_slack
from flowstudio.kit.words import said


class SendSlackMessageConfig(Config):
    """What is posted, and where."""

    channel: str = setting(
        label="Channel",
        help="A channel such as #sales, or a member's id.",
        example="#sales",
        min_length=1,
        max_length=100,
    )
    text: str = setting(
        label="Text", widget="longtext", example="Hot lead {{lead.company}}", min_length=1, max_length=40_000
    )
    credential: str | None = setting(
        None, label="Connection", help="Left empty, the one of the workspace.", widget="credential", advanced=True
    )


class SendSlackMessageOutput(Output):
    """What Slack said."""

    message_id: str | None = Field(
        description="The time stamp by which Slack knows it.", examples=["1772442000.000100"]
    )
    status: str = Field(description="sent.", examples=["sent"])


class SendSlackMessage(Action):
    """Posts a message to a channel or a person in Slack."""

    key = "send_slack_message"
    title = "Post to Slack"
    icon = "brand-slack"
    aliases = ("sendSlackMessage", "Send Slack Message")
    synonyms = ("slack", "chat", "channel", "message")
    effect = "sends"
    idempotent = False
    connector = "slack"
    Config: ClassVar[type[Config]] = SendSlackMessageConfig
    Output = SendSlackMessageOutput
    main = "*"

    @classmethod
    def line(cls, config: JsonObject) -> str:
        return f"To {said(config['channel'])}" if config.get("channel") else "No channel yet"

    @classmethod
    def sentence(cls, config: JsonObject) -> str:
        """Say it as the middle of a sentence: `post to #sales`."""
        return f"post to {said(config.get('channel')) or 'Slack'}"

    async def run(self, config: SendSlackMessageConfig, ctx: RunContext) -> JsonObject:
        """Post the message."""
        return await send_slack(config.channel, config.text, ctx, config.credential)

    def preview(self, config: SendSlackMessageConfig) -> Preview:
        return Preview(f"Would post 1 message to {config.channel}", {"slack": 1})
