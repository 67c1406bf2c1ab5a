"""Split a list into parts."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, ClassVar, Literal

from pydantic import Field

from flowstudio.domain.json import JsonObject
from flowstudio.kit import Config, Output, Preview, RunContext, setting
from flowstudio.kit.lists import LONGEST_LIST
from flowstudio.kit.nodes import InstantAction
from flowstudio.kit.words import capital, counted, expression_words


class SplitListConfig(Config):
    records: list[Any] = setting(
        label="List", widget="expression", reading="expression", example="{{invoices}}", max_length=LONGEST_LIST
    )
    into: Literal["parts_of", "parts"] = setting(
        "parts_of",
        label="Into",
        help="Parts of so many items each, or so many parts of nearly the same size.",
        example="parts_of",
    )
    size: int = setting(label="How many", example=50, ge=1, le=LONGEST_LIST)


class SplitListOutput(Output):
    parts: list[list[Any]] = Field(description="The parts, each a list.", examples=[[[{"id": "inv_1042"}]]])
    count: int = Field(description="How many parts there are.", examples=[1])


class SplitList(InstantAction):
    """Splits a list into parts, such as 50 at a time for a system that takes no more. Their order stays."""

    key = "split_list"
    title = "Split list"
    icon = "arrows-split-2"
    aliases = ("splitList",)
    synonyms = ("chunk", "batch", "portion", "pages", "parts")
    effect = "reads"
    idempotent = True
    Config: ClassVar[type[Config]] = SplitListConfig
    Output = SplitListOutput
    main = "parts"

    @classmethod
    def line(cls, config: JsonObject) -> str:
        if not config.get("records"):
            return "No list yet"
        return f"{capital(expression_words(str(config['records'])))} into {_words(config)}"

    @classmethod
    def sentence(cls, config: JsonObject) -> str:
        """Say it as the middle of a sentence: `split the invoices into parts of 50`."""
        return f"split the {expression_words(str(config.get('records') or 'items'))} into {_words(config)}"

    def compute(self, config: SplitListConfig, ctx: RunContext) -> JsonObject:
        rows, parts = config.records, []
        if config.into == "parts_of":
            parts = [rows[start : start + config.size] for start in range(0, len(rows), config.size)]
        else:
            number = min(config.size, len(rows))
            ends = [len(rows) * place // number for place in range(number + 1)] if number else []
            parts = [rows[start:end] for start, end in pairwise(ends)]
        return {"parts": parts, "count": len(parts)}

    def preview(self, config: SplitListConfig) -> Preview:
        return Preview(
            f"Splits {counted(len(config.records), 'item')} into {_words({'into': config.into, 'size': config.size})}"
        )


def _words(config: JsonObject) -> str:
    size = config.get("size") or "…"
    return f"{size} parts" if config.get("into") == "parts" else f"parts of {size}"
