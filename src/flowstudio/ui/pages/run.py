"""One run: how it went, why it stopped, what each step did."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from nicegui import ui

from flowstudio.domain.actor import Role
from flowstudio.domain.states import FINISHED_RUN, RunStatus, StepStatus
from flowstudio.errors import NotFound
from flowstudio.services.mailing import nobody_told
from flowstudio.services.past_runs import ENDED
from flowstudio.ui.components.canvas import FlowCanvas
from flowstudio.ui.components.empty import empty
from flowstudio.ui.components.failing import said
from flowstudio.ui.components.live import keep_fresh
from flowstudio.ui.components.missing import missing
from flowstudio.ui.components.run_files import RunFiles
from flowstudio.ui.components.run_log import KEYS, RunLog, run_arrows
from flowstudio.ui.components.run_look import RunLook, What
from flowstudio.ui.components.shell import shell
from flowstudio.ui.components.step_deeds import step_deeds
from flowstudio.ui.components.steps import settled, step_detail
from flowstudio.ui.components.story import story_list
from flowstudio.ui.components.told import Told
from flowstudio.ui.components.untold_note import untold_note
from flowstudio.ui.components.words import count_of, lasted, moment, state_words
from flowstudio.ui.editor.view import tidied, view_graph
from flowstudio.ui.pages.runs import WAITING_WORDS
from flowstudio.ui.theme import button, chip, icon, toast
from flowstudio.ui.visit import PATIENCE, current_actor

if TYPE_CHECKING:
    from flowstudio.analysis import RunStory
    from flowstudio.domain.actor import Actor
    from flowstudio.domain.run import Run, RunPlace, Step
    from flowstudio.domain.workflow import Workflow
    from flowstudio.services.studio import Studio


class RunView:
    """The page's state and its drawing."""

    def __init__(
        self,
        studio: Studio,
        actor: Actor,
        run: Run,
        steps: Sequence[Step],
        workflow: Workflow | None,
        story: RunStory,
        place: RunPlace,
    ) -> None:
        self.studio = studio
        self.actor = actor
        self.run = run
        self.steps = steps
        self.workflow = workflow
        self.story = story
        self.place = place
        self.look = RunLook(workflow, studio.registry, self._changed, test=run.test)
        self.look.take(steps, run.trigger_id, finished=run.status in FINISHED_RUN)
        self.look.chosen = self._interesting()
        self.log = RunLog(self.look)
        self.told: Told | None = None
        self.files = RunFiles(run, steps)

    def draw(self) -> None:
        """Draw the page."""
        name = self.workflow.name if self.workflow else self.run.workflow_id
        with shell(self.actor, "/runs", f"Run of {name}"):
            self.head()
            if self.workflow is not None:
                with ui.element("section").classes("fs-run__canvas").props('aria-label="The way it took"'):
                    drawn = tidied(self.workflow, self.studio.registry, "LR")
                    graph = view_graph(drawn, self.studio.registry, readonly=True)
                    self.look.surface = FlowCanvas(
                        graph, minimap=False, on_select=self._picked, on_ready=lambda _: self.look.paint(),
                        on_round=self._turned,
                    )  # fmt: skip
            with ui.element("div").classes("fs-run__body"):
                with ui.element("section").classes("fs-card fs-card--flush").props('aria-label="Steps"'):
                    self.list()
                with ui.element("section").classes("fs-card fs-card--flush fs-run__step").props('aria-label="Step"'):
                    self.step()
            if self.told is not None:
                self.told.draw()
            self.files.draw()

    @ui.refreshable_method
    def head(self) -> None:
        """Draw title, sentence and deeds."""
        run = self.run
        zone = self.studio.settings.zone(self.actor.workspace)
        word, colour, mark = state_words(run.status)
        with ui.element("header").classes("fs-page__head"):
            with ui.element("a").props('href="/runs"').classes("fs-bar__crumb"):
                ui.label("Runs")
            icon("chevron-right", 16)
            ui.label(self.workflow.name if self.workflow else run.workflow_id).classes("fs-title--large").props(
                "role=heading aria-level=1"
            )
            began = moment(run.started_at or run.queued_at, zone, self.studio.clock.now())
            ui.label(f"{began}, version {run.version}").classes("fs-text-2")
            chip(word, colour, icon=mark)  # type: ignore[arg-type]
            ui.element("div").classes("fs-bar__gap")
            if self.place.total > 1:
                run_arrows(self.place, lambda run_id: ui.navigate.to(f"/runs/{run_id}"))
            button("Open the workflow", on_click=lambda: ui.navigate.to(f"/workflows/{run.workflow_id}"))
        with ui.element("section").classes("fs-run__why"):
            with ui.element("div").classes("fs-run__said"):
                if run.status is RunStatus.FAILED:
                    with ui.element("div").classes("fs-cell-icon fs-bad fs-strong"):
                        icon("alert-circle", 18)
                        ui.label("Why it stopped")
                ui.label(self._sentence()).classes("fs-voice fs-voice--large")
                untold_note(nobody_told(self.studio.mail_from, asks=self._asks_by_mail()))
                if run.error and run.error.get("answer"):
                    ui.label(f"Answer of the other system: {run.error['answer']}").classes("fs-mono fs-caption")
                story_list(self.story)
            with ui.element("div").classes("fs-run__deeds"):
                self._deeds()

    def _sentence(self) -> str:
        run = self.run
        done = settled(self.steps)
        sent = sum(one.kind == "message" for step in done for one in step.effects)
        made = sum(one.kind == "created" for step in done for one in step.effects)
        effects = [
            text for number, text in ((sent, count_of(sent, "message")), (made, count_of(made, "new record"))) if number
        ]
        what = f", {' and '.join(effects)}" if effects else ""
        took = lasted(run.started_at, run.completed_at)
        match run.status:
            case RunStatus.COMPLETED:
                reason = f" It stopped on purpose: {run.reason}." if run.reason else ""
                return f"Done in {took}: {count_of(len(done), 'step')}{what}.{reason}"
            case RunStatus.FAILED:
                failed = next((step for step in reversed(done) if step.error), None)
                node = self.workflow.node(failed.node_id) if failed and self.workflow else None
                where = f"{self.studio.registry.name_of(node)}: " if node else ""
                error = run.error or {}
                return f"{where}{error.get('message') or 'a step failed'} {error.get('hint') or ''}".strip()
            case RunStatus.WAITING:
                waits = WAITING_WORDS.get(run.waiting_for or "", "")
                return f"It waits {waits}. So far {count_of(len(done), 'step')}{what}."
            case RunStatus.CANCELLED:
                return f"Cancelled. {run.reason or ''} {count_of(len(done), 'step')} were done before{what}.".replace(
                    "  ", " "
                )
            case RunStatus.QUEUED:
                return run.reason or "It starts in a moment."
            case RunStatus.RUNNING:
                return f"It runs. So far {count_of(len(done), 'step')}{what}."
        return f"{state_words(run.status)[0]}. {run.reason or ''}"

    def _asks_by_mail(self) -> bool:
        """Say whether a step waits for people who are named."""
        if self.run.test or self.run.waiting_for != "approval":
            return False
        waiting = (step for step in settled(self.steps) if step.status is StepStatus.WAITING)
        return any(step.detail.get("wait") == "approval" and step.detail.get("approvers") for step in waiting)

    def _deeds(self) -> None:
        run_id = self.run.id
        if self.run.status not in FINISHED_RUN:
            if self.run.waiting_for == "approval":
                button("Approve", "primary", on_click=lambda: self._do("approve"))
                button("Reject", on_click=lambda: self._do("reject"))
            button("Cancel the run", "danger", on_click=lambda: self._do("cancel"))
        elif self.run.status in (RunStatus.FAILED, RunStatus.CANCELLED, RunStatus.REJECTED):
            button("Try again from where it stopped", "primary", icon="refresh", on_click=lambda: self._do("retry"))
        if self.run.status in ENDED and self.workflow is not None:
            place = f"/runs/{run_id}/replay"
            button("Replay on the draft", icon="history", on_click=lambda: ui.navigate.to(place))
        if self.run.status in FINISHED_RUN and self.workflow is not None and self.actor.may(Role.BUILDER):
            editor = f"/workflows/{self.run.workflow_id}?run={run_id}"
            open_it = button("Open in the editor with its data", icon="bug", on_click=lambda: ui.navigate.to(editor))
            open_it.classes("fs-desk-only")
        ui.label(run_id).classes("fs-hidden")

    async def _do(self, deed: str) -> None:
        runs, run_id = self.studio.runs, self.run.id
        with said():
            match deed:
                case "cancel":
                    await runs.cancel(self.actor, run_id)
                    toast("The run is cancelled.")
                case "retry":
                    await runs.retry(self.actor, run_id)
                    toast("It goes on from where it stopped.")
                case "approve" | "reject":
                    await runs.decide(self.actor, run_id, "approved" if deed == "approve" else "rejected")
                    toast("Your decision is kept.")
        await self.look_again()

    @ui.refreshable_method
    def list(self) -> None:
        """Draw the time line and the steps."""
        if self.steps:
            self.log.draw()
        else:
            empty("No step yet.")

    @ui.refreshable_method
    def step(self) -> None:
        """Draw the chosen step."""
        look, step = self.look, self.look.chosen
        if step is None:
            ui.label("Not reached in this round." if look.point.chosen else "Not reached.").classes("fs-run__none")
            return
        step_detail(
            self.workflow, self.studio.registry, step, test=self.run.test, sender=self.studio.mail_from,
            where=look.where(step), item=look.point.item(step.node_id, step.iteration),
        )  # fmt: skip
        if self.actor.role is not Role.VIEWER and look.point.whole:
            step_deeds(self.studio, self.actor, self.run, step, self.look_again)

    def _interesting(self) -> Step | None:
        steps = settled(self.steps)
        doubtful = next((step for step in steps if step.status is StepStatus.IN_DOUBT), None)
        if doubtful is not None:
            return doubtful
        failed = max((step for step in steps if step.error), key=lambda step: len(step.iteration), default=None)
        return failed or (steps[-1] if steps else None)

    def _changed(self, what: What) -> None:
        if what == "list":
            self.list.refresh()
        else:
            self.log.mark()
        self.step.refresh()

    def _picked(self, event: dict[str, Any]) -> None:
        nodes = event.get("nodes") or []
        if len(nodes) == 1 and nodes[0] != self.look.node:
            self.look.pick(str(nodes[0]))

    def _turned(self, event: dict[str, Any]) -> None:
        self.look.turn(str(event.get("node")), event.get("to") or "next")

    async def look_again(self) -> None:
        """Read the run anew and draw what changed."""
        self.run, self.steps = await self.studio.runs.get(self.actor, self.run.id)
        self.story = await self.studio.past_runs.explain(self.actor, self.run.id)
        self.files.look_again(self.run, self.steps)
        self.look.take(self.steps, self.run.trigger_id, finished=self.run.status in FINISHED_RUN)
        self.look.chosen = self.look.chosen or self._interesting()
        self.head.refresh()
        self._changed("list")


def register(studio: Studio) -> None:
    """Add the page."""

    @ui.page("/runs/{run_id}", response_timeout=PATIENCE)
    async def page(run_id: str) -> None:
        actor = current_actor()
        try:
            run, steps = await studio.runs.get(actor, run_id)
        except NotFound:
            missing(actor, "run", "player-play", "/runs")
            return
        try:
            workflow = await studio.workflows.published(actor, run.workflow_id, run.version)
        except NotFound:
            workflow = None
        view = RunView(
            studio,
            actor,
            run,
            steps,
            workflow,
            await studio.past_runs.explain(actor, run_id),
            await studio.runs.around(actor, run),
        )
        names = {node.id: studio.registry.name_of(node) for node in workflow.nodes} if workflow else {}
        view.told = await Told(studio, actor, run_id, names).load()
        view.draw()
        ui.add_body_html(f"<script>{KEYS}</script>")
        ui.on("run-moment", lambda event: view.look.go(event.args))
        keep_fresh(studio, actor, view.look_again, concerns=lambda news: news.run_id == run_id)
