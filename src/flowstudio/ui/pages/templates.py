"""The gallery of templates: categories at the left, search, a card with a small picture for each."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from html import escape
from typing import TYPE_CHECKING

from nicegui import events, ui

from flowstudio.domain.actor import Actor, Role
from flowstudio.errors import Conflict, FlowStudioError, UnreadableDocument
from flowstudio.services.template_rows import CATEGORIES, TemplateFilter, TemplateRow, counts_of
from flowstudio.ui.components.ask import confirm
from flowstudio.ui.components.dropping import FileDoor
from flowstudio.ui.components.empty import empty
from flowstudio.ui.components.flow_picture import flow_picture
from flowstudio.ui.components.problems import problem_list
from flowstudio.ui.components.shell import shell
from flowstudio.ui.components.template_form import LEVELS, left_out_words
from flowstudio.ui.components.words import count_of
from flowstudio.ui.theme import button, icon, toast
from flowstudio.ui.visit import PATIENCE, current_actor

if TYPE_CHECKING:
    from flowstudio.services.studio import Studio

ICONS = {
    "": "layout-grid", "ours": "home", "sales_crm": "trending-up", "marketing": "speakerphone", "finance": "receipt",
    "procurement": "truck", "hr_workforce": "users", "projects": "subtask", "production_events": "calendar-event",
    "support": "headset", "compliance": "shield-check",
}  # fmt: skip
STARTS = {
    "": "Any start", "event": "Something happens", "schedule": "At a time", "manual": "By hand",
    "webhook": "A call from outside",
    "new_message": "A message", "stage_change": "A stage is reached",
    "kpi_threshold": "A figure crosses a limit",
    "inactivity": "Nothing happens", "ticket_created": "A ticket comes", "both_of": "Two things happen",
}  # fmt: skip
OURS = "ours"
GOOD_FIRST = (
    "invoice-reminder", "expense-report-approval", "lead-qualification", "employee-onboarding", "ticket-escalation",
    "waitlist-promotion", "welcome-email-sequence", "purchase-requisition-approval", "gdpr-data-request",
)  # fmt: skip
_PICTURES: dict[tuple[str, str, str], str] = {}
"""By workspace (none for shipped ones), id and last change."""
_MOST_PICTURES = 5_000
OURS_FIRST = 6
FIRST = 24
"""Cards at first; the others come when they are asked for."""


class Gallery:
    """The page's state and its drawing."""

    def __init__(self, studio: Studio, actor: Actor) -> None:
        self.studio = studio
        self.actor = actor
        self.rows: list[TemplateRow] = []
        self.wanted = TemplateFilter()
        self.most = FIRST

    async def draw(self) -> None:
        """Draw the whole page."""
        self.rows = await self.studio.templates.list(self.actor)
        with shell(self.actor, "/templates", "Templates", {"/templates": len(self.rows)}):
            ui.label("Templates").classes("fs-hidden").props("role=heading aria-level=1")
            with ui.element("div").classes("fs-gallery"):
                self.places()
                with ui.element("div").classes("fs-gallery__main"):
                    self._find()
                    await self.cards()

    @ui.refreshable_method
    def places(self) -> None:
        """Draw the categories, the chosen one marked."""
        counts = {"": len(self.rows), OURS: sum(row.own for row in self.rows), **counts_of(self.rows)}
        chosen = self.wanted.source or self.wanted.category
        with ui.element("nav").classes("fs-gallery__places").props('aria-label="Categories"'):
            for key, title in {"": "All", OURS: "Ours", **CATEGORIES}.items():
                pressed = str(key == chosen).lower()
                with (
                    ui.element("button").classes("fs-gallery__place").props(f"type=button aria-pressed={pressed}")
                ) as one:
                    icon(ICONS[key])
                    ui.label(title)
                    ui.label(str(counts.get(key, 0))).classes("fs-gallery__count")
                one.on("click", partial(self._choose, key))

    def _find(self) -> None:
        departments = sorted({row.department for row in self.rows})
        with ui.element("div").classes("fs-gallery__find"):
            ui.input(
                placeholder='Try "overdue" or "new employee"',
                on_change=lambda event: self._narrow(search=(event.value or "").strip()),
            ).props('outlined dense debounce=200 clearable aria-label="Find a template"').classes("fs-search")
            for label, key, options in (
                ("How it starts", "trigger", STARTS),
                ("Department", "department", {"": "Any department", **{one: one for one in departments}}),
                ("Level", "difficulty", {"": "Any level", **LEVELS}),
            ):
                ui.select(options, value="", on_change=partial(self._chosen, key)).props(
                    f'outlined dense options-dense aria-label="{label}"'
                )
            if self.actor.role in (Role.BUILDER, Role.ADMIN, Role.OWNER):
                door = FileDoor(self._import, "Let go to bring the template in")
                button("Import", icon="file-import", label="Import a template", on_click=door.ask)

    @ui.refreshable_method
    async def cards(self) -> None:
        """Draw the cards that fit."""
        rows = self.wanted.of(self.rows)
        if not rows:
            self._none()
            return
        if self.wanted == TemplateFilter():
            ours = [row for row in rows if row.own]
            if ours:
                await self._section("Ours", count_of(len(ours), "template"), ours[:OURS_FIRST])
            shipped = [row for row in rows if not row.own]
            good = sorted((row for row in shipped if row.id in GOOD_FIRST), key=lambda row: GOOD_FIRST.index(row.id))
            await self._section("Good first workflows", "Each has sample data, so you can try it first.", good)
            rows = [row for row in shipped if row.id not in GOOD_FIRST]
            await self._section("All others", "The easy ones first.", rows[: self.most])
        else:
            title = "Ours" if self.wanted.source else CATEGORIES.get(self.wanted.category, "All categories")
            await self._section(title, count_of(len(rows), "template"), rows[: self.most])
        if len(rows) > self.most:
            left = len(rows) - self.most
            button(f"Show the other {left}", on_click=self._more).classes("fs-gallery__more")

    def _none(self) -> None:
        show_all = ("Show all", "x", lambda: ui.navigate.to("/templates"))
        if self.wanted == TemplateFilter(source=OURS):
            text = "Save a workflow as a template in its menu, or bring a template file in."
            empty("You have no templates of your own yet.", [("See the workflows", "route", _workflows)], text)
        else:
            empty("No template fits.", [show_all])

    async def _section(self, title: str, note: str, rows: list[TemplateRow]) -> None:
        cards = [await self._card(row) for row in rows]
        with ui.element("section").props(f'aria-label="{title}"').classes("fs-gallery__main"):
            with ui.element("div").classes("fs-gallery__head"):
                ui.label(title).classes("fs-title--large").props("role=heading aria-level=2")
                ui.label(note).classes("fs-caption").props("role=status")
            ui.html("".join(cards), sanitize=False).classes("fs-cards").props("role=list")

    async def _card(self, row: TemplateRow) -> str:
        """Return a card as HTML: a hundred of them as elements of their own would make the page slow."""
        steps, place = count_of(row.steps + 1, "step"), escape(CATEGORIES[row.category])
        return (
            f'<div role="listitem" style="display:contents"><a class="fs-card-link" href="/templates/{escape(row.id)}">'
            f'{await self._picture(row)}<span class="fs-card-link__name">{escape(row.name)}</span>'
            f'<span class="fs-card-link__text">{escape(row.summary)}</span>'
            f'<span class="fs-card-link__foot"><span>{"Ours, " if row.own else ""}{place}</span><span>{steps}</span>'
            "</span></a></div>"
        )

    def _choose(self, place: str) -> None:
        self._narrow(category="" if place == OURS else place, source=OURS if place == OURS else "")

    def _chosen(self, key: str, event: events.ValueChangeEventArguments[str]) -> None:
        self._narrow(**{key: event.value or ""})

    def _narrow(self, **changes: str) -> None:
        wanted = replace(self.wanted, **changes)
        if wanted != self.wanted:
            self.wanted, self.most = wanted, FIRST
            self.places.refresh()
            self.cards.refresh()

    def _more(self) -> None:
        self.most = len(self.rows)
        self.cards.refresh()

    async def _picture(self, row: TemplateRow) -> str:
        """Return a template's picture; drawn once, it stays until the template changes."""
        key = (self.actor.workspace if row.own else "", row.id, row.changed)
        if key not in _PICTURES:
            if len(_PICTURES) >= _MOST_PICTURES:
                _PICTURES.clear()
            template = await self.studio.templates.get(self.actor, row.id)
            _PICTURES[key] = flow_picture(template.workflow, self.studio.registry)
        return _PICTURES[key]

    async def _import(self, name: str, raw: bytes) -> None:
        """Take a template file in and show it, or say everything that is wrong with it."""
        service = self.studio.own_templates
        try:
            try:
                made = await service.import_file(self.actor, raw)
            except Conflict as error:
                if not await confirm(error.message, f"{name} can come in as a copy beside it.", "Import as a copy"):
                    return
                made = await service.import_file(self.actor, raw, on_conflict="copy")
        except UnreadableDocument as error:
            problem_list(f"{name} cannot be imported", error.problems, error.message)
            return
        except FlowStudioError as error:
            problem_list(f"{name} cannot be imported", (), error.told)
            return
        self.rows = await self.studio.templates.list(self.actor)
        self.places.refresh()
        self.cards.refresh()
        toast(
            f"{made.row.name} is among your templates.{left_out_words(made.left_out)}",
            action="See it", on_action=lambda: ui.navigate.to(f"/templates/{made.row.id}"),
        )  # fmt: skip


def _workflows() -> None:
    ui.navigate.to("/workflows")


def register(studio: Studio) -> None:
    """Add the page."""

    @ui.page("/templates", response_timeout=PATIENCE)
    async def page() -> None:
        await Gallery(studio, current_actor()).draw()
