"""Figures of a list: how many, total, average, lowest, highest."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import Field

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.kit import Action, Config, Output, Preview, RunContext, setting
from flowstudio.kit.lists import LONGEST_LIST, fields_of, figures, label_of, path_of
from flowstudio.kit.words import capital, counted, expression_words, spaced


class AggregateListConfig(Config):
    records: list[Any] = setting(
        label="List", widget="expression", reading="expression", example="{{invoices}}", max_length=LONGEST_LIST
    )
    field: str = setting(label="Field", help="Whose numbers are added up.", example="amount", max_length=200)
    by: str | None = setting(
        None, label="For each", help="A field; every value of it gets a line of its own.", example="status",
        max_length=200,
    )  # fmt: skip


class AggregateListOutput(Output):
    count: int = Field(description="How many items there are.", examples=[2])
    total: float = Field(description="The sum; items without a number are left out.", examples=[4800])
    average: float | None = Field(description="The mean.", examples=[2400])
    lowest: float | None = Field(description="The lowest number.", examples=[1200])
    highest: float | None = Field(description="The highest number.", examples=[3600])
    rows: list[dict[str, Any]] = Field(
        description="The same figures for each value of the field, with its key.",
        examples=[[{"key": "overdue", "count": 1, "total": 1200}]],
    )


class AggregateList(Action):
    """Counts a list and adds up a field: total, average, lowest and highest, also for each value of another field."""

    key = "aggregate_list"
    title = "Add up list"
    icon = "sum"
    aliases = ("aggregateList", "summarize_list")
    synonyms = ("sum", "total", "average", "count", "minimum", "maximum", "aggregate", "pivot")
    effect = "reads"
    idempotent = True
    Config: ClassVar[type[Config]] = AggregateListConfig
    Output = AggregateListOutput
    main = "*"

    @classmethod
    def line(cls, config: JsonObject) -> str:
        if not config.get("records"):
            return "No list yet"
        each = f" for each {spaced(str(config['by']))}" if config.get("by") else ""
        return f"{capital(spaced(str(config.get('field') or '…')))} of {_list(config)}{each}"

    @classmethod
    def sentence(cls, config: JsonObject) -> str:
        """Say it as the middle of a sentence: `add up the amount of the invoices`."""
        return f"add up the {spaced(str(config.get('field') or 'numbers'))} of the {_list(config)}"

    async def run(self, config: AggregateListConfig, ctx: RunContext) -> JsonObject:
        values = await fields_of(config.records, path_of(config.field, "field"), ctx)
        groups: dict[str, list[JsonValue]] = {}
        if config.by:
            keys = await fields_of(config.records, path_of(config.by, "by"), ctx)
            for key, value in zip(keys, values, strict=True):
                groups.setdefault(label_of(key), []).append(value)
        rows = [{"key": key, "count": len(found), **figures(found)} for key, found in groups.items()]
        return {"count": len(values), **figures(values), "rows": rows}

    def preview(self, config: AggregateListConfig) -> Preview:
        return Preview(f"Adds up {counted(len(config.records), 'item')}")


def _list(config: JsonObject) -> str:
    return expression_words(str(config.get("records") or "items"))
