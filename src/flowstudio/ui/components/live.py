"""Keep a page fresh while runs go on: news are gathered and drawn at most twice a second."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from nicegui import ui

if TYPE_CHECKING:
    from flowstudio.domain.actor import Actor
    from flowstudio.services.studio import Studio
    from flowstudio.services.watching import RunNews

EVERY = 0.5


def keep_fresh(
    studio: Studio, actor: Actor, refresh: Callable[[], object], *, concerns: Callable[[RunNews], bool] | None = None
) -> None:
    """Call `refresh` soon after news that concern this page, until its visitor leaves."""
    stale = False

    def hear(news: RunNews) -> None:
        nonlocal stale
        stale = stale or concerns is None or concerns(news)

    def look() -> object:
        nonlocal stale
        if not stale:
            return None
        stale = False
        return refresh()  # awaited by the timer where it is a coroutine

    ui.timer(EVERY, look)
    ui.context.client.on_delete(studio.watch.subscribe(actor.workspace, hear))
