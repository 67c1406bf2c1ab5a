"""A workflow as a list: read on a phone, edited with the keyboard alone, in step with its canvas."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from nicegui import background_tasks, events, ui

from flowstudio.analysis import variables_at
from flowstudio.domain.actor import Role
from flowstudio.domain.ids import new_id
from flowstudio.errors import FlowStudioError
from flowstudio.services.editing import ops
from flowstudio.ui.components.empty import empty
from flowstudio.ui.components.entry_keeper import EntryKeeper
from flowstudio.ui.components.missing import opened
from flowstudio.ui.components.shell import shell
from flowstudio.ui.components.views import views
from flowstudio.ui.editor.choosing import ask_step
from flowstudio.ui.editor.detail import Detail
from flowstudio.ui.editor.entries import Entries, is_entry
from flowstudio.ui.editor.outline import Branch, Entry, add_after, outline_of
from flowstudio.ui.editor.palette import steps_of
from flowstudio.ui.editor.patches import Patch
from flowstudio.ui.editor.people import People
from flowstudio.ui.editor.samples import kept_example, with_fields
from flowstudio.ui.editor.surroundings import Surroundings, sample_at
from flowstudio.ui.theme import button, icon, tile, toast
from flowstudio.ui.visit import PATIENCE, current_actor

if TYPE_CHECKING:
    from flowstudio.domain.actor import Actor
    from flowstudio.domain.problem import Problem
    from flowstudio.domain.workflow import Workflow
    from flowstudio.services.editing.session import Edited, WorkflowSession
    from flowstudio.services.studio import Studio

_ARROWS = """(event) => {
  const steps = [...event.currentTarget.querySelectorAll('.fs-outline__step')];
  const at = steps.indexOf(document.activeElement);
  const to = {ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: steps.length - 1}[event.key];
  if (at < 0 || to === undefined || !steps[to]) return;
  event.preventDefault();
  steps[to].focus();
}"""


class OutlinePage:
    """One visitor's view of a shared session, as a list."""

    def __init__(self, studio: Studio, actor: Actor, session: WorkflowSession) -> None:
        self.studio = studio
        self.actor = actor
        self.session = session
        self.tab = new_id("tab")
        self.selected: str | None = None
        self.problems: Sequence[Problem] = ()
        self.detail = Detail(studio.registry, self.edit, self.remove)
        self._people = People(session, actor, self.tab)
        self.entries = Entries(session, actor, self.tab, self.detail, self.show_detail)

    @property
    def makes(self) -> bool:
        """Say whether this person may change the workflow."""
        return self.actor.may(Role.BUILDER)

    @property
    def workflow(self) -> Workflow:
        """The draft as it stands."""
        return self.session.workflow

    async def draw(self) -> None:
        """Draw the page."""
        self.problems = await self.studio.workflows.problems(self.actor, self.workflow)
        with shell(self.actor, "/workflows", f"Outline of {self.workflow.name}"):
            self.root = ui.element("div").classes("fs-outline__page")
            with self.root:
                self.head()
                with ui.element("div").classes("fs-outline"):
                    with ui.element("section").classes("fs-card fs-outline__list").props('aria-label="Steps"') as place:
                        place.on("keydown", js_handler=_ARROWS)
                        self.list()
                    with ui.element("div").classes("fs-outline__panel") as panel:
                        self.detail.draw()
                    if not self.makes:
                        panel.props("inert")
                self._keeper = EntryKeeper(self.workflow.id, self._patched)
                self.entries.draw(self._keeper)
        await self.show_detail()
        self.session.subscribe(self.tab, self.actor.name, self._edited)
        self._people.follow()
        ui.context.client.on_delete(self._left)
        ui.keyboard(self._key, ignore=["input", "select", "textarea"])

    def _left(self) -> None:
        self.session.unsubscribe(self.tab)
        self.studio.sessions.close(self.session.workspace, self.workflow.id)

    @ui.refreshable_method
    def head(self) -> None:
        """Draw name, views, undo and redo."""
        with ui.element("header").classes("fs-views__head"):
            ui.label(self.workflow.name).classes("fs-page__title").props("role=heading aria-level=1")
            self._people.draw()
            if self.makes:
                undo = button("", "quiet", icon="arrow-back-up", label="Undo", on_click=self.undo)
                undo.set_enabled(self.session.can_undo is not None)
                redo = button("", "quiet", icon="arrow-forward-up", label="Redo", on_click=self.redo)
                redo.set_enabled(self.session.can_redo is not None)
            views(self.workflow.id, "Outline")

    # the list

    @ui.refreshable_method
    def list(self) -> None:
        """Draw the list."""
        outline = outline_of(self.workflow, self.studio.registry, self.problems)
        if not (outline.triggers or outline.steps or outline.loose):
            if self.makes:
                empty("When should it start?", [("Add what starts it", "plus", partial(self._ask_step, None))])
            else:
                empty("Nothing is drawn yet.")
            return
        self._entries((*outline.triggers, *outline.steps))
        if not outline.triggers and self.makes:
            button("Add what starts it", icon="plus", on_click=partial(self._ask_step, None))
        if outline.loose:
            ui.label("Nothing leads to these yet").classes("fs-outline__way")
            self._entries(outline.loose)

    def _entries(self, entries: Sequence[Entry]) -> None:
        with ui.element("ul"):
            for entry in entries:
                with ui.element("li"):
                    self._row(entry)
                    for branch in entry.branches:
                        self._branch(entry, branch)

    def _row(self, entry: Entry) -> None:
        card, chosen = entry.card, entry.id == self.selected
        with ui.element("div").classes("fs-outline__row" + (" is-on" if chosen else "")):
            with ui.element("button").classes("fs-outline__step") as element:
                element.props(f'type=button aria-pressed="{str(chosen).lower()}" data-step="{entry.id}"')
                element.on("click", partial(self.select, entry.id))
                element.on("keydown.delete", partial(self.remove, entry.id))
                tile(card["kind"], card["icon"])
                ui.label(card["word"]).classes("fs-outline__word")
                with ui.element("span").classes("fs-outline__texts"):
                    ui.label(card["word"]).classes("fs-outline__word fs-outline__word--phone")
                    ui.label(card["name"]).classes("fs-outline__name")
                    ui.label(card["line"]).classes("fs-caption")
                    if card["problem"]:
                        with ui.element("span").classes("fs-cell-icon fs-warn"):
                            icon("alert-triangle", 16)
                            ui.label(card["problem"]["text"]).classes("fs-caption")
            if entry.way is not None:
                self._plus(entry.id, entry.way, f"Add a step after {card['name']}")

    def _branch(self, entry: Entry, branch: Branch) -> None:
        with ui.element("ul"), ui.element("li"):
            with ui.element("div").classes("fs-outline__way"):
                told = branch.label if not branch.onward else f"{branch.label}, goes on with {branch.onward}"
                ui.label(told if branch.entries or branch.onward else f"{branch.label}, nothing more")
                self._plus(entry.id, branch.way, f"Add a step to {branch.label} of {entry.card['name']}")
            if branch.entries:
                self._entries(branch.entries)

    def _plus(self, source: str, way: str, label: str) -> None:
        if not self.makes:
            return
        button("", "quiet", icon="plus", label=label, on_click=partial(self._ask_step, (source, way)))

    # edits

    async def edit(self, label: str, operation: Callable[[Workflow], Workflow], merge_key: str | None = None) -> None:
        """Carry out one undoable edit, or say why not."""
        try:
            await self.session.edit(label, operation, self.actor, tab=self.tab, merge_key=merge_key)
        except FlowStudioError as error:
            with self.root:
                toast(f"{error.message} {error.hint}".strip(), wrong=True)

    async def _patched(self, event: dict[str, Any]) -> None:
        """Take what was typed, or what a canvas of this workflow was never answered for."""
        if is_entry(event):
            await self.entries.take(event)
            return
        op_id, patch = event.get("op_id"), Patch(list(event.get("ops", [])), self.studio.registry)
        with suppress(FlowStudioError):  # the canvas said it where it was done; what does not fit any more is let go
            await self.session.edit(patch.label, patch, self.actor, tab=self.tab, op_id=op_id)
        self._keeper.apply({"ack": op_id})

    async def remove(self, node_id: str) -> None:
        """Take a step away; what came before it leads to what came after."""
        await self.edit("Delete", lambda flow: ops.remove(flow, [node_id], heal=True))
        self.selected = None
        await self.show_detail()
        with self.root:
            toast("The step is deleted.", action="Undo", on_action=lambda: background_tasks.create(self.undo()))

    async def undo(self) -> None:
        """Take the last edit back."""
        label = await self.session.undo(self.actor)
        with self.root:
            toast(f"Undone: {label}." if label else "There is nothing to undo.")

    async def redo(self) -> None:
        """Bring the last undone edit back."""
        label = await self.session.redo(self.actor)
        with self.root:
            toast(f"Redone: {label}." if label else "There is nothing to redo.")

    async def _key(self, event: events.KeyEventArguments) -> None:
        held = event.modifiers.ctrl or event.modifiers.meta
        if held and event.action.keydown and event.key.name.lower() in ("z", "y"):
            back = event.key.name.lower() == "z" and not event.modifiers.shift
            await (self.undo() if back else self.redo())

    async def _ask_step(self, place: tuple[str, str] | None) -> None:
        """Let the person choose a step, and add it behind that way; without one, what starts the workflow."""
        starts = place is None
        groups = steps_of(self.studio.registry)
        steps = [one for _, several in groups for one in several if (one.kind == "trigger") is starts]
        with self.root:
            key = await ask_step("What starts it?" if starts else "What happens then?", steps)
        if not key:
            return
        operation = {"op": "add", "key": key} if place is None else add_after(self.workflow, *place, key)
        patch = Patch([operation], self.studio.registry)
        await self.edit(patch.label, patch)
        if patch.select:
            await self.select(patch.select[0])

    # selection, and what others do

    async def select(self, node_id: str) -> None:
        """Open a step's settings."""
        self.selected = node_id
        self.list.refresh()
        await self.show_detail()
        with self.root:
            ui.run_javascript(
                f"document.querySelector('[data-step=\"{node_id}\"]')?.focus({{preventScroll: true}});"
                "if (innerWidth <= 760) document.querySelector('.fs-outline__panel')?.scrollIntoView();"
            )

    async def show_detail(self) -> None:
        """Draw the panel of what is selected."""
        self.detail.show(self.workflow, self.selected, await self._look_around(), self.problems, lambda: None)
        self.entries.tell()

    async def _look_around(self) -> Surroundings:
        facts = await self.studio.documents.facts(self.actor.workspace)
        example = kept_example(self.workflow) or {}
        known = self.selected is not None and self.workflow.node(self.selected) is not None
        variables = (
            variables_at(self.workflow, self.selected, self.studio.registry, facts, example)
            if known and self.selected
            else ()
        )
        names = {key: name for key, name in facts.workflow_names.items() if key != self.workflow.id}
        zone = self.studio.settings.zone(self.actor.workspace)
        groups = with_fields([one.to_json() for one in variables], example)
        now, chosen = self.studio.clock.now(), self.selected
        sample = sample_at(self.workflow, chosen, self.studio.registry, facts, now, zone) if chosen else None
        return Surroundings(facts, names, zone, now, groups, sample)

    def _edited(self, edited: Edited) -> None:
        own = edited.tab == self.tab
        self._keeper.apply({"ack": edited.op_id if own else None, "marks": self.entries.news()})
        background_tasks.create(self._follow(own=own))

    async def _follow(self, *, own: bool) -> None:
        self.problems = await self.studio.workflows.problems(self.actor, self.workflow)
        with self.root:
            self.head.refresh()
            self.list.refresh()
            if not self.detail.refresh(self.workflow, await self._look_around(), self.problems, own=own):
                await self.show_detail()


def register(studio: Studio) -> None:
    """Add the page."""

    @ui.page("/workflows/{workflow_id}/outline", reconnect_timeout=120, response_timeout=PATIENCE)
    async def page(workflow_id: str) -> None:
        actor = current_actor()
        session = await opened(studio, actor, workflow_id)
        if session is not None:
            await OutlinePage(studio, actor, session).draw()
