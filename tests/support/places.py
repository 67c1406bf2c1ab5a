"""A whole FlowStudio for tests: a data directory after its first start, and a client of its API and webhooks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

import httpx
from fastapi import FastAPI

from flowstudio.api import routes
from flowstudio.app import House
from flowstudio.config import load_settings
from flowstudio.domain.actor import Role
from flowstudio.web.hooks import Hooks
from flowstudio.web.identity import Identity
from tests.support.databases import StillClock


def started_once(folder: Path, start: datetime | None = None) -> Path:
    """Return a data directory after its first start, at a moment or now: made once, copied for each test."""

    async def begin() -> None:
        house = House(load_settings(data_dir=folder), clock=None if start is None else StillClock(start))
        await house.open()
        await house.close()

    asyncio.run(begin())
    return folder


def application_of(house: House) -> FastAPI:
    """Return the API and the webhooks of a FlowStudio, without its pages."""
    application = FastAPI()
    routes.install(application, house.studio)
    application.add_middleware(Identity, sign_in=house.studio.sign_in)
    application.add_middleware(Hooks, service=house.studio.hooks)
    return application


async def key_of(house: House, role: Role) -> str:
    """Return a key of the API with a role."""
    return await house.studio.sign_in.make_key(await house.owner("test"), f"test {role.value}", role)


@asynccontextmanager
async def client_of(house: House, role: Role = Role.OWNER) -> AsyncIterator[httpx.AsyncClient]:
    """Open a client that calls a FlowStudio with a role."""
    headers = {"Authorization": f"Bearer {await key_of(house, role)}"}
    transport = httpx.ASGITransport(app=application_of(house))
    async with httpx.AsyncClient(transport=transport, base_url="http://flowstudio.test", headers=headers) as made:
        yield made
