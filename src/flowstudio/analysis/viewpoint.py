"""Looking at a run: up to which step of its time line, and in which rounds of its loops."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from flowstudio.analysis.rounds import LoopRounds, rounds_of, within
from flowstudio.analysis.types.picker import shape_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flowstudio.domain.json import JsonValue
    from flowstudio.domain.run import Iteration, Step
    from flowstudio.domain.workflow import Workflow
    from flowstudio.graph.scopes import Scope
    from flowstudio.kit import Registry

Turn = Literal["back", "next", "failed", "all"]
Place = tuple[str, "Iteration"]


class Viewpoint:
    """The steps of one run, and what of them is looked at: all of it unless something is chosen."""

    def __init__(self, workflow: Workflow | None, registry: Registry) -> None:
        self.scope: Mapping[str, Scope] = shape_of(workflow, registry).scope if workflow is not None else {}
        self.steps: Sequence[Step] = ()
        """Every record of the run, in the order in which it was made."""
        self.rounds: dict[Place, LoopRounds] = {}
        """The rounds of the loops in what is seen of the run."""
        self.chosen: dict[str, int] = {}
        """The round that is looked at, by loop; a loop without one shows all its rounds together."""
        self.moments: list[Place] = []
        """Each step in the order of its time line: a loop where it begins, every other step where it settles."""
        self.at: int | None = None
        """Which of the moments is looked at; None is the end, with all that there is."""
        self._ends: list[int] = []
        self._seen: Sequence[Step] = ()

    def take(self, steps: Sequence[Step]) -> None:
        """Take over the steps as they are now, and keep what is chosen as far as it is still there."""
        self.steps = steps
        ends: dict[Place, int] = {}
        for index, step in enumerate(steps):
            place = (step.node_id, step.iteration)
            began = place in ends and "items" in steps[ends[place]].detail
            if not began:
                ends[place] = index
        line = sorted((index, place) for place, index in ends.items())
        self._ends = [index for index, _ in line]
        self.moments = [place for _, place in line]
        if self.at is not None and self.at >= len(self.moments):
            self.at = None
        self._look()

    @property
    def position(self) -> int:
        """The moment that is looked at, the last one at the end; -1 while there is none."""
        return len(self.moments) - 1 if self.at is None else self.at

    @property
    def whole(self) -> bool:
        """Say whether all of the run is looked at, up to its last step."""
        return self.at is None

    def go(self, position: int) -> Place | None:
        """Look at a moment and the rounds that it stands in; return it, None where there is none."""
        if not self.moments:
            return None
        position = max(0, min(position, len(self.moments) - 1))
        self.at = position if position < len(self.moments) - 1 else None
        node_id, iteration = self.moments[position]
        self.chosen.clear()
        self._look()
        self.follow(node_id, iteration)
        return node_id, iteration

    def to_end(self) -> None:
        """Look at all of it."""
        self.at = None
        self._look()

    def seen(self) -> Sequence[Step]:
        """Return the records up to the moment that is looked at."""
        return self._seen

    def shown(self) -> list[Step]:
        """Return of those the ones in the chosen rounds."""
        return within(self._seen, self.scope, self.chosen)

    def listed(self) -> list[Step]:
        """Return the records of the chosen rounds, those after the moment too."""
        return within(self.steps, self.scope, self.chosen)

    def follow(self, node_id: str, iteration: Iteration) -> None:
        """Choose the rounds that a step stands in; other loops keep theirs."""
        for loop, index in zip(self.scope.get(node_id, ()), iteration, strict=False):
            self.chosen[loop] = index
        self._keep_known()

    def rounds_at(self, loop: str) -> LoopRounds | None:
        """Return the rounds of a loop in the chosen rounds around it; without such a choice those of all together."""
        around = self.scope.get(loop, ())
        places = [
            found
            for (node_id, outer), found in self.rounds.items()
            if node_id == loop
            and all(one not in self.chosen or self.chosen[one] == at for one, at in zip(around, outer, strict=False))
        ]
        if not places:
            return None
        if len(places) == 1:
            return places[0]
        return LoopRounds(loop, (), tuple(one for found in places for one in found.rounds))

    def item(self, node_id: str, iteration: Iteration) -> JsonValue:
        """Return what the innermost round around a step is about, None outside loops."""
        around = self.scope.get(node_id, ())
        if not around or len(iteration) < len(around):
            return None
        found = self.rounds.get((around[-1], iteration[: len(around) - 1]))
        index = iteration[len(around) - 1]
        return found.rounds[index].item if found is not None and index < len(found.rounds) else None

    def turn(self, loop: str, to: Turn | int) -> bool:
        """Choose another round of a loop; return False where there is none to go to."""
        if to == "all":
            return self._drop(loop)
        before = dict(self.chosen)
        if not self._settle_around(loop, failed=to == "failed"):
            return False
        found = self.rounds_at(loop)
        at = self.chosen.get(loop)
        index = _target(found, at, to) if found is not None else None
        if index is None:
            self.chosen = before
            return to == "back" and at is not None and self._drop(loop)
        self.chosen[loop] = index
        self._keep_known()
        return True

    def _drop(self, loop: str) -> bool:
        gone = [one for one in self.chosen if one == loop or loop in self.scope.get(one, ())]
        for one in gone:
            del self.chosen[one]
        return bool(gone)

    def _settle_around(self, loop: str, *, failed: bool) -> bool:
        """Choose rounds of the loops around one that has none chosen: the first in which it began, or failed."""
        around = self.scope.get(loop, ())
        if all(one in self.chosen for one in around):
            return True
        fitting = [
            outer
            for (node_id, outer), found in self.rounds.items()
            if node_id == loop
            and all(self.chosen.get(one, at) == at for one, at in zip(around, outer, strict=False))
            and (found.failed or not failed)
            and found.rounds
        ]
        if not fitting:
            return False
        self.chosen |= dict(zip(around, min(fitting), strict=False))
        return True

    def _look(self) -> None:
        self._seen = self.steps if self.at is None else self.steps[: self._ends[self.at] + 1]
        self.rounds = rounds_of(self._seen, self.scope)
        self._keep_known()

    def _keep_known(self) -> None:
        """Let go of rounds that are not there: of another run, or of a list that is shorter in another round."""
        for loop in sorted(self.chosen, key=lambda one: len(self.scope.get(one, ()))):
            around = self.scope.get(loop, ())
            outer = tuple(self.chosen.get(one, -1) for one in around)
            found = self.rounds.get((loop, outer))
            if found is None or self.chosen[loop] >= len(found.rounds):
                del self.chosen[loop]


def _target(found: LoopRounds, at: int | None, to: Turn | int) -> int | None:
    number = len(found.rounds)
    if isinstance(to, int):
        return to if 0 <= to < number else None
    if to == "failed":
        after = [one for one in found.failed if at is None or one > at] or list(found.failed)
        return after[0] if after else None
    if to == "back":
        return at - 1 if at else None
    wanted = 0 if at is None else at + 1
    return wanted if wanted < number else None
