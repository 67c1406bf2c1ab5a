"""The list that the editor shows once, after the first publishing: what is worth a look, and the way there."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from nicegui import ui

from flowstudio.ui.components.live_list import TITLE, is_put_away, live_list, points_of, put_away
from flowstudio.ui.theme import button

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flowstudio.services.going_live import LivePoint
    from flowstudio.ui.editor.desk import EditorDesk

FIELDS = {"alert_to": "When a run fails, mail to", "max_sent_per_hour": "Switch off beyond messages and calls an hour"}
"""What the workflow's panel calls the settings that the list leads to."""
_FOCUS = """
(() => {
  const until = performance.now() + 3000;
  const look = () => {
    const field = document.querySelector(`.fs-detail [aria-label=${JSON.stringify(LABEL)}]`);
    if (field) { field.scrollIntoView({block: 'center'}); field.focus(); }
    else if (performance.now() < until) requestAnimationFrame(look);
  };
  look();
})()
"""


class GoingLive:
    """Shows the list of one workflow, and leads from its points to where they are settled."""

    def __init__(self, desk: EditorDesk) -> None:
        self.desk = desk
        self._points: Sequence[LivePoint] = ()
        self._open = False

    async def offer(self) -> None:
        """Show the list, unless this person has put it away."""
        if self.desk.readonly or is_put_away(self.desk.workflow.id):
            return
        self._open = True
        await self.look_again()

    async def look_again(self) -> None:
        """Bring the points up to date, where the list is shown."""
        if self._open:
            before, self._points = self._points, await self._found()
            if before != self._points:
                self.draw.refresh()

    async def _found(self) -> Sequence[LivePoint]:
        """Look at the draft: what is settled there holds from the next publishing on."""
        desk = self.desk
        return await points_of(desk.studio, desk.actor, desk.workflow.id, desk.workflow)

    @ui.refreshable_method
    def draw(self) -> None:
        """Draw the list over the canvas."""
        if not self._open or not self._points:
            return
        with ui.element("aside").classes("fs-tour fs-going-live").props(f'aria-label="{TITLE}"'):
            ui.label(TITLE).classes("fs-title").props("role=heading aria-level=2")
            live_list(self.desk.studio, self.desk.actor, self._points, self.lead_to)
            if self.desk.differs:
                ui.label("What you change here holds once it is published again.").classes("fs-caption")
            with ui.element("div").classes("fs-going-live__end"):
                button("Put it away", on_click=self._put_away)
                ui.label("It stays in the overview of the workflow.").classes("fs-caption")

    def _put_away(self) -> None:
        put_away(self.desk.workflow.id)
        self._open = False
        self.draw.refresh()

    async def lead_to(self, point: LivePoint) -> None:
        """Go to where a point is settled."""
        desk = self.desk
        match point.topic:
            case "case":
                await desk.deeds.start_trial()
            case "connections" | "mail":
                ui.navigate.to("/credentials")
            case "start" if not point.done:
                await desk.deeds.switch(True)
                await self.look_again()
            case "failures" if point.part:
                await desk.go_to(point.part)
                ui.run_javascript("document.querySelectorAll('.fs-detail__tabs .q-tab')[1]?.click()")
            case _ if point.setting:
                await desk.choose([])
                ui.run_javascript(_FOCUS.replace("LABEL", json.dumps(FIELDS[point.setting])))
            case _ if point.part:
                await desk.go_to(point.part)

    async def lead_by(self, topic: str) -> None:
        """Go to where the point of a topic is settled, as an address asks for it."""
        found = next((one for one in await self._found() if one.topic == topic), None)
        if found is not None:
            await self.lead_to(found)
