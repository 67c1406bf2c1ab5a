"""What a person looks at in a run: a step, a moment of its time line, a round of a loop; the canvas follows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, Protocol

from flowstudio.analysis.viewpoint import Viewpoint
from flowstudio.domain.states import StepStatus
from flowstudio.ui.components.painting import paint, round_words
from flowstudio.ui.components.steps import settled

if TYPE_CHECKING:
    from flowstudio.analysis.viewpoint import Turn
    from flowstudio.domain.json import JsonObject
    from flowstudio.domain.run import Iteration, Step
    from flowstudio.domain.workflow import Workflow
    from flowstudio.kit import Registry

What = Literal["step", "list"]
"""What has to be drawn anew: the chosen step alone, or the list of steps too."""
To = Literal["first", "back", "next", "last"]


class Surface(Protocol):
    """What shows the boxes of a workflow."""

    def select(self, ids: list[str]) -> object:
        """Choose these boxes and nothing else."""

    def status(self, status: dict[str, Any]) -> object:
        """Show how far a run is, as `painting.paint` tells it."""


class RunLook:
    """The state behind a run's list, canvas and step, which show one choice together."""

    def __init__(
        self, workflow: Workflow | None, registry: Registry, on_change: Callable[[What], object], *, test: bool
    ) -> None:
        self.workflow = workflow
        self.registry = registry
        self.test = test
        self.point = Viewpoint(workflow, registry)
        self.surface: Surface | None = None
        self.chosen: Step | None = None
        self.node: str | None = None
        """The step that is looked at, whether or not it has had its turn."""
        self.finished = False
        self.trigger_id = ""
        self.stale: Mapping[str, str] = {}
        self.mark: Callable[[JsonObject], object] | None = None
        """Adds to the painted run what a page alone knows."""
        self._on_change = on_change

    def begin(self, went_through: Workflow, workflow: Workflow) -> None:
        """Look at another run: of `went_through`, shown on `workflow`; nothing is chosen."""
        self.workflow = workflow
        self.point = Viewpoint(went_through, self.registry)
        self.chosen = self.node = None
        self.stale = {}

    def take(self, steps: Sequence[Step], trigger_id: str, *, finished: bool) -> None:
        """Take over the steps as they are now, and bring the canvas up to date."""
        self.finished, self.trigger_id = finished, trigger_id
        self.point.take(steps)
        if self.chosen is not None:
            self.chosen = self.found(self.chosen.node_id, self.chosen.iteration)
        self.paint()

    @property
    def listed(self) -> list[Step]:
        """The steps of the chosen rounds, those that come after the moment too."""
        return settled(self.point.listed())

    @property
    def ahead(self) -> frozenset[tuple[str, Iteration]]:
        """The steps that come after the moment that is looked at."""
        at = self.point.at
        return frozenset() if at is None else frozenset(self.point.moments[at + 1 :])

    def found(self, node_id: str, iteration: Iteration) -> Step | None:
        """Return a step as it was at the moment that is looked at."""
        here = [one for one in self.point.seen() if (one.node_id, one.iteration) == (node_id, iteration)]
        return here[-1] if here else None

    def where(self, step: Step) -> str:
        """Say in which round a step stands: `Round 3 of 11, Lund & Sons, in round 1 of 2, North`."""
        told = []
        for depth, loop in enumerate(self.point.scope.get(step.node_id, ())[: len(step.iteration)]):
            found = self.point.rounds.get((loop, step.iteration[:depth]))
            index = step.iteration[depth]
            if found is not None and index < len(found.rounds):
                told.append(round_words(index, len(found.rounds), found.rounds[index].item))
        return ", in r".join(text if number == 0 else text.removeprefix("R") for number, text in enumerate(told[::-1]))

    def focus(self, step: Step | None, node_id: str | None = None) -> None:
        """Look at a step, or at one that has not had its turn, without telling anybody: the page draws all anew."""
        self.chosen = step
        self.node = step.node_id if step is not None else node_id or self.node
        if self.node is not None:
            self._select(self.node)

    # what a person does

    def choose(self, step: Step | None) -> None:
        """Look at one passage of a step."""
        if step is None:
            self.chosen = self.node = None
        else:
            before = dict(self.point.chosen)
            if (step.node_id, step.iteration) in self.ahead:
                self.point.to_end()
            if before:  # who looks at single rounds goes on to do so; all of them together stay together
                self.point.follow(step.node_id, step.iteration)
            self.chosen, self.node = self.found(step.node_id, step.iteration) or step, step.node_id
            self._select(step.node_id)
        self._show("list")

    def pick(self, node_id: str | None) -> None:
        """Look at what a box of the canvas did: where it failed, else the last time."""
        self.node = node_id
        here = [step for step in settled(self.point.shown()) if step.node_id == node_id]
        failed = next((step for step in here if step.status is StepStatus.FAILED), None)
        self.chosen = failed or (here[-1] if here else None)
        self._show("step", canvas=False)

    def turn(self, loop: str, to: Turn | int) -> None:
        """Look at another round of a loop."""
        if not self.point.turn(loop, to):
            return
        if self.point.scope.get(self.node or "", ()) and self.node is not None:
            here = [step for step in settled(self.point.shown()) if step.node_id == self.node]
            self.chosen = here[-1] if here else None
        if to == "failed":
            self._choose_failed(loop)
        self._show("list")

    def go(self, to: To | int) -> None:
        """Look at another moment of the time line."""
        last = len(self.point.moments) - 1
        here = self.point.position
        place = {"first": 0, "back": here - 1, "next": here + 1, "last": last}[to] if isinstance(to, str) else to
        rounds = dict(self.point.chosen)
        found = self.point.go(place)
        if found is None:
            return
        self.chosen, self.node = self.found(*found), found[0]
        self._select(found[0])
        self._show("list" if rounds != self.point.chosen else "step")

    # what follows

    def paint(self) -> None:
        """Paint on the canvas what is looked at."""
        if self.surface is None or self.workflow is None:
            return
        status = paint(
            self.workflow, self.point.shown(), trigger_id=self.trigger_id, test=self.test, point=self.point,
            finished=self.finished and self.point.whole, stale=self.stale,
        )  # fmt: skip
        if self.mark is not None:
            self.mark(status)
        self.surface.status(status)

    def _choose_failed(self, loop: str) -> None:
        """Look at the step of the chosen round that failed, the innermost one."""
        here = [
            step
            for step in settled(self.point.shown())
            if step.status is StepStatus.FAILED and loop in self.point.scope.get(step.node_id, ())
        ]
        if here:
            self.chosen = max(here, key=lambda step: len(step.iteration))
            self.node = self.chosen.node_id
            self.point.follow(self.node, self.chosen.iteration)
            self._select(self.node)

    def _select(self, node_id: str) -> None:
        if self.surface is not None:
            self.surface.select([node_id])

    def _show(self, what: What, *, canvas: bool = True) -> None:
        if canvas:
            self.paint()
        self._on_change(what)
