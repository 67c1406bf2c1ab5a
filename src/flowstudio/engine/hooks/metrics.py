"""How long attempts take, by type of node."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from flowstudio.observe.metrics import step_seconds

if TYPE_CHECKING:
    from flowstudio.engine.attempt import Attempt

Call = Callable[["Attempt"], Awaitable[Any]]


def with_metrics(call: Call) -> Call:
    """Count the seconds of each attempt, failed ones too."""

    async def counted(attempt: Attempt) -> Any:
        began = time.perf_counter()
        try:
            return await call(attempt)
        finally:
            step_seconds.labels(attempt.slot.type.key).observe(time.perf_counter() - began)

    return counted
