"""One record per item of a list."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import Field

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.kit import Action, Config, Output, Preview, RunContext, setting
from flowstudio.kit.words import capital, counted, expression_words, singular, spaced


class BulkCreateConfig(Config):
    entity: str = setting(
        label="Create", help="The kind of record.", widget="entity", reading="literal", example="tasks"
    )
    for_each: list[JsonValue] = setting(
        label="One for each",
        help="A list; each item gives a record.",
        widget="expression",
        reading="expression",
        example="['Sign contract', 'Assign buddy']",
    )
    set: dict[str, Any] = setting(
        label="With",
        help="Its fields. `row` is the current item.",
        widget="fields",
        reading="lazy",
        example={"title": "{{row}}", "status": "todo"},
    )


class BulkCreateOutput(Output):
    records: list[dict[str, Any]] = Field(description="The new records.", examples=[[{"id": "tsk_1"}]])
    count: int = Field(description="How many were created.", examples=[2])


class BulkCreate(Action):
    """Creates one record for every item of a list. In a value, `row` stands for the current item."""

    key = "bulk_create"
    title = "Create many records"
    icon = "row-insert-bottom"
    aliases = ("bulkCreate",)
    synonyms = ("mass", "add", "batch", "checklist")
    effect = "writes"
    idempotent = False
    Config: ClassVar[type[Config]] = BulkCreateConfig
    Output = BulkCreateOutput
    main = "records"

    @classmethod
    def line(cls, config: JsonObject) -> str:
        entity = spaced(str(config.get("entity") or ""))
        if not entity:
            return "No kind of record yet"
        return f"{capital(entity)}, one for each {_items(config)}"

    @classmethod
    def sentence(cls, config: JsonObject) -> str:
        """Say it as the middle of a sentence: `create a task for each item of lines`."""
        return f"create a {singular(str(config.get('entity') or 'record'))} for each {_items(config)}"

    async def run(self, config: BulkCreateConfig, ctx: RunContext) -> JsonObject:
        records = [
            await ctx.records.create(config.entity, await ctx.fill(config.set, row=row)) for row in config.for_each
        ]
        return {"records": records, "count": len(records)}

    def preview(self, config: BulkCreateConfig) -> Preview:
        count = len(config.for_each)
        return Preview(
            f"Would create {counted(count, singular(config.entity), spaced(config.entity))}", {"created": count}
        )


def _items(config: JsonObject) -> str:
    source = config.get("for_each")
    if isinstance(source, list):
        return f"of {counted(len(source), 'item')}"
    words = expression_words(str(source or ""))
    return f"of {words}" if words != "a calculated value" else "item of a list"
