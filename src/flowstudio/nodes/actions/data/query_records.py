"""Find records."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import Field

from flowstudio.domain.json import JsonObject
from flowstudio.kit import Action, Config, Output, Preview, RunContext, setting
from flowstudio.kit.rules import rule_words
from flowstudio.kit.words import capital, shortened, spaced


class QueryRecordsConfig(Config):
    entity: str = setting(
        label="Find", help="The kind of record.", widget="entity", reading="literal", example="invoices"
    )
    filter: JsonObject | None = setting(
        None,
        label="Where",
        help="Only records for which this holds. Without it, all of them.",
        widget="filter",
        reading="filter",
        example={"field": "status", "operator": "equals", "value": "overdue"},
    )
    sort: str | None = setting(
        None, label="Order by", help="A field; with a minus before it, the highest first.", example="-amount"
    )
    limit: int | None = setting(None, label="At most", help="How many records.", ge=1, le=100_000, example=50)


class QueryRecordsOutput(Output):
    records: list[dict[str, Any]] = Field(description="The records found.", examples=[[{"id": "inv_1042"}]])
    count: int = Field(description="How many there are.", examples=[2])


class QueryRecords(Action):
    """Finds the records of one kind for which the rule holds, in order of creation unless told otherwise."""

    key = "query_records"
    title = "Find records"
    icon = "database-search"
    aliases = ("query", "queryRecords", "Query Records")
    synonyms = ("search", "list", "get", "lookup", "filter", "select")
    effect = "reads"
    idempotent = True
    Config: ClassVar[type[Config]] = QueryRecordsConfig
    Output = QueryRecordsOutput
    main = "records"

    @classmethod
    def line(cls, config: JsonObject) -> str:
        entity = spaced(str(config.get("entity") or ""))
        if not entity:
            return "Nothing to find yet"
        rule = rule_words(config.get("filter"))
        return shortened(f"{capital(entity)} where {rule}" if rule else f"All {entity}")

    @classmethod
    def sentence(cls, config: JsonObject) -> str:
        """Say it as the middle of a sentence: `find the invoices whose status is overdue`."""
        entity = spaced(str(config.get("entity") or "records"))
        rule = rule_words(config.get("filter"), article=True)
        return f"find the {entity} where {rule}" if rule else f"find all {entity}"

    async def run(self, config: QueryRecordsConfig, ctx: RunContext) -> JsonObject:
        records = await ctx.records.query(config.entity, config.filter, config.sort, config.limit)
        return {"records": records, "count": len(records)}

    def preview(self, config: QueryRecordsConfig) -> Preview:
        return Preview(f"Finds {spaced(config.entity)}")
