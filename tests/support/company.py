"""A company that uses FlowStudio: the whole composition on a SQLite file, with its mail server, its providers, its API.

Only the clock is ours: it moves when a test says so, to the next thing that is due.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
from fastapi import FastAPI
from sqlalchemy import Connection, delete, insert, select

from flowstudio.api import routes
from flowstudio.app import WORKSPACE, House
from flowstudio.config import load_settings
from flowstudio.domain.actor import Role
from flowstudio.domain.run import Run
from flowstudio.domain.states import RunStatus
from flowstudio.engine.result import result_of
from flowstudio.kit.record_rules import stored_row
from flowstudio.kit.record_types import shipped_record_types
from flowstudio.scheduling.waking import Waking
from flowstudio.storage import tables
from flowstudio.storage.timers import SqlTimers
from flowstudio.web.hooks import Hooks
from flowstudio.web.identity import Identity
from tests.support.databases import StillClock
from tests.support.providers import Providers, addresses, credentials
from tests.support.servers import SmtpServer, http_server, smtp_server

BERLIN = ZoneInfo("Europe/Berlin")
BASE = "https://app.brightline.example"
"""Where people reach it; the promises of the samples have this address too."""
FIRST = datetime(2020, 1, 1, tzinfo=UTC)
"""The place of the first record in the order of creation."""
MOST_ROUNDS = 200
Rows = dict[str, dict[str, dict[str, Any]]]
"""By record type and id."""


class Company:
    """One installation, and what a test does with it."""

    def __init__(self, house: House, clock: StillClock, post: SmtpServer, providers: Providers) -> None:
        self.house = house
        self.clock = clock
        self.post = post
        self.providers = providers
        self.types = shipped_record_types()
        self.timers = SqlTimers(house.database)
        self.waking = Waking(house.engine, self.timers, clock)
        self.api: httpx.AsyncClient
        self.calls: httpx.AsyncClient

    # -- what is there -----------------------------------------------------------------------------------------------

    async def lay_out(
        self, given: dict[str, list[dict[str, Any]]], last: dict[tuple[str, str], datetime] | None = None
    ) -> None:
        """Let exactly these records be there, by their types; `last` says when one last changed, else it was now."""
        now, changed = self.clock.now(), last or {}
        every = [(name, row) for name, rows in given.items() for row in rows]
        rows = [
            {
                "workspace": WORKSPACE, "entity": name, "id": str(row["id"]),
                "data": stored_row(self.types[name], row), "revision": 1,
                "position": FIRST + timedelta(microseconds=place), "created_at": now,
                "updated_at": changed.get((name, row["id"]), now),
            }
            for place, (name, row) in enumerate(every)
        ]  # fmt: skip

        def write(connection: Connection) -> None:
            connection.execute(delete(tables.record))
            connection.execute(delete(tables.event))
            connection.execute(insert(tables.record), rows)

        await self.house.database.writer.run(write)
        self.post.mails.clear()
        self.post.envelopes.clear()

    async def rows(self) -> Rows:
        """Return every record as it is on disk."""
        found: Rows = {}
        async with self.house.database.read() as connection:
            for row in await connection.execute(
                select(tables.record.c.entity, tables.record.c.id, tables.record.c.data)
            ):
                found.setdefault(row.entity, {})[row.id] = row.data
        return found

    # -- what people and programs do ---------------------------------------------------------------------------------

    async def ask(self, method: str, path: str, **kwargs: Any) -> Any:
        """Call the API as a program does; return the answer's body."""
        answer = await self.api.request(method, f"/api/v1{path}", **kwargs)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    async def use(self, template_id: str, values: dict[str, str]) -> str:
        """Make a workflow as "Use this template" does; return its id."""
        made = await self.ask("POST", f"/templates/{template_id}/create", json={"values": values})
        problems = [one for one in made["problems"] if one["severity"] != "hint"]
        assert not problems, problems
        return str(made["id"])

    async def switch(self, workflow_id: str, *, on: bool) -> None:
        """Switch a workflow on or off; the first time it is published."""
        await self.ask("PATCH", f"/workflows/{workflow_id}/toggle", json={"active": on})

    async def run_of(self, workflow_id: str) -> list[str]:
        """Return the ids of a workflow's runs, the oldest first."""
        told = await self.ask("GET", f"/workflows/{workflow_id}/runs?page_size=100")
        return sorted(one["id"] for one in told["executions"])

    async def run(self, run_id: str) -> tuple[Run, list[Any]]:
        """Return a run and its steps, as they are on disk."""
        found = await self.house.studio.runs.get(await self.house.owner("test"), run_id)
        return found[0], list(found[1])

    async def result(self, run_id: str) -> dict[str, Any]:
        """Return what a run did, as `flowstudio run --json` tells it."""
        run, steps = await self.run(run_id)
        workflow = await self.house.studio.workflows.published(
            await self.house.owner("test"), run.workflow_id, run.version
        )
        return result_of(run, steps, workflow)

    # -- how time goes by --------------------------------------------------------------------------------------------

    def at(self, moment: str | datetime, **later: float) -> datetime:
        """Set the clock; a moment without a zone is local time."""
        found = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
        found = found if found.tzinfo else found.replace(tzinfo=BERLIN)
        self.clock.moment = found.astimezone(UTC) + timedelta(**later)
        return self.clock.moment

    async def rest(self) -> None:
        """Let everything come to rest that needs no time."""
        house = self.house
        quiet = 0
        for _ in range(MOST_ROUNDS):
            await house.sensing.lookout.idle()
            handed_on = await house.sensing.handing_on.drain()
            await house.admission.settled()
            await house.engine.idle()
            quiet = 0 if handed_on else quiet + 1
            if quiet == 2:  # what the first round found done may have started something
                return
        raise AssertionError("It does not come to rest.")

    async def look(self) -> None:
        """Do what is due now: schedules fire, runs wake, triggers look."""
        await self.house.firing.fire_due()
        await self.waking.wake_due()
        await self.house.sensing.lookout.look_due()
        await self.rest()

    async def next_timer(self) -> datetime | None:
        """Return when the next waiting run wakes."""
        return await self.timers.next_due()

    async def under_way(self, run_id: str) -> bool:
        """Say whether a run waits for something."""
        return (await self.run(run_id))[0].status is RunStatus.WAITING


