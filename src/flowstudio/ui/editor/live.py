"""What is live beside the draft: where the two differ, and when a run of the live version begins."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from nicegui import ui

from flowstudio.analysis import changed_parts
from flowstudio.ui.editor.view import meaning

if TYPE_CHECKING:
    from flowstudio.domain.json import JsonObject
    from flowstudio.domain.workflow import Workflow
    from flowstudio.services.watching import RunNews
    from flowstudio.ui.editor.desk import EditorDesk

STARTED = "Started just now"
SELDOM = 1.0
"""Seconds between two signs that the same trigger has started runs."""


class LiveVersion:
    """The version that was published last, held against the draft."""

    def __init__(self) -> None:
        self._published: Workflow | None = None
        self._meaning: JsonObject | None = None
        self._on = False
        self._since: tuple[Workflow, dict[str, str]] | None = None

    def learn(self, published: Workflow | None, *, on: bool) -> None:
        """Take what is published, and whether anything starts it."""
        self._published = published
        self._meaning = None if published is None else meaning(published)
        self._on = on
        self._since = None

    def differs(self, draft: Workflow) -> bool:
        """Say whether the draft means something else than what is published."""
        return self._meaning is not None and self._meaning != meaning(draft)

    def since(self, draft: Workflow) -> dict[str, str]:
        """Return which parts of the draft were added or changed since it went live; nothing while it is off."""
        if self._published is None or not self._on:
            return {}
        if self._since is None or self._since[0] is not draft:
            found = changed_parts(self._published, draft)
            self._since = draft, {key: what for key, what in found.items() if what != "removed"}
        return self._since[1]


def show_starts(desk: EditorDesk) -> None:
    """Let the trigger's card light up when a run begins, until the visitor leaves."""
    told: dict[str, float] = {}

    def hear(news: RunNews) -> None:
        if news.started_by is None or news.workflow_id != desk.workflow.id or desk.trial is not None:
            return
        now = asyncio.get_running_loop().time()
        if now - told.get(news.started_by, -SELDOM) >= SELDOM:
            told[news.started_by] = now
            desk.canvas.start(news.started_by, STARTED)

    ui.context.client.on_delete(desk.studio.watch.subscribe(desk.actor.workspace, hear))
