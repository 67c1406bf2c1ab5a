"""Actions on records, values and scripts."""

from __future__ import annotations

import pytest

from flowstudio.domain.json import JsonObject
from tests.support.steps import do, run_nodes

LEAD = {"id": "lead_101"}


def found(entity: str, record_id: str, name: str) -> JsonObject:
    """A node that finds one record and gives it a name."""
    tree = {"field": "id", "operator": "equals", "value": record_id}
    return {
        "id": "q",
        "type": "action",
        "action": "query_records",
        "config": {"entity": entity, "filter": tree},
        "outputs": [name],
    }


async def with_record(entity: str, record_id: str, action: str, config: JsonObject, **sample: object) -> JsonObject:
    """Run an action on `row`, the record of that id."""
    node = {"id": "n", "type": "action", "action": action, "config": {"record": "{{rows[0]}}", **config}}
    done = await run_nodes([found(entity, record_id, "rows"), node], **sample)
    assert done.result["status"] == "completed", done.result["steps"]
    result: JsonObject = {**done.result, "output": done.result["steps"][1]["output"]}
    return result


async def test_records_are_created_with_their_defaults() -> None:
    done = await do("create_record", {"entity": "tasks", "set": {"title": "Call {{1 + 1}}"}})
    assert done.result["created"] == [
        {"entity": "tasks", "id": "tasks_test_1", "title": "Call 2", "status": "todo", "priority": "medium"}
    ]
    assert done.output["id"] == "tasks_test_1"


async def test_a_change_is_seen_at_once() -> None:
    result = await with_record(
        "invoices", "inv_1042", "update_record", {"set": {"reminder_count": "{{rows[0].reminder_count + 1}}"}}
    )
    assert result["updated"] == [{"entity": "invoices", "id": "inv_1042", "set": {"reminder_count": 2}}]
    assert result["output"]["changed"] == ["reminder_count"]
    assert result["output"]["record"]["reminder_count"] == 2


async def test_a_record_is_deleted_and_its_absence_is_no_fault() -> None:
    result = await with_record(
        "candidates", "can_1", "delete_record", {}, records={"candidates": [{"id": "can_1", "name": "A"}]}
    )
    assert result["output"] == {"id": "can_1", "deleted": True}
    assert result["deleted"] == [{"entity": "candidates", "id": "can_1"}]


async def test_many_records_change_with_their_own_values() -> None:
    rows = [{"id": f"tsk_{n}", "title": f"T{n}", "points": n} for n in (1, 2)]
    query = {
        "id": "q",
        "type": "action",
        "action": "query_records",
        "config": {"entity": "tasks"},
        "outputs": ["tasks"],
    }
    node = {
        "id": "n",
        "type": "action",
        "action": "bulk_update",
        "config": {"records": "tasks", "set": {"points": "{{row.points * 10}}"}},
    }
    done = await run_nodes([query, node], records={"tasks": rows})
    assert [one["set"] for one in done.result["updated"]] == [{"points": 10}, {"points": 20}]


async def test_one_record_is_created_per_item() -> None:
    done = await do("bulk_create", {"entity": "tasks", "for_each": "['A', 'B']", "set": {"title": "Do {{row}}"}})
    assert [one["title"] for one in done.result["created"]] == ["Do A", "Do B"]
    assert done.output["count"] == 2


@pytest.mark.parametrize(
    ("config", "value"),
    [
        ({"expression": "10 / 3"}, 3.33),
        ({"expression": "{{10 / 3}}", "decimals": 0}, 3),
        ({"expression": "1.005 * 100"}, 100.5),
        ({"expression": "'a'"}, "a"),
        ({"expression": "1 > 2"}, False),
    ],
)
async def test_a_formula_is_rounded(config: JsonObject, value: object) -> None:
    assert (await do("calculate_value", config)).output["value"] == value


