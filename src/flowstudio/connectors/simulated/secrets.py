"""Secrets that open nothing."""

from __future__ import annotations

from collections.abc import Iterable

_ABSENT = frozenset({"OPENAI_API_KEY", "document_links"})
"""Without these, steps do something else that a test run should show: a draft is its brief, a link is not signed."""


class SimulatedSecrets:
    """Every connection seems to be set up; what it gives is of no use outside."""

    def __init__(self, absent: Iterable[str] = _ABSENT) -> None:
        self._absent = frozenset(absent)

    def get(self, name: str) -> str | None:
        """Return a secret that opens nothing."""
        return None if name in self._absent else f"test-{name}"
