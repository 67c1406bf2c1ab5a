"""One rule for names that are both a field and a reference, wherever a path is read."""

from datetime import UTC, datetime

import pytest

from flowstudio.expressions import DictScope, EvalContext, compile_condition, compile_expression
from flowstudio.kit.record_filter import Filter
from flowstudio.kit.record_types import shipped_record_types

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
TYPES = shipped_record_types()
ADA = {"$entity": "employees", "id": "emp_1", "name": "Ada", "email": "ada@corp.example"}
BOTH = {"$entity": "tasks", "id": "t1", "assignee": "The office", "assignee_id": "emp_1"}
REFERENCE = {"$entity": "tasks", "id": "t2", "assignee": None, "assignee_id": "emp_1"}
FIELD = {"$entity": "tasks", "id": "t3", "assignee": "The office", "assignee_id": None}
NEITHER = {"$entity": "tasks", "id": "t4"}
CASES = [
    (BOTH, "assignee", "The office"), (BOTH, "assignee.email", "ada@corp.example"), (BOTH, "assignee_id", "emp_1"),
    (REFERENCE, "assignee.email", "ada@corp.example"), (FIELD, "assignee", "The office"), (FIELD, "assignee.email", None),
    (NEITHER, "assignee", None), (NEITHER, "assignee.email", None),
]  # fmt: skip


def scope_of(task):
    return EvalContext(DictScope({"task": task, "tasks": [task]}, {"emp_1": ADA}), NOW, UTC)


def tasks():
    return next(one for one in TYPES.values() if {"assignee", "assignee_id"} <= set(one.fields))


@pytest.mark.parametrize(("task", "path", "value"), CASES)
def test_expressions_conditions_and_queries_agree(task, path, value):
    task = {**task, "$entity": tasks().name}
    ctx = scope_of(task)
    assert compile_expression(f"task.{path}").evaluate(ctx) == value
    assert compile_expression(f"tasks[0].{path}").evaluate(ctx) == value
    assert compile_expression(f"count(filter(tasks, '{path} exists'))").evaluate(ctx) == (value is not None)
    asked = (
        {"field": path, "operator": "equals", "value": value} if value else {"field": path, "operator": "not_exists"}
    )
    assert compile_condition(asked, "record").test(ctx, task)
    over_variables = {**asked, "field": f"task.{path}"}
    assert compile_condition(over_variables).test(ctx)
    assert Filter(asked, tasks(), TYPES).holds(task, lambda _entity, _id: ADA, ctx)


def test_a_name_alone_leads_to_the_record_where_the_field_is_empty():
    task = {**REFERENCE, "$entity": tasks().name}
    assert compile_expression("task.assignee").evaluate(scope_of(task)) == ADA
