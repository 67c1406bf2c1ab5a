"""Answer the caller of a webhook."""

from __future__ import annotations

from typing import ClassVar

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.kit import Config, FlowNode, Respond, RunContext, setting


class RespondConfig(Config):
    status: int = setting(
        200, label="Status", help="200 means fine, 400 that the request is not right.", ge=100, le=599, example=200
    )
    headers: dict[str, str] = setting(default_factory=dict, label="Headers", widget="fields", advanced=True)
    body: JsonValue = setting(
        None, label="Answer", help="Text or data that the caller gets.", widget="json", example={"received": True}
    )


class RespondStep(FlowNode):
    """Answers the system that called the webhook, then goes on.

    It needs a webhook whose answer is set to the first answer step.
    """

    key = "respond"
    title = "Answer the caller"
    icon = "arrow-back-up"
    aliases = ("response", "webhook_response")
    synonyms = ("answer", "reply", "webhook", "return")
    Config: ClassVar[type[Config]] = RespondConfig

    @classmethod
    def line(cls, config: JsonObject) -> str:
        return f"With status {config.get('status') or 200}"

    @classmethod
    def sentence(cls, config: JsonObject) -> str:
        """Say it as the middle of a sentence."""
        return "answer the caller"

    def decide(self, config: RespondConfig, ctx: RunContext) -> Respond:
        return Respond(config.status, config.headers, config.body)
