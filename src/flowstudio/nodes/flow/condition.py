"""If: two ways, by a rule."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from flowstudio.domain.json import JsonObject
from flowstudio.kit import Config, FlowNode, Go, Output, RunContext, Way, setting
from flowstudio.kit.rules import rule_words
from flowstudio.kit.words import capital, shortened


class ConditionConfig(Config):
    condition: JsonObject = setting(
        label="Rule",
        help="All, any or none of the comparisons must hold.",
        widget="condition",
        reading="condition",
        example={"type": "and", "conditions": [{"field": "invoice.amount", "operator": "greater_than", "value": 1000}]},
    )


class ConditionOutput(Output):
    way: str = Field(description="The way taken: true or false.", examples=["true"])


class Condition(FlowNode):
    """Tests a rule and goes on by Yes or by No.

    A missing value makes a comparison false, unless it asks whether the value is there.
    """

    key = "condition"
    title = "If"
    icon = "arrow-ramp-right"
    word = "If"
    kind = "condition"
    aliases = ("Condition (If/Else)", "if", "IF/THEN/ELSE", "conditional")
    synonyms = ("branch", "else", "decide", "rule", "compare", "check")
    Config: ClassVar[type[Config]] = ConditionConfig
    Output = ConditionOutput
    main = "way"

    @classmethod
    def ways(cls, config: JsonObject) -> tuple[Way, ...]:
        return (Way("true", "Yes"), Way("false", "No"))

    @classmethod
    def line(cls, config: JsonObject) -> str:
        return shortened(capital(rule_words(config.get("condition")))) or "No rule yet"

    @classmethod
    def called(cls, config: JsonObject) -> str:
        rule = shortened(capital(rule_words(config.get("condition"))))
        return f"{rule}?" if rule else cls.title

    @classmethod
    def sentence(cls, config: JsonObject) -> str:
        """Say the rule as the middle of a sentence: `the reminder count is less than 3`."""
        return rule_words(config.get("condition"), article=True) or "its rule holds"

    def decide(self, config: ConditionConfig, ctx: RunContext) -> Go:
        result, rows = ctx.test_condition(config.condition)
        way = "true" if result else "false"
        return Go((way,), output={"way": way}, detail={"rows": rows})
