"""A deed that takes a while: its progress, a way to stop it, and what came of it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from nicegui import ui

from flowstudio.errors import FlowStudioError
from flowstudio.ui.theme import ButtonKind, button, toast

Result = TypeVar("Result")
Progress = Callable[[int, int], None]


class RunningJob:
    """Draws a button that starts a deed, and while it goes on a bar and a button that stops it."""

    def __init__(
        self, text: str, start: Callable[[], Awaitable[object]], *, kind: ButtonKind = "primary",
        symbol: str = "player-play",
    ) -> None:  # fmt: skip
        """`start` is called on a click; it hands its work to `wait_for`."""
        self._task: asyncio.Task[object] | None = None
        with ui.element("div").classes("fs-past__deeds"):
            self._start = button(text, kind, icon=symbol, on_click=start)
            self._stop = button("Stop", icon="player-stop", on_click=self.stop)
            self._bar = ui.element("progress").props("max=1 value=0")
            self._bar.props["aria-label"] = "Progress"
            self._said = ui.label().classes("fs-caption").props("role=status")
        self._busy(on=False)
        ui.context.client.on_delete(self.stop)

    def stop(self) -> None:
        """Stop what goes on; nothing of it is kept."""
        if self._task is not None:
            self._task.cancel()

    def set_enabled(self, on: bool) -> None:
        """Let the deed be started, or not."""
        self._start.set_enabled(on and self._task is None)

    def told(self, done: int, total: int) -> None:
        """Show how far it is."""
        self._bar.props(f"max={max(total, 1)} value={done}")
        self._said.text = f"{done:,} of {total:,}"

    async def wait_for(self, work: Awaitable[Result]) -> Result | None:
        """Carry work out; None where it was stopped or could not be done, which is said."""
        if self._task is not None:
            return None
        task = asyncio.ensure_future(work)
        self._task = task
        self._busy(on=True)
        try:
            return await task
        except asyncio.CancelledError:
            self._said.text = "Stopped."
        except FlowStudioError as error:
            self._said.text = ""
            toast(error.told, wrong=True)
        finally:
            self._task = None
            self._busy(on=False)
        return None

    def _busy(self, *, on: bool) -> None:
        self._start.set_enabled(not on)
        self._stop.set_visibility(on)
        self._bar.set_visibility(on)
        self._said.text = "Getting ready …" if on else ("" if self._said.text != "Stopped." else self._said.text)
