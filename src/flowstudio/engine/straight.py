"""The straight line at the beginning of a run: steps that only compute, one after the other, made in one go.

Most runs of webhooks and schedules are nothing else. Where a single edge was taken and every step takes one more, what
comes next stands in the outline: there are no turns to keep, no joins to count, nothing to hear meanwhile. The state
machine is told of the steps only where the run goes on otherwise, by the same fold that takes a run up from its
journal; what cannot be made here is left to the driving loop, which begins with it anew.
"""

from __future__ import annotations

import time
from datetime import datetime

from flowstudio.domain.run import Step
from flowstudio.engine.answers import settled
from flowstudio.engine.board import Ended
from flowstudio.engine.context import StepContext
from flowstudio.engine.ending import COMPLETED
from flowstudio.engine.frames import Phase, Turn
from flowstudio.engine.live import LiveRun
from flowstudio.engine.plan import Slot
from flowstudio.engine.settle import as_output, completed
from flowstudio.engine.state import ended_by

SLICE = 0.005
"""Seconds a run of pure steps may go on before others have their turn."""


def go_straight(live: LiveRun) -> bool:
    """Make the steps that a new run begins with, as far as they only compute; say whether it has come to its end."""
    node = _first(live)
    steps: list[Step] = []
    ended: Ended | None = None
    until = time.perf_counter() + SLICE
    line: _Line | None = None
    while node is not None and time.perf_counter() < until:
        slot = live.plan.slots[node]
        if not slot.instant:
            break
        if line is None:
            line = _Line(live, slot)
        step = line.step(slot)
        if step is None:
            break
        steps.append(step)
        if "end" in step.detail:
            ended = ended_by(step) or COMPLETED
            break
        out, ways = slot.spot.out, step.ways
        targets = out.get(ways[0], ()) if len(ways) == 1 else [target for way in ways for target in out.get(way, ())]
        if not targets:
            ended = COMPLETED
        node = targets[0] if len(targets) == 1 else None
    if steps:
        live.pending.steps.extend(map(live.number, steps))
    if ended is None:
        for step in steps:
            live.state.apply(step)
    else:
        live.state.let_go()
        live.state.ended = ended
    return live.state.ended is not None


def _first(live: LiveRun) -> str | None:
    """Return the one node that a new run begins with; None where it begins otherwise, or every step is looked at."""
    state = live.state
    looked_at = live.run.test or live.gate or live.watch or live.given or live.past
    if looked_at or live.inbox or live.paused or live.next_seq > 1 or state.ended is not None:
        return None
    if len(state.ready) != 1:
        return None
    first = state.ready[0]
    for turn in state.root.turns.values():
        if turn.taken and turn is not first:  # it waits for another edge, and goes on as soon as that one is dead
            return None
    return first.node


class _Line:
    """What the steps of one line share: one turn and one context, moved from each to the next."""

    __slots__ = ("_context", "_live", "_now", "_turn")

    def __init__(self, live: LiveRun, slot: Slot) -> None:
        self._live = live
        self._now: datetime = live.world.clock.now()
        self._turn = Turn(slot.node.id, live.state.root, Phase.BUSY)
        self._context = StepContext(live, self._turn, slot, self._now)

    def step(self, slot: Slot) -> Step | None:
        """Make a step; None where it does not settle at once, or fails: the driving loop gives it its turn."""
        live, turn, context, now = self._live, self._turn, self._context, self._now
        context.go_on(slot, now)
        try:
            settings = slot.filling.fill(context.evaluation)
            model = slot.filling.validate(settings)
            if slot.decides:
                step = settled(live, turn, slot, slot.type.decide(model, context), now, settings)
            else:
                output, effects = as_output(slot.type.compute(model, context)), context.effects()
                step = completed(live, turn, slot, now, output=output, input=settings, effects=effects)
        except Exception:  # noqa: BLE001  a record is needed first, or a step fails: both are the loop's to deal with
            return None
        if step is not None:
            frame = turn.frame
            if step.output:
                frame.outputs[turn.node] = step.output
            frame.variables |= step.assigned
            self._now = step.completed_at or now  # the next one begins where this one ends
        return step
