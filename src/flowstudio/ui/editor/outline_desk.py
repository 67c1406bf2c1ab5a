"""The outline's desk: the same session, commands and panels as the canvas, around a list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nicegui import background_tasks, ui

from flowstudio.ui.components.entry_keeper import EntryKeeper
from flowstudio.ui.components.outline_tree import OutlineTree
from flowstudio.ui.components.shell import shell
from flowstudio.ui.editor.outline import outline_of
from flowstudio.ui.editor.outline_bar import OutlineBar
from flowstudio.ui.editor.outline_menus import keys, menus
from flowstudio.ui.editor.outline_rows import rows_of
from flowstudio.ui.editor.patches import QUICK_FIX
from flowstudio.ui.editor.shared_desk import Desk
from flowstudio.ui.theme import button

if TYPE_CHECKING:
    from flowstudio.domain.actor import Actor
    from flowstudio.services.editing.session import Edited, WorkflowSession
    from flowstudio.services.studio import Studio
    from flowstudio.ui.editor.shortcuts import Place

_TO_THE_LIST = "() => document.querySelector('.fs-outline__tree')?.scrollIntoView({block: 'start'})"
_WRITE = "setTimeout(() => document.querySelector('.fs-detail textarea')?.focus())"


class OutlineDesk(Desk):
    """Everything one browser tab sees of a workflow in the outline."""

    bar: OutlineBar
    place: Place = "outline"

    def __init__(self, studio: Studio, actor: Actor, session: WorkflowSession) -> None:
        super().__init__(studio, actor, session)
        self.bar = OutlineBar(self)
        self._tree: OutlineTree | None = None

    @property
    def surface(self) -> OutlineTree:
        """What shows the workflow here: the list."""
        assert self._tree is not None
        return self._tree

    async def draw(self) -> None:
        """Draw the page."""
        self.problems = await self.studio.workflows.problems(self.actor, self.workflow)
        await self.look_up()
        await self.presets.load()
        self._hear_keys()
        with shell(self.actor, "/workflows", f"Outline of {self.workflow.name}"):
            self.root = ui.element("div").classes("fs-outline__page")
            with self.root:
                self.bar.draw()
                with ui.element("div").classes("fs-outline"):
                    self._list()
                    with ui.element("div").classes("fs-outline__panel") as panel:
                        button("Back to the list", "quiet", icon="arrow-up").classes("fs-outline__back").on(
                            "click", js_handler=_TO_THE_LIST
                        )
                        self.detail.draw()
                    if self.readonly:
                        panel.props("inert")
                    self.drawer.draw()
                self._keeper = EntryKeeper(self.workflow.id, self._patched)
                self.entries.draw(self._keeper)
        await self.show_detail()
        self.show_drawer()
        self.session.subscribe(self.tab, self.actor.name, self._edited)
        self.people.follow()
        self._leave_with_the_page()

    def _list(self) -> None:
        with ui.element("section").classes("fs-card fs-outline__list").props('aria-label="Outline"'):
            self._tree = OutlineTree(
                keys=keys(readonly=self.readonly), menus=menus(readonly=self.readonly), readonly=self.readonly,
                on_choose=lambda nodes: self._selected({"nodes": nodes}), on_command=self.commands.run,
                on_patch=self._patched, on_round=self._turned,
                on_write=lambda note: background_tasks.create(self._write(note)),
            )  # fmt: skip
            self._show_rows()
            self.adding.first_trigger()
            self.further()

    @ui.refreshable_method
    def further(self) -> None:
        """Draw, below the list, what is added without a place in it."""
        if self.readonly:
            if not (self.workflow.triggers or self.workflow.nodes):
                ui.label("Nothing is drawn yet.").classes("fs-text-2")
            return
        with ui.element("div").classes("fs-deeds fs-outline__further"):
            if self.workflow.nodes and not self.workflow.triggers:
                button("Add what starts it", "primary", icon="plus", on_click=self.leading.add_trigger)
            elif self.workflow.triggers:
                button("Another start", "quiet", icon="plus", on_click=self.leading.add_trigger)
            button("Add a note", "quiet", icon="note", on_click=lambda: self.commands.run({"name": "note"}))

    def _paint_problems(self) -> None:
        self._show_rows()

    def _show_rows(self) -> None:
        registry = self.studio.registry
        outline = outline_of(self.workflow, registry, self.told)
        self.surface.show(rows_of(outline, self.workflow, registry, self.pinning.pinned))
        self.surface.set_visibility(bool(self.workflow.triggers or self.workflow.nodes or self.workflow.layout.notes))

    async def _write(self, node_id: str) -> None:
        """Show a note in the panel and put the cursor into its text."""
        await self.choose([node_id])
        with self.root:
            ui.run_javascript(_WRITE)

    def _acknowledge(self, op_id: str) -> None:
        self._keeper.apply({"ack": op_id})

    def _reject(self, op_id: str | None, message: str) -> None:
        del message
        if op_id is not None:
            self._keeper.apply({"reject": op_id})

    def _edited(self, edited: Edited) -> None:
        mine = edited.tab == self.tab
        own = mine and not edited.label.startswith(("Undo", "Redo", QUICK_FIX))
        self._keeper.apply({"ack": edited.op_id if mine else None, "marks": self.entries.news()})
        self._show_rows()
        if mine:
            self.surface.say(f"{edited.label}: done")
        if bool(edited.before.triggers or edited.before.nodes) != bool(edited.after.triggers or edited.after.nodes):
            self.adding.first_trigger.refresh()
        background_tasks.create(self._catch_up(own=own))

    async def _catch_up(self, *, own: bool) -> None:
        """Check the workflow after an edit, and bring all that hangs on it up to date."""
        self.problems = await self.studio.workflows.problems(self.actor, self.workflow)
        with self.root:
            self._show_rows()
            self.bar.refresh()
            self.further.refresh()
            self.show_drawer()
        await self._follow(own=own)
