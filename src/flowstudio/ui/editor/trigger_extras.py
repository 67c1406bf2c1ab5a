"""What stands below a trigger's settings: the address to call, and an example of what comes in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson
from nicegui import background_tasks, ui

from flowstudio.domain.states import WorkflowStatus
from flowstudio.errors import FlowStudioError
from flowstudio.services.addresses import public_address, slug_for
from flowstudio.ui.components.json_field import json_field
from flowstudio.ui.editor.samples import kept_example, with_example
from flowstudio.ui.theme import button, toast

if TYPE_CHECKING:
    from collections.abc import Callable

    from flowstudio.domain.workflow import Trigger
    from flowstudio.services.hook_extras import HookExtras
    from flowstudio.ui.editor.shared_desk import Desk


WORDS = {
    "webhook": "Others call this address",
    "form": "People fill in the form at this address",
    "new_message": "Slack sends its events to this address",
}
"""Trigger type → what its address is for."""


def trigger_extras(desk: Desk, node_id: str | None) -> Callable[[], object] | None:
    """Draw the extras of a trigger; nothing for other steps. Without a step: the addresses of all triggers.

    Returns what brings them up to date after an edit.
    """

    @ui.refreshable
    def addresses() -> None:
        for trigger in _addressed(desk, node_id):
            if slug_for(trigger) and (trigger.config.get("slug") or trigger.type != "webhook"):
                _address(desk, trigger)

    addressed = _addressed(desk, node_id)
    if not addressed:
        return None
    addresses()
    if node_id is not None and addressed[0].type == "webhook":
        catching = Catching(desk, addressed[0])
        catching.draw()
        example = ui.refreshable(lambda: _example(desk))
        catching.on_caught = example.refresh
        example()
    return addresses.refresh


def _addressed(desk: Desk, node_id: str | None) -> list[Trigger]:
    return [one for one in desk.workflow.triggers if one.type in WORDS and node_id in (None, one.id)]


def _address(desk: Desk, trigger: Trigger) -> None:
    address = public_address(desk.studio.base_url, desk.stored.hook_token, trigger) or ""
    with ui.element("div").classes("fs-well fs-hook"):
        ui.label(WORDS[trigger.type]).classes("fs-strong")
        ui.label(address).classes("fs-mono fs-hook__address").props("data-hook-address")
        if desk.stored.status is not WorkflowStatus.ACTIVE:
            ui.label("It answers once the workflow is on.").classes("fs-caption")

        def copy() -> None:
            ui.clipboard.write(address)
            toast("Address copied.")

        with ui.element("div").classes("fs-deeds"):
            button("Copy the address", icon="copy", on_click=copy)
            if trigger.type == "form" and desk.stored.status is WorkflowStatus.ACTIVE:
                button("Open the form", "quiet", icon="external-link",
                       on_click=lambda: ui.navigate.to(address, new_tab=True))  # fmt: skip


class Catching:
    """Waits for one call from the other system and takes it as the example."""

    def __init__(self, desk: Desk, trigger: Trigger) -> None:
        self.desk = desk
        self.trigger = trigger
        self.on_caught: Callable[[], object] = lambda: None
        self._token = ""
        self._address = ""
        self._stop: Callable[[], object] = lambda: None

    @ui.refreshable_method
    def draw(self) -> None:
        """Draw the button, or the sign that a call is waited for."""
        if self.desk.studio.hooks.extras is None or self.desk.readonly:
            return
        if not self._token:
            button("Catch an example", icon="ear", on_click=self.begin)
            return
        with ui.element("div").classes("fs-well fs-hook").props("role=status data-catching"):
            with ui.element("span").classes("fs-cell-icon fs-strong"):
                ui.spinner(size="18px", color=None)
                ui.label("Waiting for a call")
            ui.label("Send one call to this address within ten minutes. It starts no run.").classes("fs-caption")
            ui.label(self._address).classes("fs-mono fs-hook__address").props("data-catch-address")
            with ui.element("div").classes("fs-deeds"):
                button("Copy the address", icon="copy", on_click=lambda: ui.clipboard.write(self._address))
                button("Stop waiting", "quiet", icon="x", on_click=self.cancel)

    async def begin(self) -> None:
        """Wait; what is caught becomes the example."""
        desk, extras = self.desk, self.desk.studio.hooks.extras
        if extras is None:
            return
        client = ui.context.client
        try:
            token, path = await extras.catch(desk.actor, desk.workflow.id, self.trigger.id)
        except FlowStudioError as error:
            toast(error.told, wrong=True)
            return
        self._token, self._address = token, f"{desk.studio.base_url}{path}"
        waiting = background_tasks.create(self._wait(extras, token))

        def stop() -> None:
            extras.stop_catching(token)
            waiting.cancel()

        self._stop = stop
        client.on_delete(stop)
        self.draw.refresh()

    async def _wait(self, extras: HookExtras, token: str) -> None:
        payload = await extras.caught(self.desk.actor, token)
        extras.stop_catching(token)
        if self._token != token or self.desk.root.is_deleted:
            return
        with self.desk.root:
            self._token = ""
            if payload is None:
                toast("No call came within ten minutes.")
            else:
                await self.desk.edit("Take a caught call as example", lambda flow: with_example(flow, payload))
                toast("Caught. Its fields can now be picked in the steps.")
                self.on_caught()
            self.draw.refresh()

    def cancel(self) -> None:
        """Wait no longer."""
        self._stop()
        self._token = ""
        self.draw.refresh()


def _example(desk: Desk) -> None:
    body = (kept_example(desk.workflow) or {}).get("body") or {}
    with ui.element("div").classes("fs-field"):
        json_field(
            "What comes in, for example",
            orjson.dumps(body, option=orjson.OPT_INDENT_2).decode() if body else "",
            entry=desk.detail.entry("", "example", form="object"),
            placeholder='{"email": "mara@harborprint.example"}',
        )
        ui.label("Paste a call as the other system sends it. Its fields can then be picked in the steps.").classes(
            "fs-field-help"
        )
