"""OAuth 2 against a local server: client credentials, a code with PKCE, refreshing, and everything that goes wrong."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import orjson
import pytest

from flowstudio.app import House
from flowstudio.config import load_settings
from flowstudio.domain.actor import Actor, Role
from flowstudio.errors import BadRequest, NotAllowed, NotFound, Refused, Unauthorized, Unreachable
from flowstudio.kit.ports import HttpRequest
from tests.support.servers import HttpServer, Request, http_server, reply

BUILDER = Actor("main", "per_b", "Bea", Role.BUILDER)


@dataclass
class AuthServer:
    """Gives tokens and checks them, as a small provider does."""

    web: HttpServer | None = None
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    good: set[str] = field(default_factory=set)
    refresh: str = "leave-0"
    numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    lasts: int = 3600
    status: int = 200

    def url(self, path: str) -> str:
        assert self.web is not None
        return self.web.url(path)

    async def answer(self, request: Request, writer: asyncio.StreamWriter) -> None:
        status, body = self.token(request) if request.target == "/token" else self.data(request)
        await reply(status, orjson.dumps(body))(request, writer)

    def data(self, request: Request) -> tuple[int, dict]:
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        return (200, {"you": "are in"}) if given in self.good else (401, {"error": "invalid_token"})

    def token(self, request: Request) -> tuple[int, dict]:
        if self.status != 200:
            return self.status, {"error": "server_error"}
        expected = f"Basic {base64.b64encode(b'app:s3cret').decode()}"
        form = {name: values[0] for name, values in parse_qs(request.body.decode()).items()}
        if request.headers.get("authorization") != expected or not self.allows(form):
            return 400, {"error": "invalid_grant"}
        token = f"token-{next(self.numbers)}"
        self.good.add(token)
        answer = {"access_token": token, "expires_in": self.lasts, "token_type": "bearer"}
        if form["grant_type"] != "client_credentials":
            self.refresh = f"leave-{token}"
            answer["refresh_token"] = self.refresh
        return 200, answer

    def allows(self, form: dict[str, str]) -> bool:
        match form.get("grant_type"):
            case "client_credentials":
                return True
            case "refresh_token":
                return form["refresh_token"] == self.refresh
            case "authorization_code":
                asked = self.codes.pop(form["code"], None)
                digest = hashlib.sha256(form["code_verifier"].encode()).digest()
                challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
                return (
                    asked is not None
                    and asked["code_challenge"] == challenge
                    and asked["redirect_uri"] == form["redirect_uri"]
                )
        return False

    def consent(self, page: str) -> tuple[str, str]:
        """Give leave as a person would: return the state and the code with which the browser is sent back."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(page).query).items()}
        assert (query["response_type"], query["code_challenge_method"], query["client_id"]) == ("code", "S256", "app")
        self.codes["code-1"] = query
        return query["state"], "code-1"


@asynccontextmanager
async def auth_server() -> AsyncIterator[AuthServer]:
    found = AuthServer()
    async with http_server(found.answer) as web:
        found.web = web
        yield found


@pytest.fixture
async def server() -> AsyncIterator[AuthServer]:
    async with auth_server() as found:
        yield found


@pytest.fixture
async def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[House]:
    monkeypatch.setenv("FLOWSTUDIO_ALLOWED_PRIVATE_HOSTS", "127.0.0.1")
    house = House(load_settings(data_dir=tmp_path))
    await house.open(server=False)
    yield house
    await house.close()


async def connect(house: House, server: AuthServer, flow: str, **more: str) -> None:
    grant = {
        "flow": flow, "client_id": "app", "client_secret": "s3cret", "token_url": server.url("/token"),
        "authorize_url": server.url("/authorize"), "scope": "read", **more,
    }  # fmt: skip
    await house.studio.credentials.save(BUILDER, "shop", "oauth2", orjson.dumps(grant).decode())


async def ask(house: House, server: AuthServer) -> int:
    request = HttpRequest("GET", server.url("/data"), auth="oauth2", credential="shop")
    return (await house._http.request(request)).status


def asked(server: AuthServer, target: str) -> int:
    assert server.web is not None
    return sum(one.target == target for one in server.web.requests)


async def test_a_token_by_client_credentials_is_fetched_once_and_used(place: House, server: AuthServer) -> None:
    await connect(place, server, "client")
    assert await asyncio.gather(*(ask(place, server) for _ in range(5))) == [200] * 5
    assert asked(server, "/token") == 1


