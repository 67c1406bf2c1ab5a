"""On a schedule."""

from __future__ import annotations

from typing import ClassVar, Literal

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.kit import Config, TriggerType, setting
from flowstudio.kit.schedules import schedule_words


class ScheduleConfig(Config):
    """When it fires. The mode is understood from the keys when it is left out."""

    mode: Literal["cron", "interval", "daily", "weekly", "monthly", "once"] | None = setting(
        None, label="How often", widget="schedule", reading="literal", example="daily"
    )
    cron: str | None = setting(
        None,
        label="Cron",
        help="Five fields: minute, hour, day, month, weekday.",
        reading="literal",
        example="0 9 * * *",
    )
    every: str | None = setting(
        None, label="Every", help="At least 1 minute.", widget="duration", reading="literal", example="4 hours"
    )
    time: str | None = setting(None, label="At", help="Time of day.", reading="literal", example="09:00")
    day: int | str | list[int | str] | None = setting(
        None,
        label="Day",
        help="A weekday or several; for monthly 1 to 31, last, or such as last friday.",
        reading="literal",
        example="monday",
    )
    at: str | None = setting(
        None,
        label="Once on",
        help="A date with a time.",
        widget="datetime",
        reading="literal",
        example="2026-03-31 09:00",
    )
    timezone: str = setting(
        "workspace", label="Time zone", help="Left as it is, that of the workspace.", reading="literal", advanced=True
    )
    missed: Literal["once", "skip", "all"] = setting(
        "once",
        label="If FlowStudio was off",
        help="Times that went by are made up for once, not at all, or each of them.",
        reading="literal",
        advanced=True,
    )


class Schedule(TriggerType):
    """Starts at set times: every so often, every day, week or month, or by a cron line.

    When the clocks change, each time of day comes exactly once.
    """

    key = "schedule"
    title = "On a schedule"
    icon = "clock"
    aliases = ("Cron", "Interval", "Daily", "Weekly", "Monthly", "Schedule Triggers", "scheduled", "Scheduled", "cron")
    synonyms = ("time", "daily", "weekly", "monthly", "every", "cron", "interval")
    Config: ClassVar[type[Config]] = ScheduleConfig

    @classmethod
    def payload(cls, config: JsonObject) -> dict[str, JsonValue]:
        return {"fired_at": "datetime"}

    @classmethod
    def line(cls, config: JsonObject) -> str:
        return schedule_words(config) or "No time yet"

    @classmethod
    def called(cls, config: JsonObject) -> str:
        return schedule_words(config) or cls.title

    @classmethod
    def sentence(cls, config: JsonObject) -> str:
        """Say it as the beginning of a sentence: `every day at 09:00`."""
        words = schedule_words(config)
        return f"{words[0].lower()}{words[1:]}" if words else "at times that are still to be chosen"
