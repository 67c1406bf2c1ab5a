"""How edges settle: what becomes ready, what is not reached, and what a join makes superfluous."""

from __future__ import annotations

from flowstudio.engine.board import Board
from flowstudio.engine.frames import Frame, Phase, Turn
from flowstudio.engine.outline import Arrival, Spot


class Edges(Board):
    """A board whose edges settle."""

    __slots__ = ()

    def start(self, trigger_id: str) -> None:
        """Take the edges that leave from the trigger; the edges of other triggers are dead."""
        self.spread(self.root, list(self.outline.begun_by(trigger_id)))

    def leave(self, turn: Turn, ways: tuple[str, ...], *, failed: bool) -> None:
        spot = self.outline.spots[turn.node]
        self.spread(
            turn.frame,
            [(target, way in ways, failed) for way, targets in spot.out.items() for target in targets],
        )

    def spread(self, frame: Frame, arrivals: list[Arrival]) -> None:
        """Let edges arrive: whose last edge it was becomes ready, or is not reached and passes that on."""
        found: list[Turn] = []
        # The list grows while it is walked: dead edges pass their deadness on.
        for target, taken, failed in arrivals:
            turn = frame.turn(target)
            if taken:
                turn.taken += 1
                turn.good += not failed
            else:
                turn.dead += 1
            turn.failed += failed
            if turn.phase is not Phase.PENDING:
                continue
            spot = self.outline.spots[target]
            if _opens(spot, turn):
                turn.phase = Phase.READY
                frame.open += 1
                found.append(turn)
                if spot.gate != "all":
                    arrivals.extend(self._cancel_rivals(frame, spot))
            elif turn.taken + turn.dead >= spot.incoming:
                turn.phase = Phase.DEAD
                arrivals.extend(_dead_edges(spot, failed=turn.failed > 0))
        self.ready.extend(reversed(found))

    def _cancel_rivals(self, frame: Frame, join: Spot) -> list[Arrival]:
        """Cancel what still goes on in the branches that lead to a join which has what it needs."""
        arrivals: list[Arrival] = []
        for node in join.ancestors:
            turn = frame.turn(node)
            if turn.phase is Phase.PENDING:
                turn.phase = Phase.DEAD
            elif turn.live:
                self.cancel(turn)
            else:
                continue
            arrivals.extend(_dead_edges(self.outline.spots[node], failed=False))
        return arrivals

    def caught(self, turn: Turn) -> bool:
        """Say whether a join that waits for the first success lies ahead: it takes the failure as one branch's."""
        catchers = self.outline.spots[turn.node].catchers
        return any(turn.frame.turn(join).phase is Phase.PENDING for join in catchers)


def _opens(spot: Spot, turn: Turn) -> bool:
    """Say whether a turn has what its node waits for."""
    settled = turn.taken + turn.dead >= spot.incoming
    if spot.gate == "any":
        return turn.taken > 0
    if spot.gate == "first_success":
        return turn.good > 0 or (settled and (turn.taken > 0 or turn.failed > 0))
    return settled and turn.taken > 0


def _dead_edges(spot: Spot, *, failed: bool) -> list[Arrival]:
    return [(target, False, failed) for targets in spot.out.values() for target in targets]
