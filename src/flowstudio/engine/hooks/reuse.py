"""A step that asks another system may be given the answer to the same question from a little while ago."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flowstudio.engine.hooks.timeout import Call
from flowstudio.engine.reuse import Reuse
from flowstudio.engine.settle import as_output

if TYPE_CHECKING:
    from flowstudio.engine.attempt import Attempt


def with_reuse(call: Call) -> Call:
    """Ask nobody where the step allows an answer to be used again and a fresh enough one is at hand."""

    async def reusing(attempt: Attempt) -> Any:
        seconds, live = attempt.slot.reuse_for, attempt.live
        if seconds is None or live.run.test or live.past is not None or not attempt.slot.type.looks_up(attempt.model):
            return await call(attempt)
        run, kept = live.run, live.world.reuse
        question = Reuse.question(run.workspace, run.workflow_id, attempt.slot.type.key, attempt.settings)
        found = kept.find(question, live.moment, seconds)
        if found is not None:
            attempt.answered, answer = found
            return answer
        answer = as_output(await call(attempt))
        kept.keep(question, live.moment, answer)
        return answer

    return reusing
