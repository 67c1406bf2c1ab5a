"""Who was told of the steps of a run: channel, recipient, what became of it, and telling again."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from nicegui import ui

from flowstudio.services.carrying import CHANNELS
from flowstudio.ui.components.failing import said
from flowstudio.ui.components.words import moment
from flowstudio.ui.theme import button, chip, toast

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flowstudio.domain.actor import Actor
    from flowstudio.domain.delivery import Delivery
    from flowstudio.services.studio import Studio
    from flowstudio.ui.theme import State

_WORDS: dict[str, tuple[str, State]] = {
    "noted": ("On its way", "busy"),
    "waiting": ("Will be tried again", "warn"),
    "sending": ("On its way", "busy"),
    "sent": ("Told", "ok"),
    "failed": ("Not told", "bad"),
    "unknown": ("Perhaps told", "warn"),
    "left_out": ("Told within the last hour", "idle"),
}
_REASONS = {
    "ready": "is about to run", "completed": "is done", "failed": "failed", "asked": "asks for a decision",
    "expired": "had no answer in time",
    "escalated": "was passed on to somebody else", "run_failed": "failed",
}  # fmt: skip


class Told:
    """The section on the page of a run; nothing where nobody was to be told."""

    def __init__(self, studio: Studio, actor: Actor, run_id: str, names: dict[str, str]) -> None:
        """`names` are the steps' names by their ids."""
        self._studio = studio
        self._actor = actor
        self._run_id = run_id
        self._names = names
        self._rows: Sequence[Delivery] = ()

    async def load(self) -> Told:
        """Read the list; before `draw`."""
        self._rows = await self._studio.telling.listed(self._actor, run_id=self._run_id)
        return self

    @ui.refreshable_method
    def draw(self) -> None:
        """Draw the list."""
        if not self._rows:
            return
        with ui.element("section").classes("fs-card").props('aria-label="Who was told"'):
            ui.label("Who was told").classes("fs-title")
            with ui.element("div").classes("fs-fieldlines").props("role=list"):
                for row in self._rows:
                    self._row(row)

    def _row(self, row: Delivery) -> None:
        zone = self._studio.settings.zone(self._actor.workspace)
        word, state = _WORDS[row.status]
        with ui.element("div").classes("fs-field").props(f'role=listitem data-notice="{row.id}"'):
            with ui.element("div").classes("fs-toolbar"):
                chip(word, state)
                ui.label(row.recipient).classes("fs-strong").style("overflow-wrap:anywhere")
                about = "this run" if row.reason == "run_failed" else self._names.get(row.node_id, row.node_id)
                what = f"{CHANNELS.get(row.channel, row.channel)}: {about}"
                ui.label(f"{what} {_REASONS.get(row.reason, row.reason)}").classes("fs-caption")
                ui.label(moment(row.done_at or row.created_at, zone, self._studio.clock.now())).classes("fs-caption")
                if row.status in ("failed", "unknown"):
                    ui.element("div").classes("fs-bar__gap")
                    button("Tell again", icon="send", on_click=partial(self._again, row))
            if row.error:
                ui.label(row.error).classes("fs-caption").style("overflow-wrap:anywhere")

    async def _again(self, row: Delivery) -> None:
        with said():
            now = await self._studio.telling.send_again(self._actor, row.id)
            toast(_WORDS[now.status][0] + ".")
        await self.load()
        self.draw.refresh()
