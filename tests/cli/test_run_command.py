"""`flowstudio run`, `validate`, `explain`: contracts section 5, by the command itself."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parents[2] / "assets/examples/invoice_reminder.json"


def flowstudio(*words: str, data: Path, given: str | None = None) -> subprocess.CompletedProcess[str]:
    import os

    environ = {**os.environ, "TZ": "UTC", "FLOWSTUDIO_DATA_DIR": str(data)}
    return subprocess.run(
        [sys.executable, "-m", "flowstudio", *words], env=environ, input=given, capture_output=True, text=True, timeout=120,
        check=False,
    )  # fmt: skip


def test_the_example_runs_as_the_contract_says(tmp_path: Path) -> None:
    done = flowstudio("run", str(EXAMPLE), "--now", "2026-03-02T09:00", "--json", data=tmp_path)
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert result["status"] == "completed"
    assert [(step["node_id"], step["iteration"]) for step in result["steps"]] == [
        ("node_1", None), ("node_2", None), ("node_3", 0), ("node_4", 0), ("node_3", 1), ("node_5", 1),
    ]  # fmt: skip
    assert [message["to"] for message in result["messages"]] == ["ap@acme-robotics.example"]
    assert result["created"][0]["subject"] == "Escalate: Invoice INV-1051 severely overdue"
    assert {(row["node_id"], row["iteration"], row["way"]) for row in result["path"]} == {
        ("node_2", None, 2), ("node_3", 0, "true"), ("node_3", 1, "false"),
    }  # fmt: skip
    mail = next(effect for effect in result["effects"] if effect["kind"] == "message")
    assert mail["subject"] == "Invoice INV-1042 is overdue"
    assert "INV-1042" in mail["body"]
    assert not list(tmp_path.iterdir()), "a test run leaves nothing behind"


def test_records_and_samples_replace_the_shipped_rows(tmp_path: Path) -> None:
    records = tmp_path / "records.json"
    records.write_text(json.dumps({"invoices": []}), encoding="utf-8")
    done = flowstudio(
        "run", str(EXAMPLE), "--now", "2026-03-02T09:00", "--records", str(records), "--json", data=tmp_path / "d"
    )
    result = json.loads(done.stdout)
    assert result["messages"] == []
    assert [step["node_id"] for step in result["steps"]] == ["node_1", "node_2"]


def test_a_key_that_stands_twice_is_refused_in_files_and_input(tmp_path: Path) -> None:
    file = tmp_path / "twice.json"
    file.write_text('{"id": "wf", "name": "One", "name": "Two"}', encoding="utf-8")
    for words in (("validate", str(file)), ("run", str(file)), ("run", str(EXAMPLE), "--sample", str(file))):
        done = flowstudio(*words, data=tmp_path / "d")
        assert done.returncode != 0, words
        assert 'holds the key "name" twice in one object' in done.stdout + done.stderr, words
    done = flowstudio("run", str(EXAMPLE), "--input", "-", data=tmp_path / "d", given='{"n": 1, "n": 2}')
    assert done.returncode != 0
    assert 'The input holds the key "n" twice in one object' in done.stdout + done.stderr


def test_input_comes_from_standard_input_too(tmp_path: Path) -> None:
    file = tmp_path / "double.json"
    file.write_text(json.dumps({
        "id": "d", "name": "Double", "trigger": {"type": "manual", "config": {"inputs": [{"name": "n", "type": "number", "required": True}]}},
        "nodes": [{"id": "t", "name": "Double it", "type": "transform", "config": {"set": {"total": "{{n * 2}}"}}}],
        "edges": [{"from": "trigger", "to": "t"}],
    }), encoding="utf-8")  # fmt: skip
    done = flowstudio("run", str(file), "--input", "-", "--json", data=tmp_path / "d", given='{"n": 21}')
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout)["steps"][0]["output"]["value"] == {"total": 42}


def test_an_invalid_file_exits_2_with_every_problem(tmp_path: Path) -> None:
    file = tmp_path / "bad.json"
    file.write_text(
        json.dumps(
            {
                **json.loads(EXAMPLE.read_bytes()),
                "edges": [{"from": "trigger", "to": "no"}, {"from": "x", "to": "node_1"}],
            }
        ),
        encoding="utf-8",
    )
    done = flowstudio("run", str(file), "--json", data=tmp_path / "d")
    assert done.returncode == 2
    assert len(json.loads(done.stdout)["problems"]) >= 2
    checked = flowstudio("validate", str(file), str(EXAMPLE), "--json", data=tmp_path / "d")
    assert checked.returncode == 2
    told = json.loads(checked.stdout)
    assert [one["file"] for one in told] == [str(file), str(EXAMPLE)]
    assert any(problem["path"].startswith("$.edges[0]") for problem in told[0]["problems"])
    assert not any(problem["severity"] == "error" for problem in told[1]["problems"])


@pytest.mark.parametrize("content", ['{"name": ', "[]", ""])
def test_what_is_no_document_is_one_clear_line(tmp_path: Path, content: str) -> None:
    file = tmp_path / "broken.json"
    file.write_text(content, encoding="utf-8")
    done = flowstudio("run", str(file), data=tmp_path / "d")
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
    assert "Traceback" not in done.stderr


def test_a_failed_run_exits_1_and_names_the_step(tmp_path: Path) -> None:
    file = tmp_path / "fails.json"
    file.write_text(json.dumps({
        "id": "f", "name": "Fails", "trigger": {"type": "manual"},
        "nodes": [{"id": "e", "name": "Give up", "type": "end", "config": {"outcome": "failed", "reason": "no stock"}}],
        "edges": [{"from": "trigger", "to": "e"}],
    }), encoding="utf-8")  # fmt: skip
    done = flowstudio("run", str(file), data=tmp_path / "d")
    assert done.returncode == 1
    assert "no stock" in done.stdout


def test_explain_says_the_same_every_time(tmp_path: Path) -> None:
    first = flowstudio("explain", str(EXAMPLE), data=tmp_path).stdout
    assert first == flowstudio("explain", str(EXAMPLE), data=tmp_path).stdout
    assert first.startswith("Every day at 09:00, find the invoices")


def test_files_go_in_and_out_of_the_data_directory(tmp_path: Path) -> None:
    taken = flowstudio("import", str(EXAMPLE), "--activate", data=tmp_path)
    assert taken.returncode == 0, taken.stderr
    assert "wf_001 is active" in taken.stdout
    out = flowstudio("export", "wf_001", data=tmp_path)
    document = json.loads(out.stdout)
    assert document["status"] == "active"
    assert flowstudio("export", "nothing", data=tmp_path).returncode == 2
    key = flowstudio("apikey", "create", "--name", "ci", "--role", "viewer", data=tmp_path)
    assert key.stdout.strip().splitlines()[-1].startswith("fs_")
    link = flowstudio("user", "link", data=tmp_path)
    assert "/sign-in/" in link.stdout
    backup = tmp_path / "copy.db"
    assert flowstudio("backup", str(backup), data=tmp_path).returncode == 0
    assert backup.stat().st_size > 100_000
