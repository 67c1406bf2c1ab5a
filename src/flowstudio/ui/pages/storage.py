"""Storage: what takes space, and removing runs that are old enough."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from nicegui import ui

from flowstudio.domain.actor import Role
from flowstudio.kit.words import human
from flowstudio.services.retention import LIMIT
from flowstudio.ui.components.ask import confirm
from flowstudio.ui.components.failing import said
from flowstudio.ui.components.shell import shell
from flowstudio.ui.components.words import count_of, moment, size_words
from flowstudio.ui.theme import button, toast
from flowstudio.ui.visit import PATIENCE, current_actor

if TYPE_CHECKING:
    from flowstudio.domain.actor import Actor
    from flowstudio.services.retention import Space, WorkflowSpace
    from flowstudio.services.studio import Studio

AGES = {"1 day": "1 day", "7 days": "7 days", "30 days": "30 days", "90 days": "90 days", "365 days": "1 year"}
_WORDS = {
    "run": "Runs", "step": "Steps of runs", "blob": "Large values and files", "event": "Events",
    "wait": "What runs waited for", "intent": "Calls on their way", "audit": "Audit",
    "record": "Records", "workflow": "Workflows", "timer": "Timers",
    "workflow_version": "Versions of workflows", "edit_history": "Changes in the editor", "notification": "Notices",
    "delivery": "Messages about steps",
}  # fmt: skip
_SHOWN = 8
"""Tables that have a line of their own."""


class StoragePage:
    """The page's state and its drawing."""

    def __init__(self, studio: Studio, actor: Actor) -> None:
        self.studio = studio
        self.actor = actor
        self.age = "30 days"
        self.may_remove = actor.role in (Role.OWNER, Role.ADMIN)

    async def draw(self) -> None:
        """Draw the page."""
        with shell(self.actor, "/settings", "Storage"):
            with ui.element("header").classes("fs-page__head"):
                ui.label("Storage").classes("fs-page__title").props("role=heading aria-level=1")
            await self.content()

    @ui.refreshable_method
    async def content(self) -> None:
        """Draw what takes space, as it is now."""
        space = await self.studio.retention.space(self.actor)
        self._tables(space)
        if self.may_remove:
            self._limit()
            self._deeds()
        self._workflows(space)

    def _tables(self, space: Space) -> None:
        with ui.element("section").classes("fs-card").props('aria-label="What takes space"'):
            ui.label("What takes space").classes("fs-title")
            free = f", {size_words(space.free)} of it free for what comes next" if space.free else ""
            ui.label(f"{size_words(space.total)} in all{free}.").classes("fs-caption")
            known = [one for one in space.tables if one.size is not None]
            shown = [(_WORDS.get(one.name, human(one.name)), one.size or 0) for one in known[:_SHOWN]]
            rest = sum(one.size or 0 for one in known[_SHOWN:])
            lines = [*shown, *([("Everything else", rest)] if rest else [])]
            largest = max((size for _, size in lines), default=1)
            with ui.element("div").classes("fs-shares"):
                for words, size in lines:
                    ui.label(words)
                    with ui.element("div").classes("fs-share").props("aria-hidden=true"):
                        ui.element("div").style(f"width: {max(1, round(100 * size / largest))}%")
                    ui.label(size_words(size)).classes("fs-num fs-text-2")

    def _limit(self) -> None:
        with ui.element("section").classes("fs-card").props('aria-label="Clean up"'):
            ui.label("Clean up").classes("fs-title")
            ui.label(
                "Each hour runs go that are older than their workflow keeps them, and free space goes back to the disk."
            ).classes("fs-caption")
            limit = self.studio.retention.limit(self.actor.workspace)
            with ui.element("div").classes("fs-toolbar"):
                ui.label("Most megabytes").classes("fs-field-label")
                field = ui.number(value=None if limit is None else limit // 1_000_000, step=100, placeholder="No limit")
                field.props('outlined dense aria-label="Most megabytes"')
                field.on("blur", lambda: self._keep_limit(field.value))
                field.on("keydown.enter", lambda: self._keep_limit(field.value))
                button("Clean up now", icon="refresh", on_click=self._clean_up)
            ui.label("Where FlowStudio takes more, the oldest finished runs go first; the last day stays.").classes(
                "fs-caption"
            )

    async def _keep_limit(self, megabytes: float | None) -> None:
        limit = self.studio.retention.limit(self.actor.workspace)
        if megabytes is not None and megabytes < 1:  # never taken for another number: runs go by it
            toast("The limit is a number of megabytes from 1 on, or empty for none. Nothing has changed.", wrong=True)
            return
        given = None if megabytes is None else int(megabytes)
        if given == (None if limit is None else limit // 1_000_000):
            return
        with said():
            await self.studio.settings.set(self.actor, LIMIT, given)
            toast(f"At most {given:,} MB are kept." if given else "There is no limit any more.")

    async def _clean_up(self) -> None:
        with said():
            space = await self.studio.retention.clean_up(self.actor)
            toast(f"Cleaned up: {size_words(space.total)} in all now.")
            self.content.refresh()

    def _deeds(self) -> None:
        with ui.element("section").classes("fs-card").props('aria-label="Remove old runs"'):
            ui.label("Remove old runs").classes("fs-title")
            ui.label("Runs that go on or that others wait for stay. The audit stays too.").classes("fs-caption")
            with ui.element("div").classes("fs-toolbar"):
                ui.label("Runs older than").classes("fs-field-label")
                named = 'outlined dense options-dense aria-label="Runs older than"'
                chosen = ui.select(AGES, value=self.age).props(named)
                chosen.on_value_change(lambda event: setattr(self, "age", str(event.value)))
                button("Remove runs", "danger", icon="trash", on_click=partial(self._remove, None, ""))

    def _workflows(self, space: Space) -> None:
        with ui.element("section").classes("fs-card").props('aria-label="Workflows"'):
            ui.label("Workflows").classes("fs-title")
            if not space.workflows:
                ui.label("No workflow has run yet.").classes("fs-caption")
                return
            with ui.element("div").classes("fs-rows"):
                for row in space.workflows:
                    self._workflow(row)

    def _workflow(self, row: WorkflowSpace) -> None:
        zone = self.studio.settings.zone(self.actor.workspace)
        with ui.element("div").classes("fs-row fs-row--wraps").props(f'data-workflow="{row.workflow_id}"'):
            ui.label(row.name).classes("fs-row__name")
            ui.label(f"{count_of(row.runs, 'run')}, {count_of(row.steps, 'step')}").classes("fs-caption")
            if row.size is not None:
                ui.label(f"about {size_words(row.size)}").classes("fs-caption")
            if row.oldest is not None:
                ui.label(f"since {moment(row.oldest, zone, self.studio.clock.now())}").classes("fs-caption")
            ui.label(f"kept for {row.keeps}" if row.keeps else "kept for good").classes("fs-caption")
            if self.may_remove:
                with ui.element("div").classes("fs-row__actions"):
                    label = f"Remove runs of {row.name}"
                    button("Remove runs", on_click=partial(self._remove, row.workflow_id, row.name), label=label)

    async def _remove(self, workflow_id: str | None, name: str) -> None:
        age = self.age
        with said():
            found = await self.studio.retention.would_remove(self.actor, age, workflow_id)
            of_it = f" of {name}" if name else ""
            if not found.runs:
                toast(f"There are no runs{of_it} older than {AGES[age]}.")
                return
            runs = count_of(found.runs, "run")
            go_too = f"{count_of(found.steps, 'step')} and what they hold go too. The audit stays."
            question = f"Remove {runs}{of_it} older than {AGES[age]}?"
            if await confirm(question, go_too, f"Remove {runs}", destroys=True):
                removed = await self.studio.retention.remove(self.actor, age, workflow_id)
                toast(f"{count_of(removed.runs, 'run')} removed.")
                self.content.refresh()


def register(studio: Studio) -> None:
    """Add the page."""

    @ui.page("/storage", response_timeout=PATIENCE)
    async def page() -> None:
        await StoragePage(studio, current_actor()).draw()
