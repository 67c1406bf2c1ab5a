"""The canvas's own app on a free port, and what tests do to a page of it."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def canvas_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the running app."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}
    environment.pop("NICEGUI_USER_SIMULATION", None)
    environment.pop("PYTEST_CURRENT_TEST", None)
    log = (tmp_path_factory.mktemp("canvas") / "app.log").open("w")
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.e2e.canvas.app", str(port)],
        cwd=ROOT,
        env=environment,
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_until_up(address, process)
        yield address
    finally:
        process.terminate()
        process.wait(10)
        log.close()


def _wait_until_up(address: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/events", timeout=2):
                return
        except OSError:
            time.sleep(0.05)
    pytest.fail("the canvas's app did not start")


class Canvas:
    """A canvas in a browser, with the events it reported."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address

    def node(self, name: str) -> Locator:
        return self.page.get_by_role("group", name=name, exact=True)

    def port(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def edges(self) -> set[str]:
        return set(self.page.locator(".fs-edge").evaluate_all("list => list.map((each) => each.dataset.edge)"))

    def call(self, method: str, *arguments: Any) -> None:
        answer = self.page.request.post(f"{self.address}/call/{method}", data=list(arguments))
        assert answer.ok, answer.text()

    def events(self, kind: str) -> list[dict[str, Any]]:
        return [each for each in self.page.request.get(f"{self.address}/events").json() if each["event"] == kind]

    def event(self, kind: str, which: Callable[[dict[str, Any]], bool] = lambda _: True) -> dict[str, Any]:
        """The newest event of a kind, waited for."""
        return self.wait(
            lambda: next((each for each in reversed(self.events(kind)) if which(each)), None), f"no {kind} came"
        )

    def op(self, name: str) -> dict[str, Any]:
        """The newest operation of a name, waited for."""
        patch = self.event("patch", lambda each: each["ops"][0]["op"] == name)
        return patch["ops"][0]

    def wait(self, look: Callable[[], Any], why: str) -> Any:
        until = time.monotonic() + 8
        while time.monotonic() < until:
            if found := look():
                return found
            self.page.wait_for_timeout(25)
        raise AssertionError(why)

    def drag(self, start: Locator, dx: float, dy: float) -> None:
        box = start.bounding_box()
        assert box
        self.drag_points(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, dx, dy)

    def drag_points(self, x: float, y: float, dx: float, dy: float) -> None:
        mouse = self.page.mouse
        mouse.move(x, y)
        mouse.down()
        mouse.move(x + dx / 2, y + dy / 2, steps=3)
        mouse.move(x + dx, y + dy, steps=3)
        mouse.up()

    @property
    def zoom(self) -> float:
        transform = self.page.locator(".vue-flow__transformationpane").evaluate(
            "each => new DOMMatrix(getComputedStyle(each).transform).a"
        )
        return float(transform)


@pytest.fixture
def open_canvas(page: Page, canvas_app: str) -> Iterator[Callable[..., Canvas]]:
    """Open a page of the app and wait until it is painted; fails when the browser reported an error."""
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)

    def show(name: str = "invoice", query: str = "") -> Canvas:
        page.goto(f"{canvas_app}/{name}{query}")
        page.wait_for_selector(".fs-canvas[data-ready=true]")
        return Canvas(page, canvas_app)

    yield show
    assert not faults, faults
