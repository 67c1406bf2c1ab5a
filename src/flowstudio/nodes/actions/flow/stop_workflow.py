"""Stop the run with a reason."""

from __future__ import annotations

from typing import ClassVar

from flowstudio.domain.json import JsonObject
from flowstudio.kit import Action, Config, Finish, FlowNode, Preview, RunContext, Way, setting
from flowstudio.kit.words import said


class StopWorkflowConfig(Config):
    reason: str | None = setting(
        None, label="Reason", help="Stands in the list of runs.", example="Already paid", max_length=500
    )


class StopWorkflow(FlowNode, Action):
    """Ends the run here, because there is nothing more to do. It is no failure."""

    key = "stop_workflow"
    title = "Stop"
    icon = "hand-stop"
    word = "End"
    kind = "end"
    aliases = ("Stop Workflow", "stopWorkflow", "stop")
    synonyms = ("end", "abort", "exit", "cancel")
    effect = "reads"
    idempotent = True
    Config: ClassVar[type[Config]] = StopWorkflowConfig

    @classmethod
    def ways(cls, config: JsonObject) -> tuple[Way, ...]:
        return ()

    @classmethod
    def line(cls, config: JsonObject) -> str:
        return said(config.get("reason")) or "Outcome: stopped"

    @classmethod
    def sentence(cls, config: JsonObject) -> str:
        """Say it as the end of a sentence: `stop with the reason "Already paid"`."""
        reason = said(config.get("reason"))
        return f'stop with the reason "{reason}"' if reason else "stop"

    def decide(self, config: StopWorkflowConfig, ctx: RunContext) -> Finish:
        return Finish("stopped", config.reason or None)

    async def run(self, config: StopWorkflowConfig, ctx: RunContext) -> JsonObject:
        return {}

    def preview(self, config: StopWorkflowConfig) -> Preview:
        return Preview("Would end the run here")
