"""Where turns are kept: a frame is one passage through a body, the whole run or one iteration of a loop."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.domain.run import Iteration
from flowstudio.kit import Each


class Phase(IntEnum):
    """Where one node stands in one frame."""

    PENDING = 0
    """not every incoming edge is settled"""
    READY = 1
    BUSY = 2
    """its action is at work, its body runs, or a record is being fetched for it"""
    WAITING = 3
    """a timer, a person or an event goes on with it"""
    SETTLED = 4
    DEAD = 5
    """not reached"""


Place = tuple[str, Iteration]
"""A node in an iteration: what a step, a timer and a wait are addressed by."""


@dataclass(slots=True, eq=False)
class Turn:
    """One node in one frame."""

    node: str
    frame: Frame
    phase: Phase = Phase.PENDING
    taken: int = 0
    dead: int = 0
    good: int = 0
    """Taken edges whose source did not fail."""
    failed: int = 0
    """Edges, taken or dead, that a failure lies behind."""
    attempt: int = 1
    known: int = 1
    """The n of the idempotency key: 1 + attempts with a known negative answer."""
    conflicts: int = 0
    """Times it was made anew because somebody else changed its record."""
    approved: bool = False
    """A person has agreed to a step that requires approval."""
    begun: bool = False
    """A record of it is in the journal."""
    wait: JsonObject | None = None
    """What it waits for: the detail of its last waiting step."""
    sending: JsonValue = None
    """The settings of an attempt whose outcome is unknown: a repeat sends the same."""
    standing_in: JsonObject | None = None
    """Why the node's own action failed, where its fallback has taken over: a repeat is the fallback's, too."""
    round: Round | None = None

    @property
    def live(self) -> bool:
        """Say whether it is ready, at work or waiting."""
        return Phase.READY <= self.phase <= Phase.WAITING

    @property
    def place(self) -> Place:
        """Return the node and the iteration."""
        return self.node, self.frame.iteration


@dataclass(slots=True, eq=False)
class Frame:
    """The whole run (`loop` None) or one iteration of a loop."""

    loop: str | None
    iteration: Iteration
    parent: Frame | None
    item_variable: str = ""
    item: JsonValue = None
    index: int = 0
    turns: dict[str, Turn] = field(default_factory=dict)
    variables: dict[str, JsonValue] = field(default_factory=dict)
    writers: dict[str, str] = field(default_factory=dict)
    """Which node set a variable of this frame last (a loop stands for the nodes of its body)."""
    outputs: dict[str, JsonObject] = field(default_factory=dict)
    open: int = 0
    """Turns that are ready, busy or waiting."""
    failed: bool = False
    closed: bool = False

    def turn(self, node: str) -> Turn:
        """Return the turn of a node, made when it is first asked for."""
        found = self.turns.get(node)
        if found is None:
            found = self.turns[node] = Turn(node, self)
        return found


@dataclass(slots=True, eq=False)
class Round:
    """The passages of one loop over its list."""

    turn: Turn
    each: Each
    next: int = 0
    frames: dict[int, Frame] = field(default_factory=dict)
    """The iterations that go on."""
    results: dict[int, JsonValue] = field(default_factory=dict)
    errors: dict[int, JsonObject] = field(default_factory=dict)
    ahead: set[int] = field(default_factory=set)
    """Iterations opened out of order: a replay finds them done although an earlier one begins anew."""
    done: bool = False
    starting: bool = False
