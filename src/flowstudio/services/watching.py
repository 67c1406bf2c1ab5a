"""Live news of runs: pages subscribe, the engine tells."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flowstudio.domain.states import RunStatus


@dataclass(frozen=True, slots=True)
class RunNews:
    """A run began, waits, goes on or ended."""

    workspace: str
    workflow_id: str
    run_id: str
    status: RunStatus
    sent: int = 0
    """Messages and calls that have left since the last news, counted where the workflow has a limit for them."""
    started_by: str | None = None
    """The trigger, in the one news that a run began."""


Hear = Callable[[RunNews], None]


class RunWatch:
    """Hands news of runs to whoever looks at a page that shows them. Nothing is kept."""

    def __init__(self) -> None:
        self._hearers: dict[int, tuple[str, Hear]] = {}
        self._number = 0

    def subscribe(self, workspace: str, hear: Hear) -> Callable[[], None]:
        """Call `hear` at every news of that workspace; return what ends it."""
        self._number += 1
        number = self._number
        self._hearers[number] = (workspace, hear)
        return lambda: self._hearers.pop(number, None) and None

    def tell(self, news: RunNews) -> None:
        """Pass news on."""
        if not self._hearers:
            return
        for workspace, hear in list(self._hearers.values()):
            if workspace == news.workspace:
                hear(news)
