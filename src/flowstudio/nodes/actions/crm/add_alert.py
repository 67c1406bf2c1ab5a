"""Raise an alert in the alert centre."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import Field

from flowstudio.domain.json import JsonObject
from flowstudio.kit import Action, Config, Output, Preview, RunContext, setting
from flowstudio.kit.words import said


class AddAlertConfig(Config):
    """What the alert says, and how grave it is."""

    text: str = setting(
        label="Text",
        widget="longtext",
        example="{{contract.customer.name}} not renewed, {{contract.value}} at risk",
        min_length=1,
        max_length=5_000,
    )
    severity: Literal["info", "warning", "critical"] = setting(label="How grave", example="warning")


class AddAlertOutput(Output):
    """The alert."""

    record: dict[str, Any] = Field(description="The alert.", examples=[{"id": "aler_1", "status": "open"}])


class AddAlert(Action):
    """Raises an alert that stays open until somebody takes care of it."""

    key = "add_alert"
    title = "Raise alert"
    icon = "alert-triangle"
    aliases = ("addAlert", "Add alert", "create_alert", "Create Intelligence Center alert")
    synonyms = ("warn", "critical", "risk", "attention")
    effect = "writes"
    idempotent = False
    Config: ClassVar[type[Config]] = AddAlertConfig
    Output = AddAlertOutput
    main = "record"

    @classmethod
    def line(cls, config: JsonObject) -> str:
        return said(config.get("text")) or "No text yet"

    @classmethod
    def sentence(cls, config: JsonObject) -> str:
        """Say it as the middle of a sentence: `raise a critical alert`."""
        severity = said(config.get("severity"))
        return f"raise {'an' if severity == 'info' else 'a'} {severity} alert" if severity else "raise an alert"

    async def run(self, config: AddAlertConfig, ctx: RunContext) -> JsonObject:
        """Write the alert."""
        return {"record": await ctx.records.create("alerts", {"text": config.text, "severity": config.severity})}

    def preview(self, config: AddAlertConfig) -> Preview:
        return Preview(f"Would raise 1 {config.severity} alert", {"created": 1})
