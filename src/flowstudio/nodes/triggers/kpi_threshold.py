"""When a figure crosses a value."""

from __future__ import annotations

from typing import ClassVar, Literal

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.kit import Config, TriggerType, setting
from flowstudio.kit.rechecking import Recheck, recheck_setting
from flowstudio.kit.words import capital, singular, spaced


class KpiThresholdConfig(Config):
    """Which figure, and which value."""

    metric: str = setting(label="Figure", reading="literal", example="nps_score", min_length=1)
    operator: Literal["above", "below", "equals"] = setting(label="Is", reading="literal", example="below")
    value: float = setting(label="Value", reading="literal", example=7)
    entity: str | None = setting(
        None,
        label="For each",
        help="One run for every record that crosses it. Left empty, one for the one figure.",
        widget="entity",
        reading="literal",
    )
    recheck: Recheck = recheck_setting("start")


class KpiThreshold(TriggerType):
    """Starts when a figure crosses a value, and again only after it was back on the other side."""

    key = "kpi_threshold"
    title = "When a figure crosses a value"
    icon = "gauge"
    aliases = ("KPI threshold: Metric crosses value",)
    synonyms = ("kpi", "metric", "number", "above", "below", "limit")
    Config: ClassVar[type[Config]] = KpiThresholdConfig

    @classmethod
    def payload(cls, config: JsonObject) -> dict[str, JsonValue]:
        found: dict[str, JsonValue] = {"metric": "text", "value": "number"}
        if config.get("entity"):
            entity = str(config["entity"])
            found[singular(entity).replace(" ", "_")] = f"record:{entity}"
        return found

    @classmethod
    def line(cls, config: JsonObject) -> str:
        metric = capital(spaced(str(config.get("metric") or "")))
        return f"{metric} {config.get('operator') or '?'} {config.get('value', '?')}" if metric else "No figure yet"

    @classmethod
    def sentence(cls, config: JsonObject) -> str:
        """Say it as the beginning of a sentence: `when the nps score is below 7`."""
        metric = spaced(str(config.get("metric") or "figure"))
        return f"when the {metric} is {config.get('operator') or 'past'} {config.get('value', 'a value')}"
