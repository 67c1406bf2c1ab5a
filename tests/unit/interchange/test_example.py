"""The example of the contracts imports unchanged and means what it says."""

from flowstudio.interchange import dump_document, read_document
from tests.support.workflows import checked, codes, example, read, registry


def test_example_imports_without_any_problem() -> None:
    result = read(example())
    assert result.problems == []
    assert result.workflow is not None


def test_example_has_no_error_and_no_warning_in_the_checks() -> None:
    problems = checked(example())
    assert codes(problems, "error") == []
    assert codes(problems, "warning") == []


def test_loop_gets_its_way_each_and_the_else_branch_belongs_to_its_body() -> None:
    workflow = read(example()).workflow
    assert workflow is not None
    assert [edge.id for edge in workflow.edges] == [
        "trigger:out>node_1",
        "node_1:out>node_2",
        "node_2:each>node_3",
        "node_3:true>node_4",
        "node_3:false>node_5",
    ]


def test_lone_condition_with_braces_becomes_a_comparison_without_them() -> None:
    workflow = read(example()).workflow
    assert workflow is not None
    node = workflow.node("node_3")
    assert node is not None
    assert node.config["condition"] == {"field": "invoice.reminder_count", "operator": "less_than", "value": 3}


def test_filter_with_dollar_operators_is_written_back_as_the_tree() -> None:
    workflow = read(example()).workflow
    assert workflow is not None
    assert workflow.nodes[0].config["filter"] == {
        "type": "and",
        "conditions": [
            {"field": "status", "operator": "equals", "value": "overdue"},
            {"field": "days_overdue", "operator": "greater_or_equal", "value": 7},
        ],
    }


def test_export_of_the_example_is_a_fixed_point() -> None:
    first = read(example()).workflow
    assert first is not None
    written = dump_document(first)
    second = read_document(written, registry())
    assert second.problems == []
    assert second.workflow == first
    assert dump_document(second.workflow) == written
