"""Wait: hold the run for a while, or until a moment."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Self

from pydantic import model_validator

from flowstudio.domain.json import JsonObject
from flowstudio.kit import Config, FlowNode, RunContext, Sleep, setting
from flowstudio.kit.moments import at_clock, clock_of, is_day, later, moment_of, stamp
from flowstudio.kit.office_hours import into_office_hours, later_in_office_hours
from flowstudio.kit.words import said


class DelayConfig(Config):
    for_: str | None = setting(
        None, alias="for", label="How long", help="Up to 365 days.", widget="duration", example="3 days"
    )
    until: str | None = setting(
        None, label="Until", help="A date, with a time if you like.", widget="datetime", example="{{invoice.due_date}}"
    )
    at: str | None = setting(
        None, label="At", help="Time of day at which to go on.", example="09:00", max_length=40, advanced=True
    )
    business_hours: bool = setting(
        default=False, label="Business hours only", help="Counts and goes on in business hours only.", advanced=True
    )

    @model_validator(mode="after")
    def _knows_how_long(self) -> Self:
        if not (self.for_ or self.until or self.at):
            raise ValueError("Say how long to wait, or until when.")
        return self


class Delay(FlowNode):
    """Holds the run for a while or until a date, also over a restart.

    In a test run no time passes: the clock of the test is moved forward instead.
    """

    key = "delay"
    title = "Wait"
    icon = "hourglass"
    word = "Wait"
    aliases = ("Delay (Wait)", "sleep", "pause")
    synonyms = ("wait", "later", "hours", "days", "until", "time")
    Config: ClassVar[type[Config]] = DelayConfig

    @classmethod
    def line(cls, config: JsonObject) -> str:
        parts = []
        if config.get("for"):
            parts.append(f"For {said(config['for'])}")
        elif config.get("until"):
            parts.append(f"Until {said(config['until'])}")
        if config.get("at"):
            parts.append(f"at {said(config['at'])}" if parts else f"Until {said(config['at'])}")
        if config.get("business_hours"):
            parts.append("in business hours")
        return ", ".join(parts) or "No time yet"

    @classmethod
    def sentence(cls, config: JsonObject) -> str:
        """Say it as the middle of a sentence: `wait for 3 days`."""
        line = cls.line(config)
        return f"wait {line[0].lower()}{line[1:]}" if config else "wait"

    def decide(self, config: DelayConfig, ctx: RunContext) -> Sleep:
        until = self._until(config, ctx)
        return Sleep(until, {"until": stamp(until)})

    @staticmethod
    def _until(config: DelayConfig, ctx: RunContext) -> datetime:
        moment = ctx.now()
        if config.for_:
            moment = (
                later_in_office_hours(moment, config.for_, ctx.settings)
                if config.business_hours
                else later(moment, config.for_, "for")
            )
        elif config.until:
            moment = moment_of(config.until, ctx.zone, "until")
        if config.at:
            clock = clock_of(config.at, "at")
            moment = at_clock(moment, clock, day=moment.date() if is_day(config.until) else None)
        return into_office_hours(moment, ctx.settings) if config.business_hours else moment
