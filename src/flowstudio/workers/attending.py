"""Taking runs up in a worker: hold a run, hand it what was told to it, stay while it goes on, let go when it rests."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from flowstudio.domain.run import Timer
from flowstudio.domain.states import RunStatus
from flowstudio.engine.resume import Resume
from flowstudio.errors import FlowStudioError, InternalError, StorageFailed
from flowstudio.observe import logger

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from flowstudio.domain.json import JsonObject
    from flowstudio.domain.run import Iteration
    from flowstudio.engine.engine import Engine
    from flowstudio.services.dispatch_ports import Holds, RunMessage

log = logger(__name__)
AGAIN = 1.0
"""Seconds before a run is looked at again that the database failed under."""
_QUIET = frozenset({"wake", "cancel", "pause"})
"""What may be carried out twice, and is done with only when all that followed from it is on disk."""


@dataclass(slots=True)
class _Attended:
    """A run that this worker stays with."""

    carried_out: set[str] = field(default_factory=set)
    """Messages that were handed to the run, and of which not all that follows is on disk."""
    hearing: asyncio.Lock = field(default_factory=asyncio.Lock)
    held: bool = False
    """It is held, and what was told to it until then has been heard."""
    gone: bool = False
    """It has been let go of."""
    over: asyncio.Event = field(default_factory=asyncio.Event)


class Attending:
    """The runs that this worker goes on with."""

    def __init__(self, engine: Engine, holds: Holds, refresh: Callable[[int], Awaitable[None]]) -> None:
        """`refresh`: sees that what workspaces share in memory is at least in that state."""
        self._engine = engine
        self._holds = holds
        self._refresh = refresh
        self._runs: dict[str, _Attended] = {}
        self._hearing: set[asyncio.Task[None]] = set()
        self._leaving = asyncio.Event()
        self._refused: list[str] = []
        """Runs that came when this worker was about to stop."""
        self.let_go: Callable[[str], None] = lambda _: None
        """Told of every run that is let go of."""

    @property
    def number(self) -> int:
        """Return how many runs go on here."""
        return len(self._runs)

    async def take_up(self, run_id: str) -> None:
        """Take a run up and stay until it rests or ends; at once where another worker holds it."""
        while (known := self._runs.get(run_id)) is not None:
            await self._hear_anew(run_id, known)
            if not known.gone:
                return  # whoever stays with it looks for messages before the run is let go of
            await known.over.wait()
        if self._leaving.is_set():
            self._refused.append(run_id)
            return
        attended = self._runs[run_id] = _Attended()
        try:
            while not self._leaving.is_set():
                try:
                    if await self._attend(run_id, attended):
                        return
                except StorageFailed as fault:
                    attended.carried_out.clear()  # what was told to the run in memory is lost with it
                    log.warning("run.waits_for_database", run_id=run_id, reason=fault.message)
                    await asyncio.sleep(AGAIN)
                except Exception:
                    log.exception("run.let_go", run_id=run_id)
                    return
        finally:
            del self._runs[run_id]
            attended.gone = True
            attended.over.set()
            self.let_go(run_id)

    def told(self, run_ids: Sequence[str]) -> None:
        """Look for what was told to runs that go on here."""
        for run_id in run_ids:
            attended = self._runs.get(run_id)
            if attended is not None and not self._leaving.is_set():
                task = asyncio.create_task(self._hear_anew(run_id, attended))
                self._hearing.add(task)
                task.add_done_callback(self._hearing.discard)

    def look_at_all(self) -> None:
        """Look for what was told to any run here: something may have been missed."""
        self.told(list(self._runs))

    async def leave(self, patience: float) -> None:
        """Start nothing more, wait so long for steps that are under way, and hand all runs to other workers."""
        self._leaving.set()
        self._engine.leave()
        with suppress(TimeoutError):
            async with asyncio.timeout(patience):
                await self._engine.idle()
        await self._engine.close()
        await asyncio.gather(*(attended.over.wait() for attended in list(self._runs.values())))
        try:
            await self._holds.hand_back(self._refused)
        except StorageFailed as fault:
            log.warning("runs.not_handed_back", reason=fault.message)  # others take them up after the lease

    async def drop(self) -> None:
        """Let go of all runs at once: this worker has been given up, and others go on with them."""
        await self._engine.close()

    # -- one run -----------------------------------------------------------------------------------------------------

    async def _attend(self, run_id: str, attended: _Attended) -> bool:
        """Go on with a run until it rests; say whether it was let go of."""
        async with attended.hearing:  # from before it is held: nobody hears the same messages meanwhile
            attended.held = False
            taken = await self._holds.take(run_id)
            if taken is None:
                return True  # who holds it has been told
            if self._leaving.is_set():
                return True  # all are handed back together
            await self._refresh(taken.memory)
            await self._hear(attended, taken.messages)
            attended.held = True
        unfinished = taken.status is RunStatus.RUNNING or (taken.status is RunStatus.QUEUED and not taken.held_back)
        if unfinished and self._engine.driver(run_id) is None and self._engine.live(run_id) is None:
            await self._engine.advance(run_id)
        while (driver := self._engine.driver(run_id)) is not None:
            await asyncio.wait((driver,))
            if driver.cancelled():
                return True  # this worker has let go of all runs
            if (fault := driver.exception()) is not None:
                raise fault
        if self._leaving.is_set():
            return True  # all are handed back together
        async with attended.hearing:
            attended.gone = await self._holds.let_go(run_id, list(attended.carried_out))
            attended.carried_out.clear()
        return attended.gone

    async def _hear_anew(self, run_id: str, attended: _Attended) -> None:
        """Hand a run what was told to it since it was taken up."""
        async with attended.hearing:
            if attended.gone or not attended.held or self._leaving.is_set():
                return  # it is heard when it is taken up
            try:
                await self._hear(attended, await self._holds.messages(run_id))
            except StorageFailed as fault:
                log.warning("message.waits_for_database", run_id=run_id, reason=fault.message)

    async def _hear(self, attended: _Attended, messages: Sequence[RunMessage]) -> None:
        """Hand a run messages, in order."""
        for message in messages:
            if message.id in attended.carried_out:
                continue
            attended.carried_out.add(message.id)
            try:
                await self._carry_out(message)
            except StorageFailed:
                attended.carried_out.discard(message.id)
                raise
            if message.kind not in _QUIET:
                attended.carried_out.discard(message.id)

    async def _carry_out(self, message: RunMessage) -> None:
        answer: JsonObject
        if message.kind == "resume":
            await self._holds.settle(message)
        try:
            answer = {"is": await self._done(message)}
        except StorageFailed:
            raise
        except FlowStudioError as error:
            answer = {"error": {"code": error.code, "message": error.message, "hint": error.hint}}
        except Exception as fault:
            log.exception("message.failed", run_id=message.run_id, kind=message.kind)
            answer = {"error": {"code": InternalError.code, "message": f"{type(fault).__name__}: {fault}", "hint": ""}}
        if message.kind != "wake":
            await self._holds.answer(message, answer, done=message.kind not in _QUIET)

    async def _done(self, message: RunMessage) -> bool:
        engine, run_id, content = self._engine, message.run_id, message.content
        place: tuple[str, Iteration] = (content.get("node") or "", tuple(content.get("iteration") or ()))
        match message.kind:
            case "wake":
                due = datetime.fromisoformat(content["due"])
                await engine.world.clock.sleep_until(due)  # this machine's clock may be behind the server's
                return await engine.wake(Timer(run_id, *place, content["kind"], due))
            case "decide":
                return await engine.decide(
                    run_id, *place, content["decision"], by=content["by"], comment=content["comment"]
                )
            case "deliver":
                return await engine.deliver(run_id, *place, content["event"])
            case "settle":
                return await engine.decide_in_doubt(
                    run_id, *place, content["choice"], by=content["by"], output=content["output"]
                )
            case "cancel":
                return await engine.cancel(run_id, reason=content["reason"], by=content["by"])
            case "pause":
                return await engine.pause(run_id, by=content["by"])
            case "resume":
                return await engine.resume(run_id, Resume(**{**content, "iteration": tuple(content["iteration"])}))
            case "move":
                return await engine.move(run_id, content["version"])
            case other:
                raise InternalError(f"A run cannot be told to {other}.")
