"""Lets every trigger that watches a state look when its time has come, at least a minute apart."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from flowstudio.observe import logger

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable
    from datetime import datetime

    from flowstudio.kit.ports import Clock
    from flowstudio.services.listening import Listening
    from flowstudio.services.triggers import TriggerService

LEAST = timedelta(minutes=1)
log = logger(__name__)
Place = tuple[str, str, str, int]
"""Workspace, workflow id, trigger id, version."""


class Looks(Protocol):
    """A detector that looks by itself."""

    async def look(self, one: Listening) -> datetime:
        """Look, and return when to look again."""


class Lookout:
    """Knows when each trigger looks next. A look that takes long holds up no other."""

    def __init__(
        self,
        triggers: TriggerService,
        detectors: dict[str, Looks],
        daily: Callable[[str], Awaitable[datetime]],
        workspaces: Iterable[str],
        clock: Clock,
    ) -> None:
        self._triggers = triggers
        self._detectors = detectors
        self._daily = daily
        self._workspaces = list(workspaces)
        self._clock = clock
        self._next: dict[Place, datetime] = {}
        self._looking: dict[Place, asyncio.Task[None]] = {}
        self.expect: list[Callable[[datetime], None]] = []
        """Told when a look is planned, so that the ticker comes in time."""

    async def look_due(self) -> datetime | None:
        """Start every look whose time has come; return when the next one is due."""
        await self._triggers.refresh()
        now = self._clock.now()
        places = {}
        for workspace in {*self._workspaces, *self._triggers.workspaces()}:
            places[(workspace, "", "", 0)] = self._day(workspace)
            for kind, detector in self._detectors.items():
                for one in self._triggers.listening_to(workspace, kind):
                    places[(workspace, one.workflow_id, one.trigger.id, one.version)] = self._one(detector, one)
        self._next = {place: due for place, due in self._next.items() if place in places}
        for place, look in places.items():
            if place not in self._looking and self._next.get(place, now) <= now:
                self._looking[place] = asyncio.create_task(self._look(place, look))
        return min(self._next.values(), default=None)

    async def stop(self) -> None:
        """End the looks that are going on."""
        for task in self._looking.values():
            task.cancel()
        await self.idle()

    async def idle(self) -> None:
        """Return when no look is going on."""
        await asyncio.gather(*self._looking.values(), return_exceptions=True)

    def _day(self, workspace: str) -> Callable[[], Awaitable[datetime]]:
        return lambda: self._daily(workspace)

    def _one(self, detector: Looks, one: Listening) -> Callable[[], Awaitable[datetime]]:
        return lambda: detector.look(one)

    async def _look(self, place: Place, look: Callable[[], Awaitable[datetime]]) -> None:
        again = self._clock.now() + LEAST
        try:
            again = max(again, await look())
        except Exception:
            log.exception("look.failed", workflow=place[1])
        finally:
            self._looking.pop(place, None)
        self._next[place] = again
        for tell in self.expect:
            tell(again)
