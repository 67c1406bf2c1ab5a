"""The guard: 24 ways into a private network, and none leads there."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import httpcore
import pytest

from flowstudio.connectors.guard import AllowedHosts, GuardedBackend, PrivateAddress
from flowstudio.connectors.http import HttpxHttp
from flowstudio.errors import Refused
from flowstudio.kit.ports import HttpRequest
from tests.support.servers import StoredSecrets, http_server

PRIVATE = [
    "127.0.0.1", "localhost", "2130706433", "0x7f.1", "127.1", "[::1]", "[::ffff:127.0.0.1]",
    "[::ffff:169.254.169.254]", "[2002:7f00:1::]", "10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1", "0.0.0.0", "198.18.0.1",
    "224.0.0.1", "[ff02::1]", "169.254.169.254", "[fd00::1]", "[fe80::1]", "[::]", "[64:ff9b::7f00:1]", "[64:ff9b:1::a00:1]",
    "[::127.0.0.1]",
]  # fmt: skip


class Dialler(httpcore.AsyncNetworkBackend):
    """Notes whom it is told to call, and calls nobody."""

    def __init__(self) -> None:
        self.called: list[str] = []

    async def connect_tcp(self, host: str, port: int, *args: Any, **kwargs: Any) -> httpcore.AsyncNetworkStream:
        self.called.append(host)
        raise httpcore.ConnectError("nobody is called in this test")

    async def sleep(self, seconds: float) -> None:
        raise AssertionError


@pytest.mark.parametrize("host", PRIVATE)
async def test_a_private_address_is_refused_before_any_packet(host: str) -> None:
    dialler = Dialler()
    async with HttpxHttp(StoredSecrets(), guard=GuardedBackend(inner=dialler)) as http:
        with pytest.raises(Refused, match="private address"):
            await http.request(HttpRequest("GET", f"http://{host}:8080/"))
    assert dialler.called == []


async def test_one_private_address_among_public_ones_is_enough() -> None:
    async def resolve(host: str, port: int) -> list[str]:
        return ["93.184.216.34", "127.0.0.1"]

    with pytest.raises(PrivateAddress):
        await GuardedBackend(inner=Dialler(), resolve=resolve).connect_tcp("rebind.example", 80)


async def test_the_address_that_was_checked_is_the_one_called() -> None:
    asked: list[str] = []

    async def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["93.184.216.34"] if len(asked) == 1 else ["127.0.0.1"]

    dialler = Dialler()
    with pytest.raises(httpcore.ConnectError):
        await GuardedBackend(inner=dialler, resolve=resolve).connect_tcp("rebind.example", 80)
    assert dialler.called == ["93.184.216.34"]
    assert asked == ["rebind.example"]


@pytest.mark.parametrize(
    ("entries", "reached"),
    [
        (("127.0.0.1",), True),
        (("127.0.0.0/8",), True),
        (("127.0.0.1:{port}",), True),
        (("127.0.0.1:1",), False),
        (("10.0.0.0/8",), False),
        ((), False),
    ],
)
async def test_an_administrator_can_allow_a_private_host(entries: Iterable[str], reached: bool) -> None:
    async with http_server() as server:
        allowed = [entry.format(port=server.port) for entry in entries]
        async with HttpxHttp(StoredSecrets(), allowed_private_hosts=allowed) as http:
            if reached:
                assert (await http.request(HttpRequest("GET", server.url()))).status == 200
            else:
                with pytest.raises(Refused):
                    await http.request(HttpRequest("GET", server.url()))
    assert len(server.requests) == (1 if reached else 0)


def test_a_wrong_entry_is_told() -> None:
    with pytest.raises(ValueError, match="neither a host nor a network"):
        AllowedHosts(["10.0.0.0/99"])
