"""Serving: one process that listens, tells when it is ready, and stops in order."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys
import webbrowser
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, cast

import uvicorn

from flowstudio.app import House
from flowstudio.config import ASSETS, Settings, secret_keys, secret_values
from flowstudio.errors import BadSetting
from flowstudio.observe import configure_logs, redactor
from flowstudio.web.hook_protocol import HookProtocol
from flowstudio.workers.collector import spare_the_collector

if TYPE_CHECKING:
    from types import ModuleType

    from starlette.types import ASGIApp

SERVER_FILE = "server.json"
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def serve(settings: Settings, *, browser: bool) -> None:
    """Start the app and stay until it is stopped."""
    configure_logs()
    redactor.protect(secret_values(settings))
    _check_place(settings)
    settings = _with_port(settings)
    try:
        import uvloop
    except ImportError:  # Windows has none
        asyncio.run(_serve(settings, browser=browser))
    else:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_serve(settings, browser=browser))


async def _serve(settings: Settings, *, browser: bool) -> None:
    secret_keys(settings)
    house = House(settings)
    await house.open()
    try:
        if settings.host not in LOOPBACK and not await house.studio.sign_in.any_password():
            raise BadSetting(
                f"FlowStudio does not listen on {settings.host} while the owner has no password.",
                hint="Set one with: flowstudio user password",
            )
        config = uvicorn.Config(
            web_app(house), host=settings.host, port=settings.port, log_level="warning", access_log=False, loop="none",
            timeout_graceful_shutdown=5, ws_max_size=2_000_000, server_header=False, proxy_headers=False,
            http=HookProtocol,
        )  # fmt: skip
        spare_the_collector()
        server = _Server(config, lambda: _ready(house, browser=browser))
        await server.serve()
    finally:
        _remove_server_file(settings)
        await house.close()


def web_app(house: House) -> ASGIApp:
    """Return the whole web application: pages, API and webhooks, with what every request passes through.

    Webhooks come before everything else: what a proxy says, pages and sign-in are not for them.
    """
    _load_pages()
    from fastapi import FastAPI
    from nicegui import app as pages
    from nicegui import ui
    from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

    from flowstudio.api import routes
    from flowstudio.ui import pages_of
    from flowstudio.web.headers import SecurityHeaders
    from flowstudio.web.hooks import Hooks
    from flowstudio.web.identity import Identity

    application = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    routes.install(application, house.studio)
    pages_of(pages, house.studio)
    ui.run_with(
        application, title="FlowStudio", dark=None, storage_secret=secret_keys(house.settings)[0], reconnect_timeout=60,
        tailwind=False,  # it would watch every class in the browser, and restyle the whole page for each new one
        favicon=str(ASSETS / "favicon.svg") if (ASSETS / "favicon.svg").exists() else None, show_welcome_message=False,
    )  # fmt: skip
    application.add_middleware(Identity, sign_in=house.studio.sign_in)
    application.add_middleware(SecurityHeaders)
    proxied = ProxyHeadersMiddleware(application, os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1"))  # type: ignore[arg-type]
    return Hooks(proxied, house.studio.hooks)  # type: ignore[arg-type]


def _load_pages() -> None:
    """Import NiceGUI without the HTTP clients that its socket library would like: we are only ever a server of it.

    The library does without them where they are not installed; they take 11 MB of memory.
    """
    unused = [name for name in ("aiohttp", "requests") if name not in sys.modules]
    modules = cast("dict[str, ModuleType | None]", sys.modules)  # None: it cannot be imported
    modules.update(dict.fromkeys(unused))
    try:
        import_module("nicegui")
    finally:
        for name in unused:
            modules.pop(name, None)


async def _ready(house: House, *, browser: bool) -> None:
    settings = house.settings
    actor = await house.owner("cli")
    url = f"http://{'127.0.0.1' if settings.host in ('0.0.0.0', '::') else settings.host}:{settings.port}"  # noqa: S104
    _write_server_file(settings, url, house.studio.sign_in.make_local_key(actor))
    link = settings.public_url()
    if not await house.studio.sign_in.any_password():
        link = await house.sign_in_link(settings.public_url())
    print(f"FlowStudio is ready: {link}", flush=True)  # noqa: T201  the contract's line
    if browser:
        await asyncio.to_thread(webbrowser.open, link)


def _write_server_file(settings: Settings, url: str, key: str) -> None:
    """Tell commands on this machine where the server is; only its own user may read it."""
    path = settings.data_dir / SERVER_FILE
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump({"url": url, "key": key, "pid": os.getpid()}, file)


def _remove_server_file(settings: Settings) -> None:
    """Take our own note away; another server's stays."""
    path = settings.data_dir / SERVER_FILE
    try:
        ours = json.loads(path.read_text(encoding="utf-8")).get("pid") == os.getpid()
    except (OSError, ValueError):
        return
    if ours:
        path.unlink(missing_ok=True)


def _check_place(settings: Settings) -> None:
    folder = settings.data_dir
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        probe = folder / f".probe-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise BadSetting(
            f"The data directory {folder} cannot be written: {error.strerror}.", hint="Choose another one with --data."
        ) from error


def _with_port(settings: Settings) -> Settings:
    """Make sure that the port is free; port 0 asks for any."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise BadSetting(
                f"Port {settings.port} on {settings.host} cannot be used: {error.strerror}.",
                hint="Choose another one with --port.",
            ) from error
        port = int(probe.getsockname()[1])
    return settings.model_copy(update={"port": port})


class _Server(uvicorn.Server):
    """Tells once it listens."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], Awaitable[None]]) -> None:
        super().__init__(config)
        self._tell = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen, then tell."""
        await super().startup(sockets)
        if self.started:
            self._telling = asyncio.ensure_future(self._tell())

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop in order on a signal. Uvicorn would raise it again afterwards and so end the process before the rest."""
        loop = asyncio.get_running_loop()
        caught: list[int] = []
        for number in (signal.SIGINT, signal.SIGTERM):
            try:
                loop.add_signal_handler(number, self.handle_exit, number, None)
            except (NotImplementedError, RuntimeError):  # Windows, or not the main thread
                continue
            caught.append(number)
        try:
            yield
        finally:
            for one in caught:
                loop.remove_signal_handler(one)
