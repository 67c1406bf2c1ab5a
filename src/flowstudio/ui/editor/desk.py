"""The editor's desk: one visitor's view of a shared session, its parts wired together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nicegui import background_tasks, ui

from flowstudio.ui.components.canvas import FlowCanvas
from flowstudio.ui.components.shell import look
from flowstudio.ui.editor.annotations import annotated
from flowstudio.ui.editor.bar import EditorBar
from flowstudio.ui.editor.canvas_keys import CanvasCommands
from flowstudio.ui.editor.going_live import GoingLive
from flowstudio.ui.editor.live import show_starts
from flowstudio.ui.editor.log_panel import LogPanel
from flowstudio.ui.editor.palette import Palette
from flowstudio.ui.editor.patches import QUICK_FIX
from flowstudio.ui.editor.quick_add import QuickAdd
from flowstudio.ui.editor.shared_desk import Desk
from flowstudio.ui.editor.tour import Tour
from flowstudio.ui.editor.view import Graph, view_difference, view_graph

if TYPE_CHECKING:
    from flowstudio.domain.actor import Actor
    from flowstudio.services.editing.session import Edited, WorkflowSession
    from flowstudio.services.studio import Studio

CHECK_AFTER = 0.25
"""Seconds of quiet after which the whole workflow is checked again."""
_LEAVE_FIELDS = "addEventListener('beforeunload', () => document.activeElement?.blur?.())"
"""A field tells what was typed when it is left: so it is left before the page is."""


_PHONE = """
const phone = matchMedia('(max-width: 760px)');
const reads = Boolean(document.querySelector('.fs-editor--reading'));
const still = () => document.querySelectorAll('.fs-detail').forEach((panel) => (panel.inert = reads || phone.matches));
phone.addEventListener('change', still);
still();
"""
"""The panel is for reading where a person may look only, and on a phone: the outline is where a phone edits."""

_NOTHING: Graph = {"nodes": [], "edges": [], "gone_nodes": [], "gone_edges": []}
"""What a difference says where nothing differs."""


class EditorDesk(Desk):
    """Everything one browser tab sees of a workflow on the canvas."""

    bar: EditorBar

    def __init__(self, studio: Studio, actor: Actor, session: WorkflowSession) -> None:
        super().__init__(studio, actor, session)
        self.bar = EditorBar(self)
        self.commands = CanvasCommands(self)
        self.palette = Palette(studio.registry, self.adding.step, self.presets.draw_in_palette)
        self.quick = QuickAdd(studio.registry, self.adding.chosen, self.presets.draw_in_quick_list)
        self.tour = Tour(self)
        self.log_panel = LogPanel()
        self.going_live = GoingLive(self)
        self._graph: Graph = {}
        self._canvas: FlowCanvas | None = None
        self._check_due = False

    @property
    def canvas(self) -> FlowCanvas:
        """The canvas, once drawn."""
        assert self._canvas is not None
        return self._canvas

    @property
    def surface(self) -> FlowCanvas:
        """What shows the workflow here: the canvas."""
        return self.canvas

    async def draw(self) -> None:
        """Draw the page."""
        self.problems = await self.studio.workflows.problems(self.actor, self.workflow)
        await self.look_up()
        await self.presets.load()
        self._graph = self._view()
        ui.page_title(f"{self.workflow.name} · FlowStudio")
        look()
        self._hear_keys()
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
                    on_round=self._turned,
                )
                self.adding.first_trigger()
                self.tour.offer()
                self.going_live.draw()
            self.drawer.draw()
            self.log_panel.draw(self.root)
            self.detail.draw()
            self.quick.draw()
            self.entries.draw(self._canvas)
        await self.show_detail()
        self.show_drawer()
        self.session.subscribe(self.tab, self.actor.name, self._edited)
        self.people.follow()
        show_starts(self)
        self._leave_with_the_page()
        ui.timer(CHECK_AFTER, self._check)
        ui.run_javascript(_LEAVE_FIELDS)
        ui.run_javascript(_PHONE)

    def _acknowledge(self, op_id: str) -> None:
        self.canvas.apply({"rev": self.session.revision, "ack": op_id, **_NOTHING})

    def _reject(self, op_id: str | None, message: str) -> None:
        self._graph = self._view()
        self.canvas.apply({
            "rev": self.session.revision, "reject": op_id, "message": message, "nodes": self._graph["nodes"],
            "edges": self._graph["edges"], "gone_nodes": [], "gone_edges": [],
        })  # fmt: skip

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
        if edited.tab == self.tab:
            self.tour.withdraw()
        if bool(edited.before.triggers or edited.before.nodes) != bool(edited.after.triggers or edited.after.nodes):
            self.adding.first_trigger.refresh()
        own = edited.tab == self.tab and not edited.label.startswith(("Undo", "Redo", QUICK_FIX))
        background_tasks.create(self._follow(own=own and self._surroundings is not None))

    def _view(self) -> Graph:
        graph = view_graph(
            self.workflow, self.studio.registry, revision=self.session.revision, problems=self.told,
            readonly=self.readonly,
        )  # fmt: skip
        since = self.live.since(self.workflow)
        for one in graph["nodes"]:
            one["pinned"] = one["id"] in self.pinning.pinned
            one["since"] = since.get(one["id"])
        return annotated(graph, self.workflow)

    async def standing_changed(self, *, first: bool) -> None:
        """Show what is worth a look once it is published, or bring the list up to date."""
        await (self.going_live.offer() if first else self.going_live.look_again())

    async def look_up(self) -> None:
        """Read status and live version anew, and mark what differs from it."""
        await super().look_up()
        if self._canvas is not None:
            self._repaint()

    def _paint_problems(self) -> None:
        self._repaint()

    def _repaint(self) -> None:
        graph = self._view()
        self.canvas.apply(view_difference(self._graph, graph))
        self._graph = graph

    async def _check(self) -> None:
        """Check the workflow once it has been quiet for a moment, and paint what is found."""
        if not self._check_due:
            return
        self._check_due = False
        self.problems = await self.studio.workflows.problems(self.actor, self.workflow)
        self._repaint()
        self.show_drawer()
        await self.going_live.look_again()
        self.bar.refresh()
        self.detail.refresh(self.workflow, await self._look_around(), self.told, own=True)
