"""Change fields of one record."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import Field

from flowstudio.domain.json import JsonObject
from flowstudio.kit import Action, Config, Output, Preview, RunContext, setting
from flowstudio.kit.records import changed_fields, fresh, record_key
from flowstudio.kit.words import capital, expression_words, listed, said, spaced


class UpdateRecordConfig(Config):
    record: dict[str, Any] = setting(
        label="Record", help="Which one to change.", widget="record", reading="expression", example="{{invoice}}"
    )
    set: dict[str, Any] = setting(
        label="Change", help="Fields and their new values.", widget="fields", example={"status": "paid"}, min_length=1
    )


class UpdateRecordOutput(Output):
    record: dict[str, Any] = Field(description="The record as it is now.", examples=[{"id": "inv_1042"}])
    changed: list[str] = Field(description="The fields that got another value.", examples=[["status"]])


class UpdateRecord(Action):
    """Changes fields of a record. Later steps see the new values at once."""

    key = "update_record"
    title = "Change record"
    icon = "database-edit"
    aliases = ("updateEntity", "updateRecord", "Update Record", "update_field")
    synonyms = ("edit", "set", "field", "save", "modify")
    effect = "writes"
    idempotent = True
    Config: ClassVar[type[Config]] = UpdateRecordConfig
    Output = UpdateRecordOutput
    main = "record"

    @classmethod
    def line(cls, config: JsonObject) -> str:
        if not config.get("record"):
            return "No record yet"
        record = capital(expression_words(str(config["record"])))
        changes = config.get("set") or {}
        if len(changes) == 1:
            name, value = next(iter(changes.items()))
            return f"{record}: {spaced(name)} to {said(value) or 'nothing'}"
        return f"{record}: {said(changes)}" if changes else record

    @classmethod
    def sentence(cls, config: JsonObject) -> str:
        """Say it as the middle of a sentence: `set the invoice's status to paid`."""
        record = expression_words(str(config.get("record") or "record"))
        changes = [f"{spaced(name)} to {said(value) or 'nothing'}" for name, value in (config.get("set") or {}).items()]
        return f"set the {record}'s {listed(changes)}" if changes else f"change the {record}"

    async def run(self, config: UpdateRecordConfig, ctx: RunContext) -> JsonObject:
        entity, record_id = record_key(config.record)
        changed = changed_fields(await fresh(config.record, ctx), config.set)
        record = await ctx.records.update(entity, record_id, config.set)
        return {"record": record, "changed": changed}

    def preview(self, config: UpdateRecordConfig) -> Preview:
        return Preview(f"Would change {listed([spaced(name) for name in config.set])} of 1 record", {"updated": 1})
