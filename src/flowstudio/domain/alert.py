"""An alert: a figure about the whole workspace that people want to hear of before somebody complains."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AlertRule:
    """When people are told of a figure, and how. Inside the product they are told in any case."""

    metric: str
    """`failed_share`, `queued_runs`, `approval_wait` or `processor`."""
    above: float
    """In the unit of the metric: per cent, runs, hours, per cent."""
    minutes: int
    """The time over which it is looked at."""
    on: bool = True
    mail: tuple[str, ...] = ()
    slack: str = ""
    """A channel, or nothing."""
    webhook: str = ""
    """An address that gets a POST, or nothing."""
