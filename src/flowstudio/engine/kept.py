"""Published versions that are kept in memory, as models or compiled, within a budget of nodes."""

from __future__ import annotations

from collections import OrderedDict
from typing import Generic, TypeVar

T = TypeVar("T")
Key = tuple[str, str, int]
"""Workspace, workflow id and version."""

MOST_NODES = 20_000
"""Nodes of all versions in one store. A node takes about 3 kB as a model and 2 kB compiled."""


class KeptVersions(Generic[T]):
    """The versions used last. Nodes are counted, as one workflow may be a hundred times as large as another."""

    def __init__(self, most: int = MOST_NODES) -> None:
        self._most = most
        self._nodes = 0
        self._kept: OrderedDict[Key, tuple[T, int]] = OrderedDict()

    def get(self, key: Key) -> T | None:
        """Return what is kept of a version, None when there is nothing (any more)."""
        found = self._kept.get(key)
        if found is None:
            return None
        self._kept.move_to_end(key)
        return found[0]

    def put(self, key: Key, value: T, nodes: int) -> None:
        """Keep a version in place of what was kept of it, and forget those used longest ago beyond the budget."""
        before = self._kept.pop(key, None)
        self._nodes += nodes + 1 - (before[1] if before is not None else 0)
        self._kept[key] = (value, nodes + 1)
        while self._nodes > self._most and len(self._kept) > 1:
            _, (_, forgotten) = self._kept.popitem(last=False)
            self._nodes -= forgotten
