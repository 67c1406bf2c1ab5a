"""The shelf: all workflows in folders and with tags; find, choose, switch, move, make, import."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from nicegui import ui

from flowstudio.domain.actor import Role
from flowstudio.domain.states import WorkflowStatus
from flowstudio.errors import FlowStudioError, InvalidWorkflow
from flowstudio.services.ports import Page
from flowstudio.ui.components.dropping import FileDoor
from flowstudio.ui.components.empty import empty
from flowstudio.ui.components.failing import said
from flowstudio.ui.components.figure_tiles import figure_tiles
from flowstudio.ui.components.importing import import_file
from flowstudio.ui.components.live import keep_fresh
from flowstudio.ui.components.pager import Pager
from flowstudio.ui.components.search import search_field
from flowstudio.ui.components.shelf_deeds import ShelfDeeds
from flowstudio.ui.components.shelf_rows import DAYS, Rows, columns_of
from flowstudio.ui.components.shelf_side import ShelfSide
from flowstudio.ui.components.shelf_table import ShelfTable
from flowstudio.ui.components.shelf_view import ViewMenu
from flowstudio.ui.components.shell import shell
from flowstudio.ui.components.template_form import save_as_template
from flowstudio.ui.components.words import moment
from flowstudio.ui.theme import button, segments, toast
from flowstudio.ui.visit import PATIENCE, current_actor

if TYPE_CHECKING:
    from flowstudio.domain.actor import Actor
    from flowstudio.services.studio import Studio

PAGE = 100
LIVING = "active,paused,draft"
DEEDS = (
    ("open", "Open"), ("settings", "Settings of the workflow"), ("runs", "Its runs"), ("move", "Move to a folder"),
    ("tag", "Tags"), ("duplicate", "Duplicate"), ("template", "Save as template"), ("export", "Export"),
    ("delete", "Delete"),
)  # fmt: skip
"""What the menu of a row has."""
READING = ("open", "runs", "export")
"""What of it somebody may do who only looks."""


class WorkflowList:
    """The page's state and its drawing."""

    def __init__(self, studio: Studio, actor: Actor) -> None:
        self.studio = studio
        self.actor = actor
        self.builds = actor.may(Role.BUILDER)
        self.search = ""
        self.status = ""
        self.number = 1
        self.view = ViewMenu(studio, actor, self.fill)
        self.side = ShelfSide(studio, actor, builds=self.builds, chosen=self._went, changed=self.look_again)
        self.deeds = ShelfDeeds(studio, actor, self.side, self.look_again, self._choose_none)
        self.counts: dict[str, int] = {}
        self.drawn = False
        """Whether there is a table: without any workflow the page asks for the first one."""

    @property
    def total(self) -> int:
        """How many workflows there are; those that are put away are not counted."""
        return sum(count for status, count in self.counts.items() if status != "archived")

    async def draw(self, folder: str, tag: str) -> None:
        """Draw the whole page, with what the address says is looked at."""
        self.counts = await self.studio.workflows.counts(self.actor)
        await self.view.load()
        self.side.folder, self.side.tag = folder or None, tag
        await self.side.look(self.total)
        with shell(self.actor, "/workflows", "Workflows", {"/workflows": self.total}):
            self._head()
            if not self.total:
                self._first_steps()
                return
            await self.tiles()
            with ui.element("div").classes("fs-shelf-page"):
                self.side.draw()
                with ui.element("div").classes("fs-shelf-main"):
                    self.side.crumbs()
                    self._toolbar()
                    self.deeds.bar()
                    with ui.element("div").classes("fs-shelf-scroll"):
                        self.table = ShelfTable(
                            deeds=[one for one in DEEDS if self.builds or one[0] in READING], readonly=not self.builds,
                            on_choose=self.deeds.choose, on_toggle=self._toggle, on_deed=self._deed,
                            on_sort=self.view.sort_by, on_drop=self.deeds.move_to, on_key=self.deeds.key,
                            on_drop_folder=self.side.folders.move_to, on_folder_key=self.side.folders.key,
                        )  # fmt: skip
                    self.nothing()
                    self.pager = Pager(PAGE, "workflow", ("Earlier workflows", "More workflows"), self._turn)
        self.drawn = True
        await self.fill()

    def _toolbar(self) -> None:
        with ui.element("div").classes("fs-toolbar"):
            words = {
                status: f"{word}\u2002{self.counts.get(status, 0) if status else self.total}"
                for status, word in (("", "All"), ("active", "Active"), ("paused", "Paused"), ("draft", "Drafts"))
            }
            self.states = segments(words, "", self._filter)
            ui.element("div").classes("fs-bar__gap")
            field = search_field("Find in names, steps and texts", "Find a workflow", self._find)
            self.field = field.classes("fs-toolbar__search").props("data-shelf-search")
            self.view.draw()

    def _head(self) -> None:
        with ui.element("header").classes("fs-page__head"):
            ui.label("Workflows").classes("fs-page__title").props("role=heading aria-level=1")
            door = FileDoor(partial(import_file, self.studio, self.actor, came_in=self.look_again))
            if not self.builds:
                return
            button("Import", icon="file-import", on_click=door.ask)
            button("From a template", icon="layout-grid", on_click=lambda: ui.navigate.to("/templates"))
            button("New workflow", "primary", icon="plus", on_click=self._make)

    def _first_steps(self) -> None:
        with ui.element("div").classes("fs-card"):
            if not self.builds:
                empty("There are no workflows yet.", note="Builders draw them.")
                return
            empty(
                "What should happen by itself?",
                [("New workflow", "plus", self._make), ("Try the Invoice Reminder", "mail", self._example)],
                "Or drop a workflow file here.",
            )

    @ui.refreshable_method
    async def tiles(self) -> None:
        """Draw the figures at the top."""
        figure_tiles(await self.studio.runs.summary(self.actor))

    async def fill(self) -> None:
        """Show the rows that fit, as they are now."""
        if not self.drawn:
            return
        folder, tag, view = self.side.folder, self.side.tag or None, self.view.view
        rows, total = await self.studio.workflows.list(
            self.actor, Page(self.number, PAGE, view.sort), search=self.search, status=self.status or LIVING,
            folder=folder, tag=tag,
        )  # fmt: skip
        if not rows and total and self.number > 1:
            self.number = 1
            await self.fill()
            return
        where = await self.studio.shelf.found(self.actor, self.search)
        days = await self.studio.runs.per_day(self.actor, DAYS) if "days" in view.columns else ()
        paused = [row.id for row in rows if row.status is WorkflowStatus.PAUSED]
        reasons = await self.studio.workflows.switched_off_because(self.actor, paused) if paused else {}
        now = self.studio.clock.now()
        made = Rows(
            self.studio.registry, partial(moment, zone=self.studio.settings.zone(self.actor.workspace), now=now),
            *self.side.ways("folder" in view.columns), {one.id: one for one in self.side.tags}, days, now,
        )  # fmt: skip
        self.deeds.names = {row.id: row.name for row in rows}
        self.deeds.worn = {row.id: row.tags for row in rows}
        self.table.show(
            columns_of(view),
            [made.row(row, reasons.get(row.id), where.get(row.id, "")) for row in rows],
        )
        self.table.set_visibility(bool(rows))
        self.pager.show(self.number, total)
        self.empty = not rows
        self.nothing.refresh()

    empty = False

    @ui.refreshable_method
    def nothing(self) -> None:
        """Say why there is no row, and what to do about it."""
        if not self.empty:
            return
        with ui.element("div").classes("fs-card"):
            if self.search or self.status or self.side.tag:
                empty("No workflow fits.", [("Show all", "x", self._clear)], self._narrowed())
            elif self.side.folder is not None:
                note = "Drag workflows here, or choose some and move them."
                empty("This folder is empty.", [("Show all workflows", "list-details", self._clear)], note)

    def _narrowed(self) -> str:
        said = [f'with "{self.search}" in it'] if self.search else []
        said += [f"that is {self.status}"] if self.status else []
        said += [f"tagged {one.name}" for one in self.side.tags if one.id == self.side.tag]
        said += [f"in the folder {self.side.folders.tree.words(self.side.place)}"] if self.side.place else []
        return f"There is none {', '.join(said)}."

    async def look_again(self) -> None:
        """Draw places, counts and rows anew, after something was done."""
        self.counts = await self.studio.workflows.counts(self.actor)
        if not (self.total and self.drawn):  # the first workflow, or the last: the page is another one
            ui.navigate.reload()
            return
        before = self.side.folder, self.side.tag
        await self.side.look(self.total)
        if (self.side.folder, self.side.tag) != before:
            self._say_where()
        self.side.draw_again()
        await self.fill()

    def _say_where(self) -> None:
        """Let the address say which folder and tag are looked at."""
        told = {name: value for name, value in (("folder", self.side.folder), ("tag", self.side.tag)) if value}
        ui.navigate.history.replace("/workflows" + (f"?{urlencode(told)}" if told else ""))

    async def _went(self, folder: str | None, tag: str) -> None:
        self.side.folder, self.side.tag = folder, tag
        self._say_where()
        self.number = 1
        self._choose_none()
        await self.fill()

    async def _filter(self, status: str) -> None:
        self.status, self.number = status, 1
        await self.fill()

    async def _find(self, text: str) -> None:
        self.search, self.number = text, 1
        await self.fill()

    async def _turn(self, number: int) -> None:
        self.number = number
        await self.fill()

    async def _clear(self) -> None:
        self.search, self.status = "", ""
        self.field.set_value("")
        self.states.set_value("")
        await self._went(None, "")
        self.side.draw_again()

    def _choose_none(self) -> None:
        self.table.choose_none()

    async def _deed(self, deed: str, workflow_id: str) -> None:
        """Do what a row's menu says; deeds on many are done with this one alone."""
        places = {
            "open": f"/workflows/{workflow_id}", "settings": f"/workflows/{workflow_id}",
            "runs": f"/runs?workflow={workflow_id}", "export": f"/workflows/{workflow_id}/file",
        }  # fmt: skip
        if deed in places:
            ui.navigate.to(places[deed])
        elif deed == "template":
            await save_as_template(self.studio, self.actor, workflow_id)
        elif deed == "duplicate":
            await self._duplicate(workflow_id)
        else:
            chosen, self.deeds.chosen = self.deeds.chosen, [workflow_id]
            try:
                await self.deeds.key(deed)
            finally:
                self.deeds.chosen = chosen

    async def _make(self) -> None:
        with said():
            stored = await self.studio.workflows.create_empty(self.actor, "New workflow")
            ui.navigate.to(f"/workflows/{stored.id}")

    async def _example(self) -> None:
        with said():
            found = await self.studio.exchange.import_example(self.actor)
            ui.navigate.to(f"/workflows/{found.id}")

    async def _duplicate(self, workflow_id: str) -> None:
        with said():
            copy_id = await self.studio.workflows.duplicate(self.actor, workflow_id)
            name = self.deeds.names.get(workflow_id, "The workflow")
            await self.look_again()
            toast(f"{name} copied.", action="Open it", on_action=lambda: ui.navigate.to(f"/workflows/{copy_id}"))

    async def _toggle(self, workflow_id: str, on: bool) -> None:
        name = self.deeds.names.get(workflow_id, "The workflow")
        try:
            status = await self.studio.publishing.toggle(self.actor, workflow_id, on)
            toast(f"{name} is {'on' if status is WorkflowStatus.ACTIVE else 'off'}.")
        except InvalidWorkflow as error:
            toast(
                f"{name} cannot be switched on yet: {error.message}",
                action="Open it", on_action=lambda: ui.navigate.to(f"/workflows/{workflow_id}"),
            )  # fmt: skip
        except FlowStudioError as error:
            toast(error.message, wrong=True)
        await self.fill()

    async def refresh(self) -> None:
        """Draw figures and list anew, after runs went on."""
        if self.drawn:
            self.tiles.refresh()
            await self.fill()


def register(studio: Studio) -> None:
    """Add the page."""

    @ui.page("/workflows", response_timeout=PATIENCE)
    async def page(folder: str = "", tag: str = "") -> None:
        actor = current_actor()
        shown = WorkflowList(studio, actor)
        await shown.draw(folder, tag)
        keep_fresh(studio, actor, shown.refresh)
