"""The limits of a workspace's runs, each with what is used of it now."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from nicegui import ui

from flowstudio.domain.actor import Role
from flowstudio.services.quotas import AT_ONCE, PER_HOUR, WAITING
from flowstudio.ui.components.failing import said
from flowstudio.ui.theme import toast

if TYPE_CHECKING:
    from flowstudio.domain.actor import Actor
    from flowstudio.services.studio import Studio

_WORDS = {
    PER_HOUR: ("Most runs an hour", "{} started within the last hour"),
    AT_ONCE: ("Most runs at once", "{} running now"),
    WAITING: ("Most runs waiting for their turn", "{} waiting now"),
}


class RunLimits:
    """The card of the Settings page."""

    def __init__(self, studio: Studio, actor: Actor) -> None:
        self.studio = studio
        self.actor = actor

    async def draw(self) -> None:
        """Draw the card."""
        with ui.element("section").classes("fs-card").props('aria-label="Limits of runs"'):
            ui.label("Limits of runs").classes("fs-title")
            ui.label(
                "A run beyond a limit waits and starts when there is room; workflows take turns. Runs that wait for a"
                " person, a moment or an event do not count as running. When as many wait for their turn as may,"
                " webhooks, forms and programs are asked to come back later."
            ).classes("fs-caption")
            await self.fields()
            if not self.actor.may(Role.OWNER):
                ui.label("The owner of the workspace changes them.").classes("fs-caption")

    @ui.refreshable_method
    async def fields(self) -> None:
        """Draw each limit with its use, as they are now."""
        told = await self.studio.quotas.told(self.actor)
        own = self.studio.settings.settings(self.actor.workspace)
        with ui.element("div").classes("fs-form-grid"):
            for key, (label, use) in _WORDS.items():
                self._field(key, label, own.get(key), told[key]["limit"], use.format(f"{told[key]['used']:,}"))

    def _field(self, key: str, label: str, own: int | None, limit: int | None, use: str) -> None:
        with ui.element("div").classes("fs-field").props(f'data-limit="{key}"'):
            ui.label(label).classes("fs-field-label")
            empty = "No limit" if limit is None else f"{limit:,} unless you say otherwise"
            field = ui.number(
                value=own, step=1, placeholder=empty
            )  # what is no limit is refused, not taken for another
            field.props(f'outlined dense aria-label="{label}"')
            if not self.actor.may(Role.OWNER):
                field.props("readonly")
            field.on("blur", lambda: self._keep(key, label, own, field.value))
            field.on("keydown.enter", partial(field.run_method, "blur"))
            ui.label(use if limit is None else f"{use}, of {limit:,}").classes("fs-caption")

    async def _keep(self, key: str, label: str, before: int | None, given: float | None) -> None:
        if given == before:
            return
        with said():
            await self.studio.settings.set(self.actor, key, given)
            toast(f"{label}: {int(given):,}." if given is not None else f"{label}: as without a limit of your own.")
        self.fields.refresh()
