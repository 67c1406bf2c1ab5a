"""A whole FlowStudio whose clock stands still, and a workflow whose runs wait until a test lets them go on."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from flowstudio.app import House
from flowstudio.config import load_settings
from flowstudio.domain.actor import Actor
from flowstudio.domain.run import Run
from flowstudio.services.ports import Page
from tests.support.databases import StillClock
from tests.support.places import client_of, started_once

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
WAITING = {
    "nodes": [{"id": "hold", "type": "wait", "config": {"for_event": "go.on"}}, {"id": "done", "type": "end"}],
    "edges": [{"from": "trigger", "to": "hold"}, {"from": "hold", "to": "done", "condition": "received"}],
}
"""Runs rest at `hold` until a test lets them go on."""
SHORT = {
    "nodes": [{"id": "note", "type": "transform", "config": {"set": {"seen": "{{ 1 }}"}}}],
    "edges": [{"from": "trigger", "to": "note"}],
}


class Place:
    """A FlowStudio of a test: what it needs said in one line each."""

    def __init__(self, house: House, clock: StillClock, actor: Actor) -> None:
        self.house = house
        self.clock = clock
        self.actor = actor
        self.studio = house.studio

    async def switch_on(
        self, settings: dict[str, Any], body: dict[str, Any] | None = None, workflow_id: str = "wf"
    ) -> None:
        document = {
            "id": workflow_id, "name": workflow_id, "status": "active", "settings": settings,
            "trigger": {"type": "manual", "config": {}}, **(body or WAITING),
        }  # fmt: skip
        await self.studio.exchange.import_document(self.actor, document, activate=True, on_conflict="replace")

    async def start(self, payload: dict[str, Any] | None = None, workflow_id: str = "wf") -> str:
        return await self.studio.runs.execute(self.actor, workflow_id, payload or {})

    async def settle(self) -> None:
        """Return when nothing is decided and every run has ended or rests."""
        admission, engine = self.house.admission, self.house.engine
        while admission._looking or admission._going or engine._drivers:
            await admission.settled()
            await engine.idle()
            await asyncio.sleep(0)

    async def go_on(self, run_id: str) -> None:
        """Let a run that rests at `hold` go on to its end."""
        assert await self.house.engine.deliver(run_id, "hold", (), {})
        await self.settle()

    async def run(self, run_id: str) -> Run:
        return (await self.studio.runs.get(self.actor, run_id))[0]

    async def states(self, *run_ids: str) -> list[str]:
        """Return the states of runs, once everything has settled."""
        await self.settle()
        return [(await self.run(run_id)).status.value for run_id in run_ids]

    async def count(self, workflow_id: str = "wf") -> int:
        return (await self.studio.runs.list(self.actor, Page(1, 1), workflow_id=workflow_id))[1]


@pytest.fixture(scope="session")
def first_start(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory after its first start: made once, copied for each test."""
    return started_once(tmp_path_factory.mktemp("first_start"), START)


Open = Callable[[], Awaitable[Place]]


@pytest.fixture
async def open_place(tmp_path: Path, first_start: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Open]:
    """Open the same data directory once or again; what was open is closed before."""
    monkeypatch.setenv("TZ", "UTC")
    shutil.copytree(first_start, tmp_path, dirs_exist_ok=True)
    opened: list[House] = []
    clock = StillClock(START)

    async def open_one() -> Place:
        while opened:
            await opened.pop().close()
        house = House(load_settings(data_dir=tmp_path), clock=clock)
        await house.open()
        opened.append(house)
        return Place(house, clock, await house.owner("test"))

    yield open_one
    while opened:
        await opened.pop().close()


@pytest.fixture
async def place(open_place: Open) -> Place:
    return await open_place()


@pytest.fixture
async def client(place: Place) -> AsyncIterator[httpx.AsyncClient]:
    """Calls the API and the webhooks of a place."""
    async with client_of(place.house) as made:
        yield made
