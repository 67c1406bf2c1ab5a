"""`flowstudio explain`: a workflow file, or a run of the data directory."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.test_run_command import EXAMPLE, flowstudio


def test_a_file_reads_the_same_every_time(tmp_path: Path) -> None:
    first, second = (flowstudio("explain", str(EXAMPLE), data=tmp_path) for _ in range(2))
    assert first.returncode == 0, first.stderr
    assert first.stdout == second.stdout
    assert first.stdout.startswith("Every day at 09:00, find the invoices")


def test_a_run_of_the_data_directory_is_told(tmp_path: Path) -> None:
    data = tmp_path / "data"
    file = tmp_path / "small.json"
    small = {
        "name": "Small", "trigger": {"type": "manual", "config": {"inputs": [{"name": "n", "type": "number"}]}},
        "nodes": [
            {"id": "big", "name": "Big?", "type": "condition", "condition": {"field": "n", "operator": "greater_than", "value": 1000}},
            {"id": "yes", "name": "Big one", "type": "transform", "config": {"set": {"size": "big"}}},
        ],
        "edges": [{"from": "trigger", "to": "big"}, {"from": "big", "to": "yes", "condition": "true"}],
    }  # fmt: skip
    file.write_text(json.dumps(small), encoding="utf-8")
    given = tmp_path / "input.json"
    given.write_text('{"n": 850}', encoding="utf-8")
    ran = flowstudio("run", str(file), "--input", str(given), "--live", "--json", data=data)
    assert ran.returncode == 0, ran.stderr
    told = flowstudio("explain", "--run", json.loads(ran.stdout)["run_id"], data=data)
    assert told.returncode == 0, told.stderr
    assert '"Big?": No, 850 is not more than 1,000 (n).' in told.stdout
    assert 'Not reached, because "Big?" went No: "Big one".' in told.stdout


def test_it_wants_a_file_or_a_run(tmp_path: Path) -> None:
    assert flowstudio("explain", data=tmp_path).returncode == 2
    assert flowstudio("explain", str(EXAMPLE), "--run", "run_1", data=tmp_path).returncode == 2
