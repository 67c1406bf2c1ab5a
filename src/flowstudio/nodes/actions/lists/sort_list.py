"""Put a list in order."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import Field

from flowstudio.domain.json import JsonObject
from flowstudio.kit import Action, Config, Output, Preview, RunContext, setting
from flowstudio.kit.lists import LONGEST_LIST, fields_of, path_of
from flowstudio.kit.record_filter import sort_key
from flowstudio.kit.words import capital, counted, expression_words, spaced

_MOST_FIELDS = 5


class SortListConfig(Config):
    records: list[Any] = setting(
        label="List", widget="expression", reading="expression", example="{{invoices}}", max_length=LONGEST_LIST
    )
    by: str = setting(
        label="By",
        help="A field, or several with commas. With a minus before it, the highest first.",
        example="-amount",
        min_length=1,
        max_length=300,
    )
    limit: int | None = setting(None, label="At most", help="How many are kept.", ge=1, le=LONGEST_LIST, example=10)


class SortListOutput(Output):
    records: list[Any] = Field(description="The items in order.", examples=[[{"id": "inv_1042"}]])
    count: int = Field(description="How many there are.", examples=[2])


class SortList(Action):
    """Puts a list in order by one field or several. Numbers come before texts, items without the field last."""

    key = "sort_list"
    title = "Sort list"
    icon = "sort-ascending"
    aliases = ("sortList",)
    synonyms = ("order", "rank", "top", "first")
    effect = "reads"
    idempotent = True
    Config: ClassVar[type[Config]] = SortListConfig
    Output = SortListOutput
    main = "records"

    @classmethod
    def line(cls, config: JsonObject) -> str:
        if not config.get("records"):
            return "No list yet"
        return f"{capital(expression_words(str(config['records'])))} by {_words(config) or '…'}"

    @classmethod
    def sentence(cls, config: JsonObject) -> str:
        """Say it as the middle of a sentence: `sort the invoices by amount`."""
        return f"sort the {expression_words(str(config.get('records') or 'items'))} by {_words(config) or 'a field'}"

    async def run(self, config: SortListConfig, ctx: RunContext) -> JsonObject:
        rows = list(config.records)
        names = [name.strip() for name in config.by.split(",") if name.strip()][:_MOST_FIELDS]
        for name in reversed(names):  # sorting is stable: the first field decides last
            values = await fields_of(rows, path_of(name.lstrip("-+"), "by"), ctx)
            keyed = [(sort_key(value), row) for value, row in zip(values, rows, strict=True)]
            there = [pair for pair in keyed if pair[0] is not None]
            there.sort(key=lambda pair: pair[0] or (0, 0), reverse=name.startswith("-"))
            rows = [row for _, row in there] + [row for key, row in keyed if key is None]
        rows = rows[: config.limit]
        return {"records": rows, "count": len(rows)}

    def preview(self, config: SortListConfig) -> Preview:
        return Preview(f"Sorts {counted(len(config.records), 'item')}")


def _words(config: JsonObject) -> str:
    names = [name.strip() for name in str(config.get("by") or "").split(",") if name.strip()]
    return ", then ".join(
        f"{spaced(name.lstrip('-+'))}{', the highest first' if name.startswith('-') else ''}" for name in names
    )
