"""The test run in the editor: step by step on the canvas, nothing leaves, the clock is simulated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nicegui import ui

from flowstudio.domain.states import FINISHED_RUN, StepStatus
from flowstudio.errors import FlowStudioError
from flowstudio.services.test_cases import keep_case, run_cases
from flowstudio.ui.components.ask import ask_text
from flowstudio.ui.components.painting import paint
from flowstudio.ui.components.shell import mark
from flowstudio.ui.components.steps import settled
from flowstudio.ui.editor.coverage import coverage_line, covered
from flowstudio.ui.editor.samples import pinned_of
from flowstudio.ui.editor.trial_regions import TrialRegions
from flowstudio.ui.editor.trial_start import TrialStart
from flowstudio.ui.theme import button, chip, toast

if TYPE_CHECKING:
    from flowstudio.domain.json import JsonObject
    from flowstudio.domain.run import Step
    from flowstudio.engine.frames import Place
    from flowstudio.engine.test_run import TestRun
    from flowstudio.ui.editor.desk import EditorDesk


class Trial:
    """One test run and its three regions."""

    def __init__(self, desk: EditorDesk) -> None:
        self.desk = desk
        self.start = TrialStart(self)
        self.test: TestRun | None = None
        self.chosen: Step | None = None
        self.node: str | None = None
        """The step that is looked at, whether or not it has had its turn."""
        self.given: dict[Place, JsonObject] = {}
        """Results that a person changed, or that are kept from an earlier passage."""
        self._now = ""
        self.busy = False
        self.regions = TrialRegions(self)
        self._onward: list[ui.button] = []

    async def begin(self) -> None:
        """Prepare the test run and show its regions over the editor's."""
        await self.start.prepare()
        await self._prepare()
        desk = self.desk
        desk.root.classes(add="fs-editor--trial")
        desk.canvas.set_readonly(True)
        with desk.root:
            self.regions.draw()
        desk.bar.show_trial(self.draw_bar)
        desk.canvas.fit()

    async def _prepare(self) -> None:
        """Stand at the beginning again, at the same moment and with the results that were changed."""
        desk = self.desk
        if self.test is not None:
            await self.test.close()
        zone = desk.studio.settings.zone(desk.actor.workspace)
        self._now = (
            self._now or desk.studio.clock.now().astimezone(zone).replace(microsecond=0, tzinfo=None).isoformat()
        )
        pinned = {**pinned_of(desk.workflow), **(self.start.sample.get("pinned") or {})}
        sample = {"now": self._now, **self.start.sample, "pinned": pinned}
        run_id = self.start.past_run
        if run_id is not None:
            self.test = await desk.studio.past_runs.begin(desk.actor, run_id, desk.workflow, pinned)
        else:
            self.test = await desk.studio.testing.begin(desk.actor, desk.workflow, sample)
        self.test.given = dict(self.given)
        self.chosen = None
        desk.canvas.clear_status()

    @property
    def finished(self) -> bool:
        """Say whether the run has come to its end."""
        return self.test is not None and self.test.run.status in FINISHED_RUN

    def draw_bar(self) -> None:
        """Draw the bar of the test run in the place of the editor's."""
        mark()
        ui.label(self.desk.workflow.name).classes("fs-bar__title")
        chip("Test run, nothing leaves", "warn", icon="flask")
        ui.element("div").classes("fs-bar__gap")
        button("", icon="player-skip-back", label="From the start", on_click=self.restart)
        self._onward = [
            button("Step", icon="player-track-next", on_click=self.step),
            button("Continue", icon="player-play", on_click=self.continue_),
            button("Run all", "primary", icon="player-skip-forward", on_click=self.run_all),
        ]
        ui.element("div").classes("fs-bar__gap")
        button("Coverage", "quiet", icon="route", on_click=self.cover)
        self._keep = button("Keep as test case", "quiet", icon="device-floppy", on_click=self.keep)
        self._keep.set_enabled(self.finished)
        button("Close", "quiet", icon="x", on_click=self.close)

    async def step(self) -> None:
        """Make one step."""
        await self._go("step")

    async def continue_(self) -> None:
        """Go on to the next break point, or to the end."""
        await self._go("continue")

    async def run_all(self) -> None:
        """Go on to the end."""
        await self._go("all")

    async def _go(self, how: str, node_id: str = "") -> bool:
        """Go on; return what the test run says: whether it has stopped before its end."""
        if self.busy or self.test is None or (self.finished and how != "to"):
            return False
        self.busy, on = True, False
        self.test.break_points = set(self.desk.break_points)
        try:
            match how:
                case "step":
                    on = await self.test.step()
                case "continue":
                    on = await self.test.continue_()
                case "to":
                    on = await self.test.run_to(node_id)
                case _:
                    await self.test.run_all()
        except FlowStudioError as error:
            toast(f"{error.message} {error.hint}".strip(), wrong=True)
        finally:
            self.busy = False
        steps = settled(self.test.steps)
        self.chosen = steps[-1] if steps else None
        self.node = self.chosen.node_id if self.chosen is not None else self.node
        self.desk.pinning.seen |= {one.node_id: one.output for one in steps if one.output}
        self._show()
        return on

    async def run_to(self, node_id: str) -> None:
        """Go through it from the start and stop before a step."""
        if self.busy:
            return
        await self._prepare()
        if not await self._go("to", node_id):
            toast("With this sample the run does not come past that step.")
        self.look_at(node_id)

    async def run_from(self, node_id: str) -> None:
        """Keep what earlier steps gave the last time, without carrying them out, and stop before a step."""
        if self.busy:
            return
        steps = settled(self.test.steps) if self.test is not None else []
        for one in steps:
            if one.node_id == node_id:
                break
            if one.status is StepStatus.COMPLETED and self.desk.pinning.can(one.node_id):
                self.given[one.node_id, one.iteration] = one.output or {}
        await self.run_to(node_id)

    async def give(self, step: Step, output: JsonObject) -> None:
        """Let a step have given something else, and go on behind it."""
        if self.busy:
            return
        self.given[step.node_id, step.iteration] = output
        await self._prepare()
        assert self.test is not None
        await self.test.run_to(step.node_id, step.iteration)
        await self._go("step")

    def break_at(self, node_id: str) -> None:
        """Stop before this step each time, or no longer."""
        self.desk.break_points ^= {node_id}
        self._show()

    async def keep(self) -> None:
        """Keep the finished run as a test case of the workflow."""
        if self.test is None or not self.finished:
            return
        desk = self.desk
        name = await ask_text(
            "Keep this run as a test case?", "Name", "Keep it", f"Case {len(desk.workflow.tests) + 1}"
        )
        if name is None:
            return
        try:
            case = await keep_case(desk.studio.testing, desk.actor, desk.workflow, self.test, name)
        except FlowStudioError as error:
            toast(f"{error.message} {error.hint}".strip(), wrong=True)
            return
        await desk.edit("Keep a test case", lambda flow: flow.model_copy(update={"tests": (*flow.tests, case)}))
        toast("Kept. It is run each time before you publish.")

    async def cover(self) -> None:
        """Paint which ways the test cases take together."""
        desk = self.desk
        results = await run_cases(desk.studio.testing, desk.actor, desk.workflow)
        status = covered(desk.workflow, results)
        desk.canvas.clear_status()
        desk.canvas.status(status)
        toast(coverage_line(status, results))

    def _show(self) -> None:
        assert self.test is not None
        status = paint(
            self.desk.workflow, self.test.steps, trigger_id=self.test.run.trigger_id, finished=self.finished, test=True
        )
        if self.test.at is not None and not self.finished:
            status["nodes"][self.test.at[0]] = {"state": "running", "line": "Stopped here", "count": None}
        for node_id in self.desk.break_points:
            if status["nodes"].get(node_id, {}).get("state") in ("pending", "not_reached"):
                status["nodes"][node_id] = {**status["nodes"][node_id], "line": "Stops here"}
        self.desk.canvas.status(status)
        self._refresh()

    def _refresh(self) -> None:
        for one in self._onward:
            one.set_enabled(not self.finished)
        self._keep.set_enabled(self.finished)
        self.regions.refresh()

    async def restart(self) -> None:
        """Begin anew with the chosen sample, as it is."""
        self.given.clear()
        self._now = ""
        self.node = None
        await self._prepare()
        self._refresh()

    async def close(self) -> None:
        """End the test run; what it did is forgotten."""
        if self.test is not None:
            await self.test.close()
        self.regions.delete()
        await self.desk.deeds.end_trial()

    def select(self, node_id: str | None) -> None:
        """Show what the step of a node did, or what can be done with it."""
        if self.test is None or node_id == self.node:
            return
        self.look_at(node_id)

    def look_at(self, node_id: str | None) -> None:
        """Show a step, or, without one, what starts the run."""
        assert self.test is not None
        self.node = node_id
        found = [step for step in settled(self.test.steps) if step.node_id == node_id]
        self.chosen = found[-1] if found else None
        self.regions.refresh(step_only=True)

    def choose(self, step: Step) -> None:
        """Show one passage of a step."""
        self.chosen, self.node = step, step.node_id
        self.desk.canvas.select([step.node_id])
        self.regions.refresh(step_only=True)
