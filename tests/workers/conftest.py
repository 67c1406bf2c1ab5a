"""A server and workers on one PostgreSQL schema, each as it is made for a process of its own, in this process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from flowstudio.app import House
from flowstudio.app.worker import Worker
from flowstudio.config import load_settings
from flowstudio.domain.actor import Actor
from flowstudio.domain.run import Run, Step
from flowstudio.domain.states import FINISHED_RUN, RunStatus
from tests.crash.conftest import Peer
from tests.support.databases import postgres_schema

LEASE = 20
PATIENCE = 30.0


class Fleet:
    """A server, its workers, and what tests ask of them."""

    def __init__(self, house: House, actor: Actor, hire: Callable[[str], Any]) -> None:
        self.house = house
        self.actor = actor
        self.studio = house.studio
        self.workers: dict[str, Worker] = {}
        self._hire = hire

    async def hire(self, name: str) -> Worker:
        """Start a worker."""
        worker = self.workers[name] = await self._hire(name)
        return worker

    async def switch_on(self, body: dict[str, Any], settings: dict[str, Any] | None = None, id_: str = "wf") -> None:
        """Bring a workflow in and switch it on."""
        document = {
            "id": id_, "name": id_, "status": "active", "settings": settings or {},
            "trigger": {"type": "manual", "config": {}}, **body,
        }  # fmt: skip
        await self.studio.exchange.import_document(self.actor, document, activate=True, on_conflict="replace")

    async def start(self, payload: dict[str, Any] | None = None, id_: str = "wf") -> str:
        """Start a run."""
        return await self.studio.runs.execute(self.actor, id_, payload or {})

    async def run(self, run_id: str) -> Run:
        """Return a run as it stands."""
        return (await self.studio.runs.get(self.actor, run_id))[0]

    async def steps(self, run_id: str) -> list[Step]:
        """Return the steps of a run."""
        return list((await self.studio.runs.get(self.actor, run_id))[1])

    async def until(self, run_id: str, *states: RunStatus) -> Run:
        """Return a run once it is in one of these states (ended, where none is named)."""
        wanted = states or tuple(FINISHED_RUN)
        async with asyncio.timeout(PATIENCE):
            while (run := await self.run(run_id)).status not in wanted:
                await asyncio.sleep(0.02)  # whoever looks from outside can only look again
        return run

    async def rests(self, run_id: str) -> Run:
        """Return a run once it waits and nobody holds it."""
        run = await self.until(run_id, RunStatus.WAITING)
        async with asyncio.timeout(PATIENCE):
            while any(run_id in worker.attending._runs for worker in self.workers.values()):
                await asyncio.sleep(0.01)
        return run

    async def idle(self) -> None:
        """Return when all runs have ended or rest, and nothing that was told to one is left."""
        async with asyncio.timeout(PATIENCE):
            while await self.house.database.writer.run(_is_busy):
                await asyncio.sleep(0.02)


def _is_busy(connection: Connection) -> bool:
    query = (
        "SELECT EXISTS (SELECT 1 FROM run WHERE status IN ('queued', 'running')) OR EXISTS (SELECT 1 FROM hold)"
        " OR EXISTS (SELECT 1 FROM run_message WHERE done_at IS NULL)"
    )
    return bool(connection.exec_driver_sql(query).scalar())


@pytest.fixture(scope="module")
def peer() -> Iterator[Peer]:
    with Peer() as found:
        yield found


@pytest.fixture
def schema(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("TZ", "UTC")
    with postgres_schema() as url:
        monkeypatch.setenv("FLOWSTUDIO_DATABASE_URL", url)
        monkeypatch.setenv("FLOWSTUDIO_DISPATCHER", "workers")
        monkeypatch.setenv("FLOWSTUDIO_WORKER_LEASE", str(LEASE))
        monkeypatch.setenv("FLOWSTUDIO_ALLOWED_PRIVATE_HOSTS", "127.0.0.1")
        yield url


@asynccontextmanager
async def started(folder: Path) -> AsyncIterator[Fleet]:
    """Start the server on a data directory as its settings say; tests hire workers."""
    house = House(load_settings(data_dir=folder))
    await house.open()

    async def hire(name: str) -> Worker:
        worker = Worker(load_settings(data_dir=folder, worker_name=name))
        await worker.open()
        return worker

    found = Fleet(house, await house.owner("test"), hire)
    try:
        yield found
    finally:
        for worker in found.workers.values():
            await worker.close()
        await house.close()


@pytest.fixture
async def fleet(schema: str, tmp_path: Path) -> AsyncIterator[Fleet]:
    """A server without workers."""
    assert schema
    async with started(tmp_path) as found:
        yield found
