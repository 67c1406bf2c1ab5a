"""The three regions of a test run: the steps so far, the chosen one, and what all would have done."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import TYPE_CHECKING

from nicegui import ui

from flowstudio.domain.states import FINISHED_RUN, RunStatus
from flowstudio.kit.words import singular, spaced
from flowstudio.ui.components.run_log import RunLog
from flowstudio.ui.components.stale_note import stale_note
from flowstudio.ui.components.steps import settled, step_detail
from flowstudio.ui.components.words import channel_words, count_of
from flowstudio.ui.editor.trial_node import node_deeds, node_head
from flowstudio.ui.theme import button, icon, tile

if TYPE_CHECKING:
    from flowstudio.domain.run import Run
    from flowstudio.ui.components.run_look import What
    from flowstudio.ui.editor.trial import Trial

_ICONS = {"email": "mail", "sms": "device-mobile", "slack": "brand-slack", "in_app": "bell"}


class TrialRegions:
    """Draws a test run; `refresh` brings all three up to date, `follow` what a choice changes."""

    def __init__(self, trial: Trial) -> None:
        self.trial = trial
        self.log = RunLog(trial.look)
        self._places: list[ui.element] = []

    def draw(self) -> None:
        """Draw the regions over the editor's."""
        with (
            ui.element("aside")
            .classes("fs-panel fs-panel--left fs-trial__steps")
            .props('aria-label="Steps of the test run"') as steps
        ):
            self.steps_region()
        with ui.element("aside").classes("fs-panel fs-trial__step").props('aria-label="Step"') as step:
            self.step_region()
        with (
            ui.element("section")
            .classes("fs-panel fs-panel--bottom fs-trial__sum")
            .props('aria-label="Would have done so far"') as total
        ):
            self.sum_region()
        self._places = [steps, step, total]

    def refresh(self, *, step: bool = True) -> None:
        """Draw everything anew, the region of the step where that is wished."""
        self.steps_region.refresh()
        if step:
            self.step_region.refresh()
        self.sum_region.refresh()

    def follow(self, what: What) -> None:
        """Draw anew what follows the choice of a step, a moment or a round."""
        if what == "list":
            self.steps_region.refresh()
        else:
            self.log.mark()
        self.step_region.refresh()

    def delete(self) -> None:
        """Take the regions away."""
        for place in self._places:
            place.delete()

    @ui.refreshable_method
    def steps_region(self) -> None:
        """Draw the clock and the steps so far."""
        trial, seen = self.trial, self.trial.seen
        zone = trial.desk.studio.settings.zone(trial.desk.actor.workspace)
        now = seen.clock.astimezone(zone)
        with ui.element("div").classes("fs-trial__clock"):
            with ui.element("span").classes("fs-cell-icon fs-strong"):
                icon("clock").classes("fs-warn")
                ui.label(f"{now:%a} {now.day} {now:%b, %H:%M:%S}")
            ui.label("Simulated clock").classes("fs-caption")
        if seen.steps or trial.look.node is not None:
            button("What starts it", "quiet", icon="bolt", on_click=lambda: trial.look.choose(None))
        if seen.steps:
            self.log.draw()
        if seen.run.status in FINISHED_RUN:
            self._ending(seen.run)
        for note in seen.notes:
            ui.label(note).classes("fs-caption").style("padding:0 20px 12px")

    def _ending(self, run: Run) -> None:
        word = {"completed": "Finished", "failed": "Stopped by a fault"}.get(
            run.status.value, run.status.value.capitalize()
        )
        with ui.element("div").classes("fs-trial__clock").props("role=status data-trial-ended"):
            ui.label(word).classes("fs-strong" + (" fs-bad" if run.status is RunStatus.FAILED else ""))
            if run.reason:
                ui.label(run.reason).classes("fs-caption")

    @ui.refreshable_method
    def step_region(self) -> None:
        """Draw the chosen step, or the sample before the first one."""
        trial, look = self.trial, self.trial.look
        step, node_id = look.chosen, look.node
        if step is not None:
            step_detail(
                look.workflow, look.registry, step, test=True, sender=trial.desk.studio.mail_from,
                where=look.where(step), item=look.point.item(step.node_id, step.iteration),
                before_output=partial(stale_note, look.stale.get(step.node_id), trial.past.run_again),
            )  # fmt: skip
            node_deeds(trial, step.node_id, step if trial.past.shown is None else None)
        elif node_id is not None and trial.desk.workflow.node(node_id) is not None:
            in_round = any(loop in look.point.chosen for loop in look.point.scope.get(node_id, ()))
            node_head(trial, node_id, "Not in this round" if in_round else "Not reached")
            node_deeds(trial, node_id, None)
        else:
            trial.start.draw()

    @ui.refreshable_method
    def sum_region(self) -> None:
        """Draw what the run would have done so far, in figures."""
        ui.label("Would have done so far").classes("fs-strong")
        sent: Counter[str] = Counter()
        people: dict[str, set[str]] = {}
        made: Counter[tuple[str, str]] = Counter()
        calls = 0
        for step in settled(self.trial.seen.steps):
            for effect in step.effects:
                if effect.kind == "message":
                    channel = str(effect.content.get("channel"))
                    sent[channel] += 1
                    people.setdefault(channel, set()).add(str(effect.content.get("to")))
                elif effect.kind == "call":
                    calls += 1
                else:
                    made[effect.kind, str(effect.content.get("entity"))] += 1
        if not (sent or made or calls):
            ui.label("Nothing yet").classes("fs-caption")
        for channel, number in sent.items():
            who = len(people[channel])
            _figure(
                _ICONS.get(channel, "message"),
                f"{count_of(number, channel_words(channel))} to {count_of(who, 'person', 'people')}",
            )
        for (kind, entity), number in made.items():
            words = count_of(number, singular(entity), spaced(entity))
            _figure(
                *(
                    ("plus", words)
                    if kind == "created"
                    else ("pencil", f"{words} changed")
                    if kind == "updated"
                    else ("trash", f"{words} deleted")
                )
            )
        if calls:
            _figure("world", count_of(calls, "call"))


def _figure(symbol: str, text: str) -> None:
    with ui.element("span").classes("fs-cell-icon"):
        tile("action", symbol)
        ui.label(text)
