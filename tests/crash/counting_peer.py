"""Another system in a process of its own, which counts what reaches it. Runs by itself: `python counting_peer.py`.

`POST /keyed/…` and `POST /plain/…` are effects: kept the moment they arrive. `POST /control {"hold": path}` withholds the
answers to that path, so that a test can end a process while a call is on its way; `GET /wait/<count>/<path>` answers
once so many calls of that path have come; `GET /seen` gives all of them as `[path, key]`.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter

PLAIN_PAUSE = 0.003
"""Seconds between an effect and its answer: long enough for a process to end in between."""


class Peer:
    """What came in so far."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, str]] = []
        self.counts: Counter[str] = Counter()
        self.held: set[str] = set()
        self.moved = asyncio.Condition()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
                method, path, _ = lines[0].split(" ", 2)
                headers = {
                    name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])
                }
                body = await reader.readexactly(int(headers.get("content-length") or 0))
                answer = json.dumps(await self.answer(method, path, headers, body)).encode()
                head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(answer)}\r\n\r\n"
                writer.write(head.encode() + answer)
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> object:
        if path == "/seen":
            return self.seen
        if path == "/control":
            async with self.moved:
                self.held = set(json.loads(body)["hold"])
                self.moved.notify_all()
            return {}
        if path.startswith("/wait/"):
            _, _, count, rest = path.split("/", 3)
            async with self.moved:
                await self.moved.wait_for(lambda: self.counts[f"/{rest}"] >= int(count))
            return {}
        async with self.moved:
            self.seen.append((path, headers.get("idempotency-key", "")))
            self.counts[path] += 1
            self.moved.notify_all()
            await self.moved.wait_for(lambda: path not in self.held)
        if path.startswith("/plain"):
            await asyncio.sleep(PLAIN_PAUSE)
        return {"done": True}


async def main() -> None:
    peer = Peer()
    server = await asyncio.start_server(peer.serve, "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
