"""Connecting QuickBooks as a person: leave on Intuit's page, the company from the way back, tokens that last."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import orjson
import pytest

from flowstudio.app import House
from flowstudio.config import load_settings
from flowstudio.domain.actor import Actor, Role
from flowstudio.errors import BadRequest, NotAllowed, NotFound, Unauthorized
from flowstudio.kit.oauth import read_grant
from flowstudio.kit.ports import HttpRequest
from flowstudio.observe import redactor
from tests.support.servers import HttpServer, Request, http_server, reply

BUILDER = Actor("main", "per_b", "Bea", Role.BUILDER)
COMPANY = "4620816365009870000"
APP = orjson.dumps({"client_id": "app", "client_secret": "s3cret-of-app"}).decode()


class Intuit:
    """Speaks as Intuit does: its page, its tokens (a new refresh token with each), its books of one company."""

    def __init__(self) -> None:
        self.leave = ""
        self.number = 0
        self.forms: list[dict[str, str]] = []
        self.paths: list[str] = []

    async def answer(self, request: Request, writer: asyncio.StreamWriter) -> None:
        status, body = self.token(request) if request.target == "/token" else self.books(request)
        await reply(status, orjson.dumps(body))(request, writer)

    def page(self, address: str) -> dict[str, str]:
        """A person gives leave for a company: return what the browser brings back."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert asked == {
            "client_id": "app", "response_type": "code", "scope": "com.intuit.quickbooks.accounting",
            "redirect_uri": "https://studio.example/connections/oauth", "state": asked["state"],
        }, "Intuit knows no proof of who brings the code"  # fmt: skip
        return {"state": asked["state"], "code": "code-1", "realm": COMPANY}

    def token(self, request: Request) -> tuple[int, dict[str, object]]:
        assert request.headers["authorization"] == f"Basic {base64.b64encode(b'app:s3cret-of-app').decode()}"
        assert request.headers["content-type"] == "application/x-www-form-urlencoded"
        assert request.headers["accept"] == "application/json"
        form = {name: values[0] for name, values in parse_qs(request.body.decode()).items()}
        self.forms.append(form)
        first = {"grant_type": "authorization_code", "code": "code-1"}
        again = {"grant_type": "refresh_token", "refresh_token": self.leave}
        redirect = {"redirect_uri": "https://studio.example/connections/oauth"}
        if form not in (first | redirect, again):
            return 400, {"error": "invalid_grant"}
        self.number += 1
        self.leave = f"leave-{self.number}"
        return 200, {
            "token_type": "bearer", "access_token": f"token-{self.number}", "expires_in": 3600,
            "refresh_token": self.leave, "x_refresh_token_expires_in": 8726400,
        }  # fmt: skip

    def books(self, request: Request) -> tuple[int, dict[str, object]]:
        parts = urlsplit(request.target)
        self.paths.append(f"{request.method} {parts.path}")
        assert parse_qs(parts.query)["minorversion"] == ["75"]
        if request.headers["authorization"] != f"Bearer token-{self.number}":
            return 401, {"fault": {"error": [{"message": "Token expired"}]}}
        if parts.path.endswith(f"/companyinfo/{COMPANY}"):
            return 200, {"CompanyInfo": {"CompanyName": "Brightline"}, "time": "2026-03-02T09:00:00Z"}
        return 200, {"Invoice": {"Id": "145"}}


@pytest.fixture
async def intuit() -> AsyncIterator[tuple[Intuit, HttpServer]]:
    found = Intuit()
    async with http_server(found.answer) as web:
        yield found, web


async def open_house(folder: Path) -> House:
    house = House(load_settings(data_dir=folder))
    await house.open(server=False)
    return house


