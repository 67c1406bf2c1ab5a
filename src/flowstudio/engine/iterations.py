"""How loops go on: iterations open side by side or one after another, close, and leave their results."""

from __future__ import annotations

from flowstudio.domain.json import JsonValue
from flowstudio.domain.run import Step
from flowstudio.engine.board import CollectResult, LoopDone
from flowstudio.engine.edges import Edges
from flowstudio.engine.frames import Frame, Round, Turn


class Iterations(Edges):
    """A board whose loops go on."""

    __slots__ = ()

    def look_at(self, frame: Frame) -> None:
        """Close an iteration in which nothing is left to do."""
        if frame.open or frame.closed or frame.parent is None or frame.loop is None:
            return
        loop = frame.parent.turns[frame.loop]
        assert loop.round is not None
        if loop.round.each.collect is not None and not frame.failed:
            frame.closed = True
            self.consequences.append(CollectResult(frame))
        else:
            self.close(frame, None)

    def close(self, frame: Frame, value: JsonValue) -> None:
        assert frame.parent is not None
        assert frame.loop is not None
        round_ = frame.parent.turns[frame.loop].round
        assert round_ is not None
        frame.closed = True
        self.frames.pop((frame.loop, frame.iteration), None)
        round_.frames.pop(frame.index, None)
        round_.results[frame.index] = value
        if frame.failed:
            round_.errors.setdefault(frame.index, {})
        self.next_iterations(round_)

    def next_iterations(self, round_: Round) -> None:
        """Open as many iterations as may go on at once; without recursion, as a body may be empty."""
        if round_.starting or round_.done:
            return
        round_.starting = True
        turn, each = round_.turn, round_.each
        held = len(self.ready)
        while round_.next < len(each.items) and len(round_.frames) < each.concurrency:
            index = round_.next
            round_.next += 1
            if index in round_.ahead:
                continue
            mark = len(self.ready)
            frame = self.open(round_, index)
            # The first iteration has the first turn: what later ones have ready goes below it on the stack.
            self.ready[held:] = self.ready[mark:] + self.ready[held:mark]
            self.look_at(frame)
        round_.starting = False
        if not round_.frames and round_.next >= len(each.items):
            round_.done = True
            self.consequences.append(LoopDone(turn))

    def open(self, round_: Round, index: int) -> Frame:
        turn, each = round_.turn, round_.each
        iteration = (*turn.frame.iteration, index)
        frame = Frame(turn.node, iteration, turn.frame, each.item_variable, each.items[index], index)
        self.frames[turn.node, iteration] = frame
        round_.frames[index] = frame
        self.spread(frame, [(target, True, False) for target in self.outline.spots[turn.node].body])
        return frame

    def reopen(self, step: Step) -> Turn | None:
        """Open the iteration that a step of the journal belongs to, where its loop still goes on."""
        spot = self.outline.spots.get(step.node_id)
        if spot is None or len(spot.chain) != len(step.iteration):
            return None
        outer: str | None = None
        for depth, loop in enumerate(spot.chain):
            frame = self.frames.get((outer, step.iteration[:depth]))
            round_ = frame.turns[loop].round if frame is not None and loop in frame.turns else None
            index = step.iteration[depth]
            if round_ is None or round_.done or index in round_.results or index >= len(round_.each.items):
                return None
            if index not in round_.frames:
                round_.ahead.add(index)
                self.open(round_, index)
            outer = loop
        return self.find(step.node_id, step.iteration)
