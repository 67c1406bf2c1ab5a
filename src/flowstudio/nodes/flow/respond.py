"""Answer the caller of a webhook."""

from __future__ import annotations

import re
from typing import ClassVar

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.errors import ConfigRejected
from flowstudio.kit import Config, FlowNode, Respond, RunContext, setting

_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
_OURS = frozenset(
    {
        "connection", "content-length", "content-security-policy", "date", "keep-alive", "server", "set-cookie",
        "trailer", "transfer-encoding", "upgrade", "x-content-type-options",
    }
)  # fmt: skip
"""Headers that say how the answer travels, or that would reach what is kept for FlowStudio's own pages."""
LONGEST_HEADER = 8_000


class RespondConfig(Config):
    status: int = setting(
        200, label="Status", help="200 means fine, 400 that the request is not right.", ge=200, le=599, example=200
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
        for name, value in config.headers.items():
            _check_header(name, value)
        return Respond(config.status, config.headers, config.body)


def _check_header(name: str, value: str) -> None:
    """Raise ConfigRejected for a header that no answer can carry, or that is not the workflow's to set."""
    shown = name[:60]
    if name.lower() in _OURS:
        raise ConfigRejected(f'The header "{shown}" is set by FlowStudio itself.', setting="headers", hint="Remove it.")
    if not _NAME.fullmatch(name):
        raise ConfigRejected(
            f'"{shown}" is no name of a header.', setting="headers", hint="Use letters, digits and hyphens."
        )
    if len(value) > LONGEST_HEADER or any(not (" " <= sign <= "~" or sign == "\t") for sign in value):
        raise ConfigRejected(
            f'The header "{shown}" cannot carry this value.',
            setting="headers",
            hint="A header is one line of plain letters. Put other text into the answer.",
        )
