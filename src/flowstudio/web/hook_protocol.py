"""The protocol of the port: webhook calls that arrive whole are answered here, every other connection is uvicorn's.

A call costs one reading, one task and one writing. What a full server must know of HTTP beyond that (bodies in pieces,
`Expect`, upgrades, pipelines, everything outside `/hooks/`) is not repeated: the connection, with all that has arrived,
is handed to uvicorn's own protocol, and stays there. Its application answers webhooks too.
"""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import unquote

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from flowstudio.observe import logger
from flowstudio.web.hooks import PREFIX, Answer, Header, Hooks, HttpCall

if TYPE_CHECKING:
    from uvicorn.config import Config
    from uvicorn.server import ServerState

log = logger(__name__)

_IN_PATH = f" {PREFIX}".encode()
_LONGEST_METHOD = 8
_NOT_PLAIN = frozenset({b"expect", b"transfer-encoding", b"upgrade"})
_LINES = {one.value: f"HTTP/1.1 {one.value} {one.phrase}\r\n".encode() for one in HTTPStatus}
_FAULT: Answer = (500, [(b"content-type", b"text/plain; charset=utf-8")], b"Internal Server Error")


class HookProtocol(asyncio.Protocol):
    """One connection, until something comes that is not a whole webhook call."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        self._config = config
        self._server = server_state
        self._app_state = app_state
        self._hooks = cast("Hooks", config.app)
        self._loop = _loop or asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._request: _Request | None = None
        """The call that is being answered."""
        self._waiting = b""
        """What came meanwhile."""
        self._closing = False
        self._active = False
        self._idle: asyncio.TimerHandle | None = None

    # -- what the transport tells ------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take a new connection."""
        self._transport = cast("asyncio.Transport", transport)
        self._server.connections.add(cast("Any", self))

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection; a run that it started goes on."""
        del exc
        self._transport = None
        self._leave()

    def eof_received(self) -> None:
        """Close once the other side has said its last."""

    def data_received(self, data: bytes) -> None:
        """Answer a whole webhook call; hand over with everything else."""
        if self._request is not None:
            self._waiting += data
            assert self._transport is not None
            self._transport.pause_reading()
            return
        request = _whole_call(data)
        if request is None:
            self._hand_over(data)
            return
        self._active = True
        self._request = request
        self._server.tasks.add(self._loop.create_task(self._answer(request)))

    def pause_writing(self) -> None:
        """Read nothing more from someone who does not read."""
        if self._transport is not None:
            self._transport.pause_reading()

    def resume_writing(self) -> None:
        """Go on reading."""
        if self._transport is not None and not self._waiting:
            self._transport.resume_reading()

    def shutdown(self) -> None:
        """Close, after the answer that is under way."""
        self._closing = True
        if self._request is None and self._transport is not None:
            self._transport.close()

    # -- one call ----------------------------------------------------------------------------------------------------

    async def _answer(self, request: _Request) -> None:
        task = cast("asyncio.Task[None]", asyncio.current_task())
        try:
            answer = await self._hooks.answer(request.call)
        except Exception:
            log.exception("a webhook call could not be answered")
            answer = _FAULT
        finally:
            self._server.tasks.discard(task)
        self._request = None
        transport = self._transport
        if transport is None or transport.is_closing():
            return
        close = self._closing or not request.keep_alive
        transport.write(self._written(answer, close=close, bare=request.call.method == "HEAD"))
        self._server.total_requests += 1
        if close:
            transport.close()
        elif self._waiting:
            data, self._waiting = self._waiting, b""
            transport.resume_reading()
            self.data_received(data)
        elif self._idle is None:
            self._idle = self._loop.call_later(self._config.timeout_keep_alive, self._look)

    def _written(self, answer: Answer, *, close: bool, bare: bool) -> bytes:
        status, headers, body = answer
        parts = [_LINES.get(status) or f"HTTP/1.1 {status} \r\n".encode()]
        for name, value in self._server.default_headers:
            parts += (name, b": ", value, b"\r\n")
        for name, value in headers:
            parts += (name, b": ", value, b"\r\n")
        parts.append(b"content-length: %d\r\n" % len(body))
        parts.append(b"connection: close\r\n\r\n" if close else b"\r\n")
        if not bare:
            parts.append(body)
        return b"".join(parts)

    def _look(self) -> None:
        """Close a connection on which nothing has come since the last look: one timer serves many calls."""
        self._idle = None
        transport = self._transport
        if transport is None or transport.is_closing():
            return
        if not self._active and self._request is None:
            transport.close()
            return
        self._active = False
        self._idle = self._loop.call_later(self._config.timeout_keep_alive, self._look)

    def _hand_over(self, data: bytes) -> None:
        transport = self._transport
        assert transport is not None
        self._leave()
        other = HttpToolsProtocol(self._config, self._server, self._app_state, self._loop)
        other.connection_made(transport)
        transport.set_protocol(other)
        other.data_received(data)

    def _leave(self) -> None:
        self._server.connections.discard(cast("Any", self))
        if self._idle is not None:
            self._idle.cancel()
            self._idle = None


class _Request:
    """What the parser tells of one call."""

    __slots__ = ("begun", "body", "call", "headers", "keep_alive", "plain", "url", "whole")

    call: HttpCall

    def __init__(self) -> None:
        self.url = b""
        self.headers: list[Header] = []
        self.body = b""
        self.begun = 0
        """How many calls the parser has seen."""
        self.whole = False
        self.keep_alive = True
        self.plain = True
        """Whether nothing in the head asks for more than an answer."""

    def on_message_begin(self) -> None:
        self.begun += 1

    def on_url(self, url: bytes) -> None:
        self.url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        name = name.lower()
        if name in _NOT_PLAIN:
            self.plain = False
        elif name == b"connection" and b"close" in value.lower():
            self.keep_alive = False
        self.headers.append((name, value))

    def on_body(self, body: bytes) -> None:
        self.body += body

    def on_message_complete(self) -> None:
        self.whole = True

    async def read(self, most: int) -> bytes | None:
        return self.body if len(self.body) <= most else None


def _whole_call(data: bytes) -> _Request | None:
    """Return the webhook call that `data` is, None where it is anything else, or not exactly one."""
    if data.find(_IN_PATH, 0, _LONGEST_METHOD + len(_IN_PATH)) < 0:
        return None
    request = _Request()
    parser = httptools.HttpRequestParser(request)
    try:
        parser.feed_data(data)
        if not request.whole or not request.plain or request.begun != 1 or parser.get_http_version() != "1.1":
            return None
        url = httptools.parse_url(request.url)
        path = url.path.decode("ascii")
    except (httptools.HttpParserError, httptools.HttpParserUpgrade, UnicodeDecodeError):
        return None  # uvicorn says what is wrong with it
    if "%" in path:
        path = unquote(path)
    if not path.startswith(PREFIX):
        return None
    method = parser.get_method().decode("ascii")
    request.call = HttpCall(method, path, url.query or b"", request.headers, request.read)
    return request
