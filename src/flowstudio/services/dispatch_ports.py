"""What server and workers share over the database: who holds which run, and what is told to a run from outside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from flowstudio.domain.ids import new_id

if TYPE_CHECKING:
    from flowstudio.domain.json import JsonObject, JsonValue
    from flowstudio.domain.states import RunStatus


@dataclass(frozen=True, slots=True)
class RunMessage:
    """Something told to a run, kept until whoever holds the run has carried it out."""

    id: str
    run_id: str
    kind: str
    content: JsonObject


@dataclass(frozen=True, slots=True)
class Taken:
    """A run that this worker holds now."""

    status: RunStatus
    held_back: bool
    """It waits for its turn: admission alone lets it go."""
    messages: Sequence[RunMessage]
    memory: int
    """The state of what workspaces share in memory: another number, another content."""


@dataclass(slots=True)
class Me:
    """This process among those on its database."""

    name: str
    server: bool
    version: str
    keys: str
    """Something that tells keys for secrets apart without telling them."""
    most: int = 0
    """Runs that go on here at once."""
    lease: float = 30.0
    """Seconds of silence after which others go on with what is held here."""
    id: str = field(default_factory=lambda: new_id("wkr"))

    def begin_anew(self) -> None:
        """Take another id: what was held under the old one belongs to others now."""
        self.id = new_id("wkr")


@dataclass(frozen=True, slots=True)
class WorkerState:
    """One process that carries runs on, or the server."""

    id: str
    name: str
    server: bool
    version: str
    runs: int
    most: int
    """Runs it carries on at once."""
    started_at: datetime
    silent_for: float
    """Seconds since it was last heard of."""


@dataclass(frozen=True, slots=True)
class WorkerNews:
    """What became durable in a worker, in the words of the server."""

    workspace: str
    workflow_id: str
    run_id: str
    status: str | None = None
    sent: int = 0
    steps: bool = False
    timers: bool = False
    notices: bool = False


@dataclass(slots=True)
class Note:
    """One notification: everything is small, what it is about is read from the database."""

    news: list[WorkerNews] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    """Runs that something was told to."""
    answered: list[str] = field(default_factory=list)
    """Messages that were answered."""
    events: bool = False
    """Events were written that are to be handed on."""
    memory: bool = False
    """What workspaces share in memory was changed."""


class RunMessages(Protocol):
    """What a process tells to runs that others hold."""

    async def tell(self, message: RunMessage) -> None:
        """Keep a message, tell the holder of its run, and let a worker take the run up where nobody holds it."""

    async def wake_up(self, run_ids: Sequence[str]) -> None:
        """Let workers take runs up."""

    async def wake_up_lost(self) -> int:
        """Let workers take up what nobody goes on with though it should; return how many runs that are."""

    async def answers(self, ids: Sequence[str]) -> dict[str, JsonValue]:
        """Return the answers there are, by message."""


class Holds(Protocol):
    """Which runs this worker holds."""

    async def take(self, run_id: str) -> Taken | None:
        """Hold a run; None when a living worker holds it, or there is no such run."""

    async def messages(self, run_id: str) -> Sequence[RunMessage]:
        """List what was told to a run and is not carried out, in order."""

    async def let_go(self, run_id: str, carried_out: Sequence[str]) -> bool:
        """Mark messages as carried out and let go; False when there are others for the run: it is held on."""

    async def answer(self, message: RunMessage, answer: JsonValue, *, done: bool) -> None:
        """Keep the answer to a message and tell who asked; `done`: it is carried out with that."""

    async def settle(self, message: RunMessage) -> None:
        """Mark a message as carried out before it is: it is better lost than done twice."""

    async def hand_back(self, also: Sequence[str]) -> None:
        """Let go of all runs, so that other workers take them up at once, and these too."""


class Fleet(Protocol):
    """The processes that work on one database."""

    async def register(self) -> None:
        """Say that this process is there; raise BadSetting where it does not fit the others."""

    async def beat(self, runs: int) -> bool:
        """Say that this process still is; False when it was given up meanwhile."""

    async def leave(self) -> None:
        """Say that this process ends."""

    async def bury(self) -> int:
        """Give up the processes that have been silent for too long, and let others take their runs up."""

    async def all(self) -> list[WorkerState]:
        """List all, the server first."""

    async def tidy(self) -> None:
        """Forget what was carried out long ago."""
