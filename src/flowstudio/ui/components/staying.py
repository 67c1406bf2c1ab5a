"""Deeds that outlive what was clicked: a button may be drawn anew while its deed still goes on."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from inspect import isawaitable

from nicegui import ui


def staying(deed: Callable[[], object]) -> Callable[[], Awaitable[None]]:
    """Return the deed as a handler that works in the frame of the page, where its dialogs and sentences stay."""
    frame = ui.context.client.layout

    async def act() -> None:
        with frame:
            done = deed()
            if isawaitable(done):
                await done

    return act
