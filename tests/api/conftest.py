"""A whole FlowStudio on a fresh SQLite file, and a client that calls its API as a program would."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from flowstudio.app import House
from flowstudio.config import load_settings
from tests.support.places import application_of, client_of, started_once

EXAMPLE = Path(__file__).parents[2] / "assets/examples/invoice_reminder.json"


@pytest.fixture(scope="session")
def first_start(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory after its first start: made once, copied for each test."""
    return started_once(tmp_path_factory.mktemp("first_start"))


@pytest.fixture
async def house(tmp_path: Path, first_start: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[House]:
    monkeypatch.setenv("TZ", "UTC")
    shutil.copytree(first_start, tmp_path, dirs_exist_ok=True)
    made = House(load_settings(data_dir=tmp_path))
    await made.open()
    yield made
    await made.close()


@pytest.fixture
def web(house: House) -> FastAPI:
    return application_of(house)


@pytest.fixture
async def client(house: House) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(house) as made:
        yield made


@pytest.fixture
def hook_document() -> dict[str, Any]:
    return {
        "id": "wf_hook",
        "name": "Double it",
        "status": "active",
        "trigger": {"type": "webhook", "config": {"slug": "double", "answer": "respond"}},
        "nodes": [
            {
                "id": "big",
                "name": "More than 10?",
                "type": "condition",
                "condition": {"field": "trigger.body.amount", "operator": "greater_than", "value": 10},
            },
            {
                "id": "double",
                "name": "Double",
                "type": "transform",
                "config": {"set": {"total": "{{trigger.body.amount * 2}}"}},
            },
            {
                "id": "answer",
                "name": "Answer",
                "type": "respond",
                "config": {"status": 201, "body": {"total": "{{total}}"}},
            },
            {"id": "done", "name": "Done", "type": "end"},
        ],
        "edges": [
            {"from": "trigger", "to": "big"},
            {"from": "big", "to": "double", "condition": "true"},
            {"from": "big", "to": "done", "condition": "false"},
            {"from": "double", "to": "answer"},
            {"from": "answer", "to": "done"},
        ],
    }