async def test_variables_are_set_for_the_steps_that_follow() -> None:
    nodes = [
        {"id": "t", "type": "transform", "config": {"set": {"a": "{{1 + 1}}", "b": "{{3}}", "c": "n {{x}}", "d": 5}}},
        {"id": "u", "type": "action", "action": "transform_data", "config": {"expression": "a + b + d"}},
        {"id": "v", "type": "transform", "config": {"set": {"a": "{{b}}", "b": "{{a}}"}}},
        {"id": "w", "type": "action", "action": "calculate_value", "config": {"expression": "a * 10 + b"}},
    ]
    done = await run_nodes(nodes, trigger={"x": "X"})
    steps = done.result["steps"]
    assert steps[0]["output"]["value"] == {"a": 2, "b": 3, "c": "n X", "d": 5}
    assert steps[1]["output"]["value"] == 10
    assert steps[3]["output"]["value"] == 32, "all values see the variables as they were before"


@pytest.mark.parametrize(
    ("script", "value"),
    [
        ("iif(2 > 1, 0.08, 0.05)", 0.08),
        ("sum(line['amount'] for line in lines)", 30),
        (
            "total = 0\nfor line in lines:\n    total += line['amount']\n{'total': total, 'n': (1, 2)}",
            {"total": 30, "n": [1, 2]},
        ),
        ("count(lines)", 2),
    ],
)
async def test_a_script_gives_its_last_value(script: str, value: object) -> None:
    done = await do("run_script", {"script": script}, trigger={"lines": [{"amount": 10}, {"amount": 20}]})
    assert done.output["value"] == value


@pytest.mark.parametrize(
    ("script", "code", "words"),
    [
        ("while True:\n    pass", "timed_out", "did not end within 0.2 seconds"),
        ("x = [0] * 10**9\nlen(x)", "limit_reached", "more than 64 MB"),
        ("import os\nos.system('id')", "config_rejected", "no attribute"),
        ("open('/etc/passwd').read()", "config_rejected", "denied"),
        ("import time\ntime.sleep(100)", "timed_out", "did not end"),
        ("x = 1 +", "config_rejected", "cannot be read"),
        ("x = 1\nraise ValueError('no')", "config_rejected", "ValueError: no"),
    ],
)
async def test_a_script_has_limits(script: str, code: str, words: str) -> None:
    error = (await do("run_script", {"script": script, "timeout": "0.2 seconds"})).error
    assert error["code"] == code
    assert words in error["message"]


@pytest.mark.parametrize(
    ("changes", "score", "grade"),
    [
        ({}, 91, "A"),
        ({"company_size": 60, "job_title": "Event Manager", "source": "webinar"}, 61, "B"),
        ({"company_size": 5, "job_title": "Director's assistant", "source": "list"}, 46, "C"),
        (
            {"company_size": None, "job_title": None, "source": "list", "visited_pricing": False, "page_views": 0},
            8,
            "D",
        ),
    ],
)
async def test_a_lead_is_scored(changes: JsonObject, score: int, grade: str) -> None:
    lead = {
        "id": "lead_1", "company_size": 420, "job_title": "VP Operations", "source": "demo_request", "email_opens": 3,
        "page_views": 8, "visited_pricing": True, **changes,
    }  # fmt: skip
    result = await with_record("leads", "lead_1", "calculate_lead_score", {}, records={"leads": [lead]})
    assert result["output"] == {"score": score, "grade": grade}


async def test_own_rules_score_a_lead() -> None:
    rules = [
        {"field": "company_size", "operator": "greater_or_equal", "value": 200, "points": 70},
        {"field": "source", "operator": "in", "value": ["webinar", "demo_request"], "points": 10},
        {"field": "region", "operator": "equals", "value": "Mars", "points": 90},
    ]
    result = await with_record("leads", "lead_101", "calculate_lead_score", {"rules": rules})
    assert result["output"] == {"score": 80, "grade": "A"}


