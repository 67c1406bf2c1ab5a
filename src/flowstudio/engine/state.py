"""Where a run stands, as a pure machine: steps are applied to it, and it says whose turn it is.

A live run and a recovered one go through the same `apply`, step by step in the order of the journal, so a replayed run
stands exactly where it stood. Nothing here waits, reads a clock or evaluates an expression.
"""

from __future__ import annotations

from flowstudio.domain.json import JsonObject
from flowstudio.domain.run import Step
from flowstudio.domain.states import RunStatus, StepStatus
from flowstudio.engine.board import Ended, LoopFailed
from flowstudio.engine.frames import Frame, Phase, Round, Turn
from flowstudio.engine.iterations import Iterations
from flowstudio.kit import Each


class RunState(Iterations):
    """The machine of one run."""

    __slots__ = ()

    def apply(self, step: Step) -> None:
        """Take a step into account: follow its ways, and note what becomes ready, waits or ends."""
        turn = self.find(step.node_id, step.iteration) or self.reopen(step)
        if turn is None or not turn.live:
            if step.status is StepStatus.CANCELLED and turn is not None and turn in self.cancelled:
                self.cancelled.remove(turn)
            return
        turn.begun = True
        match step.status:
            case StepStatus.COMPLETED | StepStatus.FAILED | StepStatus.SKIPPED | StepStatus.CANCELLED:
                self._settle(turn, step)
            case StepStatus.WAITING | StepStatus.IN_DOUBT | StepStatus.RETRYING:
                self._hold(turn, step)
            case StepStatus.RUNNING:
                self._go_on(turn, step)

    def _hold(self, turn: Turn, step: Step) -> None:
        turn.phase = Phase.WAITING
        turn.wait = step.detail
        if step.status is StepStatus.RETRYING:
            turn.attempt = step.attempt + 1
            turn.known += bool(step.detail.get("known", True))
        turn.sending = step.detail.get("sending")
        if "standing_in" in step.detail and turn.standing_in is None:  # taken up again: the fallback has its own key
            turn.standing_in = step.detail["standing_in"]
            turn.known += 1
        self.waiting[turn.place] = turn

    def _go_on(self, turn: Turn, step: Step) -> None:
        """Start the iterations of a loop, take what one of them collected, or let a step be made (anew)."""
        if "rewind" in step.detail:
            turn.sending = step.detail.get("input")
            turn.standing_in = None
            turn.attempt = turn.known = step.attempt
            turn.approved = True
        elif "approval" in step.detail or "decided" in step.detail:
            self.release(turn)
            turn.approved = True
            turn.attempt += step.detail.get("decided") == "repeat"
        elif "index" in step.detail:
            frame = turn.round.frames.get(step.detail["index"]) if turn.round is not None else None
            if frame is not None:
                self.close(frame, step.detail.get("value"))
        elif turn.round is None:
            turn.phase = Phase.BUSY
            each = Each(**{key: step.detail[key] for key in _EACH if key in step.detail})
            turn.round = Round(turn, each)
            self.next_iterations(turn.round)

    def _settle(self, turn: Turn, step: Step) -> None:
        frame = turn.frame
        if turn.phase is Phase.WAITING:
            self.waiting.pop(turn.place, None)
        turn.phase = Phase.SETTLED
        frame.open -= 1
        if turn.round is not None and not turn.round.done:
            self.cancel_round(turn.round)
        if step.output:
            frame.outputs[turn.node] = step.output
        for name, value in step.assigned.items():
            self.assign(frame, turn.node, name, value)
        if self._ends(turn, step):
            return
        failed = step.status is StepStatus.FAILED
        if failed and not step.ways and not self.caught(turn):
            self._escalate(frame, step.error or {})
            return
        self.leave(turn, step.ways, failed=failed)
        self.look_at(frame)

    def _ends(self, turn: Turn, step: Step) -> bool:
        """Say whether the step ends the run or its iteration by itself."""
        end = step.detail.get("end")
        if end is not None:
            if end.get("scope") == "branch":
                turn.frame.failed |= end.get("outcome") == "failed"
                self.leave(turn, (), failed=end.get("outcome") == "failed")
                self.look_at(turn.frame)
                return True
            self.ended = ended_by(step)
            return True
        if step.detail.get("refused"):
            self.ended = Ended(RunStatus.REJECTED, "rejected", step.detail.get("reason"))
            return True
        return False

    def _escalate(self, frame: Frame, error: JsonObject) -> None:
        """Fail what the failed step stands in: the item, the loop, or the run."""
        if frame.parent is None or frame.loop is None:
            self.ended = Ended(RunStatus.FAILED, "failed", error.get("message"), error)
            return
        loop = frame.parent.turns[frame.loop]
        assert loop.round is not None
        if loop.round.each.on_item_error == "continue":
            frame.failed = True
            loop.round.errors[frame.index] = error
            for turn in list(frame.turns.values()):
                if turn.live:
                    self.cancel(turn)
            self.close(frame, None)
        else:
            self.consequences.append(LoopFailed(loop, frame.index, error))


def ended_by(step: Step) -> Ended | None:
    """Return how a step ends its run, None where it ends no more than its branch."""
    end = step.detail.get("end") or {}
    outcome = end.get("outcome")
    if end.get("scope") != "run":
        return None
    status = RunStatus.FAILED if outcome == "failed" else RunStatus.COMPLETED
    return Ended(status, outcome, end.get("reason"), step.error)


_EACH = ("items", "item_variable", "concurrency", "on_item_error", "collect")
