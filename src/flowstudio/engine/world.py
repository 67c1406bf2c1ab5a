"""The world as one engine sees it: the ports it was given, and what it knows of each workspace."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol
from zoneinfo import ZoneInfo

from flowstudio.domain.delivery import Delivery
from flowstudio.domain.json import JsonObject
from flowstudio.domain.run import Iteration, Run, Step
from flowstudio.domain.workflow import Trigger
from flowstudio.engine.reuse import Reuse
from flowstudio.kit.memory_files import MemoryFiles
from flowstudio.kit.ports import Clock, Files, Http, Journal, Mail, MessageTexts, RecordStore, Secrets


class Workspaces(Protocol):
    """What runs need to know of a workspace; answers at once."""

    def zone(self, workspace: str) -> ZoneInfo:
        """Return the workspace's time zone."""

    def settings(self, workspace: str) -> JsonObject:
        """Return the workspace's settings, as `settings.*` shows them."""


@dataclass(frozen=True, slots=True)
class FixedWorkspace:
    """One zone and one set of settings for every workspace: for test runs and tests."""

    time_zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    values: JsonObject = field(default_factory=dict)

    def zone(self, workspace: str) -> ZoneInfo:
        """Return the zone."""
        del workspace
        return self.time_zone

    def settings(self, workspace: str) -> JsonObject:
        """Return the settings."""
        del workspace
        return self.values


@dataclass(frozen=True, slots=True)
class Child:
    """A run that another run starts: which workflow, with what, and who waits for it."""

    parent: Run
    node_id: str
    iteration: Iteration
    workflow: str
    input: JsonObject
    event_id: str
    """The same for every try: one run per workflow and event id."""
    depth: int


StartChild = Callable[[Child], Awaitable[str]]
"""Starts a run and returns its id; the same id again when it exists already."""
RecheckAt = Literal["start", "delay"]
Recheck = Callable[[Run, Trigger, RecheckAt], Awaitable[str | None]]
"""Returns why a run has nothing to do any more, None where it has."""
ReadRun = Callable[[str], Awaitable[tuple[Run, Sequence[Step]] | None]]


@dataclass(frozen=True, slots=True)
class World:
    """The ports of one engine."""

    clock: Clock
    journal: Journal
    records: RecordStore
    mail: Mail
    http: Http
    secrets: Secrets
    messages: MessageTexts
    workspaces: Workspaces = field(default_factory=FixedWorkspace)
    http_of: Callable[[str], Http] | None = None
    """In a test run: the twin that answers for a node, by its id."""
    notify: Callable[[Sequence[Delivery]], None] | None = None
    """Called when notices are on disk."""
    start_child: StartChild | None = None
    read_run: ReadRun | None = None
    """Returns a run and its steps as they stand: what a parent reads of its child."""
    recheck: Recheck | None = None
    """Says why what started a run no longer holds; None in test runs, which do what their sample says."""
    files: Files = field(default_factory=MemoryFiles)
    reuse: Reuse = field(default_factory=Reuse)
