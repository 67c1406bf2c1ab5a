"""From a trigger whose moment has come to its run: two parts find each other, circles are broken, a run starts once."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flowstudio.domain.json import JsonObject
    from flowstudio.services.happening import Happening
    from flowstudio.services.listening import Listening
    from flowstudio.services.loop_guard import LoopGuard
    from flowstudio.services.pairs import Pairs
    from flowstudio.services.starting import Starter


BY_EVENT = "event:"
"""The event ids of runs that a trigger started begin with it."""


class Igniting:
    """Starts runs of triggers that are told by events."""

    def __init__(self, starter: Starter, pairs: Pairs, guard: LoopGuard) -> None:
        self._starter = starter
        self._pairs = pairs
        self._guard = guard

    async def fire(self, listening: Listening, payload: JsonObject, cause: Happening, key: str) -> str | None:
        """Start the run of a trigger and return its id, None where no run starts.

        The same key starts a trigger once, however often it comes.
        """
        if listening.whole is None:
            return await self._start(listening, listening.trigger.id, payload, cause, key)
        async with self._pairs.lock(listening):
            pair = await self._pairs.other_half(listening, payload, cause.at, key)
            if pair is None:
                return None
            both, key = pair
            run_id = await self._start(listening, listening.whole.id, both, cause, key)
            await self._pairs.done(listening, payload)
            return run_id

    async def _start(
        self, listening: Listening, trigger_id: str, payload: JsonObject, cause: Happening, key: str
    ) -> str | None:
        chain = await self._guard.chain(listening.workspace, cause.run_id)
        if not await self._guard.allows(listening, chain):
            return None
        run_id = await self._starter.start(
            listening.workspace, listening.workflow_id, listening.version, payload, trigger_id=trigger_id,
            event_id=f"{BY_EVENT}{trigger_id}:{key}", parent_run=cause.run_id,
        )  # fmt: skip
        self._guard.remember(run_id, (*chain, listening.workflow_id))
        return run_id
