"""Node types for tests: they leave a note, fail as they are told, or wait until a test lets them go on."""

from __future__ import annotations

import asyncio
from typing import ClassVar, Literal

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.errors import FlowStudioError, OutcomeUnknown, RateLimited, Refused, Unreachable
from flowstudio.kit import Action, Config, RunContext, setting
from flowstudio.kit.nodes import InstantAction
from flowstudio.kit.ports import MailMessage


class NoteConfig(Config):
    text: JsonValue = setting("", label="Text")


class Note(Action):
    """Leaves a note: an outward effect that tests can see."""

    key = "note"
    title = "Leave a note"
    icon = "note"
    effect = "sends"
    category = "test"
    Config: ClassVar[type[Config]] = NoteConfig
    main = "text"

    async def run(self, config: NoteConfig, ctx: RunContext) -> JsonObject:
        await ctx.mail.send(MailMessage(ctx.node_id, "", str(config.text), message_id=ctx.idempotency_key))
        ctx.message("note", ctx.node_id, str(config.text), key=ctx.idempotency_key)
        return {"text": config.text, "key": ctx.idempotency_key}


class KeyedNote(Note):
    """Leaves a note with somebody who tells repeats by their key."""

    key = "keyed_note"
    title = "Leave a note once"
    idempotent = True


class ValueConfig(Config):
    value: JsonValue = setting(None, label="Value")


class Value(InstantAction):
    """Gives a value."""

    key = "value"
    title = "Give a value"
    icon = "note"
    effect = "reads"
    idempotent = True
    category = "test"
    Config: ClassVar[type[Config]] = ValueConfig
    main = "value"

    def compute(self, config: ValueConfig, ctx: RunContext) -> JsonObject:
        return {"value": config.value}


class FlakyConfig(Config):
    times: int = setting(1, label="Times", ge=0)
    error: Literal["unreachable", "refused", "unknown", "crash", "limited"] = setting("unreachable", label="Error")
    keyed: bool = setting(False, label="Target takes the key")
    text: JsonValue = setting("", label="Text")


class Flaky(Action):
    """Fails a number of times, then leaves a note."""

    key = "flaky"
    title = "Fail and then not"
    icon = "note"
    effect = "sends"
    category = "test"
    Config: ClassVar[type[Config]] = FlakyConfig
    main = "attempt"

    async def run(self, config: FlakyConfig, ctx: RunContext) -> JsonObject:
        if ctx.attempt <= config.times:
            raise self._error(config)
        ctx.message("note", ctx.node_id, str(config.text), key=ctx.idempotency_key)
        return {"attempt": ctx.attempt, "key": ctx.idempotency_key}

    def safe_to_repeat(self, config: FlakyConfig) -> bool:
        return config.keyed

    def _error(self, config: FlakyConfig) -> Exception:
        errors: dict[str, FlowStudioError | Exception] = {
            "unreachable": Unreachable("Nobody answers."),
            "refused": Refused("No."),
            "unknown": OutcomeUnknown("No answer came."),
            "limited": RateLimited("Too fast.", after=120),
            "crash": RuntimeError("a fault of ours"),
        }
        return errors[config.error]


class Hold(Action):
    """Waits until a test lets it go on."""

    key = "hold"
    title = "Hold"
    icon = "note"
    effect = "reads"
    category = "test"
    Config: ClassVar[type[Config]] = NoteConfig
    main = "text"
    gates: ClassVar[dict[str, asyncio.Event]] = {}
    begun: ClassVar[dict[str, asyncio.Event]] = {}

    @classmethod
    def gate(cls, name: str) -> asyncio.Event:
        return cls.gates.setdefault(name, asyncio.Event())

    @classmethod
    def has_begun(cls, name: str) -> asyncio.Event:
        return cls.begun.setdefault(name, asyncio.Event())

    async def run(self, config: NoteConfig, ctx: RunContext) -> JsonObject:
        self.has_begun(str(config.text)).set()
        await self.gate(str(config.text)).wait()
        return {"text": config.text}


TEST_NODES = (Note, KeyedNote, Value, Flaky, Hold)