@pytest.mark.parametrize(
    ("strategy", "owner"), [("least_loaded", "emp_a"), ("territory", "emp_b"), ("round_robin", "emp_b")]
)
async def test_a_lead_gets_an_owner(strategy: str, owner: str) -> None:
    people = [
        {"id": "emp_a", "name": "A", "email": "a@x.example", "department": "sales", "quota_carrying": True, "open_leads": 1, "region": "EMEA"},
        {"id": "emp_b", "name": "B", "email": "b@x.example", "department": "sales", "quota_carrying": True, "open_leads": 4, "region": "AMER"},
        {"id": "emp_c", "name": "C", "email": "c@x.example", "department": "sales", "open_leads": 0},
    ]  # fmt: skip
    leads = [
        {"id": "lead_1", "region": "AMER"},
        {"id": "lead_2", "owner_id": "emp_a", "assigned_at": "2026-02-01T09:00:00"},
        {"id": "lead_3", "owner_id": "emp_b", "assigned_at": "2026-01-01T09:00:00"},
    ]
    records = {"employees": people, "leads": leads}
    result = await with_record("leads", "lead_1", "assign_lead", {"strategy": strategy}, records=records)
    assert result["output"]["id"] == owner
    load = next(person["open_leads"] for person in people if person["id"] == owner)
    assert result["updated"] == [
        {"entity": "leads", "id": "lead_1", "set": {"owner_id": owner, "assigned_at": "2026-03-02T09:00:00"}},
        {"entity": "employees", "id": owner, "set": {"open_leads": int(str(load)) + 1}},
    ]


async def test_assigning_a_ticket_to_the_same_agent_counts_nothing() -> None:
    result = await with_record("tickets", "tic_11", "assign_ticket", {"to": "emp_006"})
    assert [one["entity"] for one in result["updated"]] == ["tickets"]


async def test_similar_tickets_are_found_by_their_words() -> None:
    tickets = [
        {"id": "t1", "subject": "Calendar sync error after update", "status": "open", "customer_id": "cust_001"},
        {"id": "t2", "subject": "After update: calendar SYNC error!", "status": "open", "customer_id": "cust_001"},
        {"id": "t3", "subject": "Calendar sync error after update", "status": "closed", "customer_id": "cust_001"},
        {"id": "t4", "subject": "Calendar sync error", "status": "open", "customer_id": "cust_002", "created_at": "2026-02-23T09:00"},
        {"id": "t5", "subject": "Calendar sync error", "status": "open", "customer_id": "cust_002", "created_at": "2026-02-22T09:00"},
    ]  # fmt: skip
    result = await with_record("tickets", "t1", "find_duplicate_tickets", {}, records={"tickets": tickets})
    assert [row["id"] for row in result["output"]["records"]] == ["t2", "t4"]
    reasons = result["output"]["reasons"]
    assert [row["id"] for row in reasons] == ["t2", "t4"]
    assert all(row["why"].startswith(("Of the same customer.", "Came within")) for row in reasons)
    assert [row["similarity"] for row in reasons] == sorted((row["similarity"] for row in reasons), reverse=True)


async def test_nobody_free_is_an_answer() -> None:
    done = await do("find_available_agent", {"skill": "technical"}, records={"employees": []})
    assert done.output == {"record": None, "id": None, "name": None, "email": None}


@pytest.mark.parametrize(
    ("department", "additional", "percent", "status"),
    [
        ("marketing", None, 88, "ok"),
        ("marketing", 1000, 90, "warning"),
        ("it", None, 105.7, "over"),
        ("marketing", 6000, 100, "warning"),
    ],
)
async def test_a_budget_is_checked(department: str, additional: float | None, percent: float, status: str) -> None:
    done = await do("check_budget_utilization", {"department": department, "additional": additional})
    assert (done.output["utilization_pct"], done.output["status"]) == (percent, status)


async def test_a_task_for_an_employee_knows_the_employee() -> None:
    done = await do("create_task", {"title": "Call", "assignee": "emp_002", "due": "2 days", "priority": "high"})
    row = done.result["created"][0]
    assert (row["assignee"], row["assignee_id"], row["due_date"]) == (
        "leo.brandt@brightline.example",
        "emp_002",
        "2026-03-04",
    )


async def test_something_that_is_no_record_is_told() -> None:
    error = (await do("update_record", {"record": "{{x}}", "set": {"a": 1}}, trigger={"x": {"a": 1}})).error
    assert error["code"] == "config_rejected"
    assert "record is needed" in error["message"]


async def test_a_company_nobody_knows_is_an_answer() -> None:
    known = await do("enrich_company_data", {"domain": "https://www.VantageFoods.example/a"})
    unknown = await do("enrich_company_data", {"domain": "nobody.example", "source": "https://data.example/c"})
    assert known.output["found"] is True
    assert known.output["name"] == "Vantage Foods"
    assert unknown.output == {**dict.fromkeys(known.output), "found": False}
    assert unknown.http.requests[0].query == {"domain": "nobody.example"}
