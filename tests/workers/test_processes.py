"""A server and workers as processes of their own: killed, stopped, cut off. Nothing is lost, nothing is done twice."""

from __future__ import annotations

import itertools
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from sqlalchemy.engine import make_url

from tests.crash.conftest import ROOT, Peer
from tests.support.databases import POSTGRES, postgres_schema

pytestmark = [pytest.mark.postgres, pytest.mark.crash, pytest.mark.timeout(600)]
LEASE = 4
PATIENCE = 90.0


class Place:
    """One schema, and the processes that a test starts on it."""

    def __init__(self, url: str, data: Path) -> None:
        self.data = data
        inherited = {
            name: value for name, value in os.environ.items() if not name.startswith(("FLOWSTUDIO_", "PYTEST"))
        }
        self._environment = {
            **inherited, "PYTHONPATH": str(ROOT / "src"), "TZ": "UTC", "FLOWSTUDIO_DATABASE_URL": url,
            "FLOWSTUDIO_DISPATCHER": "workers", "FLOWSTUDIO_WORKER_LEASE": str(LEASE),
            "FLOWSTUDIO_ALLOWED_PRIVATE_HOSTS": "127.0.0.1",
        }  # fmt: skip
        self.running: dict[str, subprocess.Popen[str]] = {}

    def begin(self, name: str, *command: str, **environment: str) -> subprocess.Popen[str]:
        """Start a process, and return it once it is ready."""
        log = (self.data.parent / f"{name}.log").open("ab")
        process = subprocess.Popen(
            [sys.executable, "-m", "flowstudio", *command, "--data", str(self.data)], cwd=ROOT, text=True,
            stdout=subprocess.PIPE, stderr=log, env={**self._environment, **environment},
        )  # fmt: skip
        log.close()
        self.running[name] = process
        assert process.stdout is not None
        line = process.stdout.readline()
        assert "is ready" in line, (self.data.parent / f"{name}.log").read_text()[-2000:]
        process.stdout.close()  # it says nothing more
        return process

    def serve(self) -> None:
        """Start the server."""
        self.begin("server", "serve", "--port", "0", "--no-browser")

    def hire(self, name: str, **environment: str) -> subprocess.Popen[str]:
        """Start a worker."""
        return self.begin(name, "worker", "--name", name, **environment)

    def end(self, name: str, number: int = signal.SIGTERM) -> int:
        """End a process; return how."""
        process = self.running.pop(name)
        process.send_signal(number)
        return process.wait(60)

    def close(self) -> None:
        """End all."""
        for process in self.running.values():
            process.kill()
            process.wait(20)

    def call(self, method: str, path: str, **options: Any) -> Any:
        """Call the API of the server."""
        said = json.loads((self.data / "server.json").read_text())
        headers = {"Authorization": f"Bearer {said['key']}"}
        answer = httpx.request(method, f"{said['url']}/api/v1{path}", headers=headers, timeout=60, **options)
        assert not answer.is_error, answer.text
        return answer.json()

    def switch_on(self, *nodes: dict[str, Any], id_: str = "wf", **more: Any) -> None:
        ids = ["trigger", *(node["id"] for node in nodes)]
        edges = [{"from": one, "to": other} for one, other in itertools.pairwise(ids)]
        document = {
            "id": id_, "name": id_, "status": "active", "trigger": {"type": "manual", "config": {}},
            "nodes": list(nodes), "edges": edges, **more,
        }  # fmt: skip
        self.call("POST", "/workflows/import", params={"activate": "true"}, json=document)

    def start(self, id_: str = "wf") -> str:
        return str(self.call("POST", f"/workflows/{id_}/execute", json={"input_data": {}})["execution_id"])

    def run(self, run_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.call("GET", f"/workflows/runs/{run_id}")
        return found

    def until(self, run_id: str, *states: str) -> dict[str, Any]:
        wanted = states or ("completed", "failed", "cancelled")
        end = time.monotonic() + PATIENCE
        while (run := self.run(run_id))["status"] not in wanted:
            assert time.monotonic() < end, run
            time.sleep(0.05)  # whoever looks from outside can only look again
        return run

    def cut(self, process: int) -> int:
        """Cut all connections of a process to the database; return how many."""
        address = make_url(POSTGRES).set(drivername="postgresql").render_as_string(hide_password=False)
        query = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name LIKE %s"
        with psycopg.connect(address, autocommit=True) as person:
            row = person.execute(query, (f"FlowStudio on %, process {process}",)).fetchone()
        return int(row[0]) if row is not None else 0


@pytest.fixture(scope="module")
def peer() -> Iterator[Peer]:
    with Peer() as found:
        yield found


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with postgres_schema() as url:
        found = Place(url, tmp_path / "data")
        try:
            yield found
        finally:
            found.close()


def call(id_: str, peer: Peer, path: str, *, keyed: bool = True) -> dict[str, Any]:
    config = {"method": "POST", "url": f"{peer.url}{path}", "honours_idempotency_key": keyed}
    return {"id": id_, "type": "action", "action": "http_request", "config": config}


def effects(peer: Peer, *paths: str) -> Counter[str]:
    """Count the effects at the other system: a call with a key that it knows is none."""
    seen = {(path, key) if path.startswith("/keyed") else (path, str(at)) for at, (path, key) in enumerate(peer.seen())}
    return Counter(path for path, _ in seen if path in paths)


def test_what_a_killed_worker_was_doing_is_done_by_another(place: Place, peer: Peer) -> None:
    place.serve()
    place.hire("one")
    place.switch_on(call("a", peer, "/keyed/a"), call("b", peer, "/keyed/b"))
    peer.hold("/keyed/a")
    run_id = place.start()
    peer.wait("/keyed/a")
    place.hire("two")
    place.end("one", signal.SIGKILL)
    peer.wait("/keyed/a", 2)
    peer.hold()
    assert place.until(run_id)["status"] == "completed"
    assert effects(peer, "/keyed/a", "/keyed/b") == {"/keyed/a": 1, "/keyed/b": 1}


def test_a_call_without_a_key_is_left_to_a_person(place: Place, peer: Peer) -> None:
    place.serve()
    place.hire("one")
    place.switch_on(call("a", peer, "/plain/a", keyed=False), call("b", peer, "/keyed/after"))
    peer.hold("/plain/a")
    run_id = place.start()
    peer.wait("/plain/a")
    place.end("one", signal.SIGKILL)
    place.hire("two")
    run = place.until(run_id, "waiting")
    assert run["waiting_for"] == "decision"
    peer.hold()
    place.call("POST", f"/workflows/runs/{run_id}/steps/a/decide", json={"decision": "happened"})
    assert place.until(run_id)["status"] == "completed"
    assert effects(peer, "/plain/a", "/keyed/after") == {"/plain/a": 1, "/keyed/after": 1}


def test_workers_go_on_while_the_server_is_away_and_it_finds_what_they_did(place: Place, peer: Peer) -> None:
    place.serve()
    place.hire("one")
    place.switch_on(call("a", peer, "/keyed/away"), {"id": "d", "type": "delay", "config": {"for": "0.2 seconds"}},
                    call("b", peer, "/keyed/back"))  # fmt: skip
    peer.hold("/keyed/away")
    run_id = place.start()
    peer.wait("/keyed/away")
    place.end("server", signal.SIGKILL)
    peer.hold()
    place.serve()
    assert place.until(run_id)["status"] == "completed"
    assert effects(peer, "/keyed/away", "/keyed/back") == {"/keyed/away": 1, "/keyed/back": 1}


def test_a_server_that_carries_runs_on_itself_does_not_start_beside_workers(place: Place) -> None:
    place.serve()
    place.hire("one")
    place.end("server")
    done = subprocess.run(
        [sys.executable, "-m", "flowstudio", "serve", "--port", "0", "--no-browser", "--data", str(place.data)],
        env={**place._environment, "FLOWSTUDIO_DISPATCHER": "process"}, capture_output=True, text=True, check=False,
        timeout=60,
    )  # fmt: skip
    assert done.returncode == 2
    assert "Workers use this database: one." in done.stderr


def test_a_worker_with_another_key_or_before_any_server_refuses(place: Place, tmp_path: Path) -> None:
    def refused(data: Path, **environment: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "flowstudio", "worker", "--data", str(data)],
            env={**place._environment, **environment}, capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip
        assert done.returncode in (1, 2), done.stderr
        return done.stderr

    assert "This worker has no key for secrets." in refused(tmp_path / "elsewhere")
    key = "Zm9vYmFyZm9vYmFyZm9vYmFyZm9vYmFyZm9vYmFyZm8="
    assert "Start the server of this version first" in refused(tmp_path / "elsewhere", FLOWSTUDIO_SECRET_KEY=key)
    place.serve()
    assert "another key for secrets" in refused(tmp_path / "elsewhere", FLOWSTUDIO_SECRET_KEY=key)
    sqlite = f"sqlite:///{tmp_path / 'x.db'}"
    message = refused(tmp_path / "elsewhere", FLOWSTUDIO_SECRET_KEY=key, FLOWSTUDIO_DATABASE_URL=sqlite)
    assert "Workers need PostgreSQL." in message


def test_many_runs_survive_kills_of_workers_and_cuts_of_connections(place: Place, peer: Peer) -> None:
    place.serve()
    for name in ("one", "two"):
        place.hire(name)
    place.switch_on(
        call("a", peer, "/keyed/many"),
        {
            "id": "t",
            "type": "action",
            "action": "create_task",
            "config": {"title": "Made by a run", "assignee": "a@x.example"},
        },
        {"id": "d", "type": "delay", "config": {"for": "0.3 seconds"}},
        call("b", peer, "/keyed/last"),
    )
    runs = []
    for round_ in range(4):
        runs += [place.start() for _ in range(10)]
        if round_ % 2:
            assert place.cut(place.running["two"].pid)
            assert place.cut(place.running["server"].pid)
        else:
            place.end("one", signal.SIGKILL)
            place.hire("one")
    assert [place.until(run_id)["status"] for run_id in runs] == ["completed"] * len(runs)
    assert effects(peer, "/keyed/many", "/keyed/last") == {"/keyed/many": len(runs), "/keyed/last": len(runs)}
    tasks = place.call("GET", "/records/tasks", params={"page_size": 100})["records"]
    assert sum(task["title"] == "Made by a run" for task in tasks) == len(runs)


def test_a_worker_stops_when_it_is_told_to(place: Place) -> None:
    place.serve()
    place.hire("one")
    assert place.end("one") == 0
