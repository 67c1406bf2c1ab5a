"""The editor's desk: one visitor's view of a shared session, its parts wired together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from nicegui import background_tasks, ui

from flowstudio.domain.ids import new_id
from flowstudio.errors import FlowStudioError
from flowstudio.ui.components.canvas import FlowCanvas
from flowstudio.ui.components.shell import look
from flowstudio.ui.editor.adding import Adding
from flowstudio.ui.editor.annotations import annotated
from flowstudio.ui.editor.bar import EditorBar
from flowstudio.ui.editor.deeds import Deeds
from flowstudio.ui.editor.desk_choice import Choosing
from flowstudio.ui.editor.detail import Detail
from flowstudio.ui.editor.drawer import Drawer
from flowstudio.ui.editor.entries import Entries, is_entry
from flowstudio.ui.editor.importing import bring_in, pasted_workflow
from flowstudio.ui.editor.keys import Commands
from flowstudio.ui.editor.palette import Palette
from flowstudio.ui.editor.patches import QUICK_FIX, Patch
from flowstudio.ui.editor.people import People
from flowstudio.ui.editor.pinning import Pinning
from flowstudio.ui.editor.presets import Presets
from flowstudio.ui.editor.quick_add import QuickAdd
from flowstudio.ui.editor.surroundings import Surroundings
from flowstudio.ui.editor.tour import Tour
from flowstudio.ui.editor.view import Graph, meaning, view_difference, view_graph
from flowstudio.ui.theme import toast

if TYPE_CHECKING:
    from flowstudio.domain.actor import Actor
    from flowstudio.domain.json import JsonObject
    from flowstudio.domain.problem import Problem
    from flowstudio.domain.workflow import Workflow
    from flowstudio.services.editing.session import Edited, WorkflowSession
    from flowstudio.services.studio import Studio
    from flowstudio.ui.editor.trial import Trial

CHECK_AFTER = 0.25
"""Seconds of quiet after which the whole workflow is checked again."""
_LEAVE_FIELDS = "addEventListener('beforeunload', () => document.activeElement?.blur?.())"
"""A field tells what was typed when it is left: so it is left before the page is."""


_KEYS = """
addEventListener('keydown', (event) => {
  if (event.key === 'F10' && document.querySelector('.fs-editor--trial')) {
    event.preventDefault();
    emitEvent('editor-command', {name: 'trial_step'});
  }
  if ((event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === 'k') {
    event.preventDefault();
    emitEvent('editor-command', {name: 'commands'});
  }
});
"""
"""Ctrl K everywhere on the page, from its first paint on."""
_PHONE = """
const phone = matchMedia('(max-width: 760px)');
const reads = Boolean(document.querySelector('.fs-editor--reading'));
const still = () => document.querySelectorAll('.fs-detail').forEach((panel) => (panel.inert = reads || phone.matches));
phone.addEventListener('change', still);
still();
"""
"""The panel is for reading where a person may look only, and on a phone: the outline is where a phone edits."""


class EditorDesk(Choosing):
    """Everything one browser tab sees of a workflow."""

    def __init__(self, studio: Studio, actor: Actor, session: WorkflowSession) -> None:
        self.studio = studio
        self.actor = actor
        self.session = session
        self.tab = new_id("tab")
        self.problems: Sequence[Problem] = ()
        self.selected: list[str] = []
        self.people = People(session, actor, self.tab)
        self.bar = EditorBar(self)
        self.adding = Adding(self)
        self.presets = Presets(self)
        self.palette = Palette(studio.registry, self.adding.step, self.presets.draw_in_palette)
        self.quick = QuickAdd(studio.registry, self.adding.chosen, self.presets.draw_in_quick_list)
        self.detail = Detail(
            studio.registry, self.edit, self.adding.remove, self.presets.keep, lambda: self.pinning.results
        )
        self.entries = Entries(session, actor, self.tab, self.detail, self.show_detail)
        self.drawer = Drawer(self.go_to, self._point, self.adding.fix)
        self.commands = Commands(self)
        self.deeds = Deeds(self)
        self.pinning = Pinning(self)
        self.tour = Tour(self)
        self.trial: Trial | None = None
        self.tried_with: JsonObject = {}
        self.break_points: set[str] = set()
        """Steps before which test runs stop."""
        self._graph: Graph = {}
        self._canvas: FlowCanvas | None = None
        self._check_due = False
        self._caught_up = False
        self._surroundings: Surroundings | None = None
        self._live: JsonObject | None = None
        self.switched_off_because: str | None = None
        """Why FlowStudio itself switched the workflow off, while it is off."""

    async def draw(self) -> None:
        """Draw the page."""
        self.problems = await self.studio.workflows.problems(self.actor, self.workflow)
        await self.look_up()
        await self.presets.load()
        self._graph = self._view()
        ui.page_title(f"{self.workflow.name} · FlowStudio")
        look()
        ui.add_body_html(f"<script>{_KEYS}</script>")
        self.root = ui.element("div").classes("fs-editor fs-editor--reading" if self.readonly else "fs-editor")
        with self.root:
            self.bar.draw()
            self.palette.draw()
            with ui.element("section").classes("fs-editor__stage").props('aria-label="Canvas"'):
                self._canvas = FlowCanvas(
                    self._graph,
                    workflow=self.workflow.id,
                    on_patch=self._patched,
                    on_select=self._selected,
                    on_open=self.opened,
                    on_command=self.commands.run,
                    on_palette=self.quick.open,
                )
                self.adding.first_trigger()
                self.tour.offer()
            self.drawer.draw()
            self.detail.draw()
            self.quick.draw()
            self.entries.draw(self._canvas)
        await self.show_detail()
        self.show_drawer()
        self.session.subscribe(self.tab, self.actor.name, self._edited)
        self.people.follow()
        client = ui.context.client
        client.on_delete(self._left)
        ui.timer(CHECK_AFTER, self._check)
        ui.on("editor-command", lambda event: self.commands.run(event.args))
        ui.run_javascript(_LEAVE_FIELDS)
        ui.run_javascript(_PHONE)

    async def look_up(self) -> None:
        """Read status and live version anew."""
        self.stored = await self.studio.workflows.get(self.actor, self.workflow.id)
        because = await self.studio.workflows.switched_off_because(self.actor, [self.workflow.id])
        self.switched_off_because = self.detail.switched_off_because = because.get(self.workflow.id)
        self._live = None
        if self.stored.published_version is not None:
            self._live = meaning(await self.studio.workflows.published(self.actor, self.workflow.id))

    @property
    def differs(self) -> bool:
        """Say whether the draft means something else than what is live."""
        return self._live is not None and self._live != meaning(self.workflow)

    def _left(self) -> None:
        self.session.unsubscribe(self.tab)
        self.studio.sessions.close(self.session.workspace, self.workflow.id)

    # edits

    async def edit(self, label: str, operation: Callable[[Workflow], Workflow], merge_key: str | None = None) -> None:
        """Carry out one undoable edit, or say why not."""
        try:
            await self.session.edit(label, operation, self.actor, tab=self.tab, merge_key=merge_key)
        except FlowStudioError as error:
            with self.root:
                toast(f"{error.message} {error.hint}".strip(), wrong=True)

    async def patch(self, operations: list[JsonObject], *, op_id: str | None = None) -> list[str] | None:
        """Apply a gesture of the canvas; return what should be selected."""
        before = self.session.revision
        try:
            patch = Patch(await self.presets.filled(operations), self.studio.registry)
            await self.session.edit(patch.label, patch, self.actor, tab=self.tab, op_id=op_id)
        except FlowStudioError as error:
            await self._refuse(op_id, f"{error.message} {error.hint}".strip())
            return None
        if self.session.revision == before and op_id is not None:
            self.canvas.apply(
                {
                    "rev": self.session.revision,
                    "ack": op_id,
                    "nodes": [],
                    "edges": [],
                    "gone_nodes": [],
                    "gone_edges": [],
                }
            )
        if patch.select:
            await self.choose(patch.select)
        return patch.select

    async def _refuse(self, op_id: str | None, message: str) -> None:
        self._graph = self._view()
        self.canvas.apply({
            "rev": self.session.revision, "reject": op_id, "message": message, "nodes": self._graph["nodes"],
            "edges": self._graph["edges"], "gone_nodes": [], "gone_edges": [],
        })  # fmt: skip
        with self.root:
            toast(message, wrong=True)

    async def _patched(self, event: dict[str, Any]) -> None:
        if event.get("again") and not self._caught_up:
            self._caught_up = True
            toast("What you did while the connection was away is put in now.")
        if is_entry(event):
            await self.entries.take(event)
        elif (whole := pasted_workflow(event)) is not None:
            self.canvas.apply({"rev": self.session.revision, "ack": event.get("op_id")})
            await bring_in(self, *whole)
        else:
            await self.patch(list(event.get("ops", [])), op_id=event.get("op_id"))

    # what others and this tab did

    def _edited(self, edited: Edited) -> None:
        self._check_due = True
        graph = self._view()
        change = view_difference(self._graph, graph)
        if graph["direction"] != self._graph["direction"]:
            self.canvas.set_direction(graph["direction"])
        self._graph = graph
        change["ack"] = edited.op_id if edited.tab == self.tab else None
        change["marks"] = self.entries.news()
        self.canvas.apply(change)
        self.bar.refresh()
        if bool(edited.before.triggers or edited.before.nodes) != bool(edited.after.triggers or edited.after.nodes):
            self.adding.first_trigger.refresh()
        own = edited.tab == self.tab and not edited.label.startswith(("Undo", "Redo", QUICK_FIX))
        background_tasks.create(self._follow(own=own and self._surroundings is not None))

    def _view(self) -> Graph:
        graph = view_graph(
            self.workflow, self.studio.registry, revision=self.session.revision, problems=self.problems,
            readonly=self.readonly,
        )  # fmt: skip
        for one in graph["nodes"]:
            one["pinned"] = one["id"] in self.pinning.pinned
        return annotated(graph, self.workflow)

    async def _check(self) -> None:
        """Check the workflow once it has been quiet for a moment, and paint what is found."""
        if not self._check_due:
            return
        self._check_due = False
        self.problems = await self.studio.workflows.problems(self.actor, self.workflow)
        graph = self._view()
        self.canvas.apply(view_difference(self._graph, graph))
        self._graph = graph
        self.show_drawer()
        self.bar.refresh()
        self.detail.refresh(self.workflow, await self._look_around(), self.problems, own=True)
