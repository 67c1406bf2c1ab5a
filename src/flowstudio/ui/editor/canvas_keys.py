"""Commands that only the canvas knows: lines and gaps, tidying up, looking around."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nicegui import ui

from flowstudio.services.editing.annotating import NOTE
from flowstudio.ui.editor.keys import Commands

if TYPE_CHECKING:
    from flowstudio.ui.editor.desk import EditorDesk


class CanvasCommands(Commands):
    """Runs one command of the canvas."""

    desk: EditorDesk

    async def _carry_out(self, name: str, nodes: list[str], event: dict[str, Any]) -> None:
        if name.startswith(("align_", "distribute_")):
            await self._bring_into_line(name, nodes)
        else:
            await super()._carry_out(name, nodes, event)

    async def _bring_into_line(self, name: str, nodes: list[str]) -> None:
        op, _, how = name.partition("_")
        await self.desk.patch([{"op": op, "nodes": nodes, "to" if op == "align" else "along": how}])

    async def _do_tidy(self, nodes: list[str], event: dict[str, Any]) -> None:
        del event
        boxes = [one for one in nodes if not one.startswith(NOTE)]
        if len(boxes) > 1:
            await self.desk.patch([{"op": "tidy", "nodes": boxes}])
        else:
            await self.desk.bar.tidy()

    async def _do_turn(self, nodes: list[str], event: dict[str, Any]) -> None:
        del nodes, event
        await self.desk.bar.turn()

    async def _do_fit(self, nodes: list[str], event: dict[str, Any]) -> None:
        del nodes, event
        self.desk.canvas.fit()

    async def _do_zoom_in(self, nodes: list[str], event: dict[str, Any]) -> None:
        del nodes, event
        self.desk.canvas.zoom_in()

    async def _do_zoom_out(self, nodes: list[str], event: dict[str, Any]) -> None:
        del nodes, event
        self.desk.canvas.zoom_out()

    async def _do_zoom_reset(self, nodes: list[str], event: dict[str, Any]) -> None:
        del nodes, event
        self.desk.canvas.zoom_reset()

    async def _do_outline(self, nodes: list[str], event: dict[str, Any]) -> None:
        del nodes, event
        ui.navigate.to(f"/workflows/{self.desk.workflow.id}/outline")

    async def _do_tour(self, nodes: list[str], event: dict[str, Any]) -> None:
        del nodes, event
        self.desk.tour.show()

    async def _do_palette(self, nodes: list[str], event: dict[str, Any]) -> None:
        del nodes, event
        self.desk.palette.focus()

    async def _do_log(self, nodes: list[str], event: dict[str, Any]) -> None:
        del nodes, event
        self.desk.log_panel.turn()
