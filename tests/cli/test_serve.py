"""`flowstudio serve`: the ready line, the sign-in link, and clear words where it cannot start."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

COMMAND = [sys.executable, "-m", "flowstudio", "serve", "--no-browser"]


def _environ(data: Path) -> dict[str, str]:
    return {**os.environ, "TZ": "UTC", "FLOWSTUDIO_DATA_DIR": str(data)}


@contextmanager
def serving(data: Path, *options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Start a server on a free port; yields the process and the link of its ready line."""
    process = subprocess.Popen(
        [*COMMAND, "--port", "0", *options],
        env=_environ(data),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        line = ""
        for line in process.stdout:  # type: ignore[union-attr]
            if line.startswith("FlowStudio is ready: "):
                break
        assert line.startswith("FlowStudio is ready: "), process.stderr.read()  # type: ignore[union-attr]
        yield process, line.removeprefix("FlowStudio is ready: ").strip()
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=20)


def _stop_line(*options: str, data: Path) -> str:
    done = subprocess.run(
        [*COMMAND, *options], env=_environ(data), capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 2, done.stdout + done.stderr
    lines = [line for line in done.stderr.strip().splitlines() if not line.startswith("{")]
    assert len(lines) == 1, done.stderr
    return lines[0]


def test_the_link_signs_one_browser_in_once(tmp_path: Path) -> None:
    with serving(tmp_path) as (_, link):
        with httpx.Client() as browser:
            assert browser.get(link).headers["location"] == "/"
            base = re.match(r"http://[^/]+", link).group(0)  # type: ignore[union-attr]
            page = browser.get(f"{base}/workflows")
            assert page.status_code == 200
            assert "Workflows" in page.text
            for header in ("content-security-policy", "x-content-type-options", "referrer-policy"):
                assert header in page.headers
            cookie = next(iter(browser.cookies.jar))
            assert cookie.has_nonstandard_attr("HttpOnly")
        with httpx.Client() as other:
            assert "used" in other.get(link).headers["location"], "a link is good for one browser"
            assert other.get(f"{base}/workflows").headers["location"] == "/sign-in?to=/workflows"
            assert other.get(f"{base}/sign-in").status_code == 200


def test_each_start_prints_a_fresh_link_and_keeps_the_data(tmp_path: Path) -> None:
    with serving(tmp_path) as (_, first):
        server = json.loads((tmp_path / "server.json").read_text(encoding="utf-8"))
        assert (tmp_path / "server.json").stat().st_mode & 0o077 == 0
        headers = {"Authorization": f"Bearer {server['key']}"}
        document = {"name": "Kept", "trigger": {"type": "manual"}, "nodes": [{"id": "e", "type": "end"}],
                    "edges": [{"from": "trigger", "to": "e"}]}  # fmt: skip
        assert httpx.post(f"{server['url']}/api/v1/workflows", json=document, headers=headers).status_code == 201
    assert not (tmp_path / "server.json").exists()
    with serving(tmp_path) as (_, second):
        assert first != second
        server = json.loads((tmp_path / "server.json").read_text(encoding="utf-8"))
        listed = httpx.get(
            f"{server['url']}/api/v1/workflows", headers={"Authorization": f"Bearer {server['key']}"}
        ).json()
        assert [row["name"] for row in listed["workflows"]] == ["Kept"]


def test_a_second_server_on_one_data_directory_refuses(tmp_path: Path) -> None:
    with serving(tmp_path):
        line = _stop_line("--port", "0", data=tmp_path)
        assert str(tmp_path) in line or "already" in line or "another" in line.lower()


def test_a_port_in_use_is_one_clear_line(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        line = _stop_line("--port", str(port), data=tmp_path)
    assert str(port) in line
    assert "--port" in line


def test_a_data_directory_that_cannot_be_written_is_one_clear_line(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    assert "--data" in _stop_line("--port", "0", "--data", str(file / "data"), data=tmp_path)


def test_listening_beyond_this_machine_needs_a_password(tmp_path: Path) -> None:
    assert "password" in _stop_line("--port", "0", "--host", "0.0.0.0", data=tmp_path)


def test_commands_work_beside_a_running_server(tmp_path: Path) -> None:
    example = Path(__file__).parents[2] / "assets/examples/invoice_reminder.json"
    with serving(tmp_path):
        taken = subprocess.run(
            [sys.executable, "-m", "flowstudio", "import", str(example), "--activate"], env=_environ(tmp_path),
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert "wf_001 is active" in taken.stdout, taken.stderr
        live = subprocess.run(
            [sys.executable, "-m", "flowstudio", "run", str(tmp_path / "n.json"), "--live", "--json"],
            env=_environ(tmp_path), capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert live.returncode == 2, "a file that is not there"
        file = tmp_path / "note.json"
        file.write_text(json.dumps({
            "id": "note", "name": "Note", "trigger": {"type": "manual"},
            "nodes": [{"id": "t", "name": "Make a task", "type": "action", "action": "create_task",
                       "config": {"title": "Look", "assignee": "a@x.example"}}],
            "edges": [{"from": "trigger", "to": "t"}],
        }), encoding="utf-8")  # fmt: skip
        live = subprocess.run(
            [sys.executable, "-m", "flowstudio", "run", str(file), "--live", "--json"],
            env=_environ(tmp_path), capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert live.returncode == 0, live.stdout + live.stderr
        assert json.loads(live.stdout)["created"][0]["entity"] == "tasks"
        server = json.loads((tmp_path / "server.json").read_text(encoding="utf-8"))
        headers = {"Authorization": f"Bearer {server['key']}"}
        tasks = httpx.get(f"{server['url']}/api/v1/records/tasks", params={"search": "Look"}, headers=headers).json()
        assert tasks["total"] == 1, "what ran for real stays"


def test_a_run_that_was_under_way_when_the_server_was_killed_goes_on(tmp_path: Path) -> None:
    document = {
        "id": "slow", "name": "Slow", "status": "active", "trigger": {"type": "manual"},
        "nodes": [
            {"id": "first", "name": "First", "type": "action", "action": "create_task",
             "config": {"title": "First", "assignee": "a@x.example"}},
            {"id": "pause", "name": "Wait", "type": "delay", "config": {"for": "3 seconds"}},
            {"id": "last", "name": "Last", "type": "action", "action": "create_task",
             "config": {"title": "Last", "assignee": "a@x.example"}},
        ],
        "edges": [{"from": "trigger", "to": "first"}, {"from": "first", "to": "pause"}, {"from": "pause", "to": "last"}],
    }  # fmt: skip
    with serving(tmp_path) as (process, _):
        server = json.loads((tmp_path / "server.json").read_text(encoding="utf-8"))
        headers = {"Authorization": f"Bearer {server['key']}"}
        assert httpx.post(f"{server['url']}/api/v1/workflows", json=document, headers=headers).status_code == 201
        run = httpx.post(f"{server['url']}/api/v1/workflows/slow/execute", json={}, headers=headers).json()
        for _ in range(200):
            seen = httpx.get(f"{server['url']}/api/v1/workflows/runs/{run['execution_id']}", headers=headers).json()
            if seen["status"] == "waiting":
                break
            time.sleep(0.02)
        assert seen["waiting_for"] == "timer"
        process.kill()
    with serving(tmp_path):
        server = json.loads((tmp_path / "server.json").read_text(encoding="utf-8"))
        headers = {"Authorization": f"Bearer {server['key']}"}
        for _ in range(600):
            seen = httpx.get(f"{server['url']}/api/v1/workflows/runs/{run['execution_id']}", headers=headers).json()
            if seen["status"] == "completed":
                break
            time.sleep(0.02)
        assert seen["status"] == "completed", seen
        assert [step["node_id"] for step in seen["steps"] if step["status"] == "completed"].count("first") == 1
        for title in ("First", "Last"):
            found = httpx.get(f"{server['url']}/api/v1/records/tasks", params={"search": title}, headers=headers).json()
            assert found["total"] == 1, "nothing is done twice"
