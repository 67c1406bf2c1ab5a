"""The port speaks HTTP: webhook calls that arrive whole are answered at once, all else by uvicorn on the same port."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI
from uvicorn.server import ServerState

from flowstudio.api import routes
from flowstudio.storage.timers import SqlTimers
from flowstudio.web.hook_protocol import HookProtocol
from flowstudio.web.hooks import Hooks

Says = Callable[..., Awaitable[tuple[int, dict[str, str], bytes]]]


class Line:
    """One connection, spoken to in bytes."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    def send(self, data: bytes) -> None:
        self.writer.write(data)

    async def answer(self, *, bodiless: bool = False) -> tuple[int, dict[str, str], bytes]:
        """Return status, headers and body of the next answer."""
        async with asyncio.timeout(20):
            head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            first, *rest = head.strip().split("\r\n")
            headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in rest)}
            length = 0 if bodiless else int(headers.get("content-length", 0))
            body = await self.reader.readexactly(length)
        return int(first.split()[1]), headers, body

    async def ended(self) -> bool:
        """Wait until the server has closed; say whether nothing more came."""
        async with asyncio.timeout(20):
            return await self.reader.read() == b""


class Port:
    """A port of this machine that the protocol serves."""

    def __init__(self, state: ServerState, number: int) -> None:
        self.state = state
        self.number = number

    @asynccontextmanager
    async def line(self) -> AsyncIterator[Line]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.number)
        try:
            yield Line(reader, writer)
        finally:
            writer.close()

    def protocols(self) -> list[str]:
        return [type(one).__name__ for one in self.state.connections]


@pytest.fixture
async def port(place: Any) -> AsyncIterator[Port]:
    application = FastAPI()
    routes.install(application, place.studio)
    config = uvicorn.Config(
        Hooks(application, place.studio.hooks), lifespan="off", http=HookProtocol, log_level="warning",
        timeout_keep_alive=1, proxy_headers=False, server_header=False,
    )  # fmt: skip
    config.load()
    state = ServerState()
    state.default_headers = [(b"date", b"Mon, 02 Mar 2026 08:00:00 GMT")]
    server = await asyncio.get_running_loop().create_server(lambda: HookProtocol(config, state, {}), "127.0.0.1", 0)
    yield Port(state, server.sockets[0].getsockname()[1])
    server.close()
    for one in list(state.connections):
        one.shutdown()


@pytest.fixture
async def path(place: Any) -> str:
    await place.switch_on({"type": "webhook", "config": {"slug": "lead"}})
    return f"/hooks/{(await place.studio.workflows.get(place.actor, 'wf_1')).hook_token}/lead"


def call(
    path: str, body: bytes = b'{"amount": 5}', *, method: str = "POST", more: str = "", version: str = "1.1"
) -> bytes:
    head = f"{method} {path} HTTP/{version}\r\nHost: here\r\nContent-Type: application/json\r\n{more}"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


async def test_calls_on_one_connection_are_answered_without_another_server(place: Any, port: Port, path: str):
    async with port.line() as line:
        for number in range(3):
            line.send(call(path, b'{"amount": %d}' % number))
            status, headers, body = await line.answer()
            assert (status, json.loads(body)["status"]) == (202, "accepted")
            assert headers["content-type"] == "application/json"
            assert headers["date"] == "Mon, 02 Mar 2026 08:00:00 GMT"
            assert "connection" not in headers
        assert port.protocols() == ["HookProtocol"]
    await place.settle()
    assert sorted(run.event["body"]["amount"] for run in await place.runs()) == [0, 1, 2]


@pytest.mark.parametrize(
    "pieces",
    [
        pytest.param(lambda whole: [whole[:30], whole[30:]], id="head in two pieces"),
        pytest.param(lambda whole: [whole[:-5], whole[-5:]], id="body in two pieces"),
        pytest.param(lambda whole: [bytes([one]) for one in whole], id="byte by byte"),
    ],
)
async def test_a_call_in_pieces_is_answered_too(
    place: Any, port: Port, path: str, pieces: Callable[[bytes], list[bytes]]
):
    async with port.line() as line:
        for piece in pieces(call(path)):
            line.send(piece)
            await line.writer.drain()
            await asyncio.sleep(0)
        status, _, body = await line.answer()
        assert (status, json.loads(body)["status"]) == (202, "accepted")
    await place.settle()
    assert len(await place.runs()) == 1


async def test_calls_sent_before_the_first_answer_are_answered_in_their_order(place: Any, port: Port, path: str):
    async with port.line() as line:
        line.send(b"".join(call(path, more=f"X-Event-Id: e{number % 2}\r\n") for number in range(4)))
        answers = [await line.answer() for _ in range(4)]
        assert [status for status, _, _ in answers] == [202, 202, 200, 200]
        line.send(call(path, more="X-Event-Id: e2\r\n"))
        await asyncio.sleep(0)
        line.send(call(path, more="X-Event-Id: e2\r\n"))
        assert [(await line.answer())[0] for _ in range(2)] == [202, 200]
    await place.settle()
    assert len(await place.runs()) == 3


