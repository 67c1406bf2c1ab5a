"""Set variables, or reshape data by an expression."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from pydantic import Field, model_validator

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.kit import Config, FlowNode, Go, Output, Preview, RunContext, setting
from flowstudio.kit.nodes import InstantAction
from flowstudio.kit.words import capital, expression_words, said, spaced


class TransformDataConfig(Config):
    set: dict[str, Any] = setting(
        default_factory=dict,
        label="Variables",
        help="Names and their values: texts, and {{ }} where something is worked out.",
        widget="assignments",
        example={"total": "{{invoice.amount + invoice.fees}}"},
    )
    expression: str | None = setting(
        None,
        label="Or one value",
        help="An expression that filters or reshapes, such as filter(invoices, 'amount greater_than 100').",
        widget="expression",
        reading="lazy",
        example="{{filter(invoices, 'amount greater_than 100')}}",
    )

    @model_validator(mode="after")
    def _has_something_to_do(self) -> Self:
        if not self.set and not self.expression:
            raise ValueError("Name a variable to set, or write an expression.")
        return self


class TransformDataOutput(Output):
    value: JsonValue = Field(description="The value, or all variables set here.", examples=[{"total": 120}])


class TransformData(FlowNode, InstantAction):
    """Sets variables for the steps that follow, or gives one value made from others.

    All values see the variables as they were before this step. A name that exists outside a loop or branch is changed
    there; a new name inside a loop is gone after the round.
    """

    key = "transform_data"
    title = "Set variables"
    icon = "variable"
    kind = "action"
    aliases = ("transformData", "Transform Data", "transform")
    synonyms = ("assign", "map", "rename", "filter", "reshape", "value")
    twins: ClassVar[tuple[str, ...]] = ("transform",)
    effect = "reads"
    idempotent = True
    Config: ClassVar[type[Config]] = TransformDataConfig
    Output = TransformDataOutput
    main = "value"

    @classmethod
    def line(cls, config: JsonObject) -> str:
        names = config.get("set") or {}
        if len(names) == 1:
            name, value = next(iter(names.items()))
            return f"{capital(spaced(name))}: {_value_words(value)}"
        return capital(said(names)) if names else _value_words(config.get("expression")) or "No variable yet"

    @classmethod
    def sentence(cls, config: JsonObject) -> str:
        """Say it as the middle of a sentence: `set total`."""
        names = said(config.get("set") or {})
        return f"set {names}" if names else "make a value from the data"

    def decide(self, config: TransformDataConfig, ctx: RunContext) -> Go:
        assigned = dict(config.set)
        value = _value(config.expression, ctx) if config.expression else assigned
        return Go(output={"value": value}, assign=assigned)

    def compute(self, config: TransformDataConfig, ctx: RunContext) -> JsonObject:
        return self.decide(config, ctx).output

    def preview(self, config: TransformDataConfig) -> Preview:
        return Preview(f"Sets {said(config.set)}" if config.set else "Gives a value")


def _value(value: JsonValue, ctx: RunContext) -> JsonValue:
    """Return the value of an expression with or without braces, of a text with some, or of anything else as it is."""
    if isinstance(value, str) and "{{" not in value:
        return ctx.evaluate(value)
    return ctx.render(value)


def _value_words(value: JsonValue) -> str:
    return (
        (expression_words(value) if "{{" not in value.strip()[2:] else said(value))
        if isinstance(value, str)
        else said(value)
    )
