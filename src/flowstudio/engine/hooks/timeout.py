"""No attempt takes longer than its node allows."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from flowstudio.errors import OutcomeUnknown, StepTimedOut

if TYPE_CHECKING:
    from flowstudio.engine.attempt import Attempt

Call = Callable[["Attempt"], Awaitable[Any]]

CONNECTOR_SECONDS = 60.0
"""Time of a step that sends, where its node names none."""


def with_timeout(call: Call) -> Call:
    """Stop an attempt when its time is up: StepTimedOut, or OutcomeUnknown where it may have had an effect outside."""

    async def timed(attempt: Attempt) -> Any:
        seconds = attempt.slot.timeout
        if seconds is None and attempt.sends:
            seconds = CONNECTOR_SECONDS
        if seconds is None:
            return await call(attempt)
        try:
            async with asyncio.timeout(seconds):
                return await call(attempt)
        except TimeoutError:
            message = f"The step took longer than {seconds:g} seconds."
            if attempt.sends:
                raise OutcomeUnknown(f"{message} What it sent may have had its effect.") from None
            raise StepTimedOut(message) from None

    return timed
