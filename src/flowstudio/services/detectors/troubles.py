"""Triggers that cannot look: people are told once, and once more when it happens again after it went well."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from flowstudio.observe import logger
from flowstudio.services.happening import Note

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from flowstudio.errors import FlowStudioError
    from flowstudio.kit.ports import Clock
    from flowstudio.services.happening import WatchStore
    from flowstudio.services.listening import Listening
    from flowstudio.services.switching_off import Notices

PATIENCE = timedelta(minutes=30)
"""How long something that may pass by itself goes on before people are told."""
TROUBLE = "$trouble"
log = logger(__name__)


class Troubles:
    """Remembers which triggers cannot look. What only a person can put right is told at once."""

    def __init__(
        self, watches: WatchStore, notices: Notices, name_of: Callable[[str, str], Awaitable[str]], clock: Clock
    ) -> None:
        self._watches = watches
        self._notices = notices
        self._name_of = name_of
        self._clock = clock

    async def met(self, one: Listening, error: FlowStudioError) -> None:
        """Note that a look failed, and tell people when it is time."""
        log.warning("look.impossible", workflow=one.workflow_id, trigger=one.trigger.id, error=error.message)
        known, now = await self._watches.one(*_place(one), TROUBLE) or {}, self._clock.now()
        since = datetime.fromisoformat(str(known["since"])) if known else now
        told = known.get("told")
        late = not error.retryable or now - since >= PATIENCE
        if told == one.version or not late:
            if not known:
                await self._note(one, since, None)
            return
        name = await self._name_of(one.workspace, one.workflow_id)
        await self._notices.add(
            one.workspace, f"{name}: its trigger cannot look", body=error.told,
            link=f"/workflows/{one.workflow_id}",
        )  # fmt: skip
        await self._note(one, since, one.version)

    async def over(self, one: Listening) -> None:
        """Note that a look went well."""
        if await self._watches.one(*_place(one), TROUBLE) is not None:
            await self._watches.note([Note(*_place(one), TROUBLE, None)])

    async def _note(self, one: Listening, since: datetime, told: int | None) -> None:
        await self._watches.note([Note(*_place(one), TROUBLE, {"since": since.isoformat(), "told": told})])


def _place(one: Listening) -> tuple[str, str, str]:
    """Return where it is kept: beside what the trigger itself remembers, not among it."""
    return one.workspace, one.workflow_id, f"{one.trigger.id}!"
