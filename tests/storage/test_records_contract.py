"""One suite for the three record stores: in memory, on SQLite, on PostgreSQL. Same rules, same answers."""

from zoneinfo import ZoneInfo

import orjson
import pytest

from flowstudio.domain.run import Run, Write
from flowstudio.domain.states import RunStatus
from flowstudio.errors import Conflict, NotFound, UnknownVariable
from flowstudio.kit.memory_records import MemoryRecords
from flowstudio.kit.ports import Batch
from flowstudio.kit.record_types import RecordTypes, read_record_types, shipped_record_types
from flowstudio.storage.journal import SqlJournal
from flowstudio.storage.records import SqlRecords
from flowstudio.storage.settings import SqlSettings
from tests.support.databases import postgres_database, sqlite_database

BERLIN = ZoneInfo("Europe/Berlin")
TYPES = shipped_record_types()


class Stored:
    """A store on a database, changed as the engine changes it: by the journal."""

    def __init__(self, database):
        self.database = database
        self.store = SqlRecords(database)
        self.journal = SqlJournal(database)
        self.runs = 0

    async def apply(self, writes):
        self.runs += 1
        run = Run(f"run_{self.runs}", "main", "wf", 1, RunStatus.RUNNING)
        await self.journal.append(Batch(run.id, 1, new_run=run, writes=writes))


class InMemory:
    def __init__(self, clock):
        self.store = MemoryRecords(TYPES, {}, clock, BERLIN)

    async def apply(self, writes):
        self.store.apply(writes)


