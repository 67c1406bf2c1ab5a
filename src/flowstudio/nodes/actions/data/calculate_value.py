"""Calculate a value by a formula."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.expressions.numeric import round_half_even
from flowstudio.kit import Config, Output, Preview, RunContext, setting
from flowstudio.kit.nodes import InstantAction
from flowstudio.kit.words import shortened


class CalculateValueConfig(Config):
    expression: JsonValue = setting(
        label="Formula",
        help="Numbers, variables and functions, such as total(invoices, 'amount') * 1.2.",
        widget="expression",
        reading="expression",
        example="{{invoice.amount * 1.2}}",
    )
    decimals: int = setting(
        2, label="Decimals", help="To how many places the result is rounded.", ge=0, le=10, advanced=True
    )


class CalculateValueOutput(Output):
    value: JsonValue = Field(description="The result.", examples=[57.6])


class CalculateValue(InstantAction):
    """Calculates a value. Numbers are rounded to two decimals unless told otherwise."""

    key = "calculate_value"
    title = "Calculate"
    icon = "calculator"
    aliases = ("calculateValue", "Calculate Value", "calculate")
    synonyms = ("formula", "math", "sum", "number", "percent")
    effect = "reads"
    idempotent = True
    Config: ClassVar[type[Config]] = CalculateValueConfig
    Output = CalculateValueOutput
    main = "value"

    @classmethod
    def line(cls, config: JsonObject) -> str:
        return shortened(_formula(config)) or "No formula yet"

    @classmethod
    def sentence(cls, config: JsonObject) -> str:
        """Say it as the middle of a sentence."""
        return f"calculate {_formula(config) or 'a value'}"

    def compute(self, config: CalculateValueConfig, ctx: RunContext) -> JsonObject:
        value = config.expression
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            value = round_half_even(value, config.decimals)
        return {"value": value}

    def preview(self, config: CalculateValueConfig) -> Preview:
        return Preview(f"Gives {config.expression}")


def _formula(config: JsonObject) -> str:
    return " ".join(str(config.get("expression") or "").replace("{{", "").replace("}}", "").replace("_", " ").split())
