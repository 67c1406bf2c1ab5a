"""The load: callers on keep-alive connections, each with one call under way; raw HTTP/1.1, in a process of its own.

`python -m flowstudio.cli._bench.client` reads one JSON order from its standard input and prints one JSON answer.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from flowstudio.cli._bench.figures import ms, rounded

if TYPE_CHECKING:
    from flowstudio.domain.json import JsonObject

HEAD_END = b"\r\n\r\n"
LENGTH = b"content-length:"


@dataclass(slots=True)
class Tally:
    """What all callers of one round saw."""

    until: float
    seconds: list[float] = field(default_factory=list)
    bad: int = 0
    first: str = ""
    """The first answer, whole, so that a report can show what was measured."""
    problem: str = ""


class Caller(asyncio.Protocol):
    """One connection: sends the request again as soon as the answer is whole, until the time is up."""

    def __init__(self, request: bytes, tally: Tally) -> None:
        self._request = request
        self._tally = tally
        self._buffer = b""
        self._sent = 0.0
        self._transport: asyncio.Transport | None = None
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._send()

    def data_received(self, data: bytes) -> None:
        """Take a piece of an answer."""
        buffer = self._buffer + data if self._buffer else data
        end = buffer.find(HEAD_END)
        if end < 0:
            self._buffer = buffer
            return
        head = buffer[:end].lower()
        at = head.find(LENGTH)
        if at < 0:
            self._fail("an answer without a length")
            return
        stop = head.find(b"\r\n", at)
        size = int(head[at + len(LENGTH) : stop if stop >= 0 else None])
        if len(buffer) < end + 4 + size:
            self._buffer = buffer
            return
        self._buffer = b""
        self._answered(buffer)

    def connection_lost(self, exc: Exception | None) -> None:
        """End with the connection."""
        if not self.done.done():
            self._tally.problem = self._tally.problem or f"the connection ended: {exc}"
            self._tally.bad += 1
            self.done.set_result(None)

    def _send(self) -> None:
        assert self._transport is not None
        self._sent = time.perf_counter()
        self._transport.write(self._request)

    def _answered(self, whole: bytes) -> None:
        now = time.perf_counter()
        tally = self._tally
        tally.seconds.append(now - self._sent)
        if whole[9:10] != b"2":
            tally.bad += 1
            tally.problem = tally.problem or whole[:200].decode("latin-1")
        elif not tally.first:
            tally.first = whole.decode("latin-1")
        if now < tally.until:
            self._send()
        else:
            self._finish()

    def _finish(self) -> None:
        self.done.set_result(None)
        assert self._transport is not None
        self._transport.close()

    def _fail(self, problem: str) -> None:
        self._tally.bad += 1
        self._tally.problem = problem
        self._finish()


async def call(host: str, port: int, request: bytes, callers: int, seconds: float) -> JsonObject:
    """Call with so many callers for so long; return rate, latencies and faults."""
    loop = asyncio.get_running_loop()
    began = time.perf_counter()
    tally = Tally(began + seconds)
    made = [await loop.create_connection(lambda: Caller(request, tally), host, port) for _ in range(callers)]
    await asyncio.wait_for(asyncio.gather(*(caller.done for _, caller in made)), seconds + 20)
    took = time.perf_counter() - began
    return {
        "callers": callers,
        "calls": len(tally.seconds),
        "per_second": rounded(len(tally.seconds) / took),
        **ms(tally.seconds),
        "faults": tally.bad,
        "problem": tally.problem,
        "first_answer": tally.first,
    }


def post(host: str, port: int, path: str, body: bytes) -> bytes:
    """Write a POST of JSON as bytes."""
    head = (
        f"POST {path} HTTP/1.1\r\nhost: {host}:{port}\r\ncontent-type: application/json\r\n"
        f"user-agent: flowstudio-bench\r\naccept: */*\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def main() -> None:
    """Carry out the order on the standard input."""
    import uvloop

    order = json.load(sys.stdin)
    host, port = str(order["host"]), int(order["port"])
    request = post(host, port, order["path"], order["body"].encode())
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        found = runner.run(call(host, port, request, int(order["callers"]), float(order["seconds"])))
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()