@pytest.fixture(params=["memory", "sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
async def records(request, tmp_path, clock):
    if request.param == "memory":
        yield InMemory(clock)
        return
    opened = sqlite_database(tmp_path, clock) if request.param == "sqlite" else postgres_database(clock)
    async with opened as database:
        await SqlSettings(database).set("main", "timezone", "Europe/Berlin")
        yield Stored(database)


@pytest.fixture
async def samples(records):
    """All sample rows of the product."""
    writes = [Write("create", name, row["id"], row) for name in TYPES for row in TYPES[name].sample_rows]
    await records.apply(writes)
    return records.store


def c(field, operator, value=None, **more):
    return {"field": field, "operator": operator, "value": value, **more}


def group(kind, *conditions):
    return {"type": kind, "conditions": list(conditions)}


async def ids(store, entity, where=None, sort=None, limit=None):
    return [row["id"] for row in await store.query("main", entity, where, sort, limit)]


async def test_a_record_carries_its_type_revision_and_computed_fields(samples):
    found = await samples.get("main", "invoices", "inv_1042")
    assert (found["$entity"], found["$revision"], found["days_overdue"]) == ("invoices", 1, 19)
    assert list(found)[:3] == ["id", "number", "customer_id"]
    assert await samples.get("main", "clients", "cust_001") == await samples.get("main", "customers", "cust_001")
    assert await samples.get("main", "invoices", "inv_none") is None
    with pytest.raises(NotFound):
        await samples.get("main", "invoises", "inv_1042")


async def test_the_example_that_must_always_work(samples):
    where = group("and", c("status", "equals", "overdue"), c("days_overdue", "greater_or_equal", 7))
    found = await samples.query("main", "invoices", where)
    assert [(row["number"], row["days_overdue"], row["reminder_count"]) for row in found] == [
        ("INV-1042", 19, 1),
        ("INV-1051", 57, 3),
    ]


async def test_without_a_sort_rows_come_in_order_of_creation(records):
    for names in (("b", "a"), ("c",)):
        await records.apply([Write("create", "leads", name, {"name": name}) for name in names])
    await records.apply([Write("update", "leads", "a", {"score": 1})])
    assert await ids(records.store, "leads") == ["b", "a", "c"]
    assert await ids(records.store, "leads", limit=2) == ["b", "a"]
    assert await ids(records.store, "leads", limit=0) == []


async def test_sorting_puts_missing_last_and_keeps_equals_in_order(records):
    rows = {"a": 2, "b": None, "c": 10, "d": 2, "e": 0.5}
    names = {"a": "Zeta", "b": "alpha", "c": "Ärger", "d": "beta", "e": None}
    await records.apply(
        [Write("create", "leads", key, {"score": score, "name": names[key]}) for key, score in rows.items()]
    )
    assert await ids(records.store, "leads", sort="score") == ["e", "a", "d", "c", "b"]
    assert await ids(records.store, "leads", sort="-score") == ["c", "a", "d", "e", "b"]
    assert await ids(records.store, "leads", sort="name") == ["b", "d", "a", "c", "e"]
    assert await ids(records.store, "leads", sort="-name", limit=2) == ["c", "a"]
    with pytest.raises(UnknownVariable):
        await ids(records.store, "leads", sort="colour")


async def test_sorting_follows_references_and_formulas(samples):
    by_name = [row["customer_id"] for row in await samples.query("main", "invoices", None, "customer.name")]
    names = [(await samples.get("main", "customers", key))["name"].casefold() for key in by_name]
    assert names == sorted(names)
    overdue = [row["days_overdue"] for row in await samples.query("main", "invoices", None, "-days_overdue")]
    assert overdue == sorted(overdue, reverse=True)


async def test_writes_are_seen_and_checked(records):
    store = records.store
    await records.apply([Write("create", "leads", "l1", {"name": "A", "score": 1, "$entity": "leads"})])
    await records.apply([Write("update", "leads", "l1", {"score": 2}, revision=1)])
    found = await store.get("main", "leads", "l1")
    assert (found["score"], found["$revision"], found["name"]) == (2, 2, "A")
    for write in (
        Write("update", "leads", "l1", {"score": 3}, revision=1),
        Write("delete", "leads", "l1", {}, revision=1),
        Write("update", "leads", "none", {"score": 3}),
        Write("create", "leads", "l1", {"name": "B"}),
    ):
        with pytest.raises(Conflict):
            await records.apply([Write("create", "leads", "l2", {"name": "B"}), write])
    assert await ids(store, "leads") == ["l1"]
    await records.apply([Write("delete", "leads", "l1", {}, revision=2)])
    assert await store.get("main", "leads", "l1") is None


async def test_a_number_of_any_size_is_the_same_and_can_be_written_again(records):
    scores = {"a": 1e23, "b": -1.5e300, "c": 1e16, "d": 2**63 - 1, "e": 1e-300}
    await records.apply([Write("create", "leads", key, {"score": score}) for key, score in scores.items()])
    found = {row["id"]: row["score"] for row in await records.store.query("main", "leads")}
    assert found == scores
    assert orjson.loads(orjson.dumps(found)) == scores
    assert await ids(records.store, "leads", sort="score") == ["b", "e", "c", "d", "a"]


async def test_one_step_may_touch_a_record_twice(records):
    await records.apply([Write("create", "leads", "l1", {"score": 0}), Write("update", "leads", "l1", {"score": 1})])
    await records.apply([Write("update", "leads", "l1", {"score": n}, revision=1 if n == 1 else 2) for n in (5, 6)])
    assert (await records.store.get("main", "leads", "l1"))["score"] == 6


async def test_a_field_that_the_type_lacks_is_an_error(samples):
    for field in ("colour", "customer.colour", "status.inner"):
        if field == "status.inner":
            assert await ids(samples, "invoices", c(field, "exists")) == []
            continue
        with pytest.raises(UnknownVariable):
            await ids(samples, "invoices", c(field, "exists"))


FILTERS = [
    ("invoices", c("status", "equals", "OVERDUE")),
    ("invoices", c("status", "equals", "OVERDUE", ignore_case=False)),
    ("invoices", c("status", "not_equals", "overdue")),
    ("invoices", c("payment_method", "not_equals", "card")),
    ("invoices", c("status", "in", "sent,Overdue")),
    ("invoices", c("status", "not_in", ["sent", "overdue"])),
    ("invoices", c("amount", "greater_than", 1000)),
    ("invoices", c("amount", "greater_or_equal", "950")),
    ("invoices", c("amount", "less_than", 950.5)),
    ("invoices", c("amount", "less_or_equal", 950)),
    ("invoices", c("amount", "equals", "4800.0")),
    ("invoices", c("amount", "not_equals", 4800)),
    ("invoices", c("amount", "equals", "many")),
    ("invoices", c("amount", "in", [950, 4800])),
    ("invoices", c("amount", "in", "950,4800")),
    ("invoices", c("amount", "not_in", [950])),
    ("invoices", c("amount", "between", "900,5000")),
    ("invoices", c("amount", "not_between", [900, 1000])),
    ("invoices", c("amount", "between", "900")),
    ("invoices", c("amount", "equals_within", "949.995,0.01")),
    ("invoices", c("balance", "less_than", {"field_of": "amount"})),
    ("invoices", c("amount", "greater_than", None)),
    ("invoices", c("number", "contains", "105")),
    ("invoices", c("number", "not_contains", "105")),
    ("invoices", c("number", "starts_with", "inv-10")),
    ("invoices", c("number", "not_starts_with", "inv-10")),
    ("invoices", c("number", "ends_with", "1")),
    ("invoices", c("number", "not_ends_with", "1")),
    ("invoices", c("number", "contains", "")),
    ("invoices", c("number", "contains", "%")),
    ("invoices", c("number", "matches", "^INV-10[45]")),
    ("invoices", c("number", "not_matches", "2$")),
    ("invoices", c("payment_method", "exists")),
    ("invoices", c("payment_method", "not_exists")),
    ("invoices", c("payment_method", "is_empty")),
    ("invoices", c("reminder_count", "is_not_empty")),
    ("invoices", c("due_date", "before", "2026-03-02")),
    ("invoices", c("due_date", "before", "now")),
    ("invoices", c("due_date", "after", "today")),
    ("invoices", c("due_date", "on_or_before", "2026-02-11T09:00")),
    ("invoices", c("due_date", "on_or_after", "2026-02-11")),
    ("invoices", c("due_date", "same_day", "2026-02-11")),
    ("invoices", c("due_date", "days_ago", 19)),
    ("invoices", c("due_date", "days_ago", "19")),
    ("invoices", c("due_date", "days_ago", 19.5)),
    ("invoices", c("due_date", "exactly_days_ago", 19)),
    ("invoices", c("due_date", "more_than_days_ago", 19)),
    ("invoices", c("due_date", "less_than_days_ago", 30)),
    ("invoices", c("due_date", "days_from_now", 30)),
    ("invoices", c("due_date", "in_last", "4 weeks")),
    ("invoices", c("due_date", "in_next", "4 weeks")),
    ("invoices", c("due_date", "between", "2026-01-01,2026-02-28")),
    ("invoices", c("due_date", "greater_than", "2026-02-11")),
    ("invoices", c("due_date", "is_weekday")),
    ("invoices", c("days_overdue", "greater_than", 18)),
    ("invoices", c("days_overdue", "greater_or_equal", 19)),
    ("invoices", c("days_overdue", "equals", 19)),
    ("invoices", c("days_overdue", "equals", 0)),
    ("invoices", c("days_overdue", "less_than", 5)),
    ("invoices", c("customer.tier", "equals", "Platinum")),
    ("invoices", c("customer.owner.name", "exists")),
    ("invoices", c("customer.annual_revenue", "greater_than", 100_000)),
    ("invoices", c("customer.marketing_opt_in", "is_true")),
    ("invoices", c("project.budget_used_pct", "greater_than", 50)),
    ("invoices", group("or", c("amount", "less_than", 1000), c("customer.tier", "equals", "gold"))),
    ("invoices", group("or", c("number", "matches", "1$"), c("amount", "less_than", 1000))),
    ("invoices", group("not", c("status", "equals", "overdue"), c("payment_method", "equals", "card"))),
    ("invoices", group("not", c("payment_method", "equals", "card"))),
    ("invoices", group("not", c("number", "matches", "1$"), c("status", "equals", "sent"))),
    ("invoices", group("and", group("not"), group("and"))),
    ("invoices", group("or")),
    ("invoices", {"status": "overdue", "days_overdue": {"$gte": 7}}),
    ("invoices", "status in sent,overdue; amount greater_than 1000"),
    ("invoices", c("status", "changed")),
    ("customers", c("credit_hold", "is_true")),
    ("customers", c("credit_hold", "is_false")),
    ("customers", c("credit_hold", "not_exists")),
    ("customers", c("marketing_opt_in", "equals", True)),
    ("customers", c("marketing_opt_in", "equals", "true")),
    ("customers", c("marketing_opt_in", "not_equals", True)),
    ("customers", c("name", "contains", "CAFE")),
    ("customers", c("name", "contains", "É")),
    ("customers", c("id", "equals", "CUST_001")),
    ("knowledge_articles", c("tags", "contains", "login")),
    ("knowledge_articles", c("tags", "contains_any", "login,refund")),
    ("knowledge_articles", c("tags", "contains_all", ["password", "login"])),
    ("knowledge_articles", c("tags", "length_greater_than", 2)),
    ("knowledge_articles", c("tags", "is_empty")),
    ("tickets", c("created_at", "in_last", "10 days")),
    ("tickets", c("created_at", "before", "2026-02-24")),
    ("shifts", c("start", "after", "2026-03-03T10:00")),
    ("shifts", c("start", "same_day", "2026-03-04")),
    ("tasks", c("assignee", "exists")),
    ("tasks", c("assignee", "contains", "brightline")),
    ("tickets", c("customer", "exists")),
    ("employees", c("anniversary_day", "equals", "03-02")),
    ("tasks", group("and", c("days_overdue", "greater_than", 0), c("assignee.department", "exists"))),
]


async def test_filters_mean_the_same_everywhere(samples, clock):
    twin = MemoryRecords.of_samples(TYPES, {}, clock, BERLIN)
    wrong = {}
    for entity, where in FILTERS:
        for sort, limit in ((None, None), ("-id", 2)):
            expected, found = (
                await ids(twin, entity, where, sort, limit),
                await ids(samples, entity, where, sort, limit),
            )
            if found != expected:
                wrong[f"{entity} {where} {sort}"] = (found, expected)
    assert wrong == {}


def test_the_filters_tried_tell_rows_apart():
    """Guard against a suite in which every filter takes all or nothing."""
    import asyncio

    from tests.support.databases import StillClock

    twin = MemoryRecords.of_samples(TYPES, {}, StillClock(), BERLIN)
    parted = sum(
        0 < len(asyncio.run(ids(twin, entity, where))) < len(TYPES[entity].sample_rows) for entity, where in FILTERS
    )
    assert parted > 0.6 * len(FILTERS)


OWN = {
    "fields": {
        "id": {"type": "id", "required": True},
        "name": {"type": "text"},
        "twice": {"type": "number", "computed": "2 * n"},
        "n": {"type": "number"},
    }
}


def test_types_of_ones_own_join_the_shipped_ones():
    own = read_record_types({"gadgets": OWN})
    assert isinstance(TYPES.with_own(dict(own)), RecordTypes)
    assert TYPES.with_own(dict(own)).find("gadgets").fields["twice"].computed == "2 * n"
