"""All workflows: find, switch on and off, make, import."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from nicegui import events, ui

from flowstudio.domain.states import WorkflowStatus
from flowstudio.errors import FlowStudioError, InvalidWorkflow
from flowstudio.services.ports import Page, WorkflowRow
from flowstudio.ui.components.ask import confirm
from flowstudio.ui.components.bars import day_bars
from flowstudio.ui.components.dropping import FileDoor
from flowstudio.ui.components.empty import empty
from flowstudio.ui.components.failing import said
from flowstudio.ui.components.importing import import_file
from flowstudio.ui.components.live import keep_fresh
from flowstudio.ui.components.rows import OPEN_ROW
from flowstudio.ui.components.search import search_field
from flowstudio.ui.components.shell import shell
from flowstudio.ui.components.template_form import save_as_template
from flowstudio.ui.components.words import count_of, moment, state_words
from flowstudio.ui.theme import button, chip, icon, segments, tile, toast
from flowstudio.ui.visit import PATIENCE, current_actor

if TYPE_CHECKING:
    from flowstudio.domain.actor import Actor
    from flowstudio.domain.json import JsonObject
    from flowstudio.services.studio import Studio

DAYS = 14
PAGE = 100
NEEDS = "needs"
UNSEEN = ("Switch", "More")
"""Heads of columns that show what they are for by themselves."""


class WorkflowList:
    """The page's state and its drawing."""

    def __init__(self, studio: Studio, actor: Actor) -> None:
        self.studio = studio
        self.actor = actor
        self.search = ""
        self.status = ""
        self.sort = "-last_run"

    async def draw(self) -> None:
        """Draw the whole page."""
        counts = await self.studio.workflows.counts(self.actor)
        total = sum(count for status, count in counts.items() if status != "archived")
        with shell(self.actor, "/workflows", "Workflows", {"/workflows": total}):
            self._head()
            if not total:
                self._first_steps()
                return
            await self.tiles()
            with ui.element("div").classes("fs-toolbar"):
                words = {"": f"All\u2002{total}", **{
                    status: f"{word}\u2002{counts.get(status, 0)}"
                    for status, word in (("active", "Active"), ("paused", "Paused"), ("draft", "Drafts"))
                }}  # fmt: skip
                segments(words, "", self._filter)
                ui.element("div").classes("fs-bar__gap")
                search_field("Find a workflow", "Find a workflow", self._find).classes("fs-toolbar__search")
            await self.rows()

    def _head(self) -> None:
        with ui.element("header").classes("fs-page__head"):
            ui.label("Workflows").classes("fs-page__title").props("role=heading aria-level=1")
            door = FileDoor(partial(import_file, self.studio, self.actor))
            button("Import", icon="file-import", on_click=door.ask)
            button("New workflow", "primary", icon="plus", on_click=self._make)

    def _first_steps(self) -> None:
        with ui.element("div").classes("fs-card"):
            empty(
                "What should happen by itself?",
                [("New workflow", "plus", self._make), ("Try the Invoice Reminder", "mail", self._example)],
                "Or drop a workflow file here.",
            )

    @ui.refreshable_method
    async def tiles(self) -> None:
        """Draw the figures at the top."""
        figures = await self.studio.runs.summary(self.actor)
        failed, flows = int(figures.get("failed_open", 0)), int(figures.get("failed_workflows", 0))
        with ui.element("section").classes("fs-tiles").props('aria-label="Today"'):
            with ui.element("div").classes(f"fs-card fs-figure-card {'fs-card--bad' if failed else ''}"):
                ui.label("Needs you" if failed else "All is well").classes("fs-strong")
                ui.label(count_of(failed, "failed run") if failed else "Nothing failed").classes("fs-figure")
                ui.label(f"in {count_of(flows, 'workflow')}" if failed else "in the last 30 days").classes("fs-caption")
                if failed:
                    button("Review", on_click=lambda: ui.navigate.to("/runs?status=failed")).classes(
                        "fs-figure-card__deed"
                    )
            rate = figures.get("success_30_days")
            _tile("Runs today", f"{int(figures.get('today', 0)):,}", "since midnight")
            runs = int(figures.get("runs_30_days", 0))
            _tile(
                "Success, 30 days",
                "–" if rate is None else f"{100 * rate:.1f} %".replace(".0 %", " %"),
                count_of(runs, "run"),
            )
            _tile("Waiting", f"{int(figures.get('waiting', 0)):,}", "for a time, a person or an answer")

    @ui.refreshable_method
    async def rows(self) -> None:
        """Draw the list."""
        page = Page(1, PAGE, self.sort)
        rows, total = await self.studio.workflows.list(self.actor, page, search=self.search, status=self.status or None)
        days: dict[str, list[JsonObject]] = {}
        for one in await self.studio.runs.per_day(self.actor, DAYS):
            days.setdefault(one["workflow_id"], []).append(one)
        paused = [row.id for row in rows if row.status is WorkflowStatus.PAUSED]
        reasons = await self.studio.workflows.switched_off_because(self.actor, paused) if paused else {}
        if not rows:
            empty("No workflow fits.", [("Show all", "x", self._clear)])
            return
        zone = self.studio.settings.zone(self.actor.workspace)
        now = self.studio.clock.now()
        with ui.element("div").classes("fs-rows").props('role=table aria-label="Workflows"'):
            with ui.element("div").classes("fs-row fs-row--head fs-grid-workflows").props("role=row"):
                heads = ("Switch", "Workflow", "Starts when", "State", "Last run", "Last 14 days", "Success", "More")
                for word in heads:
                    head = ui.element("div").props("role=columnheader")
                    with head:
                        ui.label(word).classes("fs-hidden-text" if word in UNSEEN else "")
            for row in rows:
                self._row(row, days.get(row.id, []), partial(moment, zone=zone, now=now), reasons.get(row.id))
        if total > len(rows):
            ui.label(f"The first {len(rows)} of {total}. Narrow the list down to see the others.").classes("fs-caption")

    def _row(self, row: WorkflowRow, days: list[JsonObject], when: partial[str], reason: str | None) -> None:
        with (
            ui.element("div")
            .classes("fs-row fs-row--link fs-grid-workflows")
            .props(f'role=row data-workflow="{row.id}"')
            .on("click", js_handler=OPEN_ROW)
        ):
            with ui.element("div").props("role=cell"):
                ui.switch(value=row.status is WorkflowStatus.ACTIVE, on_change=partial(self._toggle, row)).props(
                    f'dense aria-label="Switch {_quoted(row.name)} on or off"'
                )
            with (
                ui.element("div").props("role=cell").classes("fs-row__cell"),
                ui.element("a").props(f'href="/workflows/{row.id}"').classes("fs-row__main"),
            ):
                ui.label(row.name).classes("fs-row__name fs-ellipsis")
                _about(row, reason)
            with ui.element("div").props("role=cell").classes("fs-cell-icon"):
                self._starts(row)
            with ui.element("div").props("role=cell"):
                _state(row.status)
            with ui.element("div").props("role=cell").classes("fs-stack"):
                _last_run(row, when)
            with ui.element("div").props("role=cell"):
                day_bars(days, DAYS)
            rate = row.success_rate
            ui.label("" if rate is None else f"{100 * rate:.1f} %".replace(".0 %", " %")).props("role=cell").classes(
                "fs-num fs-strong" + (" fs-bad" if rate is not None and rate < 0.98 else "")
            )
            with ui.element("div").props("role=cell"):
                self._menu(row)

    def _starts(self, row: WorkflowRow) -> None:
        found = self.studio.registry.find(f"trigger.{row.trigger_type}") if row.trigger_type else None
        if found is None:
            ui.label("Nothing starts it yet").classes("fs-caption")
            return
        tile("trigger", found.icon, tint=True)
        ui.label(found.line(row.trigger_config)).classes("fs-ellipsis")

    def _menu(self, row: WorkflowRow) -> None:
        with button("", "quiet", icon="dots", label=f"More about {row.name}"), ui.menu().classes("fs-menu"):
            for text, deed in (
                ("Open", lambda: ui.navigate.to(f"/workflows/{row.id}")),
                ("Its runs", lambda: ui.navigate.to(f"/runs?workflow={row.id}")),
                ("Duplicate", partial(self._duplicate, row)),
                ("Save as template", partial(save_as_template, self.studio, self.actor, row.id)),
                ("Export", lambda: ui.navigate.to(f"/workflows/{row.id}/file")),
                ("Delete", partial(self._delete, row)),
            ):
                ui.menu_item(text, on_click=deed)

    def _filter(self, status: str) -> None:
        self.status = status
        self.rows.refresh()

    def _find(self, text: str) -> None:
        self.search = text
        self.rows.refresh()

    def _clear(self) -> None:
        ui.navigate.to("/workflows")

    async def _make(self) -> None:
        with said():
            stored = await self.studio.workflows.create_empty(self.actor, "New workflow")
            ui.navigate.to(f"/workflows/{stored.id}")

    async def _example(self) -> None:
        with said():
            found = await self.studio.exchange.import_example(self.actor)
            ui.navigate.to(f"/workflows/{found.id}")

    async def _duplicate(self, row: WorkflowRow) -> None:
        with said():
            copy_id = await self.studio.workflows.duplicate(self.actor, row.id)
            self.rows.refresh()
            toast(f"{row.name} copied.", action="Open it", on_action=lambda: ui.navigate.to(f"/workflows/{copy_id}"))

    async def _delete(self, row: WorkflowRow) -> None:
        text = "Its waiting runs are cancelled. Its past runs stay readable, and importing its file brings it back."
        if await confirm(f"Delete {row.name}?", text, "Delete the workflow", destroys=True):
            with said():
                await self.studio.workflows.delete(self.actor, row.id)
                toast(f"{row.name} deleted.")
            self.rows.refresh()

    async def _toggle(self, row: WorkflowRow, event: events.ValueChangeEventArguments[bool]) -> None:
        try:
            status = await self.studio.publishing.toggle(self.actor, row.id, bool(event.value))
            toast(f"{row.name} is {'on' if status is WorkflowStatus.ACTIVE else 'off'}.")
        except InvalidWorkflow as error:
            toast(
                f"{row.name} cannot be switched on yet: {error.message}",
                action="Open it", on_action=lambda: ui.navigate.to(f"/workflows/{row.id}"),
            )  # fmt: skip
        except FlowStudioError as error:
            toast(error.message, wrong=True)
        self.rows.refresh()

    def refresh(self) -> None:
        """Draw figures and list anew, after runs went on."""
        self.tiles.refresh()
        self.rows.refresh()


