"""The test run in the editor: step by step on the canvas, nothing leaves, the clock is simulated."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from flowstudio.analysis.stale import stale_steps
from flowstudio.domain.states import FINISHED_RUN, StepStatus
from flowstudio.errors import FlowStudioError
from flowstudio.services.kept_trials import KeptTrial
from flowstudio.services.test_cases import keep_case, run_cases
from flowstudio.ui.components.ask import ask_text
from flowstudio.ui.components.run_look import RunLook, What
from flowstudio.ui.components.steps import settled
from flowstudio.ui.editor.coverage import coverage_line, covered
from flowstudio.ui.editor.samples import pinned_of
from flowstudio.ui.editor.trial_bar import TrialBar
from flowstudio.ui.editor.trial_past import TrialPast
from flowstudio.ui.editor.trial_regions import TrialRegions
from flowstudio.ui.editor.trial_start import TrialStart
from flowstudio.ui.theme import toast

if TYPE_CHECKING:
    from flowstudio.domain.json import JsonObject
    from flowstudio.domain.run import Step
    from flowstudio.engine.frames import Place
    from flowstudio.engine.test_run import TestRun
    from flowstudio.ui.editor.shared_desk import Desk


class Trial:
    """One test run and its three regions."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.start = TrialStart(self)
        self.test: TestRun | None = None
        self.given: dict[Place, JsonObject] = {}
        """Results that a person changed, or that are kept from an earlier passage."""
        self._now = ""
        self.busy = False
        self._preparing = asyncio.Lock()
        """Held while it goes back to the beginning: who goes on meanwhile goes on from there."""
        self.look = RunLook(desk.workflow, desk.studio.registry, self._changed, test=True)
        self.look.mark = self._mark
        self.look.surface = desk.surface
        self.past = TrialPast(self)
        self.bar = TrialBar(self)
        self.regions = TrialRegions(self)

    async def begin(self, run_id: str | None = None) -> None:
        """Prepare the test run, with the data of a past run where one is named, and show its regions."""
        await self.start.prepare(run_id)
        await self._prepare()
        desk = self.desk
        desk.root.classes(add="fs-editor--trial")
        desk.surface.set_readonly(True)
        desk.surface.select([])
        with desk.root:
            self.regions.draw()
        desk.bar.show_trial(self.bar.draw)
        desk.surface.fit()

    async def _prepare(self) -> None:
        """Stand at the beginning again, at the same moment and with the results that were changed."""
        async with self._preparing:
            await self._leave()
            await self._begin_anew()

    async def _begin_anew(self) -> None:
        desk = self.desk
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
        desk.surface.clear_status()
        self.look.begin(self.test.workflow, desk.workflow)

    async def _leave(self) -> None:
        """Keep what the test run did so far, and let go of it."""
        if self.test is not None:
            self.past.keep()
            await self.test.close()

    @property
    def finished(self) -> bool:
        """Say whether the run has come to its end."""
        return self.test is not None and self.test.run.status in FINISHED_RUN

    @property
    def seen(self) -> KeptTrial:
        """The test run that is shown: an earlier one, else this one as far as it has come."""
        return self.past.shown or self.present

    @property
    def present(self) -> KeptTrial:
        """This test run as far as it has come."""
        assert self.test is not None
        test = self.test
        return KeptTrial(
            test.workflow, test.run, tuple(test.steps), tuple(test.notes), test.clock.now(), self.start.chosen,
            dict(self.start.sample),
        )  # fmt: skip

    async def step(self) -> None:
        """Make one step."""
        await self._go("step")

    async def continue_(self) -> None:
        """Go on to the next break point, or to the end."""
        await self._go("continue")

    async def run_all(self) -> None:
        """Go on to the end; where it has come there, go through it again."""
        if self.finished or self.past.shown is not None:
            await self.past.run_again()
        else:
            await self._go("all")

    async def _go(self, how: str, node_id: str = "") -> bool:
        """Go on, to a step where one is named; return whether it has stopped before its end."""
        async with self._preparing:
            pass
        right = await self.start.settle()
        if not right or self.busy or self.test is None or (self.finished and how != "to"):
            return False
        self.past.to_present()
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
            toast(error.told, wrong=True)
        finally:
            self.busy = False
        steps = settled(self.test.steps)
        self.desk.pinning.take({one.node_id: one.output for one in steps if one.output}, self.test.workflow)
        self.look.point.to_end()
        here = [one for one in steps if node_id in ("", one.node_id)]
        self.show(here[-1] if here else None, node_id)
        if self.finished:
            self.past.keep()
            self.bar.refresh()
        return on

    async def run_to(self, node_id: str) -> None:
        """Go through it from the start and stop before a step."""
        if self.busy:
            return
        await self._prepare()
        if not await self._go("to", node_id):
            toast("With this sample the run does not come past that step.")

    async def run_through(self, node_id: str) -> None:
        """Go through it from the start, and stop behind a step."""
        if self.busy:
            return
        if await self._go("to", node_id):
            await self._go("step", node_id)

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
        self.show(self.look.chosen, node_id)

    async def keep(self) -> None:
        """Keep the finished run as a test case of the workflow."""
        if self.test is None or not self.finished or self.past.shown is not None:
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
            toast(error.told, wrong=True)
            return
        await desk.edit("Keep a test case", lambda flow: flow.model_copy(update={"tests": (*flow.tests, case)}))
        toast("Kept. It is run each time before you publish.")

    async def cover(self) -> None:
        """Paint which ways the test cases take together."""
        desk = self.desk
        results = await run_cases(desk.studio.testing, desk.actor, desk.workflow)
        status = covered(desk.workflow, results)
        desk.surface.clear_status()
        desk.surface.status(status)
        toast(coverage_line(status, results))

    # what is shown

    def show(self, chosen: Step | None, node_id: str = "") -> None:
        """Show the test run as it is now, with a step chosen: by what it did, or by name before its turn."""
        seen, now = self.seen, self.desk.workflow
        self.look.workflow = now
        self.look.stale = stale_steps(seen.workflow, now)
        self.look.take(seen.steps, seen.run.trigger_id, finished=seen.run.status in FINISHED_RUN)
        self.look.focus(chosen, node_id or None)
        self.refresh()

    def refresh(self, *, step: bool = True) -> None:
        """Bring the bar and all regions up to date; `step`: the one that shows the step or what starts it, too."""
        self.bar.refresh()
        self.regions.refresh(step=step)

    def _mark(self, status: JsonObject) -> None:
        """Add to the painted run where it has stopped, and where it will."""
        at = self.test.at if self.test is not None and self.past.shown is None else None
        if at is not None and self.look.point.whole and not self.finished:
            status["nodes"][at[0]] = {**status["nodes"][at[0]], "state": "running", "line": "Stopped here"}
        for node_id in self.desk.break_points:
            if status["nodes"].get(node_id, {}).get("state") in ("pending", "not_reached"):
                status["nodes"][node_id] = {**status["nodes"][node_id], "line": "Stops here"}

    def _changed(self, what: What) -> None:
        self.regions.follow(what)

    async def restart(self, *, fields: bool = True) -> None:
        """Begin anew with the chosen sample, as it is; without `fields` those stay in which somebody is typing."""
        self.given.clear()
        self._now = ""
        self.past.to_present()
        await self._prepare()
        self.refresh(step=fields or not self.start.drawn)

    async def close(self) -> None:
        """End the test run; nothing that it did stays, but it can be looked at again."""
        await self._leave()
        self.regions.delete()
        await self.desk.deeds.end_trial()

    def select(self, node_id: str | None) -> None:
        """Show what the step of a node did, or what can be done with it."""
        if self.test is not None and node_id != self.look.node:
            self.look.pick(node_id)

    def turned(self, event: dict[str, Any]) -> None:
        """Show another round of a loop, as the canvas asks for it."""
        self.look.turn(str(event.get("node")), event.get("to") or "next")
