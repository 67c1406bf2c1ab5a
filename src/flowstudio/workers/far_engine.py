"""The engine as the server sees it where workers carry runs on: what it is told is kept, and reaches who holds the run.

It answers to the same calls as the engine in this process.
"""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Literal

import orjson

from flowstudio.domain.ids import new_id
from flowstudio.engine.resume import Resume
from flowstudio.errors import BadRequest, Conflict, FlowStudioError, InternalError, NotFound, StorageFailed
from flowstudio.kit.ports import Batch
from flowstudio.observe import logger
from flowstudio.services.dispatch_ports import RunMessage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flowstudio.domain.json import JsonObject, JsonValue
    from flowstudio.domain.run import Iteration, Run, Timer
    from flowstudio.domain.workflow import Workflow
    from flowstudio.kit.ports import Journal
    from flowstudio.services.dispatch_ports import RunMessages

log = logger(__name__)
PATIENCE = 10.0
"""Seconds that an answer of a worker is waited for."""
LOOK_EVERY = 2.0
"""Seconds between two looks for an answer of which nothing was heard."""
_ERRORS: dict[str, type[FlowStudioError]] = {
    error.code: error for error in (NotFound, Conflict, BadRequest, StorageFailed)
}


class FarEngine:
    """Starts runs, and tells them what happens, without carrying them on here."""

    def __init__(self, journal: Journal, messages: RunMessages) -> None:
        self._journal = journal
        self._messages = messages
        self._asked: dict[str, asyncio.Future[JsonValue]] = {}
        self._failed = False
        """Whether a timer could not be told because the database failed."""
        self._reading: set[asyncio.Task[None]] = set()

    # -- starting ----------------------------------------------------------------------------------------------------

    async def start(self, run: Run, workflow: Workflow) -> str:
        """Write a new run, which a worker takes up; raise Conflict when its event id has a run already."""
        del workflow
        run.queued_at = run.queued_at or run.started_at
        await self._journal.append(Batch(run.id, 0, new_run=run))
        return run.id

    async def start_all(self, starts: Sequence[tuple[Run, Workflow]]) -> list[str | Exception]:
        """As `start` for many runs at once; return for each its id, or what it raised."""
        answers = await asyncio.gather(*(self.start(*one) for one in starts), return_exceptions=True)
        for answer in answers:
            if isinstance(answer, BaseException) and not isinstance(answer, Exception):
                raise answer  # this start itself is being ended
        return list(answers)  # type: ignore[arg-type]

    def prepare(self, workspace: str, workflow: Workflow) -> None:
        """Do nothing: the workers compile what they carry on."""

    async def advance(self, run_id: str) -> Run | None:
        """Let a worker take a run up that is on disk."""
        await self._messages.wake_up([run_id])
        return None

    async def recover(self, workspace: str | None = None) -> list[str]:
        """Let workers take up what nobody goes on with though it should."""
        del workspace
        lost = await self._messages.wake_up_lost()
        if lost:
            log.info("runs.lost_and_found", runs=lost)
        return []

    async def take_up_again(self) -> bool:
        """Say whether a timer could not be told since the last time, so that all are told again."""
        failed, self._failed = self._failed, False
        return failed

    # -- what happens outside ----------------------------------------------------------------------------------------

    async def wake(self, timer: Timer) -> bool:
        """Tell a run that a timer is due; once it is written, nobody waits for what comes of it."""
        content: JsonObject = {"node": timer.node_id, "iteration": list(timer.iteration), "kind": timer.kind}
        content["due"] = timer.due.isoformat()  # the same step may wait again
        try:
            await self._messages.tell(_message(timer.run_id, "wake", content))
        except StorageFailed:
            self._failed = True
            raise
        return True

    async def decide(
        self, run_id: str, node_id: str, iteration: Iteration, decision: Literal["approved", "rejected"], *,
        by: str = "", comment: str | None = None,
    ) -> bool:  # fmt: skip
        """Take a person's answer to an approval; False when the step waits for none (any more)."""
        content: JsonObject = {
            "node": node_id, "iteration": list(iteration), "decision": decision, "by": by, "comment": comment,
        }  # fmt: skip
        return await self._ask(_message(run_id, "decide", content, unique=True))

    async def deliver(self, run_id: str, node_id: str, iteration: Iteration, event: JsonValue) -> bool:
        """Hand a waiting step what it may wait for; False when it waits for something else."""
        content: JsonObject = {"node": node_id, "iteration": list(iteration), "event": event}
        return await self._ask(_message(run_id, "deliver", content))

    async def decide_in_doubt(
        self, run_id: str, node_id: str, iteration: Iteration, choice: Literal["happened", "repeat", "skip", "fail"],
        *, by: str = "", output: JsonObject | None = None,
    ) -> bool:  # fmt: skip
        """Take a person's word on a step in doubt (`skip`: on any waiting step); False when it is not."""
        content: JsonObject = {
            "node": node_id, "iteration": list(iteration), "choice": choice, "by": by, "output": output,
        }  # fmt: skip
        return await self._ask(_message(run_id, "settle", content, unique=True))

    async def cancel(self, run_id: str, *, reason: str = "", by: str = "") -> bool:
        """End a run now; what it is doing is stopped. False when it had ended."""
        return await self._ask(_message(run_id, "cancel", {"reason": reason, "by": by}))

    async def pause(self, run_id: str, *, by: str = "") -> bool:
        """Let a run finish what it is doing and start nothing more."""
        return await self._ask(_message(run_id, "pause", {"by": by}, unique=True))

    async def resume(self, run_id: str, wish: Resume | None = None) -> bool:
        """Go on with a paused run, or take a finished one up again from where it is wished."""
        return await self._ask(_message(run_id, "resume", asdict(wish or Resume()), unique=True))

    async def move(self, run_id: str, version: int) -> bool:
        """Let a run that rests go on in another version; False when it stays on its own."""
        return await self._ask(_message(run_id, "move", {"version": version}, unique=True))

    # -- answers -----------------------------------------------------------------------------------------------------

    async def _ask(self, message: RunMessage) -> bool:
        """Tell a run something and return the answer; raise StorageFailed while no worker answers."""
        answer = self._asked.get(message.id)
        if answer is None:
            answer = self._asked[message.id] = asyncio.get_running_loop().create_future()
        try:
            await self._messages.tell(message)
            until = asyncio.get_running_loop().time() + PATIENCE
            while not answer.done() and (left := until - asyncio.get_running_loop().time()) > 0:
                await asyncio.wait((answer,), timeout=min(left, LOOK_EVERY))
                if not answer.done():
                    await self.look_for_answers()
        finally:
            self._asked.pop(message.id, None)
        if not answer.done():
            raise StorageFailed(
                "No worker has answered yet.", hint="It is kept, and carried out as soon as a worker takes the run up."
            )
        return _read(answer.result())

    def answered(self, ids: Sequence[str]) -> None:
        """Read answers that have just become durable, where somebody here waits for them."""
        if any(one in self._asked for one in ids):
            self.answered_meanwhile()

    def answered_meanwhile(self) -> None:
        """Read what may have been answered while nobody listened."""
        if self._asked:
            task = asyncio.create_task(self.look_for_answers())
            self._reading.add(task)
            task.add_done_callback(self._reading.discard)

    async def look_for_answers(self) -> None:
        """Read the answers that somebody here waits for."""
        if not self._asked:
            return
        try:
            found = await self._messages.answers(list(self._asked))
        except StorageFailed as fault:
            log.warning("answers.unread", reason=fault.message)  # whoever waits looks again
            return
        for key, answer in found.items():
            asked = self._asked.get(key)
            if asked is not None and not asked.done():
                asked.set_result(answer)

    async def close(self) -> None:
        """Wait for no more answers."""
        for task in list(self._reading):
            task.cancel()
        await asyncio.gather(*self._reading, return_exceptions=True)


def _message(run_id: str, kind: str, content: JsonObject, *, unique: bool = False) -> RunMessage:
    """Return a message; saying the same twice is saying it once, unless it is `unique`."""
    if unique:
        return RunMessage(new_id("msg"), run_id, kind, content)
    told = orjson.dumps([run_id, kind, content], option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS, default=str)
    return RunMessage(f"msg_{hashlib.sha256(told).hexdigest()[:40]}", run_id, kind, content)


def _read(answer: Any) -> bool:
    error = answer.get("error")
    if error is None:
        return bool(answer["is"])
    raise _ERRORS.get(error["code"], InternalError)(error["message"], hint=error["hint"])
