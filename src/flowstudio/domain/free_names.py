"""Names that are taken already: the next one gets a number."""

from __future__ import annotations

from collections.abc import Container, Iterator
from itertools import count


def free_name(wanted: str, taken: Container[str], joint: str = " ") -> str:
    """Return `wanted`, or the first of `wanted 2`, `wanted 3` … that is not taken."""
    return wanted if wanted not in taken else next(one for one in numbered(wanted, joint) if one not in taken)


def counted_id(prefix: str, taken: Container[str]) -> str:
    """Return the first of `prefix_1`, `prefix_2` … that is not taken."""
    return next(one for one in numbered(prefix, "_", first=1) if one not in taken)


def numbered(name: str, joint: str = " ", *, first: int = 2) -> Iterator[str]:
    """Yield `name 2`, `name 3` … without end."""
    return (f"{name}{joint}{number}" for number in count(first))
