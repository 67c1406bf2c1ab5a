"""What a node says about failure: retries, timeout, and where a run goes on when a step has failed."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Literal

from flowstudio.domain.durations import parse_duration
from flowstudio.domain.workflow import ERROR, Node, Retry
from flowstudio.errors import FlowStudioError, RateLimited

OnError = Literal["stop", "continue", "branch", "fallback"]

SHORT_WAIT = 1.0
"""Seconds up to which a retry waits in memory; longer ones are timers on disk."""


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """When a failed attempt is followed by another; times in seconds."""

    attempts: int
    backoff: Literal["exponential", "fixed", "linear"]
    first: float
    longest: float

    def pause(self, attempt: int, error: FlowStudioError) -> float | None:
        """Return the seconds to wait after this attempt (counted from 1), None when it was the last."""
        if attempt >= self.attempts or not error.retryable:
            return None
        asked = error.after if isinstance(error, RateLimited) else None
        if asked is not None:
            return min(asked, self.longest)
        match self.backoff:
            case "fixed":
                pause = self.first
            case "linear":
                pause = self.first * attempt
            case _:
                pause = self.first * 2.0 ** (attempt - 1)
        # Up to a tenth more, so that many runs which failed together do not come back together.
        return min(pause, self.longest) * (1 + random.random() / 10)  # noqa: S311  no secret hangs on it


def retry_policy(retry: Retry | None) -> RetryPolicy | None:
    """Return the policy a node asks for, None without one."""
    if retry is None:
        return None
    return RetryPolicy(retry.attempts, retry.backoff, seconds(retry.first), seconds(retry.max))


def seconds(duration: str) -> float:
    """Return a duration text in seconds."""
    return parse_duration(duration).total_seconds()


def on_error(node: Node, *, has_error_edge: bool) -> OnError:
    """Return what follows a failure: the node's own word, else what its edges and fallback say."""
    if node.on_error is not None:
        return node.on_error
    if node.fallback is not None:
        return "fallback"
    return "branch" if has_error_edge else "stop"


def failure_ways(policy: OnError) -> tuple[str, ...]:
    """Return the ways by which a failed step leaves; none stops the run, the loop or the branch."""
    match policy:
        case "continue":
            return ("out",)
        case "branch":
            return (ERROR,)
        case _:
            return ()
