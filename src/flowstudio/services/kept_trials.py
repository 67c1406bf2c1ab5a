"""The last test runs of each person, to be looked at again; they live in memory and end with the process."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flowstudio.domain.ids import new_id

if TYPE_CHECKING:
    from datetime import datetime

    from flowstudio.domain.actor import Actor
    from flowstudio.domain.json import JsonObject
    from flowstudio.domain.run import Run, Step
    from flowstudio.domain.workflow import Workflow

MOST = 10
"""Test runs kept of one workflow for one person."""
MOST_PLACES = 50
"""Workflows, each for one person, of which test runs are kept; the ones not touched for longest go first."""
MOST_RECORDS = 20_000
"""Records of steps of one test run; a longer one is not kept."""


@dataclass(frozen=True, slots=True)
class KeptTrial:
    """One test run as it was when it ended or was left."""

    workflow: Workflow
    """The draft as it was then."""
    run: Run
    steps: tuple[Step, ...]
    notes: tuple[str, ...]
    clock: datetime
    """The simulated moment at which it stood."""
    choice: str
    """Which sample was chosen."""
    sample: JsonObject
    id: str = field(default_factory=lambda: new_id("trial"))


class KeptTrials:
    """Keeps test runs and gives them back, the oldest first."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, str, str], list[KeptTrial]] = OrderedDict()

    def keep(self, actor: Actor, trial: KeptTrial) -> bool:
        """Keep a test run of this person; False where it is too long to be kept."""
        if not trial.steps or len(trial.steps) > MOST_RECORDS:
            return False
        place = (actor.workspace, actor.user_id, trial.workflow.id)
        kept = self._kept.setdefault(place, [])
        kept.append(trial)
        del kept[:-MOST]
        self._kept.move_to_end(place)
        while len(self._kept) > MOST_PLACES:
            self._kept.popitem(last=False)
        return True

    def of(self, actor: Actor, workflow_id: str) -> Sequence[KeptTrial]:
        """Return this person's test runs of a workflow, the oldest first."""
        return tuple(self._kept.get((actor.workspace, actor.user_id, workflow_id), ()))
