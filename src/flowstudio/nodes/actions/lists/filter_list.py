"""Keep the items of a list that fit."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import Field

from flowstudio.domain.json import JsonObject
from flowstudio.kit import Action, Config, Output, Preview, RunContext, setting
from flowstudio.kit.lists import LONGEST_LIST, parted
from flowstudio.kit.rules import rule_words
from flowstudio.kit.words import capital, counted, expression_words, shortened


class FilterListConfig(Config):
    records: list[Any] = setting(
        label="List", widget="expression", reading="expression", example="{{invoices}}", max_length=LONGEST_LIST
    )
    filter: JsonObject = setting(
        label="Keep where",
        help="Items for which this holds are kept. Fields may lead to other records, as customer.name.",
        widget="filter",
        reading="filter",
        example={"field": "status", "operator": "equals", "value": "overdue"},
    )


class FilterListOutput(Output):
    records: list[Any] = Field(description="The items that fit.", examples=[[{"id": "inv_1042"}]])
    rest: list[Any] = Field(description="The items that do not.", examples=[[{"id": "inv_1043"}]])
    count: int = Field(description="How many fit.", examples=[1])


class FilterList(Action):
    """Parts a list in two: the items for which a rule holds, and the rest. Their order stays."""

    key = "filter_list"
    title = "Filter list"
    icon = "filter"
    aliases = ("filterList",)
    synonyms = ("where", "select", "only", "without", "split by rule")
    effect = "reads"
    idempotent = True
    Config: ClassVar[type[Config]] = FilterListConfig
    Output = FilterListOutput
    main = "records"

    @classmethod
    def line(cls, config: JsonObject) -> str:
        if not config.get("records"):
            return "No list yet"
        rule = rule_words(config.get("filter"))
        return shortened(f"{capital(expression_words(str(config['records'])))} where {rule or '…'}")

    @classmethod
    def sentence(cls, config: JsonObject) -> str:
        """Say it as the middle of a sentence: `keep the invoices where the status is overdue`."""
        return (
            f"keep the {expression_words(str(config.get('records') or 'items'))} "
            f"where {rule_words(config.get('filter'), article=True) or 'a rule holds'}"
        )

    async def run(self, config: FilterListConfig, ctx: RunContext) -> JsonObject:
        fitting, rest = await parted(config.records, config.filter, ctx)
        return {"records": fitting, "rest": rest, "count": len(fitting)}

    def preview(self, config: FilterListConfig) -> Preview:
        return Preview(f"Parts a list of {counted(len(config.records), 'item')}")
