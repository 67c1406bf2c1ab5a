"""Choose a path: one way per case."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import Field

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.expressions.printing import print_value
from flowstudio.kit import Config, FlowNode, Go, Output, RunContext, Way, setting
from flowstudio.kit.words import capital, counted, expression_words

DEFAULT = "default"


class SwitchConfig(Config):
    value: JsonValue = setting(
        None,
        label="Value",
        help="What the cases are compared with. Cases with a rule of their own need none.",
        widget="expression",
        reading="expression",
        example="{{ticket.priority}}",
    )
    cases: list[dict[str, Any]] = setting(
        default_factory=list,
        label="Cases",
        help="Each case has a name, and a value or a rule. The first that fits is taken.",
        widget="cases",
        reading="lazy",
        example=[{"name": "high", "value": "high"}, {"name": "low", "value": "low"}],
    )
    match: Literal["first", "all"] = setting(
        "first", label="Ways to take", help="The first case that fits, or every one.", reading="literal", advanced=True
    )


class SwitchOutput(Output):
    way: str = Field(description="Name of the case taken, or default.", examples=["high"])


class Switch(FlowNode):
    """Goes on by the way of the case that fits, or by Otherwise when none does.

    Values are compared as people read them: the number 3 and the text 3 are the same.
    """

    key = "switch"
    title = "Choose a path"
    icon = "route-2"
    word = "If"
    kind = "condition"
    aliases = ("Switch (Multiple branches)", "router", "choice")
    synonyms = ("case", "branches", "multiple", "route", "select")
    Config: ClassVar[type[Config]] = SwitchConfig
    Output = SwitchOutput
    main = "way"

    @classmethod
    def ways(cls, config: JsonObject) -> tuple[Way, ...]:
        named = [str(case.get("name", "")) for case in config.get("cases") or () if isinstance(case, dict)]
        return (
            *(Way(f"case:{name}", capital(name.replace("_", " "))) for name in named if name),
            Way(DEFAULT, "Otherwise"),
        )

    @classmethod
    def line(cls, config: JsonObject) -> str:
        cases = counted(len(config.get("cases") or ()), "path")
        value = config.get("value")
        return f"By {expression_words(value)}, {cases}" if isinstance(value, str) and value else f"{capital(cases)}"

    @classmethod
    def sentence(cls, config: JsonObject) -> str:
        """Say it as the middle of a sentence: `choose by the ticket's priority`."""
        value = config.get("value")
        return f"by the {expression_words(value)}" if isinstance(value, str) and value else "choose the case that fits"

    def decide(self, config: SwitchConfig, ctx: RunContext) -> Go:
        value = print_value(config.value).casefold()
        fitting: list[str] = []
        rows: list[JsonObject] = []
        for case in config.cases:
            name = str(case.get("name", ""))
            fits, case_rows = self._fits(case, name, value, ctx)
            rows.append({"case": name, "result": fits, "rows": case_rows})
            if fits:
                fitting.append(name)
                if config.match == "first":
                    break
        ways = tuple(f"case:{name}" for name in fitting) or (DEFAULT,)
        return Go(
            ways, output={"way": fitting[0] if fitting else DEFAULT}, detail={"value": config.value, "cases": rows}
        )

    @staticmethod
    def _fits(case: JsonObject, name: str, value: str, ctx: RunContext) -> tuple[bool, list[JsonObject]]:
        if case.get("condition"):
            return ctx.test_condition(case["condition"])
        wanted = ctx.render(case["value"]) if "value" in case else name
        choices = wanted if isinstance(wanted, list) else [wanted]
        return any(print_value(choice).casefold() == value for choice in choices), []
