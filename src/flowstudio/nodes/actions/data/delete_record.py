"""Delete one record."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import Field

from flowstudio.domain.json import JsonObject
from flowstudio.kit import Action, Config, Output, Preview, RunContext, setting
from flowstudio.kit.records import record_key
from flowstudio.kit.words import capital, expression_words


class DeleteRecordConfig(Config):
    record: dict[str, Any] = setting(
        label="Record", help="Which one to delete.", widget="record", reading="expression", example="{{candidate}}"
    )


class DeleteRecordOutput(Output):
    id: str = Field(description="The id it had.", examples=["can_7"])
    deleted: bool = Field(description="Whether it was there.", examples=[True])


class DeleteRecord(Action):
    """Deletes a record. It is no fault when it is already gone."""

    key = "delete_record"
    title = "Delete record"
    icon = "database-minus"
    aliases = ("deleteEntity", "deleteRecord", "Delete Record")
    synonyms = ("remove", "erase")
    effect = "writes"
    idempotent = True
    Config: ClassVar[type[Config]] = DeleteRecordConfig
    Output = DeleteRecordOutput
    main = "*"

    @classmethod
    def line(cls, config: JsonObject) -> str:
        return capital(expression_words(str(config["record"]))) if config.get("record") else "No record yet"

    @classmethod
    def sentence(cls, config: JsonObject) -> str:
        """Say it as the middle of a sentence: `delete the candidate`."""
        return f"delete the {expression_words(str(config.get('record') or 'record'))}"

    async def run(self, config: DeleteRecordConfig, ctx: RunContext) -> JsonObject:
        entity, record_id = record_key(config.record)
        return {"id": record_id, "deleted": await ctx.records.delete(entity, record_id)}

    def preview(self, config: DeleteRecordConfig) -> Preview:
        return Preview("Would delete 1 record", {"deleted": 1})
