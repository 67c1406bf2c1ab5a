"""Every address that a person can type, into a step or into a connection, is kept out of private networks."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import orjson
import pytest

import flowstudio.nodes
from flowstudio.connectors.databases import Databases
from flowstudio.connectors.fcm import Firebase
from flowstudio.connectors.http import HttpxHttp
from flowstudio.connectors.zapier import Zapier
from flowstudio.errors import Refused, Unauthorized
from flowstudio.kit import Registry
from flowstudio.kit.ports import HttpRequest
from tests.support.servers import HttpServer, StoredSecrets, http_server, reply
from tests.support.steps import run_nodes

PRIVATE = "http://169.254.169.254/latest"
FILLED = {
    "http_request": {"method": "POST", "url": PRIVATE},
    "send_webhook": {"url": PRIVATE},
    "create_zapier_event": {"event": "e", "url": PRIVATE},
    "enrich_company_data": {"domain": "x.example", "source": PRIVATE},
}


def test_every_setting_that_takes_an_address_is_tried_here() -> None:
    registry = Registry.of(flowstudio.nodes)
    found = {one.key for one in registry.actions() if any(part.widget == "url" for part in one.settings())}
    assert found == set(FILLED)
    assert {one.key for one in registry.triggers() if any(part.widget == "url" for part in one.settings())} == {"poll"}


@pytest.mark.parametrize("action", FILLED)
async def test_an_address_in_a_step_is_guarded(action: str) -> None:
    node = {"id": "n", "type": "action", "action": action, "config": FILLED[action]}
    done = await run_nodes([node])
    requests = done.http.requests
    assert len(requests) == 1, done.result["steps"]
    async with HttpxHttp(StoredSecrets(webhook="s"), services=[Zapier()]) as http:
        with pytest.raises(Refused, match="private address"):
            await http.request(HttpRequest(requests[0].method, requests[0].url, guarded=requests[0].guarded))


@pytest.fixture
async def inside() -> AsyncIterator[HttpServer]:
    async with http_server(reply(200, b"{}")) as found:
        yield found


@pytest.mark.parametrize("name", ["zap", "ZAPIER_HOOK_URL"])
async def test_a_hook_in_a_connection_is_guarded(inside: HttpServer, name: str) -> None:
    request = HttpRequest("POST", "", body=b"{}", guarded=False, service="zapier", credential="zap")
    async with HttpxHttp(StoredSecrets(**{name: inside.url("/hook")}), services=[Zapier()]) as http:
        with pytest.raises(Refused, match="private address"):
            await http.request(request)
    assert inside.requests == []


async def test_a_token_address_in_a_connection_is_guarded(inside: HttpServer) -> None:
    grant = {"flow": "client", "client_id": "a", "client_secret": "b", "token_url": inside.url("/token")}
    secrets = StoredSecrets(shop=orjson.dumps(grant).decode())
    async with HttpxHttp(secrets) as http:
        with pytest.raises(Refused, match="private address"):
            await http.request(HttpRequest("GET", "https://x.example", auth="oauth2", credential="shop"))
    assert inside.requests == []


async def test_a_database_in_a_connection_is_guarded(tmp_path: Path, inside: HttpServer) -> None:
    asked = {"sql": "select 1", "params": {}, "read_only": True, "limit": 1, "seconds": 1}
    request = HttpRequest("POST", "", body=orjson.dumps(asked), service="sql", credential="db")
    secrets = StoredSecrets(db=f"postgresql://u:p@127.0.0.1:{inside.port}/db")
    async with HttpxHttp(secrets, services=[Databases(tmp_path)]) as http:
        with pytest.raises(Refused, match="private address"):
            await http.request(request)


@pytest.mark.parametrize("secret", ["/etc/passwd", "/dev/zero", "/no/such/file", "/", "[1]", "x\x00y"])
async def test_a_service_account_reads_no_other_files(secret: str) -> None:
    async with HttpxHttp(StoredSecrets(FIREBASE_SERVICE_ACCOUNT=secret), services=[Firebase()]) as http:
        with pytest.raises(Unauthorized, match="cannot be read") as caught:
            await http.request(HttpRequest("POST", "/messages:send", body=b"{}", service="fcm"))
    assert "root" not in caught.value.message