def _tile(title: str, figure: str, caption: str) -> None:
    with ui.element("div").classes("fs-card fs-figure-card"):
        ui.label(title).classes("fs-strong fs-text-2")
        ui.label(figure).classes("fs-figure")
        ui.label(caption).classes("fs-caption")


def _about(row: WorkflowRow, reason: str | None) -> None:
    """Say why FlowStudio switched it off, else what it is for."""
    if reason:
        ui.label(f"Switched off. {reason}").classes("fs-caption fs-warn").props(f'title="{_quoted(reason)}"')
        return
    version = "never published" if row.published_version is None else f"version {row.published_version}"
    ui.label(row.description or version).classes("fs-caption fs-ellipsis")


def _state(status: WorkflowStatus) -> None:
    if status is WorkflowStatus.ACTIVE:
        ui.label("Active")
    else:
        chip(status.value.capitalize(), "warn" if status is WorkflowStatus.PAUSED else "idle")


def _last_run(row: WorkflowRow, when: partial[str]) -> None:
    if row.last_run_status is None:
        ui.label("Never").classes("fs-text-2")
        return
    word, colour, symbol = state_words(row.last_run_status)
    with ui.element("span").classes("fs-cell-icon"):
        icon(symbol, 16).classes(f"fs-{colour}")
        ui.label(word)
    ui.label(when(row.last_run_at)).classes("fs-caption")


def _quoted(text: str) -> str:
    return text.replace('"', "'")


def register(studio: Studio) -> None:
    """Add the page."""

    @ui.page("/workflows", response_timeout=PATIENCE)
    async def page() -> None:
        actor = current_actor()
        shown = WorkflowList(studio, actor)
        await shown.draw()
        keep_fresh(studio, actor, shown.refresh)