async def test_a_token_that_is_not_taken_any_more_is_fetched_anew(place: House, server: AuthServer) -> None:
    await connect(place, server, "client")
    assert await ask(place, server) == 200
    server.good.clear()
    assert await ask(place, server) == 200
    assert asked(server, "/token") == 2


async def test_a_person_gives_leave_and_it_lasts(place: House, server: AuthServer, tmp_path: Path) -> None:
    await connect(place, server, "code")
    connecting = place.studio.connecting
    assert connecting.needs_leave("shop") is True
    with pytest.raises(Unauthorized, match="not connected yet"):
        await ask(place, server)
    page = connecting.begin(BUILDER, "shop")
    assert page.startswith(server.url("/authorize?"))
    state, code = server.consent(page)
    assert await connecting.finish(BUILDER, state, code) == "shop"
    assert connecting.needs_leave("shop") is False
    assert await ask(place, server) == 200
    server.good.clear()
    assert await ask(place, server) == 200, "the leave that was given anew with each token is the one used"
    other = House(load_settings(data_dir=tmp_path))
    await other.open(server=False)
    try:
        assert await ask(other, server) == 200, "also after a new start"
    finally:
        await other.close()


async def test_a_code_is_good_once_for_who_began_and_not_for_long(place: House, server: AuthServer) -> None:
    await connect(place, server, "code")
    connecting = place.studio.connecting
    state, code = server.consent(connecting.begin(BUILDER, "shop"))
    with pytest.raises(BadRequest, match="Somebody else"):
        await connecting.finish(Actor("main", "per_x", "Eve", Role.BUILDER), state, code)
    with pytest.raises(BadRequest, match="not begun here"):
        await connecting.finish(BUILDER, state, code)
    with pytest.raises(BadRequest, match="not begun here"):
        await connecting.finish(BUILDER, "made-up", code)
    state, _ = server.consent(connecting.begin(BUILDER, "shop"))
    with pytest.raises(Unauthorized, match="access_denied"):
        await connecting.finish(BUILDER, state, "", "access_denied")
    state, _ = server.consent(connecting.begin(BUILDER, "shop"))
    with pytest.raises(Unauthorized):
        await connecting.finish(BUILDER, state, "wrong-code")


async def test_a_refused_leave_is_told_and_a_busy_server_can_be_tried_again(place: House, server: AuthServer) -> None:
    await connect(place, server, "code", refresh_token="taken back")
    with pytest.raises(Unauthorized, match="does not accept our sign-in"):
        await ask(place, server)
    server.status = 503
    with pytest.raises(Unreachable):
        await ask(place, server)


async def test_no_secret_is_ever_shown(place: House, server: AuthServer) -> None:
    from flowstudio.observe import redactor

    await connect(place, server, "code", refresh_token="canary-leave")
    shown = str(await place.studio.credentials.list(BUILDER))
    assert "canary" not in shown
    assert "s3cret" not in shown
    assert "canary-leave" not in redactor.text("the token canary-leave was refused")


async def test_token_addresses_in_private_networks_are_refused(tmp_path: Path, server: AuthServer) -> None:
    house = House(load_settings(data_dir=tmp_path))
    await house.open(server=False)
    try:
        await connect(house, server, "client")
        with pytest.raises(Refused, match="private address"):
            await ask(house, server)
        assert server.web is not None
        assert server.web.requests == []
    finally:
        await house.close()


@pytest.mark.parametrize(
    "grant",
    [
        "{}", "[]", '{"client_id": "a"}', '{"client_id": "a", "token_url": "ftp://x/y"}',
        '{"client_id": "a", "token_url": "https://x/y", "flow": "code"}',
        '{"client_id": "a", "token_url": "https://x/y", "flow": "magic"}',
        '{"client_id": "a", "token_url": "https://x/y", "workspace": "other"}',
    ],
)  # fmt: skip
async def test_what_is_no_grant_is_refused(place: House, grant: str) -> None:
    with pytest.raises(BadRequest):
        await place.studio.credentials.save(BUILDER, "shop", "oauth2", grant)


async def test_connecting_needs_the_role_of_a_builder_and_a_connection(place: House, server: AuthServer) -> None:
    await connect(place, server, "client")
    with pytest.raises(NotAllowed):
        place.studio.connecting.begin(Actor("main", "per_o", "Olga", Role.OPERATOR), "shop")
    for name in ("shop", "nothing", "STRIPE_API_KEY"):
        with pytest.raises(NotFound):
            place.studio.connecting.begin(BUILDER, name)
