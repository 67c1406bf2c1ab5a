"""Which steps of a run are others by now: changed themselves, or behind something that was changed."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from flowstudio.domain.workflow import TRIGGER, plain
from flowstudio.graph.scopes import EACH

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from flowstudio.domain.json import JsonObject
    from flowstudio.domain.workflow import Node, Trigger, Workflow

CHANGED = "Settings changed since this run."
BEHIND = "A step before it changed since this run."
_END = "end of "
"""Before a loop's id: what comes behind its rounds, other than the rounds themselves."""
_NOT_DONE = frozenset({"name", "note", "notify"})
"""What a step does, and what comes out of it, does not depend on these."""


def stale_steps(went_through: Workflow, now: Workflow) -> dict[str, str]:
    """Return by node id what to say of the steps whose results may be others if the run were made now."""
    before, after = _meanings(went_through), _meanings(now)
    own = {key for key, one in after.items() if before.get(key) != one}
    arrows = _arrows(now)
    rewired = {target for _, _, target in _arrows(went_through) ^ arrows}
    found = {_loop_of(key) for key in _onward(own | rewired, _passing_on(arrows))}
    return {key: CHANGED if key in own else BEHIND for key in found if now.node(key) is not None}


def _meanings(workflow: Workflow) -> dict[str, JsonObject]:
    parts: Iterable[Node | Trigger] = (*workflow.triggers, *workflow.nodes)
    return {one.id: {key: value for key, value in plain(one).items() if key not in _NOT_DONE} for one in parts}


def _arrows(workflow: Workflow) -> set[tuple[str, str, str]]:
    """Return the arrows; those that leave from every trigger once for each."""
    triggers = [one.id for one in workflow.triggers] or [TRIGGER]
    return {
        (source, edge.way, edge.target)
        for edge in workflow.edges
        for source in (triggers if edge.source == TRIGGER else [edge.source])
    }


def _passing_on(arrows: set[tuple[str, str, str]]) -> dict[str, set[str]]:
    """Return what each step passes on to; a loop's body passes on to what follows the loop, by the loop's end."""
    onward: defaultdict[str, set[str]] = defaultdict(set)
    loops = {source for source, way, _ in arrows if way == EACH}
    for source, way, target in arrows:
        onward[_END + source if source in loops and way != EACH else source].add(target)
    for loop in loops:
        onward[loop].add(_END + loop)
    begins = {loop: {target for source, way, target in arrows if source == loop and way == EACH} for loop in loops}
    bodies = {loop: _onward(first, onward) - {loop} for loop, first in begins.items()}
    for loop, body in bodies.items():
        for one in body:
            onward[one].add(_END + loop)
    return onward


def _loop_of(key: str) -> str:
    return key.removeprefix(_END)


def _onward(start: Iterable[str], onward: Mapping[str, set[str]]) -> set[str]:
    """Return these and all that they lead to."""
    found, open_ = set(start), list(start)
    while open_:
        for target in onward.get(open_.pop(), ()):
            if target not in found:
                found.add(target)
                open_.append(target)
    return found
