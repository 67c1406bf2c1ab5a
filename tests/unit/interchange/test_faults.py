"""What cannot be read is refused with every fault at once, each with its JSON path."""

import pytest

from tests.support.workflows import codes, decision, drawing, loop, read, task


def test_all_faults_are_listed_at_once() -> None:
    document = drawing("T>a, a>nowhere", task("a"), task("a"), {"id": 7, "type": "end"}, status="asleep", version="two")
    result = read(document)
    assert result.workflow is None
    assert {(problem.path, problem.code) for problem in result.problems} == {
        ("$.version", "wrong_type"),
        ("$.status", "wrong_value"),
        ("$.nodes[2].id", "wrong_type"),
        ("$.nodes[1].id", "duplicate_id"),
        ("$.edges[1].to", "dangling_edge"),
    }


@pytest.mark.parametrize("block", ["name", "trigger", "nodes", "edges"])
def test_missing_block_is_refused(block: str) -> None:
    document = drawing("T>a", task("a"))
    del document[block]
    result = read(document)
    assert result.workflow is None
    assert [(problem.path, problem.code) for problem in result.problems if problem.code == "missing"] == [
        (f"$.{block}", "missing")
    ]


def test_optional_blocks_have_the_defaults_of_the_contracts() -> None:
    document = drawing("T>a", task("a"))
    del document["id"]
    found = read(document).workflow
    assert found is not None
    assert (found.id, found.version, found.status, found.description) == ("", 1, "draft", None)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", 5), ("config", []), ("outputs", [1]), ("disabled", "yes"), ("note", {}), ("timeout", 60), ("retry", "often"),
        ("notify", 3), ("on_error", 4), ("requires_approval", 1), ("type", None), ("fallback", 7), ("run_if", 5),
    ],
)  # fmt: skip
def test_wrong_type_in_a_node_names_the_node_and_the_field(field: str, value: object) -> None:
    node = task("a")
    node[field] = value
    if field == "type":
        del node["action"]
    result = read(drawing("T>a", node))
    assert result.workflow is None
    problem = result.problems[0]
    assert problem.path.startswith(f"$.nodes[0].{field}")
    assert problem.code in ("wrong_type", "missing")


@pytest.mark.parametrize(
    "value",
    [[1], "x", None, {"from": 3, "to": "a"}, {"from": "a"}, {"to": "a"}, {"from": "a", "to": "a", "condition": 4}],
)
def test_edge_that_is_none_is_refused(value: object) -> None:
    document = drawing("T>a", task("a"))
    document["edges"].append(value)
    result = read(document)
    assert result.workflow is None
    assert result.problems[0].path.startswith("$.edges[1]")


def test_dangling_edge_says_what_its_other_end_is() -> None:
    result = read(drawing("T>a, a>b", task("a")))
    assert codes(result.problems) == ["dangling_edge"]
    assert result.problems[0].message == 'An edge leads to "b", which does not exist; its other end is "Task a".'


def test_body_and_branches_must_name_existing_nodes() -> None:
    document = drawing("T>l", loop("l", "{{x}}", body=["gone"]), {**decision("c"), "true_branch": ["lost"]})
    assert [problem.path for problem in read(document).problems] == ["$.nodes[0].body", "$.nodes[1].true_branch"]


def test_node_with_the_id_of_the_trigger_is_a_duplicate() -> None:
    assert codes(read(drawing("T>a", task("a"), task("trigger"))).problems) == ["duplicate_id"]


@pytest.mark.parametrize("reserved", ["import", "validate", "analytics", "triggers", "actions", "runs", "instances"])
def test_reserved_id_is_refused(reserved: str) -> None:
    assert codes(read(drawing("T>a", task("a"), id=reserved)).problems) == ["reserved_id"]


@pytest.mark.parametrize("bad", ["a/b", "..", "a b", "x" * 129, "a?b", "a\nb"])
def test_id_that_breaks_an_address_is_refused(bad: str) -> None:
    assert codes(read(drawing("T>a", task("a"), id=bad)).problems) == ["bad_id"]


def test_document_of_a_later_format_is_refused() -> None:
    assert codes(read(drawing("T>a", task("a"), format=99)).problems) == ["unsupported_format"]


@pytest.mark.parametrize(
    "settings",
    [
        {"concurrency": "sometimes"},
        {"max_runs_per_hour": 0},
        {"ask_after": -1},
        {"max_sent_per_hour": 0},
        {"pause_after_failures": 101},
        {"minutes_saved": -1},
        {"timeout": 5},
        [],
    ],
)
def test_wrong_workflow_settings_are_refused(settings: object) -> None:
    result = read(drawing("T>a", task("a"), settings=settings))
    assert result.workflow is None
    assert result.problems[0].path.startswith("$.settings")


def test_place_without_numbers_is_refused() -> None:
    result = read(drawing("T>a", task("a"), layout={"nodes": {"a": {"x": "left", "y": 2}}}))
    assert [problem.path for problem in result.problems] == ["$.layout.nodes.a.x"]
