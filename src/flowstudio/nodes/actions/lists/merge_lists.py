"""Make one list of two."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import Field

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.errors import ConfigRejected
from flowstudio.kit import Action, Config, Output, Preview, RunContext, setting
from flowstudio.kit.lists import LONGEST_LIST, fields_of, label_of, path_of
from flowstudio.kit.words import capital, counted, expression_words


class MergeListsConfig(Config):
    records: list[Any] = setting(
        label="List", widget="expression", reading="expression", example="{{invoices}}", max_length=LONGEST_LIST
    )
    others: list[Any] = setting(
        label="And", widget="expression", reading="expression", example="{{payments}}", max_length=LONGEST_LIST
    )
    how: Literal["append", "unique", "match", "match_all"] = setting(
        "append",
        label="How",
        help="append: one behind the other. unique: without repeats. match: items that belong together become one, "
        "others are left out. match_all: as match, and every item of the first list stays.",
        example="match",
    )
    by: str | None = setting(
        None, label="Belong together by", help="A field of the first list.", example="id", max_length=200
    )
    other_by: str | None = setting(
        None,
        label="And its field there",
        help="The field of the second list; left empty, the same one.",
        example="invoice_id",
        max_length=200,
        advanced=True,
    )


class MergeListsOutput(Output):
    records: list[Any] = Field(description="The one list.", examples=[[{"id": "inv_1042", "paid": 100}]])
    unmatched: list[Any] = Field(description="Items of the first list without a partner.", examples=[[]])
    count: int = Field(description="How many items it has.", examples=[1])


class MergeLists(Action):
    """Makes one list of two: one behind the other, without repeats, or joined by a field they share.

    Where items are joined, a field that both have keeps the value of the first list; further partners make further
    items.
    """

    key = "merge_lists"
    title = "Merge lists"
    icon = "arrow-merge"
    aliases = ("mergeLists",)
    synonyms = ("join", "combine", "append", "lookup", "union", "unique")
    effect = "reads"
    idempotent = True
    Config: ClassVar[type[Config]] = MergeListsConfig
    Output = MergeListsOutput
    main = "records"

    @classmethod
    def line(cls, config: JsonObject) -> str:
        if not config.get("records") or not config.get("others"):
            return "Two lists are needed"
        return capital(_words(config))

    @classmethod
    def sentence(cls, config: JsonObject) -> str:
        """Say it as the middle of a sentence: `merge the invoices and the payments`."""
        return f"merge the {_words(config)}"

    async def run(self, config: MergeListsConfig, ctx: RunContext) -> JsonObject:
        if config.how == "append":
            return _answer([*config.records, *config.others], [])
        if not config.by:
            raise ConfigRejected('Say by which field the items belong together: fill in "Belong together by".')
        firsts = await _keys(config.records, config.by, "by", ctx)
        seconds = await _keys(config.others, config.other_by or config.by, "other_by", ctx)
        if config.how == "unique":
            kept: dict[str, JsonValue] = {}
            for key, item in zip([*firsts, *seconds], [*config.records, *config.others], strict=True):
                kept.setdefault(key, item)
            return _answer(list(kept.values()), [])
        partners: dict[str, list[JsonValue]] = {}
        for key, item in zip(seconds, config.others, strict=True):
            partners.setdefault(key, []).append(item)
        joined: list[JsonValue] = []
        alone: list[JsonValue] = []
        for key, item in zip(firsts, config.records, strict=True):
            found = partners.get(key, []) if key else []
            if not found:
                alone.append(item)
                joined += [item] if config.how == "match_all" else []
            if len(joined) + len(found) > LONGEST_LIST:
                raise ConfigRejected(f"The merged list would have more than {LONGEST_LIST:,} items.", setting="by")
            joined += [_one(item, other) for other in found]
        return _answer(joined, alone)

    def preview(self, config: MergeListsConfig) -> Preview:
        return Preview(f"Merges {counted(len(config.records), 'item')} with {len(config.others):,}")


async def _keys(items: list[JsonValue], field: str, setting_name: str, ctx: RunContext) -> list[str]:
    return [label_of(value) for value in await fields_of(items, path_of(field, setting_name), ctx)]


def _one(item: JsonValue, other: JsonValue) -> JsonValue:
    if not isinstance(item, dict) or not isinstance(other, dict):
        return item
    return {**{key: value for key, value in other.items() if not key.startswith("$")}, **item}


def _answer(records: list[JsonValue], unmatched: list[JsonValue]) -> JsonObject:
    return {"records": records, "unmatched": unmatched, "count": len(records)}


def _words(config: JsonObject) -> str:
    first = expression_words(str(config.get("records") or "items"))
    return f"{first} and {expression_words(str(config.get('others') or 'other items'))}"
