"""When nothing has happened for some days."""

from __future__ import annotations

from typing import ClassVar

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.kit import Config, TriggerType, setting
from flowstudio.kit.rechecking import Recheck, recheck_setting
from flowstudio.kit.rules import rule_words
from flowstudio.kit.words import capital, singular, spaced, with_article


class InactivityConfig(Config):
    """Which records, and how long."""

    entity: str = setting(label="Kind of record", widget="entity", reading="literal", example="customers")
    days: int = setting(
        label="Days", help="How many days without anything.", reading="literal", ge=1, le=3650, example=30
    )
    filter: JsonObject | None = setting(
        None, label="Only where", widget="filter", reading="filter",
        example={"field": "stage", "operator": "not_in", "value": ["won", "lost"]},
    )  # fmt: skip
    recheck: Recheck = recheck_setting("start")


class Inactivity(TriggerType):
    """Starts when a record has been silent for so many days: no message, task, ticket or change. Once per silence."""

    key = "inactivity"
    title = "When nothing happens"
    icon = "calendar-off"
    aliases = ("Inactivity: No activity for X days",)
    synonyms = ("silent", "quiet", "days", "no activity", "stale")
    Config: ClassVar[type[Config]] = InactivityConfig

    @classmethod
    def payload(cls, config: JsonObject) -> dict[str, JsonValue]:
        entity = str(config.get("entity") or "customers")
        return {singular(entity).replace(" ", "_"): f"record:{entity}", "days_inactive": "integer"}

    @classmethod
    def line(cls, config: JsonObject) -> str:
        entity = capital(spaced(str(config.get("entity") or "")))
        return f"{entity} silent for {config.get('days') or '?'} days" if entity else "No kind of record yet"

    @classmethod
    def sentence(cls, config: JsonObject) -> str:
        """Say it as the beginning of a sentence: `when a customer has been silent for 30 days`."""
        entity = singular(str(config.get("entity") or "records"))
        rule = rule_words(config.get("filter"), article=True)
        words = f"when {with_article(entity)} has been silent for {config.get('days') or 'some'} days"
        return f"{words}, where {rule}" if rule else words
