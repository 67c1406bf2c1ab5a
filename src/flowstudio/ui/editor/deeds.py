"""What the bar and the shortcuts do with the whole workflow: undo, publish, switch, run, test."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from nicegui import background_tasks, ui

from flowstudio.domain.states import WorkflowStatus
from flowstudio.errors import FlowStudioError, InvalidWorkflow
from flowstudio.services.test_cases import renewed, run_cases
from flowstudio.ui.components.template_form import save_as_template
from flowstudio.ui.components.words import count_of
from flowstudio.ui.editor.publish import Wish, ask_about_cases, ask_publish, runs_in
from flowstudio.ui.editor.starting import ask_inputs, asked_for
from flowstudio.ui.editor.trial import Trial
from flowstudio.ui.theme import toast

if TYPE_CHECKING:
    from flowstudio.domain.problem import Problem
    from flowstudio.ui.editor.shared_desk import Desk


class Deeds:
    """One desk's deeds."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._warned: tuple[str, int] | None = None
        """Somebody else's edit that this person was told of, and may now take back."""

    async def undo(self) -> None:
        """Take the last edit back; one of somebody else only when it is asked for once more."""
        last, session = self.desk.session.undoes, self.desk.session
        if last is not None and last[0] != self.desk.actor.name and last != self._warned:
            self._warned = last
            with self.desk.root:
                toast(f"The last change is of {last[0]}: {session.can_undo}. Undo once more takes it back.")
            return
        label = await session.undo(self.desk.actor, tab="")
        with self.desk.root:
            toast(f"Undone: {label}." if label else "There is nothing to undo.")

    async def redo(self) -> None:
        """Bring the last undone edit back."""
        label = await self.desk.session.redo(self.desk.actor, tab="")
        with self.desk.root:
            toast(f"Redone: {label}." if label else "There is nothing to redo.")

    async def publish(self, *, ask: bool = False) -> None:
        """Make the draft live; `ask` or runs that wait bring the dialog first."""
        await self.desk.settle()
        before = self.desk.stored.published_version
        publishing, actor, workflow_id = self.desk.studio.publishing, self.desk.actor, self.desk.workflow.id
        try:
            wish = Wish()
            if await publishing.unchanged_since(actor, workflow_id) is None:
                if not await self._cases_hold():
                    return
                asked = await self._wish(ask=ask)
                if asked is None:
                    return
                wish = asked
            done = await publishing.publish(
                actor, workflow_id, name=wish.name, waiting_runs=wish.waiting_runs, cases="ignore"
            )
        except InvalidWorkflow as error:
            toast(
                f"Not yet: {error.message}",
                action="Show it",
                on_action=partial(self._show_first, error.problems),
                wrong=True,
            )
            return
        except FlowStudioError as error:
            toast(error.told, wrong=True)
            return
        await self.reload()
        version = done.version
        told = f"Version {version} is published." if done.new else f"Nothing has changed since version {version}."
        if self.desk.stored.status is not WorkflowStatus.ACTIVE:
            toast(told, action="Switch it on", on_action=lambda: background_tasks.create(self.switch(True)))
        elif before is None or not done.new:
            toast(told)
        else:
            place = f"/workflows/{self.desk.workflow.id}/versions?earlier={before}&later={version}"
            toast(told, action="See what changed", on_action=lambda: ui.navigate.to(place))

    async def _cases_hold(self) -> bool:
        """Run the test cases; where some do not come out as promised, let the person decide."""
        desk = self.desk
        if any(one.severity == "error" for one in desk.problems):
            return True  # publishing itself says what is wrong
        results = await run_cases(desk.studio.testing, desk.actor, desk.workflow)
        failed = [one for one in results if one.differences]
        if not failed:
            return True
        choice = await ask_about_cases(failed, len(results))
        if choice == "renew":
            await desk.edit("Take new results into the test cases", lambda flow: renewed(flow, failed))
        return choice is not None

    async def _wish(self, *, ask: bool) -> Wish | None:
        """Ask how to publish where there is something to ask; a draft with errors is refused without questions."""
        faulty = any(one.severity == "error" for one in self.desk.problems)
        if faulty or not (ask or await runs_in(self.desk, "waiting")):
            return Wish()
        return await ask_publish(self.desk)

    def _show_first(self, problems: Sequence[Problem]) -> None:
        first = next((one.node_id for one in problems if one.severity == "error" and one.node_id), None)
        if first:
            background_tasks.create(self._go_with_context(first))

    async def _go_with_context(self, node_id: str) -> None:
        with self.desk.root:
            await self.desk.go_to(node_id)

    async def switch(self, on: bool) -> None:
        """Switch the workflow on or off."""
        await self.desk.settle()
        with self.desk.root:
            try:
                switched = await self._switch(on)
            except InvalidWorkflow as error:
                toast(
                    f"Not yet: {error.message}",
                    action="Show it",
                    on_action=partial(self._show_first, error.problems),
                    wrong=True,
                )
            except FlowStudioError as error:
                toast(error.message, wrong=True)
            else:
                if switched:
                    toast("It is on. What starts it starts it now." if on else "It is off. Nothing starts it any more.")
            await self.reload()

    async def _switch(self, on: bool) -> bool:
        """Switch, and say whether; what was never published is published by that, so its test cases count too."""
        desk = self.desk
        if on and desk.stored.published_version is None and not await self._cases_hold():
            return False
        await desk.studio.publishing.toggle(desk.actor, desk.workflow.id, on, cases="ignore")
        return True

    async def reload(self) -> None:
        """Read status and version anew."""
        before = self.desk.stored.published_version
        await self.desk.look_up()
        self.desk.bar.refresh()
        await self.desk.show_detail()
        await self.desk.standing_changed(first=before is None and self.desk.stored.published_version is not None)

    async def run_now(self) -> None:
        """Start a real run of the published version, with what it asks for."""
        desk = self.desk
        try:
            live = await desk.studio.workflows.published(desk.actor, desk.workflow.id)
            inputs = asked_for(live)
            payload = await ask_inputs(desk.studio, desk.actor, inputs) if inputs else {}
            if payload is None:
                return
            run_id = await desk.studio.runs.execute(desk.actor, desk.workflow.id, payload)
        except FlowStudioError as error:
            toast(error.told, wrong=True)
            return
        toast("The run has started.", action="Watch it", on_action=lambda: ui.navigate.to(f"/runs/{run_id}"))

    async def validate(self) -> None:
        """Say how many problems there are and show the first."""
        desk = self.desk
        await desk.settle()
        desk.problems = await desk.studio.workflows.problems(desk.actor, desk.workflow)
        told = [one for one in desk.problems if one.severity != "hint"]
        desk.show_drawer()
        if not told:
            toast("No problems.")
            return
        toast(f"{count_of(len(told), 'problem')}: {told[0].message}")
        if told[0].node_id:
            await desk.go_to(told[0].node_id)

    async def save_as_template(self) -> None:
        """Ask what the template should be, and keep the draft as one."""
        with self.desk.root:
            await save_as_template(self.desk.studio, self.desk.actor, self.desk.workflow.id)

    def export(self) -> None:
        """Offer the workflow's file."""
        workflow_id = self.desk.workflow.id
        published = self.desk.stored.published_version is not None
        ui.download(f"/workflows/{workflow_id}/file" + ("" if published else "?draft=true"), f"{workflow_id}.json")

    async def start_trial(self, *, run_id: str | None = None, up_to: str | None = None, through: bool = False) -> None:
        """Begin a test run: nothing leaves.

        `run_id`: with what a past run saw; `up_to`: gone through to behind that step; `through`: to its end.
        """
        if self.desk.trial is not None:
            return
        await self.desk.settle()
        errors = [one for one in self.desk.problems if one.severity == "error"]
        if errors:
            toast(
                f"Not yet: {errors[0].message}",
                action="Show it",
                on_action=partial(self._show_first, errors),
                wrong=True,
            )
            return
        trial = self.desk.trial = Trial(self.desk)
        try:
            await trial.begin(run_id)
        except FlowStudioError as error:
            self.desk.trial = None
            toast(error.told, wrong=True)
            return
        if up_to is not None:
            await trial.run_through(up_to)
        elif through or run_id is not None:
            await trial.run_all()

    async def end_trial(self) -> None:
        """Go back to editing."""
        self.desk.trial = None
        self.desk.surface.clear_status()
        self.desk.surface.set_readonly(False)
        self.desk.root.classes(remove="fs-editor--trial")
        self.desk.bar.show_trial(None)
        await self.desk.show_detail()
        self.desk.show_drawer()
