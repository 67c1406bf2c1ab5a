"""For each: the body once per item."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.errors import WrongType
from flowstudio.kit import Config, Each, FlowNode, Output, RunContext, Way, setting
from flowstudio.kit.words import capital, expression_words, spaced


class LoopConfig(Config):
    collection: JsonValue = setting(
        label="List", help="What to go through.", widget="expression", reading="expression", example="{{invoices}}"
    )
    item_variable: str = setting(
        "item",
        label="Call each one",
        help="The name of the current item inside the loop.",
        widget="variable_name",
        reading="literal",
        example="invoice",
        pattern=r"^[A-Za-z_]\w*$",
        max_length=60,
    )
    concurrency: int = setting(
        1, label="At the same time", help="How many items are worked on at once.", advanced=True, ge=1, le=100
    )
    on_item_error: Literal["stop", "continue"] = setting(
        "stop",
        label="If an item fails",
        help="Stop, or go on with the next item.",
        reading="literal",
        advanced=True,
    )
    collect: JsonValue = setting(
        None,
        label="Collect",
        help="What each round gives; together they are the results of the loop.",
        widget="expression",
        reading="lazy",
        example="{{invoice.number}}",
        advanced=True,
    )


class LoopOutput(Output):
    results: list[JsonValue] = Field(
        description="What each round gave, in the order of the list.", examples=[["INV-1"]]
    )
    count: int = Field(description="How many items there were.", examples=[2])


class Loop(FlowNode):
    """Does the steps inside once for each item of a list.

    An empty list is no fault: the run goes on behind the loop. Inside, the item has the name chosen here, and
    `loop.index` counts from 0.
    """

    key = "loop"
    title = "For each"
    icon = "repeat"
    word = "For each"
    aliases = ("Loop (For Each)", "for_each", "foreach", "iterate")
    synonyms = ("repeat", "list", "items", "every")
    Config: ClassVar[type[Config]] = LoopConfig
    Output = LoopOutput
    main = "results"

    @classmethod
    def ways(cls, config: JsonObject) -> tuple[Way, ...]:
        return (Way("each", "Each"), Way("done", "Done"))

    @classmethod
    def line(cls, config: JsonObject) -> str:
        name = capital(spaced(str(config.get("item_variable") or "item")))
        collection = config.get("collection")
        if not collection:
            return "No list yet"
        where = expression_words(collection) if isinstance(collection, str) else f"{len(collection)} items"
        return f"{name} in {where}"

    @classmethod
    def sentence(cls, config: JsonObject) -> str:
        """Say it as the beginning of a sentence: `for each invoice`."""
        return f"for each {spaced(str(config.get('item_variable') or 'item'))}"

    def decide(self, config: LoopConfig, ctx: RunContext) -> Each:
        items = config.collection
        if not isinstance(items, list):
            kind = "nothing" if items is None else "a record" if isinstance(items, dict) else f'"{items}"'
            raise WrongType(
                f"There is no list to go through, but {kind}.", hint="Choose a list, such as found records."
            )
        return Each(items, config.item_variable, config.concurrency, config.on_item_error, config.collect)
