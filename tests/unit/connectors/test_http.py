"""HTTP, against a real server that behaves badly."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from collections.abc import AsyncIterator

import pytest

from flowstudio.connectors.http import LARGEST_ANSWER, HttpxHttp
from flowstudio.errors import ConfigRejected, OutcomeUnknown, Refused, Unauthorized, Unreachable
from flowstudio.kit.ports import HttpRequest
from tests.support.servers import HttpServer, Request, StoredSecrets, http_server, reply


@pytest.fixture
async def server() -> AsyncIterator[HttpServer]:
    async with http_server() as found:
        yield found


@pytest.fixture
async def http() -> AsyncIterator[HttpxHttp]:
    secrets = StoredSecrets(shop="ann:pw", token="t0p", keyed="X-Shop-Key: k1")
    async with HttpxHttp(secrets, allowed_private_hosts=["127.0.0.1"]) as found:
        yield found


async def test_an_answer_in_json_is_data(server: HttpServer, http: HttpxHttp) -> None:
    server.answer = reply(201, b'{"id": 7}', x_more="yes")
    found = await http.request(
        HttpRequest("POST", server.url("/a?b=1"), {"X-A": "1"}, {"c": [1, 2], "d": True, "e": None}, body=b"hello")
    )
    assert (found.status, found.body, found.headers["x-more"]) == (201, {"id": 7}, "yes")
    request = server.requests[0]
    assert (request.method, request.target, request.body) == ("POST", "/a?b=1&c=1&c=2&d=true", b"hello")
    assert request.headers["x-a"] == "1"


async def test_any_status_is_an_answer(server: HttpServer, http: HttpxHttp) -> None:
    server.answer = reply(503, b"busy", content_type="text/plain", retry_after="7")
    found = await http.request(HttpRequest("GET", server.url()))
    assert (found.status, found.body, found.headers["retry-after"]) == (503, "busy", "7")


async def test_an_empty_answer_is_nothing(server: HttpServer, http: HttpxHttp) -> None:
    server.answer = reply(204, b"")
    assert (await http.request(HttpRequest("DELETE", server.url()))).body is None


async def test_a_redirect_is_not_followed(server: HttpServer, http: HttpxHttp) -> None:
    server.answer = reply(302, b"", location="http://169.254.169.254/latest")
    with pytest.raises(Refused, match="Redirects are not followed"):
        await http.request(HttpRequest("GET", server.url()))
    assert len(server.requests) == 1


@pytest.mark.parametrize("packing", ["", "gzip", "deflate"])
async def test_a_huge_answer_is_cut_off(server: HttpServer, http: HttpxHttp, packing: str) -> None:
    huge = bytes(LARGEST_ANSWER + 1)
    packed = {"": huge, "gzip": gzip.compress(huge), "deflate": zlib.compress(huge)}[packing]
    server.answer = reply(200, packed, **({"content_encoding": packing} if packing else {}))
    with pytest.raises(Refused, match="larger than 5 MB"):
        await http.request(HttpRequest("GET", server.url()))


async def test_a_packed_answer_is_unpacked(server: HttpServer, http: HttpxHttp) -> None:
    server.answer = reply(200, gzip.compress(b'{"a": 1}'), content_encoding="gzip")
    assert (await http.request(HttpRequest("GET", server.url()))).body == {"a": 1}


async def hang(request: Request, writer: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


async def drop(request: Request, writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


@pytest.mark.parametrize(
    ("method", "error"), [("GET", Unreachable), ("POST", OutcomeUnknown), ("DELETE", OutcomeUnknown)]
)
@pytest.mark.parametrize("answer", [hang, drop])
async def test_no_answer_after_sending_is_its_own_state(
    http: HttpxHttp, answer: object, method: str, error: type[Exception]
) -> None:
    async with asyncio.timeout(10):
        server = HttpServer(answer)  # type: ignore[arg-type]
        waiting: set[asyncio.Task[None]] = set()

        def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.ensure_future(server.serve(reader, writer))
            waiting.add(task)
            task.add_done_callback(waiting.discard)

        listening = await asyncio.start_server(serve, "127.0.0.1", 0)
        server.port = listening.sockets[0].getsockname()[1]
        try:
            with pytest.raises(error):
                await http.request(HttpRequest(method, server.url(), timeout=0.3))
        finally:
            listening.close()
            for task in list(waiting):
                task.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)
    assert len(server.requests) == 1


async def test_nobody_listening_had_no_effect(http: HttpxHttp) -> None:
    async with http_server() as gone:
        url = gone.url()
    with pytest.raises(Unreachable, match="cannot be reached"):
        await http.request(HttpRequest("POST", url))


@pytest.mark.parametrize(
    ("auth", "credential", "name", "value"),
    [
        ("basic", "shop", "authorization", "Basic YW5uOnB3"),
        ("bearer", "token", "authorization", "Bearer t0p"),
        ("oauth2", "token", "authorization", "Bearer t0p"),
        ("api_key", "token", "x-api-key", "t0p"),
        ("api_key", "keyed", "x-shop-key", "k1"),
    ],
)
async def test_a_credential_is_shown_as_asked(
    server: HttpServer, http: HttpxHttp, auth: str, credential: str, name: str, value: str
) -> None:
    await http.request(HttpRequest("GET", server.url(), auth=auth, credential=credential))
    assert server.requests[0].headers[name] == value


async def test_a_missing_credential_is_told_without_sending(server: HttpServer, http: HttpxHttp) -> None:
    with pytest.raises(Unauthorized, match='"nobody" is not there'):
        await http.request(HttpRequest("GET", server.url(), auth="bearer", credential="nobody"))
    assert server.requests == []


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://x.example/", "x.example", "http://", "http://a:b@x.example/", "//x"]
)
async def test_what_is_no_web_address_is_refused(http: HttpxHttp, url: str) -> None:
    with pytest.raises(ConfigRejected):
        await http.request(HttpRequest("GET", url))


async def test_a_line_break_in_a_header_is_refused(server: HttpServer, http: HttpxHttp) -> None:
    with pytest.raises(ConfigRejected, match="line break"):
        await http.request(HttpRequest("GET", server.url(), {"X-A": "1\r\nX-B: 2"}))
    assert server.requests == []
