"""Processes that a benchmark starts and stops: the app itself, the bare servers, the load."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from flowstudio.cli._bench.machine import memory_mb
from flowstudio.domain.json import JsonObject
from flowstudio.errors import Unreachable

PATIENCE = 60.0
"""Seconds for a process to begin."""
LOOPBACK = "127.0.0.1"


@dataclass(slots=True)
class App:
    """A FlowStudio that runs."""

    pid: int
    port: int
    folder: Path
    client: httpx.Client
    ready_after: float
    """Seconds from its start to its line "is ready"."""
    link: str
    """The sign-in link of that line."""

    def memory(self) -> float:
        """Return the MB it holds now."""
        return memory_mb(self.pid) or 0.0

    def publish(self, document: JsonObject) -> str:
        """Import a workflow and switch it on; return the path of its webhook (empty without one)."""
        answer = self.client.post("/api/v1/workflows/import", params={"activate": "true"}, json=document)
        if answer.is_error:
            raise Unreachable(f"The workflow of the benchmark was refused: {answer.text}")
        hooks = self.client.get(f"/api/v1/workflows/{document['id']}").json().get("hooks") or []
        return httpx.URL(hooks[0]["url"]).path if hooks else ""


@contextmanager
def folder() -> Iterator[Path]:
    """Lend a temporary folder."""
    with tempfile.TemporaryDirectory(prefix="flowstudio-bench-", ignore_cleanup_errors=True) as path:
        yield Path(path)


@contextmanager
def app(data: Path) -> Iterator[App]:
    """Start the real app as `flowstudio serve` does, on a free port; stopped at the end."""
    began = time.perf_counter()
    with process([sys.executable, "-m", "flowstudio", "serve", "--port", "0", "--data", str(data), "--no-browser"],
                 environment={"FLOWSTUDIO_HOST": LOOPBACK}) as started:  # fmt: skip
        assert started.stdout is not None
        for line in started.stdout:
            if b"is ready" in line:
                break
        else:
            raise Unreachable("FlowStudio did not start: run `flowstudio serve` to see why.")
        ready = time.perf_counter() - began
        said = json.loads((data / "server.json").read_text(encoding="utf-8"))
        link = line.decode().rpartition(" ")[2].strip()
        headers = {"Authorization": f"Bearer {said['key']}"}
        with httpx.Client(base_url=said["url"], headers=headers, timeout=60) as client:
            yield App(started.pid, httpx.URL(said["url"]).port or 0, data, client, ready, link)


@contextmanager
def bare(kind: str) -> Iterator[tuple[int, int]]:
    """Start a bare server (`asgi` or `fastapi`); lends its pid and port."""
    port = free_port()
    with process([sys.executable, "-m", "flowstudio.cli._bench.bare", kind, str(port)]) as started:
        wait_for(port)
        yield started.pid, port


def load(port: int, path: str, body: str, callers: int, seconds: float) -> JsonObject:
    """Let callers call for so long, from another process; return what they saw."""
    order = {"host": LOOPBACK, "port": port, "path": path, "body": body, "callers": callers, "seconds": seconds}
    done = subprocess.run(
        [sys.executable, "-m", "flowstudio.cli._bench.client"],
        input=json.dumps(order).encode(), capture_output=True, check=False, timeout=seconds + 40,
    )  # fmt: skip
    if done.returncode:
        raise Unreachable(f"The load ended with: {done.stderr.decode(errors='replace').strip()[-300:]}")
    found: JsonObject = json.loads(done.stdout)
    return found


@contextmanager
def process(command: list[str], environment: dict[str, str] | None = None) -> Iterator[subprocess.Popen[bytes]]:
    """Start a process; it is asked to stop at the end, and made to after ten seconds."""
    started: subprocess.Popen[Any] = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        env={**os.environ, **(environment or {})},
    )  # fmt: skip
    try:
        yield started
    finally:
        started.terminate()
        try:
            started.wait(10)
        except subprocess.TimeoutExpired:
            started.kill()
            started.wait()
        if started.stdout is not None:
            started.stdout.close()


def free_port() -> int:
    """Return a port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def wait_for(port: int) -> None:
    """Return once a server listens there."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            socket.create_connection((LOOPBACK, port), timeout=1).close()
        except OSError:
            if time.monotonic() > until:
                raise Unreachable(f"Nothing listens on port {port}.") from None
            time.sleep(0.02)
        else:
            return
