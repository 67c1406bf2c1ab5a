"""`flowstudio templates`, as people and scripts call it."""

from __future__ import annotations

import json

from click.testing import CliRunner

from flowstudio.cli import cli


def test_list_tells_every_template() -> None:
    answer = CliRunner().invoke(cli, ["templates", "list", "--json"])
    rows = json.loads(answer.output)
    assert answer.exit_code == 0
    assert len(rows) == 116
    assert {"id", "name", "category"} <= set(rows[0])
    assert "116 templates" in CliRunner().invoke(cli, ["templates"]).output


def test_show_gives_the_document_or_tells_it() -> None:
    told = CliRunner().invoke(cli, ["templates", "show", "invoice-reminder"]).output
    assert "For each invoice" in told
    assert "Mail server" in told
    document = json.loads(CliRunner().invoke(cli, ["templates", "show", "invoice-reminder", "--json"]).output)
    assert document["id"] == "invoice-reminder"


def test_test_prints_one_row_per_template() -> None:
    answer = CliRunner().invoke(cli, ["templates", "test", "invoice-reminder", "lead-qualification", "--json"])
    rows = json.loads(answer.output)
    assert answer.exit_code == 0
    assert [(row["id"], row["passed"], row["differences"]) for row in rows] == [
        ("invoice-reminder", True, []),
        ("lead-qualification", True, []),
    ]
    assert [one["name"] for one in rows[1]["observed"]] == ["The usual case", "Grade B", "Grade C", "Grade D"]
    assert "2 samples" in CliRunner().invoke(cli, ["templates", "test", "lead-scoring-automation"]).output
