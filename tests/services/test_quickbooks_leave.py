"""QuickBooks takes each refresh token once: the one that came for it is kept, over a restart and from any source."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import parse_qs

import orjson
import pytest

from flowstudio.app import House
from flowstudio.config import load_settings
from flowstudio.domain.actor import Actor, Role
from flowstudio.errors import Unauthorized, Unreachable
from flowstudio.kit.ports import HttpRequest
from flowstudio.observe import redactor
from flowstudio.services.ports import Page
from flowstudio.storage.audit import SqlAudit
from tests.support.servers import HttpServer, Request, http_server, reply

BUILDER = Actor("main", "per_b", "Bea", Role.BUILDER)
LEAVE = "QUICKBOOKS_REFRESH_TOKEN"


class Intuit:
    """Takes the newest refresh token only, and gives another one with every token."""

    def __init__(self) -> None:
        self.leave, self.number, self.status = "leave-0", 0, 200
        self.refreshes: list[str] = []

    async def answer(self, request: Request, writer: asyncio.StreamWriter) -> None:
        status, body = self.token(request) if request.target == "/token" else self.data(request)
        await reply(status, orjson.dumps(body))(request, writer)

    def token(self, request: Request) -> tuple[int, dict[str, object]]:
        assert request.headers["authorization"] == f"Basic {base64.b64encode(b'app:s3cret').decode()}"
        form = parse_qs(request.body.decode())
        self.refreshes.append(form["refresh_token"][0])
        if self.status != 200:
            return self.status, {"error": "busy"}
        if form["grant_type"] != ["refresh_token"] or form["refresh_token"] != [self.leave]:
            return 400, {"error": "invalid_grant"}
        self.number += 1
        self.leave = f"leave-{self.number}"
        return 200, {"access_token": f"token-{self.number}", "refresh_token": self.leave, "expires_in": 3600}

    def data(self, request: Request) -> tuple[int, dict[str, object]]:
        good = request.headers["authorization"] == f"Bearer token-{self.number}"
        return (200, {"Invoice": {"Id": "145"}}) if good else (401, {})


@pytest.fixture
async def intuit() -> AsyncIterator[tuple[Intuit, HttpServer]]:
    found = Intuit()
    async with http_server(found.answer) as web:
        yield found, web


@pytest.fixture
def folder(tmp_path: Path, intuit: tuple[Intuit, HttpServer], monkeypatch: pytest.MonkeyPatch) -> Path:
    settings = {
        "FLOWSTUDIO_QUICKBOOKS_URL": intuit[1].url(""), "FLOWSTUDIO_QUICKBOOKS_TOKEN_URL": intuit[1].url("/token"),
        "QUICKBOOKS_CLIENT_ID": "app", "QUICKBOOKS_CLIENT_SECRET": "s3cret", "QUICKBOOKS_REALM_ID": "9",
    }  # fmt: skip
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    return tmp_path


async def open_house(folder: Path) -> House:
    house = House(load_settings(data_dir=folder))
    await house.open(server=False)
    return house


async def sync(house: House) -> int:
    request = HttpRequest("POST", "/invoice", body=b"{}", guarded=False, service="quickbooks")
    return (await house._http.request(request)).status


@pytest.mark.parametrize("source", ["connection", "environment"])
async def test_a_new_refresh_token_outlives_a_restart(
    folder: Path, intuit: tuple[Intuit, HttpServer], monkeypatch: pytest.MonkeyPatch, source: str
) -> None:
    server = intuit[0]
    if source == "environment":
        monkeypatch.setenv(LEAVE, "leave-0")
    house = await open_house(folder)
    try:
        if source == "connection":
            await house.studio.credentials.save(BUILDER, LEAVE, "token", "leave-0")
        assert await asyncio.gather(*(sync(house) for _ in range(4))) == [200] * 4
        assert server.refreshes == ["leave-0"], "steps at the same time share one refresh"
    finally:
        await house.close()
    house = await open_house(folder)
    try:
        assert await sync(house) == 200
        assert server.refreshes == ["leave-0", "leave-1"]
        assert "leave-2" not in redactor.text("the token leave-2 was refused")
        lines, _ = await SqlAudit(house.database).page("main", Page())
        renewed = [(line["actor"], line["subject"]) for line in lines if line["action"] == "credential.renewed"]
        assert renewed == [("FlowStudio", LEAVE)] * 2
        [row] = [one for one in await house.studio.credentials.list(BUILDER) if one["name"] == LEAVE]
        assert row["kind"] == "token"
        assert "leave-" not in str(row)
    finally:
        await house.close()
    assert not any(b"leave-" in one.read_bytes() for one in folder.glob("flowstudio.db*")), "kept sealed"


async def test_a_refresh_token_that_a_person_saves_counts_at_once(
    folder: Path, intuit: tuple[Intuit, HttpServer]
) -> None:
    server = intuit[0]
    house = await open_house(folder)
    try:
        await house.studio.credentials.save(BUILDER, LEAVE, "token", "leave-0")
        assert await sync(house) == 200
        server.leave = "leave-of-another-sign-in"
        await house.studio.credentials.save(BUILDER, LEAVE, "token", "leave-of-another-sign-in")
        assert await sync(house) == 200
        assert server.refreshes == ["leave-0", "leave-of-another-sign-in"]
    finally:
        await house.close()


async def test_a_refused_token_names_where_to_put_a_new_one_and_a_busy_server_is_asked_again(
    folder: Path, intuit: tuple[Intuit, HttpServer]
) -> None:
    server = intuit[0]
    house = await open_house(folder)
    try:
        await house.studio.credentials.save(BUILDER, LEAVE, "token", "leave-0")
        server.status = 503
        with pytest.raises(Unreachable):
            await sync(house)
        server.status = 200
        assert await sync(house) == 200, "nothing was lost"
        await house.studio.credentials.save(BUILDER, LEAVE, "token", "taken back")
        with pytest.raises(Unauthorized) as refused:
            await sync(house)
        assert LEAVE in (refused.value.hint or "")
    finally:
        await house.close()