async def test_a_page_and_a_webhook_share_a_connection(place: Any, port: Port, path: str):
    async with port.line() as line:
        line.send(call(path))
        assert (await line.answer())[0] == 202
        line.send(b"GET /api/v1/health HTTP/1.1\r\nHost: here\r\n\r\n")
        assert (await line.answer())[0] in (200, 401)
        assert port.protocols() == ["HttpToolsProtocol"]
        line.send(call(path))
        assert (await line.answer())[0] == 202
    await place.settle()
    assert len(await place.runs()) == 2


async def test_what_only_a_full_server_knows_is_left_to_it(place: Any, port: Port, path: str):
    chunked = call(path, b"", more="Transfer-Encoding: chunked\r\n").replace(b"Content-Length: 0\r\n", b"")
    async with port.line() as line:
        line.send(chunked + b'd\r\n{"amount": 5}\r\n0\r\n\r\n')
        assert (await line.answer())[0] == 202
    async with port.line() as line:
        line.send(call(path, more="Expect: 100-continue\r\n")[: -len(b'{"amount": 5}')])
        assert (await line.reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 100 ")
        line.send(b'{"amount": 5}')
        assert (await line.answer())[0] == 202
    async with port.line() as line:
        line.send(call(path, version="1.0"))
        assert (await line.answer())[0] == 202
        assert await line.ended()
    await place.settle()
    assert len(await place.runs()) == 3


@pytest.mark.parametrize(
    "odd",
    [
        pytest.param(
            b"POST %s HTTP/1.1\r\nHost: here\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}", id="two lengths"
        ),
        pytest.param(b"POST %s HTTP/1.1\r\nHost : here\r\nContent-Length: 2\r\n\r\n{}", id="space before the colon"),
        pytest.param(
            b"POST %s HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}", id="both"
        ),
        pytest.param(b"POST %s HTTP/1.1\r\nHost: here\r\nContent-Length: +2\r\n\r\n{}", id="a length with a sign"),
        pytest.param(b"PO ST %s HTTP/1.1\r\nHost: here\r\nContent-Length: 2\r\n\r\n{}", id="no method"),
    ],
)
async def test_a_head_that_can_be_read_in_two_ways_starts_nothing(place: Any, port: Port, path: str, odd: bytes):
    async with port.line() as line:
        line.send(odd % path.encode())
        status, _, _ = await line.answer()
        assert status == 400
        assert await line.ended()
    await place.settle()
    assert await place.runs() == []


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (lambda path: call("/hooks/nobody/lead"), 404),
        (lambda path: call(path + "/", b"{}"), 202),
        (lambda path: call(path.replace("lead", "l%65ad"), b"{}"), 202),
        (lambda path: call(path, b"", method="GET"), 405),
        (lambda path: call(path, b'{"a":'), 400),
        (lambda path: call(path, b"\0" * 1_000_001), 413),
        (lambda path: call(path, b"<a/>").replace(b"application/json", b"application/xml"), 415),
    ],
)
async def test_calls_are_refused_with_the_same_words_on_both_ways(
    port: Port, path: str, sent: Callable[[str], bytes], expected: int
):
    whole = sent(path)
    async with port.line() as line, port.line() as other:
        line.send(whole)
        status, headers, body = await line.answer()
        for piece in (whole[:20], whole[20:]):
            other.send(piece)
            await other.writer.drain()
            await asyncio.sleep(0)
        by_uvicorn = await other.answer()
    assert status == expected == by_uvicorn[0]
    assert headers["content-type"] == by_uvicorn[1]["content-type"]
    if expected != 202:
        assert body == by_uvicorn[2]


async def test_a_caller_who_closes_gets_the_answer_first(port: Port, path: str):
    async with port.line() as line:
        line.send(call(path, more="Connection: close\r\n"))
        status, headers, _ = await line.answer()
        assert (status, headers["connection"]) == (202, "close")
        assert await line.ended()


async def test_a_quiet_connection_is_closed_and_a_stopping_server_closes_all(port: Port, path: str):
    async with port.line() as line:
        line.send(call(path))
        await line.answer()
        assert await line.ended()  # a second or two later
    async with port.line() as line:
        line.send(call(path))
        await line.answer()
        for one in list(port.state.connections):
            one.shutdown()
        assert await line.ended()
    async with asyncio.timeout(20):
        while port.state.connections or port.state.tasks:
            await asyncio.sleep(0.01)


async def test_a_stopping_server_answers_what_is_under_way(place: Any, port: Port):
    waits = {"id": "wait", "type": "delay", "config": {"for": "1h"}}
    says = {"id": "say", "type": "respond", "config": {"status": 201, "body": {"said": "late"}}}
    await place.switch_on(
        {"type": "webhook", "config": {"slug": "slow", "answer": "respond"}},
        nodes=[waits, says], edges=[{"from": "trigger", "to": "wait"}, {"from": "wait", "to": "say"}],
    )  # fmt: skip
    path = f"/hooks/{(await place.studio.workflows.get(place.actor, 'wf_1')).hook_token}/slow"
    async with port.line() as line:
        line.send(call(path))
        async with asyncio.timeout(20):
            while not await place.runs():
                await asyncio.sleep(0.01)
        for one in list(port.state.connections):
            one.shutdown()
        assert port.state.tasks
        place.clock.forward(hours=1)
        for timer in await SqlTimers(place.house.database).due(place.clock.now()):
            await place.house.engine.wake(timer)
        status, headers, body = await line.answer()
        assert (status, headers["connection"], json.loads(body)) == (201, "close", {"said": "late"})
        assert await line.ended()
