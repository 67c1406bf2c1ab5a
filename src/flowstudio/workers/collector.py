"""The garbage collector, set for a process that carries out runs: the server, and the benchmarks that stand for it."""

from __future__ import annotations

import gc

_AT_ONCE = 25_000
"""New objects after which it looks at the young ones; Python's own choice of 700 would look several times per run."""


def spare_the_collector() -> None:
    """Keep what lives as long as the process out of the garbage collector's way, and let it look less often.

    Runs free their memory by themselves; what is left to collect are the leftovers of faults and of pages.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_AT_ONCE, 20, 20)
