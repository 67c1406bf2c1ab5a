"""What a test run starts with: the example, a test case, a past run, or data written by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nicegui import ui

from flowstudio.errors import FlowStudioError
from flowstudio.services.forms import asked_by
from flowstudio.services.past_runs import ENDED
from flowstudio.services.ports import Page
from flowstudio.services.test_cases import EXAMPLE
from flowstudio.ui.components.asked_fields import rows_of
from flowstudio.ui.components.empty import empty
from flowstudio.ui.components.words import moment, state_words
from flowstudio.ui.editor.samples import example_of
from flowstudio.ui.editor.trial_sample import TrialSample
from flowstudio.ui.theme import toast

if TYPE_CHECKING:
    from flowstudio.domain.json import JsonObject
    from flowstudio.ui.components.asked_fields import Rows
    from flowstudio.ui.editor.trial import Trial

HAND = "hand"
_RUN, _CASE = "run:", "case:"
MOST_RUNS = 20


class TrialStart:
    """The choice of a sample, and what it holds."""

    def __init__(self, trial: Trial) -> None:
        self.trial = trial
        self.chosen = EXAMPLE
        self.sample: JsonObject = {}
        self.options: dict[str, str] = {}
        self.rows: Rows = {}
        """What can be chosen where a record is asked for."""
        self.as_json = False
        """Whether the person looks at what comes in as JSON."""
        self._ended: set[str] = set()
        self._choice: ui.select | None = None
        self._fields: TrialSample | None = None

    @property
    def past_run(self) -> str | None:
        """The chosen run, where it has come to its end: the test run goes through all that it saw."""
        run_id = self.chosen.removeprefix(_RUN)
        return run_id if self.chosen.startswith(_RUN) and run_id in self._ended else None

    @property
    def drawn(self) -> bool:
        """Say whether the page shows it."""
        return self._choice is not None and not self._choice.is_deleted

    async def settle(self) -> bool:
        """Take what is being typed in the fields; False, and said, where one of them is wrong."""
        if self._fields is None or not self.drawn or await self._fields.settle():
            return True
        toast("Something is wrong with what comes in. Its field says what.", wrong=True)
        return False

    async def prepare(self, run_id: str | None = None) -> None:
        """Find out what can be chosen, and begin with a past run where one is named, else with the example."""
        desk = self.trial.desk
        zone, now = desk.studio.settings.zone(desk.actor.workspace), desk.studio.clock.now()
        asked = [one for trigger in desk.workflow.triggers for one in asked_by(trigger)]
        self.rows = await rows_of(desk.studio, desk.actor, asked)
        runs, _ = await desk.studio.runs.list(desk.actor, Page(1, MOST_RUNS), workflow_id=desk.workflow.id)
        self.options = {EXAMPLE: EXAMPLE}
        self._ended = {run.id for run in runs if run.status in ENDED}
        for index, case in enumerate(desk.workflow.tests):
            if case.get("name") != EXAMPLE:
                self.options[f"{_CASE}{index}"] = f"Test case: {case.get('name') or index + 1}"
        for index, run in enumerate(runs):
            word = state_words(run.status)[0].lower()
            first = "Last run" if index == 0 else "Run"
            self.options[_RUN + run.id] = f"{first}, {moment(run.started_at, zone, now)}, {word}"
        if run_id is not None and _RUN + run_id not in self.options:
            named, _ = await desk.studio.runs.get(desk.actor, run_id)
            self._ended |= {named.id} if named.status in ENDED else set()
            word = state_words(named.status)[0].lower()
            self.options[_RUN + named.id] = f"Run, {moment(named.started_at, zone, now)}, {word}"
        self.options[HAND] = "By hand"
        await self.take(_RUN + run_id if run_id is not None else EXAMPLE)

    async def take_again(self, choice: str, sample: JsonObject) -> None:
        """Choose what an earlier test run began with; by hand where it can no longer be chosen."""
        if choice in self.options and choice != HAND:
            await self.take(choice)
        else:
            self.chosen, self.sample = HAND, dict(sample)
            self.trial.desk.tried_with = dict(sample)

    async def take(self, choice: str) -> None:
        """Read the sample that was chosen."""
        desk = self.trial.desk
        if choice.startswith(_RUN):
            run, _ = await desk.studio.runs.get(desk.actor, choice.removeprefix(_RUN))
            payload = {key: value for key, value in run.event.items() if not key.startswith("$")}
            known = desk.workflow.trigger(run.trigger_id) is not None
            self.sample = {"trigger": payload, **({"trigger_id": run.trigger_id} if known else {})}
        elif choice.startswith(_CASE):
            index = int(choice.removeprefix(_CASE))
            self.sample = dict(desk.workflow.tests[index].get("sample") or {})
        elif choice != HAND:
            self.sample = {"trigger": await example_of(desk.studio, desk.actor, desk.workflow)}
        self.chosen = choice
        desk.tried_with = {} if choice == EXAMPLE else dict(self.sample)

    async def _choose(self, choice: str) -> None:
        if choice == self.chosen:
            return
        try:
            await self.take(choice)
            await self.trial.restart()
        except FlowStudioError as error:
            toast(error.told, wrong=True)

    async def by_hand(self, key: str, data: JsonObject) -> None:
        """Take over data that a person wrote; the fields stay as they are, somebody is typing in them."""
        anew = self.past_run is not None
        self.sample = {**self.sample, key: data}
        if not data and key != "trigger":
            del self.sample[key]
        self.chosen = HAND
        self.trial.desk.tried_with = dict(self.sample)
        if self._choice is not None and self.drawn:
            self._choice.set_value(HAND)
        try:
            await self.trial.restart(fields=anew)
        except FlowStudioError as error:
            toast(error.told, wrong=True)

    def draw(self) -> None:
        """Draw the choice and the data."""
        with ui.element("header").classes("fs-panel__head"):
            ui.label("What starts it").classes("fs-panel__title")
        with ui.element("div").classes("fs-panel__body"):
            ui.label("Sample").classes("fs-field-label")
            self._choice = ui.select(
                self.options, value=self.chosen, on_change=lambda event: self._choose(str(event.value))
            ).props('outlined dense options-dense aria-label="Sample"')
            if self.past_run is not None:
                ui.label(
                    "Records are as the run saw them; people and other systems answer as they did then."
                ).classes("fs-caption")  # fmt: skip
            elif "records" in self.sample:
                ui.label("It brings records of its own, the other types are as yours are now.").classes("fs-caption")
            else:
                ui.label("The test run works on a copy of your records as they are now.").classes("fs-caption")
            self._fields = TrialSample(self)
            self._fields.draw()
            empty(
                "Go through it step by step, or run all of it.",
                [
                    ("Step", "player-track-next", self.trial.step),
                    ("Run all", "player-skip-forward", self.trial.run_all),
                ],
            )
