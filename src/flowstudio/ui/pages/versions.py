"""Versions of one workflow: what was published when, any two compared, an old one brought back or copied."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from nicegui import ui

from flowstudio.domain.states import WorkflowStatus
from flowstudio.domain.workflow import Workflow
from flowstudio.errors import NotFound
from flowstudio.ui.components.canvas import FlowCanvas
from flowstudio.ui.components.empty import empty
from flowstudio.ui.components.failing import said
from flowstudio.ui.components.missing import missing_workflow
from flowstudio.ui.components.shell import shell
from flowstudio.ui.components.views import views
from flowstudio.ui.components.words import moment
from flowstudio.ui.editor.comparing import Comparison, compare
from flowstudio.ui.editor.picture_file import offer_picture
from flowstudio.ui.editor.publish import MARKS, moved_line
from flowstudio.ui.editor.view import meaning
from flowstudio.ui.theme import button, chip, icon, toast
from flowstudio.ui.visit import PATIENCE, current_actor

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from flowstudio.analysis.difference import Change
    from flowstudio.domain.actor import Actor
    from flowstudio.services.ports import StoredWorkflow, VersionRow
    from flowstudio.services.studio import Studio

DRAFT = "draft"


class VersionsPage:
    """The page's state and its drawing."""

    def __init__(self, studio: Studio, actor: Actor, workflow_id: str) -> None:
        self.studio = studio
        self.actor = actor
        self.workflow_id = workflow_id
        self.stored: StoredWorkflow
        self.rows: Sequence[VersionRow] = ()
        self.earlier = self.later = DRAFT
        self._canvas: FlowCanvas | None = None

    async def draw(self, earlier: str = "", later: str = "") -> None:
        """Draw the page, with these two versions compared where they exist."""
        await self._look_up()
        with shell(self.actor, "/workflows", f"Versions of {self.stored.name}"):
            with ui.element("header").classes("fs-views__head"):
                ui.label(self.stored.name).classes("fs-page__title").props("role=heading aria-level=1")
                views(self.workflow_id, "Versions")
            if not self.rows:
                empty(
                    "Which version comes first?",
                    [("Open the canvas", "route", lambda: ui.navigate.to(f"/workflows/{self.workflow_id}"))],
                    "Publish the workflow, and its first version stands here.",
                )
                return
            self._choose(earlier, later)
            with ui.element("div").classes("fs-versions"):
                self.list()
                with ui.element("section").classes("fs-versions__main").props('aria-label="Comparison"'):
                    self.compared()
                    with ui.element("div").classes("fs-versions__canvas"):
                        comparison = self._comparison()
                        self._canvas = FlowCanvas(
                            comparison.graph, minimap=False, on_ready=lambda _: self._paint(self._comparison())
                        )

    async def _look_up(self) -> None:
        self.stored = await self.studio.workflows.get(self.actor, self.workflow_id)
        self.rows = await self.studio.publishing.versions(self.actor, self.workflow_id)

    def _choose(self, earlier: str, later: str) -> None:
        """Compare the live version with the draft, or with the one before it where the draft says the same."""
        known = {str(row.version) for row in self.rows} | {DRAFT}
        newest = str(self.stored.published_version or self.rows[0].version)
        self.earlier, self.later = newest, DRAFT
        if meaning(self._document(DRAFT)) == meaning(self._document(newest)) and len(self.rows) > 1:
            self.earlier, self.later = self._before(newest), newest
        if earlier in known and later in known:
            self.earlier, self.later = earlier, later

    def _before(self, version: str) -> str:
        older = [row.version for row in self.rows if row.version < int(version)]
        return str(max(older)) if older else version

    def _document(self, choice: str) -> Workflow:
        found = next((row.document for row in self.rows if str(row.version) == choice), self.stored.draft)
        return Workflow.model_validate(found)

    def _comparison(self) -> Comparison:
        return compare(self._document(self.earlier), self._document(self.later), self.studio.registry)

    # the list

    @ui.refreshable_method
    def list(self) -> None:
        """Draw the versions, the newest first."""
        zone = self.studio.settings.zone(self.actor.workspace)
        when = partial(moment, zone=zone, now=self.studio.clock.now())
        with ui.element("ul").classes("fs-rows fs-versions__list").props('aria-label="Versions"'):
            same = meaning(self._document(DRAFT)) == meaning(self._document(str(self.rows[0].version)))
            self._row(DRAFT, "Draft", "As it was published" if same else "Changes that are not live yet")
            for row in self.rows:
                version = str(row.version)
                told = f"{when(row.published_at)}, {row.published_by}".removesuffix(", ")
                title = f"Version {version}" + (f", {row.name}" if row.name else "")
                with self._row(version, title, told):
                    if row.version == self.stored.published_version:
                        live = self.stored.status is WorkflowStatus.ACTIVE
                        chip("Live" if live else "Off", "ok" if live else "warn")
                    self._menu(row)

    def _row(self, choice: str, title: str, told: str) -> ui.element:
        chosen = choice == self.later
        row = ui.element("li").classes("fs-row fs-versions__row" + (" is-on" if chosen else ""))
        with row, ui.element("button").classes("fs-versions__open") as element:
            element.props(f'type=button aria-pressed="{str(chosen).lower()}"')
            element.on("click", partial(self._open, choice))
            ui.label(title).classes("fs-row__name")
            ui.label(told).classes("fs-caption")
        return row

    def _menu(self, row: VersionRow) -> None:
        with button("", "quiet", icon="dots", label=f"More about version {row.version}"), ui.menu().classes("fs-menu"):
            ui.menu_item("Compare with the draft", on_click=partial(self._show, str(row.version), DRAFT))
            ui.menu_item("Restore as the draft", on_click=partial(self._restore, row.version))
            ui.menu_item("Duplicate as a new workflow", on_click=partial(self._duplicate, row.version))
            ui.menu_item("Download as a picture", on_click=partial(self._picture, row.version))

    def _open(self, choice: str) -> None:
        newest = str(self.stored.published_version or self.rows[0].version)
        self._show(newest if choice == DRAFT else self._before(choice), choice)

    def _show(self, earlier: str, later: str) -> None:
        self.earlier, self.later = earlier, later
        self.list.refresh()
        self.compared.refresh()
        comparison = self._comparison()
        if self._canvas is not None:
            self._canvas.load(comparison.graph)
            self._paint(comparison)
            self._canvas.fit()

    def _paint(self, comparison: Comparison) -> None:
        if self._canvas is not None:
            self._canvas.status(comparison.status)

    # the comparison

    @ui.refreshable_method
    def compared(self) -> None:
        """Draw the two choices and what lies between them, in sentences."""
        options = {DRAFT: "Draft"} | {
            str(row.version): f"Version {row.version}" + (f", {row.name}" if row.name else "") for row in self.rows
        }
        with ui.element("div").classes("fs-versions__pick"):
            self._select("From", options, self.earlier, lambda choice: self._show(choice, self.later))
            self._select("To", options, self.later, lambda choice: self._show(self.earlier, choice))
        comparison = self._comparison()
        with ui.element("div").classes("fs-card").props('role=status aria-label="Difference"'):
            if not comparison.changes:
                ui.label("They do the same.").classes("fs-voice")
            else:
                self._sentences(comparison.changes)
            moved_line(comparison.moved)
        self._legend(comparison.changes)

    def _select(self, label: str, options: dict[str, str], value: str, choose: Callable[[str], object]) -> None:
        with ui.element("div").classes("fs-field"):
            ui.label(label).classes("fs-field-label")
            ui.select(options, value=value, on_change=lambda event: choose(event.value)).props(
                f'outlined dense options-dense aria-label="{label}"'
            )

    def _sentences(self, changes: Sequence[Change]) -> None:
        with ui.element("ul").classes("fs-changes").props('aria-label="What changes"'):
            for change in changes:
                symbol, colour = MARKS[change.what]
                with ui.element("li").classes("fs-change"):
                    icon(symbol, 16).classes(f"fs-{colour}")
                    if change.node_id is None:
                        ui.label(change.sentence).classes("fs-voice")
                        continue
                    with ui.element("button").classes("fs-change__go").props("type=button") as element:
                        ui.label(change.sentence)
                    element.on("click", partial(self._point, change.node_id))

    def _legend(self, changes: Sequence[Change]) -> None:
        with ui.element("div").classes("fs-legend"):
            for what, (symbol, colour) in MARKS.items():
                number = len({one.node_id for one in changes if one.what == what})
                if number:
                    chip(what.capitalize(), colour, icon=symbol)

    def _point(self, node_id: str) -> None:
        if self._canvas is not None:
            self._canvas.focus_node(node_id)

    # deeds

    async def _picture(self, version: int) -> None:
        workflow = await self.studio.workflows.published(self.actor, self.workflow_id, version)
        with ui.context.client.layout:  # the menu that it was chosen from goes away
            await offer_picture(workflow, self.studio.registry)

    async def _restore(self, version: int) -> None:
        with said():
            await self.studio.publishing.restore(self.actor, self.workflow_id, version)
            await self._renewed()
            toast(
                f"Version {version} is the draft again. It is not live yet.",
                action="Undo", on_action=partial(self._undo_soon),
            )  # fmt: skip

    def _undo_soon(self) -> None:
        ui.timer(0, self._undo, once=True)

    async def _undo(self) -> None:
        session = await self.studio.sessions.open(self.actor.workspace, self.workflow_id)
        label = await session.undo(self.actor)
        await self._renewed()
        toast(f"Undone: {label}." if label else "There is nothing to undo.")

    async def _renewed(self) -> None:
        self.studio.sessions.close(self.actor.workspace, self.workflow_id)
        await self._look_up()
        self._show(str(self.stored.published_version or self.rows[0].version), DRAFT)

    async def _duplicate(self, version: int) -> None:
        with said():
            copy_id = await self.studio.workflows.duplicate(self.actor, self.workflow_id, version=version)
            toast(
                f"Version {version} is a new workflow now.",
                action="Open it", on_action=lambda: ui.navigate.to(f"/workflows/{copy_id}"),
            )  # fmt: skip


def register(studio: Studio) -> None:
    """Add the page. `earlier` and `later` in the address name the two versions to compare: a number or `draft`."""

    @ui.page("/workflows/{workflow_id}/versions", response_timeout=PATIENCE)
    async def page(workflow_id: str, earlier: str = "", later: str = "") -> None:
        actor = current_actor()
        try:
            await VersionsPage(studio, actor, workflow_id).draw(earlier, later)
        except NotFound:
            missing_workflow(actor)
