"""An event on its way: committed with what caused it, handed on afterwards; and where triggers keep what they know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from flowstudio.domain.json import JsonObject

CHANGED = "record.changed"
"""Every change of a record whose type a trigger watches: `{"entity", "id", "before", "after"}`."""
ADDRESSED = "trigger.due"
"""For one trigger alone: `{"workflow_id", "trigger_id", "payload"}`."""
MESSAGE = "message.received"
"""A message came in by some channel: `{"message": {"sender", "to", "subject", "text", "channel"}}`."""


@dataclass(frozen=True, slots=True)
class Happening:
    """Something happened in a workspace; `run_id` is the run that caused it, None for everybody else."""

    workspace: str
    id: str
    type: str
    data: JsonObject
    at: datetime
    run_id: str | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """What a trigger remembers under a key; without a value it forgets it."""

    workspace: str
    workflow_id: str
    trigger_id: str
    key: str
    value: JsonObject | None


class Outbox(Protocol):
    """Events that are committed and not yet handed on."""

    async def open(self, limit: int = 200) -> list[Happening]:
        """List them, the oldest first."""

    async def add(self, happenings: Sequence[Happening]) -> None:
        """Write events; one whose id is there already stays as it is."""

    async def settle(self, happenings: Sequence[Happening]) -> None:
        """Mark events as handed on."""


class WatchStore(Protocol):
    """What triggers remember between two looks."""

    async def all(self, workspace: str, workflow_id: str, trigger_id: str) -> dict[str, JsonObject]:
        """Return everything a trigger remembers, by key."""

    async def one(self, workspace: str, workflow_id: str, trigger_id: str, key: str) -> JsonObject | None:
        """Return what a trigger remembers under a key."""

    async def note(self, notes: Sequence[Note], happenings: Sequence[Happening] = ()) -> None:
        """Remember, and raise events, in one transaction."""

    async def forget(self, workspace: str, workflow_id: str, trigger_id: str) -> None:
        """Forget everything a trigger remembers."""