@pytest.fixture
async def house(
    tmp_path: Path, intuit: tuple[Intuit, HttpServer], monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[House]:
    settings = {
        "FLOWSTUDIO_QUICKBOOKS_URL": intuit[1].url(""), "FLOWSTUDIO_QUICKBOOKS_TOKEN_URL": intuit[1].url("/token"),
        "FLOWSTUDIO_BASE_URL": "https://studio.example",
    }  # fmt: skip
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    found = await open_house(tmp_path)
    yield found
    await found.close()


async def sync(house: House, credential: str | None = None) -> int:
    request = HttpRequest("POST", "/invoice", body=b"{}", guarded=False, service="quickbooks", credential=credential)
    return (await house._http.request(request)).status


async def test_a_person_connects_a_company_and_it_lasts(
    house: House, intuit: tuple[Intuit, HttpServer], tmp_path: Path
) -> None:
    server, connecting = intuit[0], house.studio.connecting
    await house.studio.credentials.save(BUILDER, "quickbooks", "quickbooks", APP)
    assert connecting.needs_leave("quickbooks") is True
    assert not connecting.can_test("quickbooks", "quickbooks")
    with pytest.raises(Unauthorized, match="not connected yet"):
        await sync(house)
    page = connecting.begin(BUILDER, "quickbooks")
    assert page.startswith("https://appcenter.intuit.com/connect/oauth2?")
    assert await connecting.finish(BUILDER, **server.page(page)) == "quickbooks"
    assert connecting.needs_leave("quickbooks") is False
    assert await asyncio.gather(*(sync(house) for _ in range(4))) == [200] * 4
    assert await sync(house, "quickbooks") == 200, "also where a step names it"
    assert server.paths == [f"POST /v3/company/{COMPANY}/invoice"] * 5
    assert len(server.forms) == 2, "one token for the leave, one for all the steps"
    grant = read_grant(house.studio.credentials.get("quickbooks") or "")
    assert grant is not None
    assert (grant.realm_id, grant.refresh_token, grant.provider) == (COMPANY, "leave-2", "quickbooks")
    other = await open_house(tmp_path)
    try:
        assert await sync(other) == 200, "also after a new start, with the leave that came last"
        [row] = await other.studio.credentials.list(BUILDER)
        assert row["kind"] == "quickbooks"
        assert "leave-3" not in redactor.text("the token leave-3 was refused")
    finally:
        await other.close()
    kept = [one.read_bytes() for one in tmp_path.glob("flowstudio.db*")]
    assert not any(b"leave-" in one or b"s3cret" in one for one in kept), "sealed"


async def test_a_token_that_ended_early_is_fetched_anew_and_the_step_goes_on(
    house: House, intuit: tuple[Intuit, HttpServer]
) -> None:
    server, connecting = intuit[0], house.studio.connecting
    await house.studio.credentials.save(BUILDER, "quickbooks", "quickbooks", APP)
    await connecting.finish(BUILDER, **server.page(connecting.begin(BUILDER, "quickbooks")))
    assert await sync(house) == 200
    server.number += 1  # Intuit has ended the token
    assert await sync(house) == 200


async def test_the_connection_is_tested_without_any_effect(house: House, intuit: tuple[Intuit, HttpServer]) -> None:
    server, connecting = intuit[0], house.studio.connecting
    await house.studio.credentials.save(BUILDER, "quickbooks", "quickbooks", APP)
    await connecting.finish(BUILDER, **server.page(connecting.begin(BUILDER, "quickbooks")))
    assert connecting.can_test("quickbooks", "quickbooks")
    await connecting.test(BUILDER, "quickbooks")
    assert server.paths == [f"GET /v3/company/{COMPANY}/companyinfo/{COMPANY}"]
    server.leave = "taken back"
    server.number += 1
    with pytest.raises(Unauthorized, match="QuickBooks does not accept") as refused:
        await connecting.test(BUILDER, "quickbooks")
    assert "Connections" in refused.value.hint
    with pytest.raises(NotAllowed):
        await connecting.test(Actor("main", "per_o", "Olga", Role.OPERATOR), "quickbooks")
    await house.studio.credentials.save(BUILDER, "shop", "token", "x")
    for name in ("shop", "nothing"):
        with pytest.raises(NotFound):
            await connecting.test(BUILDER, name)


@pytest.mark.parametrize("realm", ["", "../1", "1/2", "abc", "1" * 31])
async def test_a_way_back_without_a_company_connects_nothing(
    house: House, intuit: tuple[Intuit, HttpServer], realm: str
) -> None:
    server, connecting = intuit[0], house.studio.connecting
    await house.studio.credentials.save(BUILDER, "quickbooks", "quickbooks", APP)
    came = server.page(connecting.begin(BUILDER, "quickbooks"))
    with pytest.raises(BadRequest, match="which company"):
        await connecting.finish(BUILDER, **{**came, "realm": realm})
    assert connecting.needs_leave("quickbooks") is True
    assert server.forms == [], "the code is not used up"


async def test_only_the_operator_says_where_tokens_come_from(house: House) -> None:
    given = {"client_id": "app", "client_secret": "x", "token_url": "http://10.0.0.1/", "authorize_url": "http://x/"}
    await house.studio.credentials.save(BUILDER, "quickbooks", "quickbooks", orjson.dumps(given).decode())
    grant = read_grant(house.studio.credentials.get("quickbooks") or "")
    assert grant is not None
    assert grant.token_url.endswith("/token")
    assert grant.authorize_url == "https://appcenter.intuit.com/connect/oauth2"
    posed = orjson.dumps({**given, "provider": "quickbooks"}).decode()
    await house.studio.credentials.save(BUILDER, "posed", "oauth2", posed)
    other = read_grant(house.studio.credentials.get("posed") or "")
    assert other is not None
    assert other.provider == "", "so its addresses are looked at before anything leaves"


async def test_what_is_not_complete_is_told(house: House) -> None:
    for secret in ("{}", "[]", "no json", '{"client_secret": "x"}', '{"client_id": "a", "realm_id": "../"}'):
        with pytest.raises(BadRequest):
            await house.studio.credentials.save(BUILDER, "quickbooks", "quickbooks", secret)
