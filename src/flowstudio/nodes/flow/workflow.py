"""Run another workflow."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import Field

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.kit import Call, Config, FlowNode, Output, RunContext, setting
from flowstudio.kit.words import said, spaced


class WorkflowConfig(Config):
    workflow: str = setting(label="Workflow", widget="workflow", example="wf_002", min_length=1)
    input: dict[str, Any] = setting(
        default_factory=dict,
        label="Gives it",
        help="The values with which it starts.",
        widget="fields",
        example={"invoice": "{{invoice}}"},
    )
    wait: bool = setting(True, label="Wait for its end", help="Off: it starts and this run goes on at once.")


class WorkflowOutput(Output):
    output: JsonValue = Field(description="What the other workflow gave.", examples=[{"total": 12}])
    status: str = Field(description="How it ended.", examples=["completed"])
    run_id: str = Field(description="Its run.", examples=["run_1"])


class RunWorkflow(FlowNode):
    """Starts another workflow and, unless told otherwise, waits for its end.

    It works with what it is given here. When it fails, this step fails too.
    """

    key = "workflow"
    title = "Run another workflow"
    icon = "binary-tree"
    aliases = ("sub_workflow", "subflow", "execute_workflow")
    synonyms = ("sub", "call", "start", "nested")
    Config: ClassVar[type[Config]] = WorkflowConfig
    Output = WorkflowOutput
    main = "output"

    @classmethod
    def line(cls, config: JsonObject) -> str:
        name = said(config.get("workflow"))
        if not name:
            return "No workflow yet"
        return f"{name}, {'wait for its end' if config.get('wait', True) else 'go on at once'}"

    @classmethod
    def sentence(cls, config: JsonObject) -> str:
        """Say it as the middle of a sentence."""
        return f"run the workflow {spaced(said(config.get('workflow'))) or 'that is still to be chosen'}"

    def decide(self, config: WorkflowConfig, ctx: RunContext) -> Call:
        return Call(config.workflow, config.input, config.wait)
