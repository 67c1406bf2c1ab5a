"""The first start."""

from datetime import UTC, date, timedelta

import pytest

from flowstudio.kit.record_types import shipped_record_types
from flowstudio.storage.records import SqlRecords
from flowstudio.storage.seeding import SAMPLE_DAY, seed, shift_of, shifted

TYPES = shipped_record_types()


async def test_rows_of_every_type_are_there_once(database, clock):
    assert await seed(database, "main", clock, UTC)
    records = SqlRecords(database)
    counts = {record_type.name: number for record_type, number in await records.types("main")}
    assert counts == {name: len(TYPES[name].sample_rows) for name in TYPES}
    await records.delete("main", "shifts", TYPES["shifts"].sample_rows[0]["id"], actor="Ada")
    assert not await seed(database, "main", clock, UTC)
    assert len(await records.query("main", "shifts")) == counts["shifts"] - 1


async def test_on_the_day_of_the_samples_the_example_works_as_told(database, clock):
    await seed(database, "main", clock, UTC)
    found = await SqlRecords(database).query("main", "invoices", {"status": "overdue", "days_overdue": {"$gte": 7}})
    assert [(row["number"], row["days_overdue"]) for row in found] == [("INV-1042", 19), ("INV-1051", 57)]


async def test_every_workspace_has_rows_of_its_own(database, clock):
    await seed(database, "main", clock, UTC)
    assert await seed(database, "other", clock, UTC)
    records = SqlRecords(database)
    await records.update("other", "invoices", "inv_1042", {"amount": 1}, actor="Ada")
    assert (await records.get("main", "invoices", "inv_1042"))["amount"] == 4800


@pytest.mark.parametrize("days", [0, 1, 6, 7, 13, 300, -1, -8])
def test_dates_move_by_whole_weeks_and_stay_near(days):
    today = SAMPLE_DAY + timedelta(days=days)
    shift = shift_of(today)
    assert shift.days % 7 == 0
    assert 0 <= (today - (SAMPLE_DAY + shift)).days < 7


def test_dates_inside_texts_stay_as_they_are():
    tickets = TYPES["crew_calls"]
    row = {"id": "c", "call_time": "2026-03-19 06:00", "notes": "since 2026-03-19"}
    row = {name: value for name, value in row.items() if name in tickets.fields}
    moved = shifted(tickets, row, timedelta(weeks=2))
    assert moved == {**row, "call_time": "2026-04-02 06:00"}
    budget = shifted(TYPES["budgets"], {"period": "2026-Q1"}, timedelta(weeks=9))
    assert budget == {"period": "2026-Q1"}


def test_the_sample_day_is_a_monday():
    assert SAMPLE_DAY.weekday() == date(2026, 3, 2).weekday() == 0
