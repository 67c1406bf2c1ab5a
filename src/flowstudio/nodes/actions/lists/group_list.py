"""Group a list."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import Field

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.kit import Action, Config, Output, Preview, RunContext, setting
from flowstudio.kit.lists import LONGEST_LIST, fields_of, label_of, path_of
from flowstudio.kit.words import capital, counted, expression_words, spaced


class GroupListConfig(Config):
    records: list[Any] = setting(
        label="List", widget="expression", reading="expression", example="{{invoices}}", max_length=LONGEST_LIST
    )
    by: str = setting(
        label="By", help="A field; items that have the same value stand together.", example="customer.name",
        min_length=1, max_length=200,
    )  # fmt: skip


class GroupListOutput(Output):
    groups: list[dict[str, Any]] = Field(
        description="The groups: key, records and count of each.",
        examples=[[{"key": "Roth AG", "records": [{"id": "inv_1042"}], "count": 1}]],
    )
    count: int = Field(description="How many groups there are.", examples=[1])


class GroupList(Action):
    """Puts items that have the same value of a field together; a loop can then go through the groups.

    Groups come in the order in which their first item stands. Items without the field form a group with an empty key.
    """

    key = "group_list"
    title = "Group list"
    icon = "stack-2"
    aliases = ("groupList",)
    synonyms = ("by", "per", "each", "together", "bucket")
    effect = "reads"
    idempotent = True
    Config: ClassVar[type[Config]] = GroupListConfig
    Output = GroupListOutput
    main = "groups"

    @classmethod
    def line(cls, config: JsonObject) -> str:
        if not config.get("records"):
            return "No list yet"
        return f"{capital(expression_words(str(config['records'])))} by {spaced(str(config.get('by') or '…'))}"

    @classmethod
    def sentence(cls, config: JsonObject) -> str:
        """Say it as the middle of a sentence: `group the invoices by customer`."""
        by = spaced(str(config.get("by") or "a field"))
        return f"group the {expression_words(str(config.get('records') or 'items'))} by {by}"

    async def run(self, config: GroupListConfig, ctx: RunContext) -> JsonObject:
        groups: dict[str, list[JsonValue]] = {}
        values = await fields_of(config.records, path_of(config.by, "by"), ctx)
        for value, item in zip(values, config.records, strict=True):
            groups.setdefault(label_of(value), []).append(item)
        found = [{"key": key, "records": items, "count": len(items)} for key, items in groups.items()]
        return {"groups": found, "count": len(found)}

    def preview(self, config: GroupListConfig) -> Preview:
        return Preview(f"Groups {counted(len(config.records), 'item')} by {spaced(config.by)}")
