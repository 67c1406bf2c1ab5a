"""Create one record."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import Field

from flowstudio.domain.json import JsonObject
from flowstudio.kit import Action, Config, Output, Preview, RunContext, setting
from flowstudio.kit.words import said, singular, with_article


class CreateRecordConfig(Config):
    entity: str = setting(
        label="Create", help="The kind of record.", widget="entity", reading="literal", example="invoices"
    )
    set: dict[str, Any] = setting(
        label="With", help="Its fields.", widget="fields", example={"customer_id": "{{customer.id}}", "amount": 100}
    )


class CreateRecordOutput(Output):
    record: dict[str, Any] = Field(description="The new record.", examples=[{"id": "inv_1043"}])
    id: str = Field(description="Its id.", examples=["inv_1043"])


class CreateRecord(Action):
    """Creates a record. Fields that are not filled in get the value that the kind of record gives them."""

    key = "create_record"
    title = "Create record"
    icon = "database-plus"
    aliases = ("createEntity", "createRecord", "Create Record", "Create Invoice", "Create Customer", "Create Project")
    synonyms = ("add", "insert", "new")
    effect = "writes"
    idempotent = False
    Config: ClassVar[type[Config]] = CreateRecordConfig
    Output = CreateRecordOutput
    main = "record"

    @classmethod
    def line(cls, config: JsonObject) -> str:
        entity = singular(str(config.get("entity") or ""))
        fields = said(config.get("set"))
        if not entity:
            return "No kind of record yet"
        return f"New {entity} with {fields}" if fields else f"New {entity}"

    @classmethod
    def sentence(cls, config: JsonObject) -> str:
        """Say it as the middle of a sentence: `create an invoice`."""
        entity = singular(str(config.get("entity") or "record"))
        return f"create {with_article(entity)}"

    async def run(self, config: CreateRecordConfig, ctx: RunContext) -> JsonObject:
        record = await ctx.records.create(config.entity, config.set)
        return {"record": record, "id": record["id"]}

    def preview(self, config: CreateRecordConfig) -> Preview:
        return Preview(f"Would create 1 {singular(config.entity)}", {"created": 1})
