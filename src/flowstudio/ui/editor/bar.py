"""The bar above the canvas: where one is, what is live, and the deeds that concern the whole workflow."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from nicegui import events, ui

from flowstudio.domain.actor import Role
from flowstudio.domain.states import WorkflowStatus
from flowstudio.ui.components.dropping import FileDoor
from flowstudio.ui.components.shell import mark
from flowstudio.ui.components.views import views
from flowstudio.ui.editor.entry import WORKFLOW_NAME
from flowstudio.ui.editor.importing import bring_in
from flowstudio.ui.editor.view import direction_of, tidied
from flowstudio.ui.forms.entered import entered
from flowstudio.ui.theme import button, chip, icon

if TYPE_CHECKING:
    from flowstudio.graph import Direction
    from flowstudio.ui.editor.desk import EditorDesk


class EditorBar:
    """Draws the bar once; `refresh` brings it up to date in place, so that no click and no focus is lost."""

    def __init__(self, desk: EditorDesk) -> None:
        self.desk = desk
        self._known_name = ""

    def draw(self) -> None:
        """Draw the bar."""
        with ui.element("header").classes("fs-bar fs-editor__bar"):
            ui.label("Editor").classes("fs-hidden-text").props("role=heading aria-level=1")
            with ui.element("div").classes("fs-editor__bar-part") as self._edit_part:
                self._place()
                ui.element("div").classes("fs-bar__gap")
                self._views()
                ui.element("div").classes("fs-bar__gap")
                self._deeds()
                self._on_a_phone()
            self._trial_part = ui.element("div").classes("fs-editor__bar-part")
        self._trial_part.set_visibility(False)
        self._door = FileDoor(lambda name, raw: bring_in(self.desk, name, raw))
        self.refresh()

    def refresh(self) -> None:
        """Bring the bar up to date after edits and deeds."""
        desk = self.desk
        self._undo.set_enabled(desk.session.can_undo is not None)
        self._redo.set_enabled(desk.session.can_redo is not None)
        if desk.workflow.name != self._known_name:
            self._known_name = desk.workflow.name
            if str(self._name.value or "").strip() != self._known_name:
                self._name.value = self._known_name
            with desk.root:
                ui.page_title(f"{self._known_name} · FlowStudio")
        self._switch.value = desk.stored.status is WorkflowStatus.ACTIVE
        published = desk.stored.published_version is not None
        self._switch.set_visibility(published)
        self._run_now.set_visibility(published and desk.actor.may(Role.OPERATOR))
        self.state.refresh()

    def show_trial(self, draw: Callable[[], None] | None) -> None:
        """Put the bar of a test run in the place of this one; None brings this one back."""
        self._edit_part.set_visibility(draw is None)
        self._trial_part.clear()
        self._trial_part.set_visibility(draw is not None)
        if draw is not None:
            with self._trial_part:
                draw()

    def _place(self) -> None:
        with (
            ui.element("a")
            .props('href="/workflows" aria-label="FlowStudio, all workflows"')
            .classes("fs-rail__brand fs-editor__home")
        ):
            mark()
        with ui.element("a").props('href="/workflows"').classes("fs-bar__crumb"):
            ui.label("Workflows")
        icon("chevron-right", 16).classes("fs-text-2")
        self._name_field()
        self.state()

    def _on_a_phone(self) -> None:
        """Draw, for small screens alone, where one edits there."""
        with ui.element("div").classes("fs-editor__phone"):
            ui.label("On a phone the canvas is for reading.")
            with ui.element("a").props(f'href="/workflows/{self.desk.workflow.id}/outline"'):
                ui.label("Edit in the outline")

    def _views(self) -> None:
        views(self.desk.workflow.id, "Canvas")

    def _name_field(self) -> None:
        desk = self.desk
        self._known_name = desk.workflow.name

        def called_as_before() -> None:
            if not str(self._name.value or "").strip():
                self._name.value = desk.workflow.name

        with ui.element("div").classes("fs-editor__name"):
            self._name: ui.input = ui.input(value=desk.workflow.name)
            self._name.props('dense borderless debounce=600 maxlength=200 aria-label="Name of the workflow"')
            self._name.set_enabled(not desk.readonly)
            self._name.on("blur", called_as_before)
            entered(self._name, {"at": list(WORKFLOW_NAME)})

    @ui.refreshable_method
    def state(self) -> None:
        """Draw what is live and that the draft is kept."""
        stored = self.desk.stored
        if stored.published_version is None:
            chip("Draft", "idle")
        elif stored.status is WorkflowStatus.ACTIVE:
            chip(f"Version {stored.published_version} is live", "ok")
        else:
            by_itself = self.desk.switched_off_because
            with chip(f"Version {stored.published_version} {'was switched off' if by_itself else 'is off'}", "warn"):
                if by_itself:
                    ui.tooltip(by_itself)
        with ui.element("div").classes("fs-editor__kept").props("role=status"):
            for part in self._kept():
                ui.label(part).classes("fs-bar__note")

    def _kept(self) -> list[str]:
        """Say that the draft is kept, and whether it differs from what is live; a narrow bar leaves out the end."""
        desk = self.desk
        zone = desk.studio.settings.zone(desk.actor.workspace)
        saved = desk.session.saved_at
        text = "Draft saved" if saved is None else f"Draft saved {saved.astimezone(zone):%H:%M}"
        return [text, ", changes not live yet"] if desk.differs else [text]

    def _deeds(self) -> None:
        desk = self.desk
        with ui.element("div").classes("fs-editor__tools fs-editor__makes"):
            self._undo = button("", "quiet", icon="arrow-back-up", label="Undo", on_click=desk.deeds.undo)
            self._redo = button("", "quiet", icon="arrow-forward-up", label="Redo", on_click=desk.deeds.redo)
            tidy = partial(desk.commands.run, {"name": "tidy"})
            button("", "quiet", icon="layout-dashboard", label="Tidy up", on_click=tidy)
            button("", "quiet", icon="checks", label="Validate", on_click=desk.deeds.validate)
            button("", "quiet", icon="file-import", label="Import", on_click=self._ask_for_file)
            button("", "quiet", icon="template", label="Save as template", on_click=desk.deeds.save_as_template)
        button("", "quiet", icon="file-export", label="Export", on_click=desk.deeds.export)
        picture = partial(desk.commands.run, {"name": "picture"})
        button("", "quiet", icon="photo", label="Download as a picture", on_click=picture)
        desk.people.draw()
        if desk.readonly:
            chip("For reading", "idle", icon="eye")
        self._switch = ui.switch(on_change=self._switched).props('dense aria-label="On"')
        self._switch.classes("fs-editor__switch fs-editor__makes")
        self._run_now = button("", "quiet", icon="bolt", label="Run now", on_click=desk.deeds.run_now)
        place = f"/workflows/{desk.workflow.id}/past"
        past = button("", "quiet", icon="history", label="Try on past data", on_click=lambda: ui.navigate.to(place))
        trial = button("Test run", icon="player-play", on_click=desk.deeds.start_trial)
        for one in (past, trial):
            one.classes("fs-editor__makes")
        with ui.element("div").classes("fs-split-btn fs-editor__makes"):
            button("Publish", "primary").on(
                "click", lambda event: desk.deeds.publish(ask=bool(event.args.get("shiftKey"))), ["shiftKey"]
            )
            button(
                "", "primary", icon="chevron-down", label="What changes", on_click=lambda: desk.deeds.publish(ask=True)
            )

    async def _switched(self, event: events.ValueChangeEventArguments[bool | None]) -> None:
        if bool(event.value) is not (self.desk.stored.status is WorkflowStatus.ACTIVE):
            await self.desk.deeds.switch(bool(event.value))

    async def tidy(self) -> None:
        """Lay the workflow out anew, as one undoable edit."""
        desk = self.desk
        await desk.edit("Tidy up", lambda flow: tidied(flow, desk.studio.registry))
        desk.canvas.fit()

    async def turn(self) -> None:
        """Draw from left to right instead of from top to bottom, or back."""
        desk = self.desk
        wanted: Direction = "TB" if direction_of(desk.workflow) == "LR" else "LR"
        await desk.edit("Turn the drawing", lambda flow: tidied(flow, desk.studio.registry, wanted))

    def _ask_for_file(self) -> None:
        """Open the file chooser; its field is drawn after the buttons."""
        self._door.ask()
