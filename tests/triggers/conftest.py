"""A whole FlowStudio on a fresh SQLite file whose clock moves only when a test says so."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from flowstudio.app import House
from flowstudio.config import load_settings
from flowstudio.domain.actor import Actor
from flowstudio.domain.states import FINISHED_RUN
from flowstudio.services.ports import Page
from tests.support.databases import StillClock
from tests.support.places import client_of, started_once

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


class Place:
    """A FlowStudio of a test: what it needs said in one line each."""

    def __init__(self, house: House, clock: StillClock, actor: Actor) -> None:
        self.house = house
        self.clock = clock
        self.actor = actor
        self.studio = house.studio
        self.sensing = house.sensing
        self.triggers = house.triggers

    async def switch_on(self, trigger: dict[str, Any], workflow_id: str = "wf_1", **more: Any) -> str:
        """Make a workflow that notes its trigger's payload, and switch it on."""
        document = {
            "id": workflow_id,
            "name": more.pop("name", workflow_id),
            "status": "active",
            "trigger": trigger,
            "nodes": more.pop("nodes", [{"id": "note", "type": "transform", "config": {"set": {"seen": "{{ 1 }}"}}}]),
            "edges": more.pop("edges", [{"from": "trigger", "to": "note"}]),
            **more,
        }
        await self.studio.exchange.import_document(self.actor, document, activate=True, on_conflict="replace")
        return workflow_id

    async def settle(self) -> None:
        """Let everything that has been raised be handed on, and every run come to rest."""
        for _ in range(50):
            await self.sensing.lookout.idle()
            await self.house.engine.idle()
            handed_on = await self.sensing.handing_on.drain()
            if not handed_on:
                return
        raise AssertionError("It does not come to rest.")

    async def look(self) -> None:
        """Let every trigger look that is due, and follow what comes of it."""
        await self.sensing.lookout.look_due()
        await self.settle()

    async def records(self, entity: str) -> list[dict[str, Any]]:
        """Return the records of a type."""
        rows, _ = await self.studio.records.page(self.actor, entity, Page(1, 500))
        return list(rows)

    async def runs(self, workflow_id: str = "wf_1") -> list[Any]:
        """Return the runs of a workflow with their events, the oldest first."""
        rows, _ = await self.studio.runs.list(self.actor, Page(1, 500), workflow_id=workflow_id)
        found = [(await self.studio.runs.get(self.actor, row.id))[0] for row in rows]
        return sorted(found, key=lambda run: run.id)

    async def payloads(self, workflow_id: str = "wf_1") -> list[dict[str, Any]]:
        """Return the payloads of a workflow's runs, the oldest first; every run has ended."""
        runs = await self.runs(workflow_id)
        assert all(run.status in FINISHED_RUN for run in runs), [run.status for run in runs]
        return [run.event for run in runs]


@pytest.fixture(scope="session")
def first_start(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory after its first start: made once, copied for each test."""
    return started_once(tmp_path_factory.mktemp("first_start"), START)


Open = Callable[[], Awaitable[Place]]


@pytest.fixture
async def open_place(tmp_path: Path, first_start: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Open]:
    """Open the same data directory once or again; what is open at the end is closed."""
    import shutil

    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.setenv("FLOWSTUDIO_ALLOWED_PRIVATE_HOSTS", "127.0.0.1")
    shutil.copytree(first_start, tmp_path, dirs_exist_ok=True)
    opened: list[House] = []
    clock = StillClock(START)

    async def open_one() -> Place:
        for house in opened:
            await house.close()
        opened.clear()
        house = House(load_settings(data_dir=tmp_path), clock=clock)
        await house.open()
        opened.append(house)
        actor = await house.owner("test")
        if str(house.studio.settings.zone("main")) != "UTC":
            await house.studio.settings.set(actor, "timezone", "UTC")
        return Place(house, clock, actor)

    yield open_one
    for house in opened:
        await house.close()


@pytest.fixture
async def place(open_place: Open) -> Place:
    return await open_place()


@pytest.fixture
async def client(place: Place) -> AsyncIterator[httpx.AsyncClient]:
    """Calls the webhooks and the API of a place."""
    async with client_of(place.house) as made:
        yield made