@asynccontextmanager
async def company(folder: Path, start: datetime, setenv: Callable[[str, str], None]) -> AsyncIterator[Company]:
    """Open an installation on a fresh SQLite file, with its servers; `setenv` sets what it reads."""
    providers = Providers()
    async with smtp_server() as post, http_server(providers.answer) as server:
        providers.server = server
        environment = {
            "TZ": str(BERLIN), "FLOWSTUDIO_ALLOWED_PRIVATE_HOSTS": "127.0.0.1", "FLOWSTUDIO_SMTP_URL": post.url,
            "FLOWSTUDIO_BASE_URL": BASE, **addresses(server.url("")),
        }  # fmt: skip
        for name, value in environment.items():
            setenv(name, value)
        clock = StillClock(start)
        house = House(load_settings(data_dir=folder), clock=clock)
        await house.open()
        found = Company(house, clock, post, providers)
        try:
            async with _callers(found):
                await found.ask("PATCH", "/settings", json={"timezone": str(BERLIN)})
                for name, (kind, secret) in credentials(server.url("")).items():
                    await found.ask("POST", "/credentials", json={"name": name, "kind": kind, "secret": secret})
                yield found
        finally:
            await house.close()


@asynccontextmanager
async def _callers(company: Company) -> AsyncIterator[None]:
    studio = company.house.studio
    application = FastAPI()
    routes.install(application, studio)
    application.add_middleware(Identity, sign_in=studio.sign_in)
    application.add_middleware(Hooks, service=studio.hooks)
    key = await studio.sign_in.make_key(await company.house.owner("test"), "test", Role.OWNER)
    transport = httpx.ASGITransport(app=application)
    headers = {"Authorization": f"Bearer {key}"}
    async with (
        httpx.AsyncClient(transport=transport, base_url="http://flowstudio.test", headers=headers) as company.api,
        httpx.AsyncClient(transport=transport, base_url="http://flowstudio.test") as company.calls,
    ):
        yield
