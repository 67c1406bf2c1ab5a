"""A FlowStudio with a workflow that holds connections and secrets, and its owner."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from flowstudio.app import House
from flowstudio.config import load_settings
from flowstudio.domain.actor import Actor
from tests.support.bank import SECRET, WORKFLOW


@pytest.fixture
async def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[House]:
    monkeypatch.setenv("TZ", "UTC")
    made = House(load_settings(data_dir=tmp_path))
    await made.open()
    owner = await made.owner("test")
    for name, secret in (("Bank", SECRET), ("Door key", "knock-knock-twice")):
        await made.studio.credentials.save(owner, name, "token", secret)
    await made.studio.exchange.import_document(owner, WORKFLOW)
    yield made
    await made.close()


@pytest.fixture
async def owner(house: House) -> Actor:
    return await house.owner("test")
