"""Events: what a program says has happened, and the runs it starts."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from flowstudio.domain.actor import Actor, Role
from flowstudio.domain.ids import new_id
from flowstudio.errors import BadRequest, TooMany
from flowstudio.services.happening import ADDRESSED, CHANGED, Happening

if TYPE_CHECKING:
    from collections.abc import Callable

    from flowstudio.domain.json import JsonObject
    from flowstudio.kit.ports import Clock
    from flowstudio.services.handing_on import HandingOn

MAX_NAME = 200
MAX_ID = 200
MOST_PER_SECOND = 1_000
"""Events that programs may raise in one workspace within a second."""
_OURS = (ADDRESSED, CHANGED, "run.", "trigger.", "record.")


class EventService:
    """Takes events in: written first, handed on then, so that none is lost."""

    def __init__(self, handing_on: HandingOn, clock: Clock, require_room: Callable[[str], None]) -> None:
        """`require_room`: raises TooMany while nothing should be accepted for a workspace."""
        self._handing_on = handing_on
        self._clock = clock
        self._recent: dict[str, deque[float]] = {}
        self._require_room = require_room

    async def raise_event(
        self, actor: Actor, event_type: str, data: JsonObject, *, event_id: str | None = None
    ) -> list[tuple[str, str]]:
        """Start every active workflow that listens; return (workflow id, run id) of each.

        The same event id starts a workflow once, however often it comes. Raise BadRequest for a name that is ours
        alone, TooMany when they come faster than they can be carried out.
        """
        actor.require(Role.OPERATOR)
        if not event_type or len(event_type) > MAX_NAME:
            raise BadRequest("An event has a type, such as invoice.created.")
        if event_type.startswith(_OURS):
            raise BadRequest(f'"{event_type}" is raised by FlowStudio itself.', hint="Choose another name.")
        if event_id is not None and (not event_id or len(event_id) > MAX_ID):
            raise BadRequest(f"The id of an event has 1 to {MAX_ID} characters.")
        self._require_room(actor.workspace)
        self._count(actor.workspace)
        key = f"api:{event_id}" if event_id else new_id("evt")
        seen = {name: value for name, value in data.items() if not name.startswith("$")}
        happening = Happening(actor.workspace, key, event_type, seen, self._clock.now())
        return await self._handing_on.hand_on(happening)

    def _count(self, workspace: str) -> None:
        recent = self._recent.setdefault(workspace, deque())
        now = self._clock.now().timestamp()
        while recent and recent[0] <= now - 1:
            recent.popleft()
        if len(recent) >= MOST_PER_SECOND:
            raise TooMany("Events come in too fast.", after=1)
        recent.append(now)
