"""Emptying the bin: workflows go for good, with their versions, changes, test cases, runs and all that belongs to them.

What runs did elsewhere stays: records that they wrote, and the lines of the audit.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from flowstudio.domain.actor import Actor, Role
from flowstudio.domain.durations import BadDuration, parse_duration
from flowstudio.errors import FlowStudioError, NotFound
from flowstudio.observe import logger
from flowstudio.services.bulk import Done, Refusal
from flowstudio.services.setting_rules import BIN
from flowstudio.services.shelf import require_few

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from flowstudio.domain.json import JsonObject
    from flowstudio.kit.ports import Clock
    from flowstudio.services.ports import AuditLog
    from flowstudio.services.retention import RetentionService
    from flowstudio.services.shelf_ports import ShelfStore

log = logger(__name__)
BATCH = 200
"""Runs that one transaction removes: others have their turn between two."""
PRODUCT = "FlowStudio"
Progress = Callable[[int, int], None]
"""Gets how many runs are gone, and of how many."""


@dataclass(frozen=True, slots=True)
class Weight:
    """What goes with workflows."""

    workflows: int = 0
    versions: int = 0
    runs: int = 0
    steps: int = 0
    cases: int = 0


class BinStore(Protocol):
    """What belongs to the workflows in the bin."""

    async def weigh(self, workspace: str, ids: Sequence[str]) -> Weight:
        """Count what belongs to workflows that are in the bin."""

    async def remove_runs(self, workspace: str, workflow_id: str, limit: int) -> int:
        """Remove runs that are over and that nobody waits for; return how many. None goes once it is put back."""

    async def remove(self, workspace: str, workflow_id: str) -> str:
        """Remove a workflow in the bin with every row that names it; return its name.

        Raise NotFound for one that is not in the bin, Conflict where runs of it are left.
        """

    async def workspaces(self) -> Sequence[str]:
        """List the workspaces with something in the bin."""

    async def overdue(self, workspace: str, before: datetime) -> Sequence[str]:
        """List the ids of workflows that were deleted before then."""


class EmptyingService:
    """Removes for good what is in the bin."""

    def __init__(
        self,
        store: BinStore,
        shelf: ShelfStore,
        retention: RetentionService,
        audit: AuditLog,
        clock: Clock,
        settings_of: Callable[[str], JsonObject],
    ) -> None:
        self._store = store
        self._shelf = shelf
        self._retention = retention
        self._audit = audit
        self._clock = clock
        self._settings_of = settings_of

    async def weigh(self, actor: Actor, ids: Sequence[str]) -> Weight:
        """Count what would go with workflows that are in the bin."""
        actor.require(Role.ADMIN)
        require_few(ids)
        return await self._store.weigh(actor.workspace, ids)

    async def remove(self, actor: Actor, ids: Sequence[str], progress: Progress | None = None) -> Done:
        """Remove workflows in the bin for good; those with runs that are not over stay, and it is said why.

        Stopped in between, what has gone is gone and the rest is still in the bin.
        """
        actor.require(Role.ADMIN)
        require_few(ids)
        names = {one.id: one.name for one in await self._shelf.binned(actor.workspace)}
        total, gone = (await self._store.weigh(actor.workspace, ids)).runs, 0
        done: list[str] = []
        refused: list[Refusal] = []

        def told(runs: int) -> None:
            nonlocal gone
            gone += runs
            if progress is not None:
                progress(gone, total)

        for workflow_id in dict.fromkeys(ids):
            try:
                if workflow_id not in names:
                    raise NotFound("It is not in the bin.")
                await self._remove(actor.workspace, actor.name, workflow_id, told)
                done.append(workflow_id)
            except FlowStudioError as error:
                refused.append(Refusal(workflow_id, names.get(workflow_id, workflow_id), error.told))
        if done:
            await self._retention.sweep()
        return Done(tuple(done), tuple(refused))

    def stays(self, workspace: str) -> timedelta | None:
        """Return how long workflows stay in the bin, None: until somebody empties it."""
        try:
            return parse_duration(str(self._settings_of(workspace)[BIN]))
        except (KeyError, BadDuration):
            return None

    async def tidy(self) -> None:
        """Remove what has been in the bin long enough, then what retention removes: for the hourly round."""
        for workspace in await self._store.workspaces():
            stays = self.stays(workspace)
            if stays is not None:
                await self._remove_overdue(workspace, self._clock.now() - stays)
        await self._retention.tidy()

    async def _remove_overdue(self, workspace: str, before: datetime) -> None:
        gone = 0
        for workflow_id in await self._store.overdue(workspace, before):
            try:
                await self._remove(workspace, PRODUCT, workflow_id, lambda _: None)
                gone += 1
            except FlowStudioError as error:  # its runs are not over: the next round looks again
                log.info("bin.stays", workflow=workflow_id, error=error.message)
        if gone:
            await self._retention.sweep()

    async def _remove(self, workspace: str, who: str, workflow_id: str, told: Callable[[int], None]) -> None:
        weight = await self._store.weigh(workspace, [workflow_id])
        while gone := await self._store.remove_runs(workspace, workflow_id, BATCH):
            told(gone)
        name = await self._store.remove(workspace, workflow_id)
        detail: JsonObject = {
            "name": name, "versions": weight.versions, "runs": weight.runs, "steps": weight.steps,
        }  # fmt: skip
        await self._audit.note(workspace, who, "workflow.removed", workflow_id, detail)
