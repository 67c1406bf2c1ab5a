"""The workflow as a person draws it: triggers, nodes, edges, settings, layout.

One shape for every node: what the document writes at the top of a node (`condition`, `cases`, `collection` …) stands
inside `config` here, so that forms, checks and the engine see one thing. `flowstudio.interchange` translates both ways.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.domain.states import WorkflowStatus

TRIGGER = "trigger"
"""The id of a single trigger, and the source of an edge that leaves from every trigger."""
OUT = "out"
"""The way out that needs no name."""
ERROR = "error"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Retry(_Part):
    """How often and when a failed step is tried again; `attempts` counts all tries."""

    attempts: int = Field(default=3, ge=1, le=100)
    backoff: Literal["exponential", "fixed", "linear"] = "exponential"
    first: str = "10 seconds"
    max: str = "1 hour"
    extra: JsonObject = Field(default_factory=dict)


class Fallback(_Part):
    """The action that takes a failed step's place."""

    action: str
    config: JsonObject = Field(default_factory=dict)
    extra: JsonObject = Field(default_factory=dict)


class Notify(_Part):
    """Whom to tell when a step is ready, done or failed."""

    on: Literal["ready", "completed", "failed"] = "failed"
    channel: str = "email"
    to: str = ""
    message: str = ""
    extra: JsonObject = Field(default_factory=dict)


class Node(_Part):
    """One box on the canvas."""

    id: str
    type: str
    """`action`, `condition`, `switch`, `loop`, `parallel`, `join`, `delay`, `approval`, `wait`, `respond`, `transform`,
    `notification`, `http`, `workflow`, `end`; or a word of another system, kept as it came."""
    name: str = ""
    action: str | None = None
    """Which action, for nodes of the type `action`."""
    config: JsonObject = Field(default_factory=dict)
    outputs: tuple[str, ...] = ()
    """`outputs[0]` names the main output."""
    disabled: bool = False
    note: str = ""
    run_if: JsonObject | None = None
    requires_approval: bool | JsonObject = False
    retry: Retry | None = None
    timeout: str | None = None
    reuse_for: str | None = None
    """How long the answer of another system to the same question is used again."""
    on_error: Literal["stop", "continue", "branch", "fallback"] | None = None
    fallback: Fallback | None = None
    notify: tuple[Notify, ...] = ()
    extra: JsonObject = Field(default_factory=dict)

    @property
    def key(self) -> str:
        """Return the registry's key of this node's type: `action.send_email`, `condition`."""
        return f"action.{self.action}" if self.type == "action" else self.type


class Trigger(_Part):
    """What starts runs. All settings, `event` and `filter` too, stand in `config`."""

    id: str = TRIGGER
    type: str
    name: str = ""
    config: JsonObject = Field(default_factory=dict)
    extra: JsonObject = Field(default_factory=dict)

    @property
    def key(self) -> str:
        """Return the registry's key of this trigger's type: `trigger.schedule`."""
        return f"trigger.{self.type}"


class Edge(_Part):
    """An arrow from a way out of one node to another node."""

    source: str
    target: str
    way: str = OUT
    extra: JsonObject = Field(default_factory=dict)

    @property
    def id(self) -> str:
        """Return the edge's id, made of its ends: `node_3:true>node_4`."""
        return f"{self.source}:{self.way}>{self.target}"


class WorkflowSettings(_Part):
    """Run policy of a workflow; what is None has no limit."""

    concurrency: Literal["parallel", "queued", "single", "restart"] | None = None
    max_runs_per_hour: int | None = Field(default=None, ge=1)
    dedupe_window: str | None = None
    """A duration within which the same record starts it only once."""
    ask_after: int | None = Field(default=None, ge=0)
    """Messages and calls to others that a run may make before a person is asked whether it may go on."""
    max_sent_per_hour: int | None = Field(default=None, ge=1)
    """Messages and calls of all its runs within an hour beyond which FlowStudio switches the workflow off."""
    pause_after_failures: int | None = Field(default=None, ge=0, le=100)
    """Failed runs in a row after which FlowStudio switches the workflow off: 10 unless said otherwise, 0 for never."""
    timeout: str | None = None
    priority: Literal["normal", "low", "high"] | None = None
    retention: str | None = None
    minutes_saved: float | None = Field(default=None, ge=0)
    snapshot: Literal["live", "frozen"] | None = None
    alert_to: tuple[str, ...] | None = None
    extra: JsonObject = Field(default_factory=dict)


class Layout(_Part):
    """Where things stand on the canvas; moving a box changes nothing else."""

    nodes: dict[str, dict[str, float]] = Field(default_factory=dict)
    """Top left corner by node or trigger id, in canvas pixels."""
    notes: tuple[JsonObject, ...] = ()
    groups: tuple[JsonObject, ...] = ()
    extra: JsonObject = Field(default_factory=dict)


class Workflow(_Part):
    """One whole document."""

    id: str
    name: str
    description: str | None = None
    version: int = Field(default=1, ge=0)
    status: WorkflowStatus = WorkflowStatus.DRAFT
    triggers: tuple[Trigger, ...]
    nodes: tuple[Node, ...] = ()
    edges: tuple[Edge, ...] = ()
    settings: WorkflowSettings = WorkflowSettings()
    inputs: tuple[JsonObject, ...] = ()
    layout: Layout = Layout()
    tests: tuple[JsonObject, ...] = ()
    template: JsonObject | None = None
    extra: JsonObject = Field(default_factory=dict)

    def node(self, node_id: str) -> Node | None:
        """Return the node of that id, or None."""
        return next((node for node in self.nodes if node.id == node_id), None)

    def trigger(self, trigger_id: str) -> Trigger | None:
        """Return the trigger of that id, or None."""
        return next((trigger for trigger in self.triggers if trigger.id == trigger_id), None)


def plain(model: BaseModel) -> dict[str, JsonValue]:
    """Return a part of a document as JSON-ready data."""
    return model.model_dump(mode="json")
