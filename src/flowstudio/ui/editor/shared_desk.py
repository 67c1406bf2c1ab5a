"""What the canvas and the outline have in common: one visitor's view of a shared session, and the edits made there."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from nicegui import ui

from flowstudio.domain.ids import new_id
from flowstudio.domain.states import WorkflowStatus
from flowstudio.errors import FlowStudioError
from flowstudio.ui.components import run_log
from flowstudio.ui.editor.adding import Adding
from flowstudio.ui.editor.deeds import Deeds
from flowstudio.ui.editor.desk_choice import Choosing
from flowstudio.ui.editor.detail import Detail
from flowstudio.ui.editor.drawer import Drawer
from flowstudio.ui.editor.entries import Entries, is_entry
from flowstudio.ui.editor.fresh import Fresh
from flowstudio.ui.editor.importing import bring_in, pasted_workflow
from flowstudio.ui.editor.keys import Commands
from flowstudio.ui.editor.leading import Leading
from flowstudio.ui.editor.live import LiveVersion
from flowstudio.ui.editor.page_keys import KEYS
from flowstudio.ui.editor.patches import Patch
from flowstudio.ui.editor.people import People
from flowstudio.ui.editor.pinning import Pinning
from flowstudio.ui.editor.presets import Presets
from flowstudio.ui.theme import toast

if TYPE_CHECKING:
    from flowstudio.domain.actor import Actor
    from flowstudio.domain.json import JsonObject
    from flowstudio.domain.problem import Problem
    from flowstudio.domain.workflow import Workflow
    from flowstudio.services.editing.session import WorkflowSession
    from flowstudio.services.studio import Studio
    from flowstudio.ui.editor.surroundings import Surroundings
    from flowstudio.ui.editor.trial import Trial


class Desk(Choosing):
    """One browser tab at a workflow, whatever shows it there."""

    def __init__(self, studio: Studio, actor: Actor, session: WorkflowSession) -> None:
        self.studio = studio
        self.actor = actor
        self.session = session
        self.tab = new_id("tab")
        self.problems: Sequence[Problem] = ()
        self.fresh = Fresh(studio.registry)
        self.selected: list[str] = []
        self.people = People(session, actor, self.tab)
        self.adding = Adding(self)
        self.presets = Presets(self)
        self.pinning = Pinning(self)
        self.detail = Detail(
            studio.registry, self.edit, self.adding.remove, self.presets.keep, lambda: self.pinning.results,
            lambda step: self.commands.run({"name": "extract", "nodes": [step]}),
        )  # fmt: skip
        self.entries = Entries(session, studio.registry, actor, self.tab, self.detail, self.show_detail)
        self.drawer = Drawer(self.go_to, self._point, self.adding.fix)
        self.leading = Leading(self)
        self.commands = Commands(self)
        self.deeds = Deeds(self)
        self.trial: Trial | None = None
        self.tried_with: JsonObject = {}
        self.break_points: set[str] = set()
        """Steps before which test runs stop."""
        self._caught_up = False
        self._surroundings: Surroundings | None = None
        self.live = LiveVersion()
        self.switched_off_because: str | None = None
        """Why FlowStudio itself switched the workflow off, while it is off."""

    async def look_up(self) -> None:
        """Read status and live version anew."""
        self.stored = await self.studio.workflows.get(self.actor, self.workflow.id)
        because = await self.studio.workflows.switched_off_because(self.actor, [self.workflow.id])
        self.switched_off_because = self.detail.switched_off_because = because.get(self.workflow.id)
        published = None
        if self.stored.published_version is not None:
            published = await self.studio.workflows.published(self.actor, self.workflow.id)
        self.live.learn(published, on=self.stored.status is WorkflowStatus.ACTIVE)

    async def standing_changed(self, *, first: bool) -> None:
        """Follow another status or version; `first`: it has just been published for the first time."""

    @property
    def differs(self) -> bool:
        """Say whether the draft means something else than what is live."""
        return self.live.differs(self.workflow)

    def _hear_keys(self) -> None:
        """Follow the keys that work everywhere on the page."""
        ui.add_body_html(f"<script>{KEYS}{run_log.KEYS}</script>")
        ui.on("editor-command", lambda event: self.commands.run(event.args))
        ui.on("run-moment", lambda event: self.trial.look.go(event.args) if self.trial is not None else None)

    def _turned(self, event: dict[str, Any]) -> None:
        """Show another round of a loop of the test run."""
        if self.trial is not None:
            self.trial.turned(event)

    def _leave_with_the_page(self) -> None:
        """End this tab's part in the session once its page is gone."""
        ui.context.client.on_delete(self._left)

    def _left(self) -> None:
        self.session.unsubscribe(self.tab)
        self.studio.sessions.close(self.session.workspace, self.workflow.id)

    async def edit(self, label: str, operation: Callable[[Workflow], Workflow], merge_key: str | None = None) -> None:
        """Carry out one undoable edit, or say why not."""
        try:
            await self.session.edit(label, operation, self.actor, tab=self.tab, merge_key=merge_key)
        except FlowStudioError as error:
            with self.root:
                toast(error.told, wrong=True)

    async def patch(self, operations: list[JsonObject], *, op_id: str | None = None) -> list[str] | None:
        """Apply a gesture; return what should be selected, None where it was refused."""
        before = self.session.revision
        try:
            patch = Patch(await self.presets.filled(operations), self.studio.registry)
            await self.session.edit(patch.label, patch, self.actor, tab=self.tab, op_id=op_id)
        except FlowStudioError as error:
            message = error.told
            self._reject(op_id, message)
            with self.root:
                toast(message, wrong=True)
            return None
        if self.session.revision == before and op_id is not None:
            self._acknowledge(op_id)
        if patch.select:
            if any(one.get("op") == "add" for one in operations):
                self.fresh.begin(patch.select)
            await self.choose(patch.select)
        return patch.select or []

    async def _patched(self, event: dict[str, Any]) -> None:
        """Take what the browser sends: an entry of a field, a gesture, a whole workflow that is pasted."""
        if event.get("again") and not self._caught_up:
            self._caught_up = True
            toast("What you did while the connection was away is put in now.")
        op_id = event.get("op_id")
        if is_entry(event):
            await self.entries.take(event)
        elif (whole := pasted_workflow(event)) is not None:
            if op_id is not None:
                self._acknowledge(op_id)
            await bring_in(self, *whole)
        else:
            await self.patch(list(event.get("ops", [])), op_id=op_id)

    @abstractmethod
    def _acknowledge(self, op_id: str) -> None:
        """Tell the browser that a gesture of its has been taken and changed nothing."""

    @abstractmethod
    def _reject(self, op_id: str | None, message: str) -> None:
        """Let the browser take back what it showed of a gesture that is refused."""
