"""The same change on many records."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import Field

from flowstudio.domain.json import JsonObject
from flowstudio.kit import Action, Config, Output, Preview, RunContext, setting
from flowstudio.kit.records import record_key
from flowstudio.kit.words import capital, counted, expression_words, said


class BulkUpdateConfig(Config):
    records: list[dict[str, Any]] = setting(
        label="Records", help="A list of records.", widget="expression", reading="expression", example="{{invoices}}"
    )
    set: dict[str, Any] = setting(
        label="Change",
        help="Fields and their new values. `row` is the current record.",
        widget="fields",
        reading="lazy",
        example={"status": "reminded"},
        min_length=1,
    )


class BulkUpdateOutput(Output):
    records: list[dict[str, Any]] = Field(description="The records as they are now.", examples=[[{"id": "inv_1042"}]])
    count: int = Field(description="How many were changed.", examples=[2])


class BulkUpdate(Action):
    """Makes the same change on every record of a list. In a value, `row` stands for the current record."""

    key = "bulk_update"
    title = "Change many records"
    icon = "table-row"
    aliases = ("bulkUpdate",)
    synonyms = ("mass", "all", "edit", "batch")
    effect = "writes"
    idempotent = True
    Config: ClassVar[type[Config]] = BulkUpdateConfig
    Output = BulkUpdateOutput
    main = "records"

    @classmethod
    def line(cls, config: JsonObject) -> str:
        if not config.get("records"):
            return "No records yet"
        return f"{capital(expression_words(str(config['records'])))}: {said(config.get('set'))}"

    @classmethod
    def sentence(cls, config: JsonObject) -> str:
        """Say it as the middle of a sentence: `change the status of the invoices`."""
        records = expression_words(str(config.get("records") or "records"))
        return f"change {said(config.get('set')) or 'fields'} of the {records}"

    async def run(self, config: BulkUpdateConfig, ctx: RunContext) -> JsonObject:
        records: list[JsonObject] = []
        for row in config.records:
            entity, record_id = record_key(row, "records")
            records.append(await ctx.records.update(entity, record_id, await ctx.fill(config.set, row=row)))
        return {"records": records, "count": len(records)}

    def preview(self, config: BulkUpdateConfig) -> Preview:
        return Preview(f"Would change {counted(len(config.records), 'record')}", {"updated": len(config.records)})
