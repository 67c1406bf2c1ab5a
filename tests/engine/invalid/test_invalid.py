"""Each document here has one fault; the message names its place, and it is refused or kept by the rule of the contracts."""

import json
from pathlib import Path
from typing import Any

import pytest

from flowstudio.analysis import check
from tests.support.workflows import facts, read, registry

FILES = sorted(Path(__file__).parent.glob("*.json"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_fault_is_found_at_its_place(file: Path) -> None:
    case: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    result = read(case["raw"] if "raw" in case else case["document"])
    assert (result.workflow is not None) is case["readable"]
    problems = list(result.problems)
    if result.workflow is not None:
        problems += check(result.workflow, registry(), facts())
    errors = {(one.path, one.code): one for one in problems if one.severity == "error"}
    assert sorted(errors) == sorted((one["path"], one["code"]) for one in case["errors"])
    for one in case["errors"]:
        problem = errors[one["path"], one["code"]]
        assert problem.node_id == one["node_id"]
        assert len(problem.message) > 15
        assert problem.message[0].isupper() or problem.message[0] == '"'


def test_there_is_a_case_for_every_kind_of_error_of_the_contracts() -> None:
    found = {error["code"] for file in FILES for error in json.loads(file.read_text(encoding="utf-8"))["errors"]}
    assert found >= {
        "not_json", "wrong_type", "missing", "duplicate_id", "dangling_edge", "reserved_id", "cycle", "unreachable",
        "unknown_name", "unknown_action", "unknown_node_type", "unknown_operator", "missing_setting", "wrong_setting", "bad_schedule",
    }  # fmt: skip
