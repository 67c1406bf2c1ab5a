"""What the state machine of a run holds: frames with their turns, what is ready, what waits, what follows."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.domain.run import Iteration
from flowstudio.domain.states import RunStatus
from flowstudio.engine.frames import Frame, Phase, Place, Round, Turn
from flowstudio.engine.outline import Outline


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended."""

    status: RunStatus
    outcome: str | None = None
    reason: str | None = None
    error: JsonObject | None = None


@dataclass(frozen=True, slots=True)
class CollectResult:
    """An iteration is done and what it collects must be worked out."""

    frame: Frame


@dataclass(frozen=True, slots=True)
class LoopDone:
    """All iterations of a loop are done."""

    turn: Turn


@dataclass(frozen=True, slots=True)
class LoopFailed:
    """An iteration failed, and its loop with it."""

    turn: Turn
    index: int
    error: JsonObject


Consequence = CollectResult | LoopDone | LoopFailed
"""What follows from a step and needs a step of its own."""


class Board:
    """Where every turn of one run stands."""

    __slots__ = (
        "_payload", "cancelled", "consequences", "ended", "frames", "outline", "ready", "root", "waiting",
    )  # fmt: skip

    def __init__(self, outline: Outline, payload: Container[str] = ()) -> None:
        """`payload` = the keys of the trigger's payload: names that exist before any step."""
        self.outline = outline
        self.root = Frame(None, (), None)
        self.frames: dict[tuple[str | None, Iteration], Frame] = {(None, ()): self.root}
        self.ready: list[Turn] = []
        """A stack: depth first, in the written order of branches."""
        self.consequences: list[Consequence] = []
        self.waiting: dict[Place, Turn] = {}
        self.cancelled: list[Turn] = []
        """Turns that were cancelled and have no record of it yet."""
        self.ended: Ended | None = None
        self._payload = payload

    def find(self, node: str, iteration: Iteration) -> Turn | None:
        """Return the turn of a node in an iteration, None where that frame is closed or was never opened."""
        spot = self.outline.spots.get(node)
        frame = self.frames.get((spot.loop, iteration)) if spot is not None else None
        return None if frame is None else frame.turns.get(node)

    def next_ready(self) -> Turn | None:
        """Take the turn that is next, None when nothing is ready."""
        while self.ready:
            turn = self.ready.pop()
            if turn.phase is Phase.READY:
                turn.phase = Phase.BUSY
                return turn
        return None

    def next_consequence(self) -> Consequence | None:
        """Take what follows from earlier steps and still holds, None when there is nothing."""
        while self.consequences:
            found = self.consequences.pop(0)
            if isinstance(found, CollectResult):
                if (found.frame.loop, found.frame.iteration) in self.frames:
                    return found
            elif found.turn.live:
                return found
        return None

    def wake(self, turn: Turn) -> None:
        """Make a waiting or busy turn ready again: a retry that is due, an approval given, a record fetched."""
        self.release(turn)

    def release(self, turn: Turn) -> None:
        self.waiting.pop(turn.place, None)
        turn.wait = None
        turn.phase = Phase.READY
        self.ready.append(turn)

    def assign(self, frame: Frame, node: str, name: str, value: JsonValue) -> None:
        """Set a variable: where it exists already, else in this frame."""
        holder = self.holder(frame, name) or frame
        holder.variables[name] = value
        holder.writers[name] = self.outline.stand_in(node, holder.loop)

    def holder(self, frame: Frame, name: str) -> Frame | None:
        """Return the frame in which a name exists, None when it is new."""
        at: Frame | None = frame
        while at is not None:
            if name in at.variables:
                return at
            at = at.parent
        return self.root if name in self._payload else None

    def let_go(self) -> None:
        """Part what refers to each other, so that memory is free at once when the run is over."""
        if not self.frames:
            return
        for frame in self.frames.values():
            for turn in frame.turns.values():
                turn.round = None
            for kept in (frame.turns, frame.variables, frame.writers, frame.outputs):
                kept.clear()
        self.frames = {}
        self.ready = []

    def cancel_all(self) -> None:
        """Cancel whatever still goes on."""
        for turn in list(self.root.turns.values()):
            if turn.live:
                self.cancel(turn)

    def cancel(self, turn: Turn) -> None:
        if turn.phase is not Phase.READY or turn.begun:
            self.cancelled.append(turn)
        self.waiting.pop(turn.place, None)
        turn.phase = Phase.SETTLED
        turn.frame.open -= 1
        if turn.round is not None:
            self.cancel_round(turn.round)

    def cancel_round(self, round_: Round) -> None:
        round_.done = True
        for frame in list(round_.frames.values()):
            for turn in list(frame.turns.values()):
                if turn.live:
                    self.cancel(turn)
            frame.closed = True
            self.frames.pop((frame.loop, frame.iteration), None)
        round_.frames.clear()
