"""The bin: deleted workflows, which can be taken back."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from nicegui import ui

from flowstudio.domain.actor import Role
from flowstudio.ui.components.empty import empty
from flowstudio.ui.components.failing import said
from flowstudio.ui.components.shell import shell
from flowstudio.ui.components.words import moment
from flowstudio.ui.theme import button, toast
from flowstudio.ui.visit import PATIENCE, current_actor

if TYPE_CHECKING:
    from flowstudio.domain.actor import Actor
    from flowstudio.services.shelf_ports import Binned
    from flowstudio.services.studio import Studio


class BinPage:
    """The page's parts."""

    def __init__(self, studio: Studio, actor: Actor) -> None:
        self.studio = studio
        self.actor = actor

    async def draw(self) -> None:
        """Draw the page."""
        with shell(self.actor, "/workflows", "Bin"):
            with ui.element("header").classes("fs-page__head"):
                ui.label("Bin").classes("fs-page__title").props("role=heading aria-level=1")
                button("All workflows", icon="arrow-left", on_click=lambda: ui.navigate.to("/workflows"))
            ui.label(
                "Deleted workflows stay here with their versions and past runs. What comes back is switched off."
            ).classes("fs-text-2")
            await self.rows()

    @ui.refreshable_method
    async def rows(self) -> None:
        """Draw what is in the bin."""
        found = await self.studio.bulk.binned(self.actor)
        if not found:
            with ui.element("div").classes("fs-card"):
                empty("The bin is empty.", [("All workflows", "route", lambda: ui.navigate.to("/workflows"))])
            return
        zone, now = self.studio.settings.zone(self.actor.workspace), self.studio.clock.now()
        with ui.element("div").classes("fs-rows").props('role=list aria-label="Deleted workflows"'):
            for one in found:
                with ui.element("div").classes("fs-row fs-row--wraps").props(f'role=listitem data-binned="{one.id}"'):
                    with ui.element("div").classes("fs-stack fs-row__name"):
                        ui.label(one.name or one.id)
                        ui.label(f"Deleted {moment(one.deleted_at, zone, now)}").classes("fs-caption")
                    ui.element("div").classes("fs-bar__gap")
                    if self.actor.may(Role.BUILDER):
                        button("Put back", icon="arrow-back-up", on_click=partial(self._put_back, one))

    async def _put_back(self, one: Binned) -> None:
        with said():
            done = await self.studio.bulk.put_back(self.actor, [one.id])
            for refusal in done.refused:
                toast(refusal.message, wrong=True)
            if done.done:
                toast(f"{one.name} is back.", action="Open it", on_action=partial(_open, one.id))
        self.rows.refresh()


def _open(workflow_id: str) -> None:
    ui.navigate.to(f"/workflows/{workflow_id}")


def register(studio: Studio) -> None:
    """Add the page."""

    @ui.page("/bin", response_timeout=PATIENCE)
    async def page() -> None:
        await BinPage(studio, current_actor()).draw()
