"""How busy the processor is: the whole machine's where the system says so, else what this process takes of it."""

from __future__ import annotations

import os
import time
from pathlib import Path

_STAT = Path("/proc/stat")


class Cpu:
    """Compares two looks with each other."""

    def __init__(self) -> None:
        self._before = _counters()

    def busy(self) -> float | None:
        """Return how busy it was since the last call (0..1); None where too little time has passed to say."""
        before, self._before = self._before, _counters()
        worked, passed = (now - then for now, then in zip(self._before, before, strict=True))
        return min(1.0, max(0.0, worked / passed)) if passed > 0 else None


def _counters() -> tuple[float, float]:
    """Return seconds of work and seconds of time, both over all processors."""
    try:
        first = _STAT.read_text(encoding="ascii").split("\n", 1)[0].split()
        ticks = [float(one) for one in first[1:9]]
    except (OSError, ValueError):
        return time.process_time(), time.monotonic() * (os.cpu_count() or 1)
    idle = ticks[3] + ticks[4]  # idle, and waiting for the disk: see proc(5)
    return sum(ticks) - idle, sum(ticks)
