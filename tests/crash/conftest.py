"""A counting peer and a fork server, each in a process of its own, and the seed that decides when a process ends."""

from __future__ import annotations

import json
import os
import random
import secrets
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

import httpx
import pytest

ROOT = Path(__file__).parents[2]
SEED = "FLOWSTUDIO_TEST_SEED"


class Peer:
    """The counting peer, seen from here."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("counting_peer.py"))], stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        self.url = f"http://127.0.0.1:{self._process.stdout.readline().strip()}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()

    def seen(self) -> list[tuple[str, str]]:
        """Return (path, idempotency key) of every call so far."""
        return [(path, key) for path, key in httpx.get(f"{self.url}/seen", timeout=60).json()]

    def hold(self, *paths: str) -> None:
        """Withhold the answers to these paths from now on, and let all others go."""
        httpx.post(f"{self.url}/control", json={"hold": paths}, timeout=60)

    def wait(self, path: str, count: int = 1) -> None:
        """Return when so many calls of a path have come."""
        httpx.get(f"{self.url}/wait/{count}{path}", timeout=120)


class Nursery:
    """The fork server, seen from here."""

    def __init__(self, data: Path, log: Path, **environment: str) -> None:
        self.data = data
        self.log = log
        inherited = {
            name: value for name, value in os.environ.items() if not name.startswith(("FLOWSTUDIO_", "PYTEST"))
        }
        self._out = log.open("ab")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.crash.fork_server"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=self._out, text=True, env={
                **inherited, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}", "TZ": "UTC",
                "FLOWSTUDIO_ALLOWED_PRIVATE_HOSTS": "127.0.0.1", **environment,
            },
        )  # fmt: skip
        self._read()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(20)
        self._process.stdout.close()
        self._out.close()

    def ask(self, do: str, **order: Any) -> dict[str, Any]:
        """Give an order and return the answer; fails when the life met a fault."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"do": do, **order}) + "\n")
        self._process.stdin.flush()
        answer = self._read()
        faults = [said["fault"] for said in answer["told"] if "fault" in said]
        assert not faults, faults[0]
        return answer

    def live(self, life: str, **order: Any) -> dict[str, Any]:
        """Begin a life on the data directory; `args` go to it."""
        return self.ask("live", life=life, data=str(self.data), **order)

    def whole(self, life: str, **args: Any) -> list[Any]:
        """Let a life come to its own end; return what it told."""
        return self.whole_with(life, {}, **args)

    def whole_with(self, life: str, order: dict[str, Any], **args: Any) -> list[Any]:
        """As `whole`, with more in the order."""
        self.live(life, **order, **{"with": args})
        told: list[Any] = self.ask("wait")["told"]
        return told

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, f"the fork server ended: {self.log.read_text()[-4000:]}"
        found: dict[str, Any] = json.loads(line)
        return found


@pytest.fixture(scope="module")
def peer() -> Iterator[Peer]:
    with Peer() as found:
        yield found


@pytest.fixture
def nursery(tmp_path: Path) -> Iterator[Nursery]:
    with Nursery(tmp_path / "data", tmp_path / "log") as found:
        yield found


@pytest.fixture
def chance() -> Iterator[random.Random]:
    """Chance, from a seed that is told when the test fails; set FLOWSTUDIO_TEST_SEED to have the same again."""
    seed = int(os.environ.get(SEED) or secrets.randbits(32))
    try:
        yield random.Random(seed)
    finally:
        print(f"To repeat: {SEED}={seed}")  # pytest shows it where the test fails
