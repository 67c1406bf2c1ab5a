"""The widgets' app in a process of its own, and what its pages reported."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

ROOT = Path(__file__).parents[3]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@pytest.fixture(scope="session")
def forms_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    port = free_port()
    paths = os.pathsep.join([str(ROOT / "src"), str(ROOT)])
    process = subprocess.Popen(
        [sys.executable, "-u", str(Path(__file__).with_name("app.py")), str(port)],
        cwd=tmp_path_factory.mktemp("forms"),
        env={
            **{name: value for name, value in os.environ.items() if not name.startswith("PYTEST")},
            "PYTHONPATH": paths,
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    said = ""
    for line in process.stdout:
        said += line
        if "ready to go" in line:
            break
    assert process.poll() is None, said
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    process.wait(timeout=10)
    process.stdout.close()


@pytest.fixture
def visit(page: Page, forms_app: str) -> Iterator[Callable[[str], Page]]:
    """Open a page of the app; errors in the browser's console fail the test."""
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)

    def show(path: str) -> Page:
        page.goto(forms_app + path)
        page.locator(".fsf-field").first.wait_for()
        return page

    yield show
    assert not errors


@pytest.fixture
def reported(page: Page) -> Callable[[Any], None]:
    """Expect that the last value Python got is this one."""

    def check(value: Any) -> None:
        expect(page.get_by_test_id("out")).to_have_text(json.dumps(value, ensure_ascii=False))

    return check


def rule(page: Page, path: str) -> Locator:
    """The rule or group at a place of the condition (`0`, `2.1`)."""
    return page.locator(f'.fsf-tree [data-path="{path}"]').first
