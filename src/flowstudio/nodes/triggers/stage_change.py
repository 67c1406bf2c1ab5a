"""When a record moves to a stage."""

from __future__ import annotations

from typing import ClassVar

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.kit import Config, TriggerType, setting
from flowstudio.kit.rechecking import Recheck, recheck_setting
from flowstudio.kit.words import capital, singular, spaced, with_article


class StageChangeConfig(Config):
    """Which records, and which stage."""

    entity: str = setting(
        "customers",
        label="Kind of record",
        help="One with a stage, phase or status.",
        widget="entity",
        reading="literal",
    )
    from_stage: str | None = setting(None, label="From", reading="literal", example="contract_signed")
    to_stage: str = setting(label="To", reading="literal", example="onboarding", min_length=1)
    recheck: Recheck = recheck_setting("never")


class StageChange(TriggerType):
    """Starts when a record's stage, phase or status becomes the one chosen here."""

    key = "stage_change"
    title = "When a stage changes"
    icon = "stack-2"
    aliases = ("Stage change: Client moves to specific stage",)
    synonyms = ("status", "phase", "client", "moves", "pipeline")
    Config: ClassVar[type[Config]] = StageChangeConfig

    @classmethod
    def payload(cls, config: JsonObject) -> dict[str, JsonValue]:
        entity = str(config.get("entity") or "customers")
        name = singular(entity).replace(" ", "_")
        return {name: f"record:{entity}", "from_stage": "text", "to_stage": "text"}

    @classmethod
    def line(cls, config: JsonObject) -> str:
        entity = capital(singular(str(config.get("entity") or "customers")))
        return f"{entity} to {spaced(str(config['to_stage']))}" if config.get("to_stage") else "No stage yet"

    @classmethod
    def sentence(cls, config: JsonObject) -> str:
        """Say it as the beginning of a sentence: `when a customer moves to onboarding`."""
        entity = singular(str(config.get("entity") or "customers"))
        start = f" from {spaced(str(config['from_stage']))}" if config.get("from_stage") else ""
        return f"when {with_article(entity)} moves{start} to {spaced(str(config.get('to_stage') or 'a stage'))}"
