"""The test runs before this one: looked at again as they were, and gone through again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowstudio.domain.run import RunPlace
from flowstudio.errors import FlowStudioError
from flowstudio.ui.components.steps import settled
from flowstudio.ui.theme import toast

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flowstudio.services.kept_trials import KeptTrial
    from flowstudio.ui.editor.trial import Trial


class TrialPast:
    """Goes through the kept test runs of one workflow; None shown is the present one."""

    def __init__(self, trial: Trial) -> None:
        self.trial = trial
        self.shown: KeptTrial | None = None

    @property
    def _kept(self) -> Sequence[KeptTrial]:
        desk = self.trial.desk
        return desk.studio.kept_trials.of(desk.actor, desk.workflow.id)

    @property
    def _ids(self) -> list[str]:
        """The test runs by their ids, the oldest first; the present one is the last and has none."""
        test = self.trial.test
        return [*(one.id for one in self._kept if test is None or one.run is not test.run), ""]

    @property
    def place(self) -> RunPlace:
        """Which of the test runs is shown."""
        ids = self._ids
        at = ids.index(self.shown.id) if self.shown is not None and self.shown.id in ids else len(ids) - 1
        older = ids[at - 1] if at else None
        return RunPlace(at + 1, len(ids), older, ids[at + 1] if at + 1 < len(ids) else None)

    def show(self, trial_id: str) -> None:
        """Show one of them."""
        self.shown = next((one for one in self._kept if one.id == trial_id), None)
        trial = self.trial
        trial.desk.surface.clear_status()
        trial.look.begin(trial.seen.workflow, trial.desk.workflow)
        steps = settled(trial.seen.steps)
        trial.show(steps[-1] if steps else None)

    def to_present(self) -> None:
        """Go back to the present test run."""
        if self.shown is not None:
            self.shown = None
            self.trial.look.begin(self.trial.seen.workflow, self.trial.desk.workflow)

    def keep(self) -> None:
        """Keep the present test run as far as it has come, unless it is kept."""
        trial = self.trial
        present = trial.present
        if all(one.run is not present.run for one in self._kept):
            trial.desk.studio.kept_trials.keep(trial.desk.actor, present)

    async def run_again(self) -> None:
        """Go through the shown test run once more, with its sample, on the draft as it is now."""
        trial, shown = self.trial, self.shown
        if trial.busy:
            return
        try:
            if shown is not None:
                await trial.start.take_again(shown.choice, shown.sample)
            await trial.restart()
        except FlowStudioError as error:
            toast(error.told, wrong=True)
            return
        await trial.run_all()
