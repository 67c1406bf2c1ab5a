"""The three families of node types: actions do something, flow nodes decide where a run goes on, triggers start it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from pydantic import BaseModel

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.domain.workflow import OUT
from flowstudio.kit.context import RunContext
from flowstudio.kit.decisions import Decision
from flowstudio.kit.settings import Config, Output, Setting, settings_of
from flowstudio.kit.words import singular, spaced

Kind = Literal["trigger", "action", "condition", "flow", "end"]
"""What a node is on the canvas: its colour and its word."""


@dataclass(frozen=True, slots=True)
class Way:
    """A way out of a node: its name in documents, its label for people."""

    name: str = OUT
    label: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """What an action would do, in one line ("Would send 1 email to …") and in figures."""

    line: str
    counts: JsonObject = field(default_factory=dict)


class NodeType:
    """Common to all kinds of nodes. The docstring of a subclass is the help its user reads."""

    key: ClassVar[str]
    """`send_email` for the action, `condition` for a flow node, `schedule` for a trigger."""
    title: ClassVar[str]
    icon: ClassVar[str]
    """Name in the icon sprite."""
    word: ClassVar[str] = "Do"
    """The word on the spine: When, Do, If, For each, Wait, End."""
    kind: ClassVar[Kind] = "action"
    aliases: ClassVar[tuple[str, ...]] = ()
    """Other names, understood on import and in the palette's search."""
    synonyms: ClassVar[tuple[str, ...]] = ()
    """Further words for the palette's search."""
    Config: ClassVar[type[Config]] = Config
    Output: ClassVar[type[BaseModel] | None] = None
    main: ClassVar[str | None] = None
    """The output that `outputs[0]` names; `*` = the object of all outputs."""
    category: ClassVar[str] = ""
    """Folder below `flowstudio.nodes`, set by the registry: `communication`, `flow` …"""

    @classmethod
    def registry_key(cls) -> str:
        """Return the key under which documents find this type (`action.send_email`, `condition`)."""
        return cls.key

    @classmethod
    def settings(cls) -> tuple[Setting, ...]:
        """List the settings."""
        return settings_of(cls.Config)

    @classmethod
    def ways(cls, config: JsonObject) -> tuple[Way, ...]:
        """List the ways out for these settings, as the document holds them (not filled in)."""
        del config
        return (Way(),)

    @classmethod
    def line(cls, config: JsonObject) -> str:
        """Say in words what the node does with these settings: the second line on its card."""
        del config
        return cls.title

    @classmethod
    def called(cls, config: JsonObject) -> str:
        """Return what people call a step with these settings that nobody named: `Create expense report`."""
        entity = config.get("entity")
        verb, _, word = cls.title.rpartition(" ")
        if not verb or word not in ("record", "records"):
            return cls.title
        if not isinstance(entity, str) or not entity or "{{" in entity:
            return cls.title
        return f"{verb} {spaced(entity) if word == 'records' else singular(entity)}"

    @classmethod
    def schema(cls) -> JsonObject:
        """Return the JSON Schema of the settings."""
        return cls.Config.model_json_schema()


class Action(NodeType, ABC):
    """A node that does something, through `ctx` alone."""

    effect: ClassVar[Literal["reads", "writes", "sends"]] = "reads"
    idempotent: ClassVar[bool] = False
    """A repeat with the same settings and key leaves the same state."""
    connector: ClassVar[str | None] = None
    """Name of the connection it needs, where it needs one (`smtp`, `slack` …)."""
    asks: ClassVar[bool] = False
    """It can ask another system for something and change nothing there."""

    @classmethod
    def registry_key(cls) -> str:
        return f"action.{cls.key}"

    @abstractmethod
    async def run(self, config: Any, ctx: RunContext) -> Output | JsonObject:
        """Do the work. `config` is the validated, filled-in model. Raise FlowStudioError when it cannot be done."""

    def preview(self, config: Any) -> Preview:
        """Say what `run` would do with this filled-in config. Touches nothing."""
        del config
        return Preview(self.title)

    def safe_to_repeat(self, config: Any) -> bool:
        """Say whether, after a crash with unknown outcome, the step may be sent again under the same key."""
        del config
        return self.idempotent

    def looks_up(self, config: Any) -> bool:
        """Say whether, with this filled-in config, it only asks: its answer may be used again."""
        del config
        return False


class InstantAction(Action):
    """An action that only computes: called without a task, it may not wait for anything."""

    @abstractmethod
    def compute(self, config: Any, ctx: RunContext) -> Output | JsonObject:
        """Do the work at once. May raise `RecordNeeded`; it is then called again with the record at hand."""

    async def run(self, config: Any, ctx: RunContext) -> Output | JsonObject:
        return self.compute(config, ctx)


class FlowNode(NodeType, ABC):
    """A node that decides where the run goes on."""

    kind: ClassVar[Kind] = "flow"
    gate: ClassVar[Literal["all", "join"]] = "all"
    """`join`: how many incoming edges it waits for is the setting `join`."""

    @abstractmethod
    def decide(self, config: Any, ctx: RunContext) -> Decision:
        """Answer at once, without waiting. May raise `RecordNeeded`; it is then asked again with the record at hand."""


class TriggerType(NodeType):
    """What starts runs. Listening is the business of scheduling, web and services; this declares and describes it."""

    kind: ClassVar[Kind] = "trigger"
    word: ClassVar[str] = "When"

    @classmethod
    def registry_key(cls) -> str:
        return f"trigger.{cls.key}"

    @classmethod
    def payload(cls, config: JsonObject) -> dict[str, JsonValue]:
        """Describe the payload for these settings: name → type (`text`, `record:invoices`, `open` for any shape …)."""
        del config
        return {}
