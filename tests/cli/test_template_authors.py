"""What docs/template-authors.md tells authors of templates to type, in its order; and what it says of the file."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest
from click.testing import Result

from flowstudio.services.template_file import KINDS
from tests.cli.test_own_templates import data, flowstudio

__all__ = ["data"]
PAGE = (Path(__file__).parents[2] / "docs/template-authors.md").read_text(encoding="utf-8")


def _lines() -> list[list[str]]:
    found = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
    return [shlex.split(line)[1:] for block in found for line in block.splitlines()]


def test_the_commands_take_a_template_out_in_and_through_its_samples(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    flowstudio(data, "templates", "save", "wf_001", "--name", "Chase invoices", "--category", "finance")
    export, take_in, test = _lines()
    exported: Result = flowstudio(data, *export)
    Path("chase.json").write_text(exported.stdout)
    assert flowstudio(data, "templates", "delete", "our-chase-invoices").exit_code == 0
    assert flowstudio(data, *take_in).stdout.splitlines()[0] == "our-chase-invoices"
    tested = flowstudio(data, *test)
    assert tested.exit_code == 0, tested.output
    assert "bank-reconciliation" in tested.stdout


def test_the_block_that_it_shows_is_that_of_the_shipped_template() -> None:
    [block] = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    shown = json.loads(f"{{{block}}}")["template"]
    shipped = json.loads((Path(__file__).parents[2] / "templates/finance/bank-reconciliation.json").read_text())
    assert {key: shown[key] for key in ("category", "department", "difficulty")} == {
        key: shipped["template"][key] for key in ("category", "department", "difficulty")
    }
    assert [one["key"] for one in shown["setup"]] == [one["key"] for one in shipped["template"]["setup"]]


def test_it_names_every_kind_of_setup() -> None:
    assert all(f"`{kind}`" in PAGE for kind in KINDS)
