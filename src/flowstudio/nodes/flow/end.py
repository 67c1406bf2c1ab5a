"""End: the run is over, with an outcome."""

from __future__ import annotations

from typing import ClassVar, Literal

from flowstudio.domain.json import JsonObject
from flowstudio.kit import Config, Finish, FlowNode, RunContext, Way, setting
from flowstudio.kit.words import said


class EndConfig(Config):
    outcome: Literal["completed", "stopped", "failed"] = setting(
        "completed",
        label="Outcome",
        help="Completed: all is done. Stopped: there was nothing to do. Failed: somebody must look at it.",
        reading="literal",
    )
    reason: str | None = setting(
        None, label="Reason", help="Stands in the list of runs.", example="Already paid", max_length=500
    )
    scope: Literal["run", "branch"] = setting(
        "run",
        label="Ends",
        help="The whole run, or only this branch or round of a loop.",
        reading="literal",
        advanced=True,
    )


class End(FlowNode):
    """Ends the run, also from inside a loop or a branch. What else goes on is cancelled.

    With the scope branch only this branch, or this round of the loop, is over.
    """

    key = "end"
    title = "End"
    icon = "flag"
    word = "End"
    kind = "end"
    aliases = ("End Node", "completion", "finish")
    synonyms = ("stop", "done", "finish", "outcome", "exit")
    Config: ClassVar[type[Config]] = EndConfig

    @classmethod
    def ways(cls, config: JsonObject) -> tuple[Way, ...]:
        return ()

    @classmethod
    def line(cls, config: JsonObject) -> str:
        outcome = str(config.get("outcome") or "completed")
        reason = said(config.get("reason"))
        if reason:
            return reason
        branch = ", this branch only" if config.get("scope") == "branch" else ""
        return f"Outcome: {outcome}{branch}"

    @classmethod
    def sentence(cls, config: JsonObject) -> str:
        """Say it as the end of a sentence: `finish`, `stop, because it is already paid`."""
        reason = said(config.get("reason"))
        verb = {"stopped": "stop", "failed": "end as failed"}.get(str(config.get("outcome")), "finish")
        return f'{verb} with the reason "{reason}"' if reason else verb

    def decide(self, config: EndConfig, ctx: RunContext) -> Finish:
        return Finish(config.outcome, config.reason or None, config.scope)
