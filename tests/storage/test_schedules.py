"""Schedules: what is due, and moving on exactly once."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from flowstudio.services.timetable import Schedule
from flowstudio.storage.schedules import SqlSchedules
from flowstudio.storage.workflows import SqlWorkflows
from tests.support.databases import NOW

HOUR = timedelta(hours=1)
DAILY = Schedule("main", "wf_1", "trigger", 1, {"cron": "0 9 * * *"}, "Europe/Berlin", NOW + HOUR)


@pytest.fixture
async def store(database):
    await SqlWorkflows(database).create("main", "wf_1", {"name": "W"}, actor="Ada")
    return SqlSchedules(database)


async def test_what_is_due_comes_the_most_overdue_first(store):
    sooner = replace(DAILY, trigger_id="trigger_2", next_fire=NOW)
    await store.replace("main", "wf_1", [DAILY, sooner])
    assert await store.due(NOW) == [sooner]
    assert await store.due(NOW + HOUR) == [sooner, DAILY]
    assert await store.due(NOW + HOUR, limit=1) == [sooner]
    assert await store.next_due() == NOW
    assert await store.all("main") == [sooner, DAILY]
    assert await store.all("other") == []


async def test_a_slot_is_moved_on_by_one_of_many(store):
    await store.replace("main", "wf_1", [DAILY])
    moved = await asyncio.gather(*(store.moved(DAILY, NOW + 25 * HOUR) for _ in range(5)))
    assert sorted(moved) == [False] * 4 + [True]
    assert await store.next_due() == NOW + 25 * HOUR


async def test_a_rule_that_stays_keeps_its_next_time(store):
    await store.replace("main", "wf_1", [DAILY])
    later = replace(DAILY, version=2, next_fire=NOW + 9 * HOUR)
    await store.replace("main", "wf_1", [later])
    assert await store.all("main") == [replace(later, next_fire=DAILY.next_fire)]
    changed = replace(later, rule={"cron": "0 10 * * *"})
    await store.replace("main", "wf_1", [changed])
    assert await store.all("main") == [changed]
    await store.replace("main", "wf_1", [])
    assert await store.next_due() is None


async def test_what_never_fires_again_is_not_listed(store):
    await store.replace("main", "wf_1", [DAILY])
    assert await store.moved(DAILY, None)
    assert await store.all("main") == []
