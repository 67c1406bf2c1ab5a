"""An engine on a SQLite file, without the web: what the benchmarks of the engine drive."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from flowstudio.cli._bench.machine import memory_mb
from flowstudio.cli._bench.workflows import BODY
from flowstudio.domain.ids import new_id
from flowstudio.domain.json import JsonObject
from flowstudio.domain.run import Run
from flowstudio.domain.states import RunStatus
from flowstudio.domain.workflow import Workflow
from flowstudio.engine.engine import Engine
from flowstudio.engine.simulated import NoSecrets, SimulatedMail, SimulatedWeb
from flowstudio.engine.world import World
from flowstudio.interchange import read_document
from flowstudio.kit.ports import Batch, Journal, RunHistory
from flowstudio.scheduling.clock import RealClock
from flowstudio.services.shipped import registry_of
from flowstudio.storage.database import Database
from flowstudio.storage.journal import SqlJournal
from flowstudio.storage.records import SqlRecords


class NoTexts:
    """No message texts."""

    def get(self, name: str) -> JsonObject | None:
        """Return nothing."""
        del name
        return None


class HeldJournal:
    """The real journal, with a gate in front: runs can be kept in memory to see what they weigh."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._open = asyncio.Event()
        self._open.set()
        self._there = asyncio.Event()
        self._wanted = 0
        self.held = 0

    def hold(self) -> None:
        """Let nothing through."""
        self._open.clear()

    async def holds(self, count: int) -> None:
        """Return when so many batches are held."""
        self._wanted = count
        await self._there.wait()

    def let_go(self) -> None:
        """Let everything through."""
        self._open.set()

    async def append(self, batch: Batch) -> bool:
        """Write a batch, once the gate is open."""
        if not self._open.is_set():
            self.held += 1
            if self.held == self._wanted:
                self._there.set()
            await self._open.wait()
        return await self._journal.append(batch)

    async def claim(self, run_id: str) -> RunHistory | None:
        """Take a run over."""
        return await self._journal.claim(run_id)

    async def unfinished(self, workspace: str | None = None) -> Sequence[str]:
        """List the runs that were under way."""
        return await self._journal.unfinished(workspace)


class Studio:
    """One workflow on one engine."""

    def __init__(self, database: Database, document: JsonObject) -> None:
        self.database = database
        self.journal = HeldJournal(SqlJournal(database))
        registry = registry_of()
        workflow = read_document(document, registry).workflow
        assert workflow is not None
        self.workflow: Workflow = workflow
        web = SimulatedWeb()
        world = World(
            RealClock(), self.journal, SqlRecords(database), SimulatedMail(), web.of(""), NoSecrets(), NoTexts()
        )
        self._engine = Engine(world, registry, self)
        self._event: JsonObject = {"body": json.loads(BODY)}

    async def version(self, workspace: str, workflow_id: str, version: int) -> Workflow:
        """Return the one workflow there is."""
        del workspace, workflow_id, version
        return self.workflow

    async def run_one(self) -> Run:
        """Run the workflow once, to its end."""
        run = Run(
            new_id("run"), "bench", self.workflow.id, 1, RunStatus.QUEUED, self.workflow.triggers[0].id,
            dict(self._event),
        )  # fmt: skip
        return await self._engine.execute(run, self.workflow)


@asynccontextmanager
async def studio(file: Path, document: JsonObject) -> AsyncIterator[Studio]:
    """Open an engine on a new file."""
    database = Database(f"sqlite:///{file}", RealClock())
    await database.open()
    try:
        yield Studio(database, document)
    finally:
        await database.close()


def memory_of() -> float:
    """Return the bytes this process holds."""
    return (memory_mb(os.getpid()) or 0.0) * 1e6
