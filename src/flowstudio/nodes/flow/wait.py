"""Wait for something: an event, or a call from another system."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from pydantic import Field, model_validator

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.kit import Await, Config, FlowNode, Output, RunContext, Way, setting
from flowstudio.kit.moments import later
from flowstudio.kit.words import said, spaced


class WaitConfig(Config):
    for_event: str | None = setting(None, label="Event", help="What has to happen.", example="payment.received")
    for_webhook: str | None = setting(
        None,
        label="Or a call to",
        help="The last part of the address that the other system calls.",
        example="signature-done",
        pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$",
        max_length=100,
    )
    match: dict[str, Any] = setting(
        default_factory=dict,
        label="Only where",
        help="Fields of the event that must have these values.",
        widget="fields",
        example={"invoice_id": "{{invoice.id}}"},
    )
    deadline: str | None = setting(
        None,
        label="At most",
        help="Without it, the run waits as long as it takes.",
        widget="duration",
        example="7 days",
    )

    @model_validator(mode="after")
    def _knows_for_what(self) -> Self:
        if bool(self.for_event) == bool(self.for_webhook):
            raise ValueError("Name either an event or a call to wait for.")
        return self


class WaitOutput(Output):
    event: JsonValue = Field(description="What came with it.", examples=[{"invoice_id": "inv_1042"}])
    received: bool = Field(description="Whether it came in time.", examples=[True])


class Wait(FlowNode):
    """Holds the run until something happens: an event of ours, or a call from another system.

    With a time limit and a way for No answer, the run goes on by that way when nothing came.
    """

    key = "wait"
    title = "Wait for something"
    icon = "ear"
    word = "Wait"
    aliases = ("wait_for", "wait_for_event", "wait_for_webhook")
    synonyms = ("event", "until", "callback", "payment", "signal")
    Config: ClassVar[type[Config]] = WaitConfig
    Output = WaitOutput
    main = "event"

    @classmethod
    def ways(cls, config: JsonObject) -> tuple[Way, ...]:
        return (Way("received", "It came"), Way("expired", "No answer"))

    @classmethod
    def line(cls, config: JsonObject) -> str:
        if config.get("for_event"):
            what = _event_words(str(config["for_event"]))
        elif config.get("for_webhook"):
            what = f"A call to {said(config['for_webhook'])}"
        else:
            return "Nothing to wait for yet"
        limit = said(config.get("deadline"))
        return f"{what}, at most {limit}" if limit else what

    @classmethod
    def sentence(cls, config: JsonObject) -> str:
        """Say it as the middle of a sentence: `wait for payment received, at most 7 days`."""
        line = cls.line(config)
        return f"wait for {line[0].lower()}{line[1:]}"

    def decide(self, config: WaitConfig, ctx: RunContext) -> Await:
        deadline = later(ctx.now(), config.deadline, "deadline") if config.deadline else None
        return Await(config.for_event, config.for_webhook, config.match, deadline)


def _event_words(event: str) -> str:
    words = spaced(event.replace(".", " "))
    return words[:1].upper() + words[1:]
