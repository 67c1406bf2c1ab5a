"""Come together: where branches meet."""

from __future__ import annotations

from typing import ClassVar, Literal

from flowstudio.domain.json import JsonObject
from flowstudio.kit import Config, FlowNode, Go, RunContext, setting

_LINES = {
    "all": "When every branch is done",
    "any": "When one branch is done",
    "first_success": "When one branch has succeeded",
}


class JoinConfig(Config):
    join: Literal["all", "any", "first_success"] = setting(
        "all",
        label="Go on when",
        help="All branches are done, one is done, or one has succeeded. What still goes on in the others is cancelled.",
        reading="literal",
    )


class Join(FlowNode):
    """Waits until its branches are done, then goes on once.

    With one branch enough, the others are cancelled. When a success is asked for and no branch succeeds, the step
    fails.
    """

    key = "join"
    title = "Come together"
    icon = "arrows-join"
    word = "Wait"
    gate = "join"
    aliases = ("merge",)
    synonyms = ("join", "meet", "together", "collect", "branches")
    Config: ClassVar[type[Config]] = JoinConfig

    @classmethod
    def line(cls, config: JsonObject) -> str:
        return _LINES.get(str(config.get("join") or "all"), _LINES["all"])

    @classmethod
    def sentence(cls, config: JsonObject) -> str:
        """Say it as the middle of a sentence."""
        line = cls.line(config)
        return f"go on {line[0].lower()}{line[1:]}"

    def decide(self, config: JoinConfig, ctx: RunContext) -> Go:
        return Go()
