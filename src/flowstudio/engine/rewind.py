"""Going back: which steps no longer count when a run is taken up again from one of them.

The journal is never changed. A marker (a step with the status `running` and `rewind` in its detail) says from where a
run was taken up again; what came after that place is left out when the steps are replayed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from flowstudio.domain.run import Step
from flowstudio.domain.states import SETTLED_STEP, StepStatus
from flowstudio.engine.frames import Place
from flowstudio.engine.outline import Outline

REWIND = "rewind"


def is_marker(step: Step) -> bool:
    """Say whether a step only tells that the run was taken up again from here."""
    return step.status is StepStatus.RUNNING and REWIND in step.detail


def counting(steps: Iterable[Step], outline: Outline) -> list[Step]:
    """Return the steps that still count, in their order."""
    return _split(steps, outline)[0]


def used_keys(steps: Iterable[Step], outline: Outline) -> Counter[Place]:
    """Return how many attempts of each place no longer count: what is made anew has a key of its own.

    A place that a run was taken up from knows its attempts by the marker.
    """
    kept, undone = _split(steps, outline)
    used = Counter((step.node_id, step.iteration) for step in undone if step.status in _TRIED)
    for step in kept:
        if is_marker(step):
            used.pop((step.node_id, step.iteration), None)
    return used


_TRIED = frozenset({*SETTLED_STEP, StepStatus.RETRYING, StepStatus.IN_DOUBT})


def _split(steps: Iterable[Step], outline: Outline) -> tuple[list[Step], list[Step]]:
    """Tell the steps that still count from those that do not."""
    kept: list[Step] = []
    undone: list[Step] = []
    for step in steps:
        if is_marker(step) and step.node_id in outline.spots:
            undone += [one for one in kept if _undone(one, step, outline)]
            kept = [one for one in kept if not _undone(one, step, outline)]
        kept.append(step)
    return kept, undone


def _undone(step: Step, marker: Step, outline: Outline) -> bool:
    """Say whether a step comes after the place that a marker goes back to."""
    spots = outline.spots
    if step.node_id not in spots:
        return True
    chain, iteration = spots[marker.node_id].chain, marker.iteration
    for depth in range(len(chain) + 1):
        if step.iteration[:depth] != iteration[:depth]:
            return False
        own = spots[step.node_id].chain
        if own[:depth] != chain[:depth]:
            return False
        here = own[depth] if len(own) > depth else step.node_id
        there = chain[depth] if depth < len(chain) else marker.node_id
        if here in outline.descendants(there):
            return True
        if here != there:
            return False
        if step.node_id == here and depth < len(chain):
            return _closes(step, iteration[depth])
    return True


def _closes(step: Step, index: int) -> bool:
    """Say whether a record of a loop around the place is about its end, or about this iteration's."""
    return step.status is not StepStatus.RUNNING or step.detail.get("index") == index


def to_repeat(steps: Iterable[Step], outline: Outline) -> list[Place]:
    """Return where a finished run is taken up again: its failed steps that nothing caught, and cancelled ones."""
    last: dict[Place, Step] = {}
    for step in counting(steps, outline):
        last[step.node_id, step.iteration] = step
    found = [place for place, step in last.items() if _open(step)]
    # The loop around a failed item failed with it: the item is what is taken up again.
    return [place for place in found if not any(_inside(other, place, outline) for other in found)]


def _open(step: Step) -> bool:
    if step.status is StepStatus.CANCELLED or step.detail.get("refused"):
        return True
    return step.status is StepStatus.FAILED and not step.ways


def _inside(place: Place, loop: Place, outline: Outline) -> bool:
    node, iteration = place
    spot = outline.spots.get(node)
    return spot is not None and loop[0] in spot.chain and iteration[: len(loop[1])] == loop[1]
