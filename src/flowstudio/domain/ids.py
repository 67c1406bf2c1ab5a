"""Time-ordered ids."""

from __future__ import annotations

import os
import time

_RANDOM_BYTES = 7
_AT_ONCE = 256

_random: list[str] = []
"""Random parts that were drawn and not used yet: one call of the system for many, as a call costs more than an id."""

if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_random.clear)  # two processes must not use the same


def new_id(prefix: str) -> str:
    """Return `<prefix>_<26 characters>`: unique, and sorting by creation in text order.

    The layout follows UUID version 7 (RFC 9562): 48 bits of milliseconds, then random bits, written in hex.
    """
    return f"{prefix}_{time.time_ns() // 1_000_000:012x}{_drawn()}"


def _drawn() -> str:
    """Return 56 random bits in hex, each used once, by whichever thread."""
    try:
        return _random.pop()
    except IndexError:
        drawn = os.urandom(_RANDOM_BYTES * _AT_ONCE).hex()
        size = _RANDOM_BYTES * 2
        _random.extend(drawn[at : at + size] for at in range(size, len(drawn), size))
        return drawn[:size]
