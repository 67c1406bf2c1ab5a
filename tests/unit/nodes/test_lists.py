"""The list tools: filter, sort, group, split, merge and add up, over records and plain data."""

from __future__ import annotations

from typing import Any

import pytest

from flowstudio.domain.json import JsonObject
from tests.support.steps import do, run_nodes

ROWS: list[JsonObject] = [
    {"id": "a", "amount": 10, "status": "open", "customer_id": "c1"},
    {"id": "b", "amount": 30, "status": "paid", "customer_id": "c2"},
    {"id": "c", "amount": None, "status": "open", "customer_id": "c1"},
    {"id": "d", "amount": "20", "status": "Open", "customer_id": "c3"},
]


async def over(action: str, config: JsonObject, rows: Any = None) -> JsonObject:
    done = await do(
        action,
        {"records": "{{trigger.rows}}", **config},
        trigger={"rows": ROWS if rows is None else rows, "more": MORE},
    )
    assert done.result["status"] == "completed", done.result["steps"]
    return done.output


MORE: list[JsonObject] = [
    {"order": "b", "paid": 1, "amount": 99},
    {"order": "a", "paid": 2},
    {"order": "a", "paid": 3},
    {"order": "z", "paid": 4},
]


def ids(items: list[JsonObject]) -> list[str]:
    return [item["id"] for item in items]


async def test_a_list_is_parted_by_a_rule() -> None:
    found = await over("filter_list", {"filter": {"field": "status", "operator": "equals", "value": "open"}})
    assert ids(found["records"]) == ["a", "c", "d"]
    assert ids(found["rest"]) == ["b"]
    assert found["count"] == 3


async def test_a_rule_may_have_groups_and_filled_in_values() -> None:
    tree = {
        "type": "or",
        "conditions": [
            {"field": "amount", "operator": "greater_than", "value": "{{trigger.rows[0].amount * 2}}"},
            {"field": "amount", "operator": "not_exists"},
        ],
    }
    assert ids((await over("filter_list", {"filter": tree}))["records"]) == ["b", "c"]


async def test_fields_of_referenced_records_can_be_used() -> None:
    query = {
        "id": "q",
        "type": "action",
        "action": "query_records",
        "config": {"entity": "invoices"},
        "outputs": ["rows"],
    }
    group = {
        "id": "g",
        "type": "action",
        "action": "group_list",
        "config": {"records": "{{rows}}", "by": "customer.name"},
    }
    keep = {
        "id": "f", "type": "action", "action": "filter_list",
        "config": {"records": "{{rows}}", "filter": {"field": "customer.name", "operator": "equals", "value": "Roth"}},
    }  # fmt: skip
    records = {
        "customers": [{"id": "c1", "name": "Roth"}, {"id": "c2", "name": "Berg"}],
        "invoices": [
            {"id": "i1", "customer_id": "c1"},
            {"id": "i2", "customer_id": "c2"},
            {"id": "i3", "customer_id": "c1"},
        ],
    }
    done = await run_nodes([query, group, keep], records=records)
    assert done.result["status"] == "completed", done.result["steps"]
    groups = done.result["steps"][1]["output"]["groups"]
    assert [(one["key"], ids(one["records"])) for one in groups] == [("Roth", ["i1", "i3"]), ("Berg", ["i2"])]
    assert ids(done.result["steps"][2]["output"]["records"]) == ["i1", "i3"]


@pytest.mark.parametrize(
    ("config", "order"),
    [
        ({"by": "amount"}, ["a", "b", "d", "c"]),  # numbers before texts, nothing last
        ({"by": "-amount"}, ["d", "b", "a", "c"]),
        ({"by": "status, -id"}, ["d", "c", "a", "b"]),
        ({"by": "-id", "limit": 2}, ["d", "c"]),
    ],
)
async def test_a_list_is_sorted_by_fields(config: JsonObject, order: list[str]) -> None:
    assert ids((await over("sort_list", config))["records"]) == order


async def test_a_list_is_grouped_in_the_order_of_its_items() -> None:
    found = await over("group_list", {"by": "customer_id"})
    assert [(one["key"], one["count"], ids(one["records"])) for one in found["groups"]] == [
        ("c1", 2, ["a", "c"]), ("c2", 1, ["b"]), ("c3", 1, ["d"]),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("config", "sizes"),
    [
        ({"size": 3}, [3, 1]),
        ({"size": 10}, [4]),
        ({"size": 3, "into": "parts"}, [1, 1, 2]),
        ({"size": 9, "into": "parts"}, [1, 1, 1, 1]),
    ],
)
async def test_a_list_is_split(config: JsonObject, sizes: list[int]) -> None:
    found = await over("split_list", config)
    assert [len(part) for part in found["parts"]] == sizes
    assert [item["id"] for part in found["parts"] for item in part] == ["a", "b", "c", "d"]
    assert (await over("split_list", config, rows=[]))["parts"] == []


async def test_figures_are_added_up_also_for_each_value() -> None:
    found = await over("aggregate_list", {"field": "amount", "by": "status"})
    assert {name: found[name] for name in ("count", "total", "average", "lowest", "highest")} == {
        "count": 4, "total": 60, "average": 20, "lowest": 10, "highest": 30,
    }  # fmt: skip
    assert [(row["key"], row["count"], row["total"]) for row in found["rows"]] == [
        ("open", 2, 10), ("paid", 1, 30), ("Open", 1, 20),
    ]  # fmt: skip
    empty = await over("aggregate_list", {"field": "amount"}, rows=[])
    assert (empty["count"], empty["total"], empty["average"]) == (0, 0, None)


@pytest.mark.parametrize(
    ("config", "kept", "alone"),
    [
        ({"how": "append"}, ["a", "b", "c", "d", None, None, None, None], []),
        ({"how": "unique", "by": "id", "other_by": "order"}, ["a", "b", "c", "d", None], []),
        ({"how": "match", "by": "id", "other_by": "order"}, ["a", "a", "b"], ["c", "d"]),
        ({"how": "match_all", "by": "id", "other_by": "order"}, ["a", "a", "b", "c", "d"], ["c", "d"]),
    ],
)
async def test_two_lists_become_one(config: JsonObject, kept: list[str | None], alone: list[str]) -> None:
    found = await over("merge_lists", {"others": "{{trigger.more}}", **config})
    assert [item.get("id") for item in found["records"]] == kept
    assert ids(found["unmatched"]) == alone
    if config["how"] == "match":
        assert [(item["amount"], item["paid"]) for item in found["records"]] == [(10, 2), (10, 3), (30, 1)]


@pytest.mark.parametrize(
    ("action", "config", "words"),
    [
        ("sort_list", {"by": "__class__.x!"}, "not the name of a field"),
        ("group_list", {"by": "a b"}, "not the name of a field"),
        ("merge_lists", {"others": "{{trigger.more}}", "how": "match"}, "belong together"),
        ("split_list", {"size": 0}, "greater than or equal to 1"),
        (
            "filter_list",
            {"records": "{{trigger.more[0].order}}", "filter": {"field": "a", "operator": "exists"}},
            "List",
        ),
    ],
)
async def test_what_cannot_be_done_is_said(action: str, config: JsonObject, words: str) -> None:
    done = await do(action, {"records": "{{trigger.rows}}", **config}, trigger={"rows": ROWS, "more": MORE})
    assert done.result["status"] == "failed"
    assert words in done.error["message"]
