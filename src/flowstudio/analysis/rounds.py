"""The rounds of a run's loops: what each one was about, how it went, and what is left of a run when one is chosen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from flowstudio.domain.states import StepStatus

if TYPE_CHECKING:
    from flowstudio.domain.json import JsonValue
    from flowstudio.domain.run import Iteration, Step
    from flowstudio.graph.scopes import Scope

Went = Literal["ahead", "done", "going_on", "failed"]
"""How a round went: it has not begun, came to its end, goes on or waits, or something in it failed."""
_GOES_ON = frozenset({StepStatus.RUNNING, StepStatus.WAITING, StepStatus.RETRYING, StepStatus.IN_DOUBT})


@dataclass(frozen=True, slots=True)
class Round:
    """One passage through a loop's body."""

    index: int
    item: JsonValue
    went: Went


@dataclass(frozen=True, slots=True)
class LoopRounds:
    """The rounds of one loop, in one round of the loops around it."""

    loop: str
    outer: Iteration
    rounds: tuple[Round, ...]

    @property
    def failed(self) -> tuple[int, ...]:
        """The rounds in which something failed."""
        return tuple(one.index for one in self.rounds if one.went == "failed")


def rounds_of(steps: Sequence[Step], scope: Mapping[str, Scope]) -> dict[tuple[str, Iteration], LoopRounds]:
    """Return the rounds of every loop that began, by loop and the rounds around it, in the order of beginning."""
    items: dict[tuple[str, Iteration], list[JsonValue]] = {}
    last: dict[tuple[str, Iteration], StepStatus] = {}
    for step in steps:
        last[step.node_id, step.iteration] = step.status
        if "items" in step.detail:
            items[step.node_id, step.iteration] = list(step.detail["items"])
    inside: defaultdict[tuple[str, Iteration], defaultdict[int, set[StepStatus]]]
    inside = defaultdict(lambda: defaultdict(set))
    for (node_id, iteration), status in last.items():
        for depth, loop in enumerate(scope.get(node_id, ())[: len(iteration)]):
            inside[loop, iteration[:depth]][iteration[depth]].add(status)
    return {
        place: LoopRounds(
            *place, tuple(Round(index, item, _went(inside[place][index])) for index, item in enumerate(found))
        )
        for place, found in items.items()
    }


def _went(states: Iterable[StepStatus]) -> Went:
    seen = set(states)
    if StepStatus.FAILED in seen:
        return "failed"
    if seen & _GOES_ON:
        return "going_on"
    return "done" if seen else "ahead"


def within(steps: Sequence[Step], scope: Mapping[str, Scope], chosen: Mapping[str, int]) -> list[Step]:
    """Return the steps of the chosen rounds, and those that stand in no loop with a chosen round."""
    if not chosen:
        return list(steps)
    return [
        step
        for step in steps
        if all(
            loop not in chosen or chosen[loop] == index
            for loop, index in zip(scope.get(step.node_id, ()), step.iteration, strict=False)
        )
    ]
