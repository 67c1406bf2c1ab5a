"""What journals share that stand before the real one: they pass everything on and know where each open run belongs."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flowstudio.kit.ports import Batch, Journal, RunHistory

MOST_KNOWN = 20_000
"""Runs whose places are kept in mind."""


class PassingJournal:
    """Passes everything on; what derives from it does something more with a batch."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._places: OrderedDict[str, tuple[str, str]] = OrderedDict()
        """Run → workspace and workflow, until it ends."""

    async def append(self, batch: Batch) -> bool:
        """Write durably."""
        return await self._journal.append(batch)

    async def claim(self, run_id: str) -> RunHistory | None:
        """Take a run over."""
        history = await self._journal.claim(run_id)
        if history is not None:
            self._place(run_id, history.run.workspace, history.run.workflow_id)
        return history

    async def unfinished(self, workspace: str | None = None) -> Sequence[str]:
        """List the runs that were under way."""
        return await self._journal.unfinished(workspace)

    def _place(self, run_id: str, workspace: str, workflow_id: str) -> None:
        self._places[run_id] = (workspace, workflow_id)
        if len(self._places) > MOST_KNOWN:
            self._places.popitem(last=False)
