"""Whom a step tells: when it is about to run, when it is done, when it fails; by which channel and with which words."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from nicegui import ui

from flowstudio.services.carrying import CHANNELS
from flowstudio.services.editing import ops
from flowstudio.ui.forms.entered import Address, entered
from flowstudio.ui.theme import button

if TYPE_CHECKING:
    from flowstudio.domain.workflow import Node, Workflow

Edit = Callable[[str, Callable[["Workflow"], "Workflow"], str | None], Awaitable[Any]]
MOST = 10
"""Notices of one step."""
WHEN = {"ready": "It is about to run", "completed": "It is done", "failed": "It fails"}
_TO = {
    "email": "A mail address, an employee's id, a team, everyone, or a variable such as {{client.owner.email}}.",
    "sms": "A phone number with its country, an employee's id, a team, or a variable.",
    "push": "A mail address, an employee's id, a team, or a variable.",
    "slack": "A channel such as #sales, or a member's id.",
    "in_app": "Everybody in this workspace finds it under Home.",
}


class Notices:
    """The tab."""

    def __init__(self, node: Node, edit: Edit, entry: Callable[..., Address]) -> None:
        """`edit` adds and takes away; `entry` names the places of the fields."""
        self._node = node
        self._edit = edit
        self._entry = entry
        self._rows: list[dict[str, Any]] = [note.model_dump() for note in node.notify]

    @ui.refreshable_method
    def draw(self) -> None:
        """Draw the notices, one card each."""
        ui.label(
            "People hear of this step without a further step. What became of it stands on the page of the run."
        ).classes("fs-caption")
        for place, row in enumerate(self._rows):
            with ui.element("div").classes("fs-card").props(f"data-notice={place}"):
                self._one(place, row)
        if len(self._rows) < MOST:
            button("Tell somebody", icon="bell", on_click=self._add)

    def _one(self, place: int, row: dict[str, Any]) -> None:
        with ui.element("div").classes("fs-form-grid"):
            for key, label, choices in (("on", "When", WHEN), ("channel", "By", CHANNELS)):
                with ui.element("div").classes("fs-field"):
                    ui.label(label).classes("fs-field-label")
                    choice = ui.select(choices, value=row[key], on_change=partial(self._change, row, key))
                    choice.props(f'outlined dense options-dense aria-label="{label}"')
                    entered(choice, self._at(place, key), values=list(choices))
        if row["channel"] != "in_app":
            with ui.element("div").classes("fs-field"):
                ui.label("To").classes("fs-field-label")
                to = ui.input(value=row["to"], on_change=partial(self._change, row, "to"))
                to.props('outlined dense debounce=400 maxlength=1000 aria-label="To"')
                entered(to, self._at(place, "to"))
                ui.label(_TO.get(row["channel"], "")).classes("fs-field-help")
        with ui.element("div").classes("fs-field"):
            ui.label("Text").classes("fs-field-label")
            text = ui.textarea(
                value=row["message"], placeholder=f"{WHEN[row['on']]}.", on_change=partial(self._change, row, "message")
            ).props('outlined autogrow debounce=400 maxlength=5000 aria-label="Text"')
            entered(text, self._at(place, "message"))
        button("Take away", "danger", on_click=partial(self._drop, place))

    def _at(self, place: int, key: str) -> Address:
        return self._entry(self._node.id, "notify", inside=(place, key))

    def _change(self, row: dict[str, Any], key: str, event: object) -> None:
        """Follow what the browser has sent by itself."""
        row[key] = str(getattr(event, "value", "") or "")
        if key in ("on", "channel"):
            self.draw.refresh()

    async def _add(self) -> None:
        self._rows.append({"on": "failed", "channel": "in_app", "to": "", "message": "", "extra": {}})
        self.draw.refresh()
        await self._keep()

    async def _drop(self, place: int) -> None:
        del self._rows[place]
        self.draw.refresh()
        await self._keep()

    async def _keep(self) -> None:
        notify = [dict(row) for row in self._rows]
        await self._edit("Whom it tells", lambda flow: ops.update_node(flow, self._node.id, notify=notify), None)
