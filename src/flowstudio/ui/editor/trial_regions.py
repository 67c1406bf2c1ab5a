"""The three regions of a test run: the steps so far, the chosen one, and what all would have done."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from nicegui import ui

from flowstudio.domain.states import RunStatus
from flowstudio.kit.words import singular, spaced
from flowstudio.ui.components.steps import settled, step_detail, step_list
from flowstudio.ui.components.words import channel_words, count_of
from flowstudio.ui.editor.trial_node import node_deeds, node_head
from flowstudio.ui.theme import button, icon, tile

if TYPE_CHECKING:
    from flowstudio.ui.editor.trial import Trial

_ICONS = {"email": "mail", "sms": "device-mobile", "slack": "brand-slack", "in_app": "bell"}


class TrialRegions:
    """Draws a test run; `refresh` brings all three up to date."""

    def __init__(self, trial: Trial) -> None:
        self.trial = trial
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

    def refresh(self, *, step_only: bool = False) -> None:
        """Draw anew what may have changed."""
        self.steps_region.refresh()
        self.step_region.refresh()
        if not step_only:
            self.sum_region.refresh()

    def delete(self) -> None:
        """Take the regions away."""
        for place in self._places:
            place.delete()

    @ui.refreshable_method
    def steps_region(self) -> None:
        """Draw the clock and the steps so far."""
        assert self.trial.test is not None
        zone = self.trial.desk.studio.settings.zone(self.trial.desk.actor.workspace)
        now = self.trial.test.clock.now().astimezone(zone)
        with ui.element("div").classes("fs-trial__clock"):
            with ui.element("span").classes("fs-cell-icon fs-strong"):
                icon("clock").classes("fs-warn")
                ui.label(f"{now:%a} {now.day} {now:%b, %H:%M:%S}")
            ui.label("Simulated clock").classes("fs-caption")
        steps = settled(self.trial.test.steps)
        if steps or self.trial.node is not None:
            button("What starts it", "quiet", icon="bolt", on_click=lambda: self.trial.look_at(None))
        if steps:
            step_list(
                self.trial.desk.workflow,
                self.trial.desk.studio.registry,
                steps,
                self.trial.chosen,
                self.trial.choose,
                real=False,
            )
        if self.trial.finished:
            self._ending()
        for note in self.trial.test.notes:
            ui.label(note).classes("fs-caption").style("padding:0 20px 12px")

    def _ending(self) -> None:
        assert self.trial.test is not None
        run = self.trial.test.run
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
        if self.trial.chosen is not None:
            step_detail(
                self.trial.desk.workflow,
                self.trial.desk.studio.registry,
                self.trial.chosen,
                test=True,
                sender=self.trial.desk.studio.mail_from,
            )
            node_deeds(self.trial, self.trial.chosen.node_id, self.trial.chosen)
        elif self.trial.node is not None and self.trial.desk.workflow.node(self.trial.node) is not None:
            node_head(self.trial, self.trial.node)
            node_deeds(self.trial, self.trial.node, None)
        else:
            self.trial.start.draw()

    @ui.refreshable_method
    def sum_region(self) -> None:
        """Draw what the run would have done so far, in figures."""
        assert self.trial.test is not None
        ui.label("Would have done so far").classes("fs-strong")
        sent: Counter[str] = Counter()
        people: dict[str, set[str]] = {}
        made: Counter[tuple[str, str]] = Counter()
        calls = 0
        for step in settled(self.trial.test.steps):
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
