"""`flowstudio templates save|list --ours|show|test|export|import|delete`, on a data directory of its own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from flowstudio.cli import cli
from flowstudio.errors import Conflict

EXAMPLE = json.loads((Path(__file__).parents[2] / "assets/examples/invoice_reminder.json").read_text())


def flowstudio(data: Path, *arguments: str) -> Result:
    return CliRunner().invoke(cli, [*arguments, "--data", str(data)])


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    file = tmp_path / "invoice.json"
    file.write_text(json.dumps(EXAMPLE))
    assert flowstudio(folder, "import", str(file)).exit_code == 0
    return folder


def test_a_template_goes_its_whole_way(data: Path, tmp_path: Path) -> None:
    said = ["--name", "Chase invoices", "--category", "finance", "--summary", "Ours.", "--tag", "dunning"]
    made = flowstudio(data, "templates", "save", "wf_001", *said, "--ask", "node_5.priority")
    assert (made.exit_code, made.stdout) == (0, "our-chase-invoices\n")
    (row,) = json.loads(flowstudio(data, "templates", "list", "--ours", "--json").stdout)
    assert (row["id"], row["category"], row["own"], row["tags"]) == ("our-chase-invoices", "finance", True, ["dunning"])
    assert "node_5.priority" in flowstudio(data, "templates", "show", row["id"], "--json").stdout
    assert "Create ticket: Priority" in flowstudio(data, "templates", "show", row["id"]).stdout
    exported = flowstudio(data, "templates", "export", row["id"]).stdout
    file = tmp_path / "chase.json"
    file.write_text(exported)
    taken = flowstudio(data, "templates", "import", str(file))
    assert isinstance(taken.exception, Conflict)
    assert flowstudio(data, "templates", "delete", row["id"]).exit_code == 0
    assert flowstudio(data, "templates", "list", "--ours", "--json").stdout.strip() == "[]"
    assert flowstudio(data, "templates", "import", str(file)).stdout.splitlines()[0] == "our-chase-invoices"
    assert flowstudio(data, "templates", "export", row["id"]).stdout == exported


def test_own_templates_are_tested_by_name_and_the_list_stays_that_of_the_product(data: Path) -> None:
    flowstudio(data, "templates", "save", "wf_001", "--name", "Chase", "--category", "finance")
    tested = flowstudio(data, "templates", "test", "our-chase", "invoice-reminder", "--json")
    assert [(one["id"], one["passed"]) for one in json.loads(tested.stdout)] == [
        ("invoice-reminder", True),
        ("our-chase", True),
    ]
    assert len(json.loads(flowstudio(data, "templates", "list", "--json").stdout)) == 116


def test_a_bad_file_is_refused_with_every_fault(data: Path, tmp_path: Path) -> None:
    bad = {**EXAMPLE, "template": {"category": "cooking", "difficulty": "hard"}}
    file = tmp_path / "bad.json"
    file.write_text(json.dumps(bad))
    answer = flowstudio(data, "templates", "import", str(file))
    assert answer.exit_code == 2
    assert "$.template.category" in answer.output
    assert "$.template.difficulty" in answer.output
