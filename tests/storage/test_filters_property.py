"""Whatever the filter, SQL and Python answer alike."""

import asyncio
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from flowstudio.domain.run import Run, Write
from flowstudio.domain.states import RunStatus
from flowstudio.errors import FlowStudioError
from flowstudio.kit.memory_records import MemoryRecords
from flowstudio.kit.ports import Batch
from flowstudio.kit.record_types import read_record_types
from flowstudio.storage.journal import SqlJournal
from flowstudio.storage.records import SqlRecords
from flowstudio.storage.settings import SqlSettings
from tests.support.databases import StillClock, postgres_database, sqlite_database

EXAMPLES = 150
TYPES = read_record_types(
    {
        "makers": {"fields": {"id": {"type": "id"}, "name": {"type": "text"}, "size": {"type": "number"}}},
        "things": {
            "fields": {
                "id": {"type": "id"},
                "name": {"type": "text"},
                "kind": {"type": "enum", "enum": ["a", "B", "c d"]},
                "n": {"type": "number"},
                "i": {"type": "integer"},
                "yes": {"type": "boolean"},
                "day": {"type": "date"},
                "at": {"type": "datetime"},
                "tags": {"type": "list"},
                "maker_id": {"type": "reference", "references": "makers"},
                "age": {"type": "integer", "computed": "max(0, days_since(day)), 0 when kind is a"},
            }
        },
    }
)
NAMES = [
    "", "Straße", "STRASSE", "\u0130stanbul", "istanbul", "\u212a", "K", "kelvin", "\u017f", "s", "\ufb01n", "FIN", "a%b_c", "10",
    "true", "naïve", "NAÏVE", "it's", '"q"', "\\x", " x ",
]  # fmt: skip
DAYS = ["2026-02-28", "2026-03-01", "2026-03-02", "2026-03-03", "2024-02-29"]
NUMBERS = [0, 1, -1, 2.5, 0.1, 1e15, 7]
missing = st.none()
row = st.fixed_dictionaries(
    {},
    optional={
        "name": missing | st.sampled_from(NAMES),
        "kind": st.sampled_from(["a", "B", "c d"]),
        "n": missing | st.sampled_from(NUMBERS),
        "i": st.integers(-3, 3),
        "yes": missing | st.booleans(),
        "day": missing | st.sampled_from(DAYS),
        "at": st.sampled_from([f"{day}T09:00" for day in DAYS] + DAYS),
        "tags": st.lists(st.sampled_from(["a", "b", "10"]), max_size=3),
        "maker_id": missing | st.sampled_from(["m0", "m1", "gone"]),
    },
)
scalar = missing | st.sampled_from([*NAMES, *DAYS, *NUMBERS, True, False, "today", "now", "a,B", "1,7", "7.0", "c d"])
value = scalar | st.lists(scalar, max_size=3)
OPERATORS = [
    "exists", "not_exists", "is_empty", "is_not_empty", "equals", "not_equals", "contains", "not_contains", "starts_with",
    "not_starts_with", "ends_with", "not_ends_with", "in", "not_in", "greater_than", "greater_or_equal", "less_than",
    "less_or_equal", "equals_within", "between", "not_between", "same_day", "before", "after", "on_or_before", "on_or_after",
    "days_ago", "exactly_days_ago", "more_than_days_ago", "less_than_days_ago", "days_from_now", "is_weekday", "is_true",
    "is_false", "contains_any", "contains_all", "length_equals", "length_greater_than", "changed",
]  # fmt: skip
FIELDS = [
    "id", "name", "kind", "n", "i", "yes", "day", "at", "tags", "maker_id", "age", "maker", "maker.name", "maker.size",
]  # fmt: skip
comparison = st.builds(
    lambda field, operator, right, ignore_case: {"field": field, "operator": operator, "value": right, "ignore_case": ignore_case},
    st.sampled_from(FIELDS), st.sampled_from(OPERATORS),
    value | st.builds(lambda field: {"field_of": field}, st.sampled_from(FIELDS)), st.booleans(),
)  # fmt: skip
tree = st.recursive(
    comparison,
    lambda parts: st.builds(
        lambda kind, inside: {"type": kind, "conditions": inside},
        st.sampled_from(["and", "or", "not"]),
        st.lists(parts, max_size=3),
    ),
    max_leaves=5,
)


class Pair:
    """The same rows in memory and on SQLite."""

    def __init__(self, database, clock):
        database.memory._shipped = TYPES
        self.clock = clock
        self.store = SqlRecords(database)
        self.journal = SqlJournal(database)
        self.twin = None
        self.database = database
        self.number = 0

    async def answers(self, rows, where, sort):
        self.number += 1
        workspace = f"w{self.number}"
        await SqlSettings(self.database).set(workspace, "timezone", "Europe/Berlin")
        makers = [{"id": f"m{n}", "name": NAMES[n + 1], "size": n} for n in range(2)]
        things = [{**row, "id": f"t{n}"} for n, row in enumerate(rows)]
        writes = [Write("create", "makers", one["id"], one) for one in makers]
        writes += [Write("create", "things", one["id"], one) for one in things]
        run = Run(f"run_{workspace}", workspace, "wf", 1, RunStatus.COMPLETED)
        await self.journal.append(Batch(run.id, 1, new_run=run, writes=writes))
        twin = MemoryRecords(TYPES, {"makers": makers, "things": things}, self.clock, ZoneInfo("Europe/Berlin"))
        return [await _outcome(store, workspace, where, sort) for store in (self.store, twin)]


async def _outcome(store, workspace, where, sort):
    try:
        return [found["id"] for found in await store.query(workspace, "things", where, sort)]
    except (FlowStudioError, ValueError) as fault:
        return type(fault).__name__


def check(opened, clock):
    with asyncio.Runner() as runner:
        pair = Pair(runner.run(opened.__aenter__()), clock)

        @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
        @given(
            st.lists(row, max_size=6), tree, st.none() | st.sampled_from([*FIELDS, *(f"-{field}" for field in FIELDS)])
        )
        def alike(rows, where, sort):
            ours, expected = runner.run(pair.answers(rows, where, sort))
            assume(isinstance(expected, list))  # a wrong value is met only by the rows that are looked at
            assert ours == expected

        try:
            alike()
        finally:
            runner.run(opened.__aexit__(None, None, None))


def test_sqlite_answers_as_memory_does(tmp_path):
    clock = StillClock()
    check(sqlite_database(tmp_path, clock), clock)


@pytest.mark.postgres
def test_postgresql_answers_as_memory_does():
    clock = StillClock()
    check(postgres_database(clock), clock)
