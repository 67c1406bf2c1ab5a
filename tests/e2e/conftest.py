"""FlowStudio as people have it: the real server with a mail server behind it, and a signed-in browser before it."""

import asyncio
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.e2e.editor_page import EditorPage
from tests.support.servers import SmtpServer, smtp_server

ROOT = Path(__file__).parents[2]
START = 60.0
"""Seconds that a server may take to start on a busy machine."""


class Post:
    """A mail server on its own loop in a thread, because Playwright keeps the main thread's."""

    def __init__(self) -> None:
        self.server = SmtpServer()
        self._ready = threading.Event()
        self._end: asyncio.Event | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)

    async def _serve(self) -> None:
        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        async with smtp_server() as self.server:
            self._ready.set()
            await self._end.wait()

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(10), "the mail server did not start"
        return self

    def __exit__(self, *_: object) -> None:
        assert self._loop is not None
        assert self._end is not None
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join(10)

    def to(self, address: str, wait: float = 15.0) -> Any:
        """The newest mail to an address, waited for."""
        return until(
            lambda: next((one for one in reversed(self.server.mails) if address in str(one["To"])), None),
            f"no mail to {address}; there are {[str(one['To']) for one in self.server.mails]}",
            wait,
        )


def until(look: Callable[[], Any], why: str, wait: float = 15.0) -> Any:
    """Look again and again until there is something."""
    end = time.monotonic() + wait
    while time.monotonic() < end:
        if found := look():
            return found
        time.sleep(0.05)
    raise AssertionError(why)


class App:
    """A running FlowStudio."""

    def __init__(self, url: str, link: str, data: Path, post: Post, log: Path) -> None:
        self.url = url
        self.link = link
        self.data = data
        self.post = post
        self.log = log
        self.state: Any = None
        self.key = ""

    def api(self, method: str, path: str, **kwargs: Any) -> httpx.Response:
        """Call the API as a program does, with a key."""
        if not self.key:
            made = self.command("apikey", "create", "--name", "browser-tests", "--role", "admin")
            self.key = made.stdout.strip().splitlines()[-1]
        return httpx.request(
            method, f"{self.url}/api/v1{path}", headers={"authorization": f"Bearer {self.key}"}, timeout=30, **kwargs
        )

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command beside the server, on the same data."""
        return subprocess.run(
            [sys.executable, "-m", "flowstudio", *arguments],
            cwd=ROOT, env=environment(self.data, None), capture_output=True, text=True, timeout=60, check=True,
        )  # fmt: skip


def environment(data: Path, post: Post | None) -> dict[str, str]:
    """The environment of a server or command, free of what the tests' own environment says."""
    found = {key: value for key, value in os.environ.items() if not key.startswith(("FLOWSTUDIO_", "PYTEST_"))}
    found |= {
        "PYTHONPATH": str(ROOT / "src"),
        "FLOWSTUDIO_DATA_DIR": str(data),
        "FLOWSTUDIO_ALLOWED_PRIVATE_HOSTS": "127.0.0.1",
    }
    found.pop("NICEGUI_USER_SIMULATION", None)
    if post is not None:
        found["FLOWSTUDIO_SMTP_URL"] = post.server.url
    return found


@contextmanager
def running(data: Path, post: Post, port: int = 0) -> Iterator[App]:
    """Start the real server and wait for its sign-in link."""
    data.mkdir(parents=True, exist_ok=True)
    log = data.parent / f"{data.name}.log"
    with log.open("a") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "flowstudio", "serve", "--port", str(port), "--data", str(data), "--no-browser"],
            cwd=ROOT, env=environment(data, post), stdout=out, stderr=subprocess.STDOUT,
        )  # fmt: skip
    try:
        link = until(lambda: _link(log, process), f"no sign-in link: {log.read_text()[-2000:]}", START)
        yield App(re.match(r"http://[^/]+", link)[0], link, data, post, log)
    finally:
        process.terminate()
        process.wait(20)


def _link(log: Path, process: subprocess.Popen[bytes]) -> str | None:
    text = log.read_text()
    found = re.findall(r"FlowStudio is ready: (\S+)", text)
    if not found and process.poll() is not None:
        pytest.fail(f"FlowStudio ended: {text[-2000:]}")
    return found[-1] if found else None


@pytest.fixture(scope="module")
def flowstudio(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[App]:
    """A server with fresh data, and a session of its owner made with the printed link."""
    with Post() as post, running(tmp_path_factory.mktemp("flowstudio") / "data", post) as app:
        context = browser.new_context()
        page = context.new_page()
        page.goto(app.link)
        page.wait_for_url(re.compile(r"/workflows|/$"))
        app.state = context.storage_state()
        context.close()
        yield app
        told = app.log.read_text()
        assert '"level": "error"' not in told, told[-4000:]
        assert "never awaited" not in told, told[-4000:]


@pytest.fixture
def visitor(flowstudio: App, browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Open signed-in browser contexts; fails when a page reported an error."""
    opened: list[BrowserContext] = []
    faults: list[str] = []

    def listen(page: Page) -> None:
        page.on("pageerror", lambda error: faults.append(f"{page.url}: {error}"))
        page.on("console", lambda one: faults.append(f"{page.url}: {one.text}") if one.type == "error" else None)

    def visit(**options: Any) -> BrowserContext:
        options = {"viewport": {"width": 1440, "height": 900}, "locale": "en-GB"} | options
        context = browser.new_context(storage_state=flowstudio.state, base_url=flowstudio.url, **options)
        context.set_default_timeout(15_000)
        context.on("page", listen)
        opened.append(context)
        return context

    yield visit
    for context in opened:
        context.close()
    assert not faults, faults


@pytest.fixture
def editor(visitor: Callable[..., BrowserContext]) -> EditorPage:
    """A signed-in page with the words of the editor."""
    context = visitor(accept_downloads=True, permissions=["clipboard-read", "clipboard-write"])
    return EditorPage(context.new_page())
