"""Finished runs go when their workflow says, with all that belongs to them; nothing else does."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import func, select

from flowstudio.domain.actor import Actor, Role
from flowstudio.errors import BadRequest, NotAllowed
from flowstudio.storage import tables
from tests.admission.conftest import SHORT, Place

LARGE = {
    "trigger": {"type": "manual", "config": {"inputs": [{"name": "big", "type": "text"}]}},
    "nodes": [{"id": "note", "type": "transform", "config": {"set": {"text": "{{ big }}"}}}],
    "edges": [{"from": "trigger", "to": "note"}],
}


async def _rows(place: Place, name: str) -> int:
    async with place.house.database.read() as connection:
        query = select(func.count()).select_from(tables.metadata.tables[name])
        return int((await connection.execute(query)).scalar_one())


async def _finished(
    place: Place, number: int = 1, payload: dict[str, Any] | None = None, workflow_id: str = "wf"
) -> list[str]:
    runs = [await place.start(payload, workflow_id) for _ in range(number)]
    assert await place.states(*runs) == ["completed"] * number
    return runs


async def test_runs_go_when_their_workflow_says(place: Place) -> None:
    await place.switch_on({"retention": "10 days"}, SHORT)
    await place.switch_on({}, SHORT, "wf_kept")
    await _finished(place, 3)
    await _finished(place, 2, workflow_id="wf_kept")
    place.clock.forward(days=9)
    young = await _finished(place)
    place.clock.forward(days=2)
    await place.studio.retention.tidy()
    assert await place.count() == 1
    assert await place.states(*young) == ["completed"]
    assert await place.count("wf_kept") == 2, "without a setting runs stay"
    assert await _rows(place, "step") == 3


async def test_the_workspace_says_it_for_workflows_that_do_not(place: Place) -> None:
    await place.switch_on({"retention": "100 days"}, SHORT)
    await place.switch_on({}, SHORT, "wf_other")
    await place.studio.settings.set(place.actor, "retention", "30 days")
    await _finished(place)
    await _finished(place, workflow_id="wf_other")
    place.clock.forward(days=31)
    await place.studio.retention.tidy()
    assert (await place.count(), await place.count("wf_other")) == (1, 0)


async def test_runs_that_are_not_finished_stay(place: Place) -> None:
    await place.switch_on({"retention": "1 day"})
    waiting = await place.start()
    await place.settle()
    place.clock.forward(days=300)
    await place.studio.retention.tidy()
    assert await place.states(waiting) == ["waiting"]
    await place.go_on(waiting)
    assert await place.states(waiting) == ["completed"]


async def test_runs_stay_a_day_at_least_so_that_an_event_delivered_again_starts_nothing(place: Place) -> None:
    await place.switch_on({"retention": "1 second"}, SHORT)
    execute = place.studio.runs.execute
    first = await execute(place.actor, "wf", {}, key="evt")
    await place.settle()
    place.clock.forward(hours=23)
    await place.studio.retention.tidy()
    assert await execute(place.actor, "wf", {}, key="evt") == first


async def test_a_run_that_another_waits_for_or_comes_from_stays(place: Place) -> None:
    await place.switch_on({})
    await place.switch_on({}, SHORT, "wf_child")
    parent = await place.start()
    await place.settle()
    child = await place.house._starter.start("main", "wf_child", 1, {}, parent_run=parent)
    assert await place.states(child) == ["completed"]
    place.clock.forward(days=60)
    await place.studio.retention.remove(place.actor, "30 days")
    assert await place.states(parent, child) == ["waiting", "completed"]
    await place.go_on(parent)
    place.clock.forward(days=60)
    assert (await place.studio.retention.remove(place.actor, "30 days")).runs == 2


async def test_large_values_go_with_the_last_run_that_holds_them(place: Place) -> None:
    await place.switch_on({}, LARGE)
    await _finished(place, payload={"big": "x" * 50_000})
    place.clock.forward(days=20)
    await _finished(place, payload={"big": "x" * 50_000})
    await _finished(place, payload={"big": "y" * 50_000})
    assert await _rows(place, "blob") == 4, "for each text its own and that of the settings around it"
    place.clock.forward(days=20)
    removed = await place.studio.retention.remove(place.actor, "30 days")
    assert (removed.runs, removed.large) == (1, True)
    assert await _rows(place, "blob") == 4, "one of the two that are left holds it"
    place.clock.forward(days=20)
    kept = (await _finished(place, payload={"big": "y" * 50_000}))[0]
    assert (await place.studio.retention.remove(place.actor, "30 days")).runs == 2
    assert await _rows(place, "blob") == 2
    _, steps = await place.studio.runs.get(place.actor, kept)
    assert steps[-1].assigned == {"text": "y" * 50_000}


async def test_removing_by_hand_tells_the_figures_before_and_is_in_the_audit(place: Place) -> None:
    await place.switch_on({}, SHORT)
    await place.switch_on({}, SHORT, "wf_other")
    await _finished(place, 3)
    await _finished(place, 2, workflow_id="wf_other")
    place.clock.forward(days=8)
    retention = place.studio.retention
    audited = await _rows(place, "audit")
    would = await retention.would_remove(place.actor, "7 days", "wf")
    assert (would.runs, would.steps) == (3, 3)
    assert (await retention.would_remove(place.actor, "7 days")).runs == 5
    assert (await retention.would_remove(place.actor, "30 days")).runs == 0
    assert (await retention.remove(place.actor, "7 days", "wf")).runs == 3
    assert (await place.count(), await place.count("wf_other")) == (0, 2)
    assert await _rows(place, "audit") == audited + 1


@pytest.mark.parametrize("age", ["soon", "5 minutes", ""])
async def test_an_age_that_makes_no_sense_is_refused(place: Place, age: str) -> None:
    with pytest.raises(BadRequest):
        await place.studio.retention.remove(place.actor, age)


async def test_only_admins_remove_runs(place: Place) -> None:
    builder = Actor("main", "p", "Bea", Role.BUILDER)
    with pytest.raises(NotAllowed):
        await place.studio.retention.remove(builder, "30 days")
    assert (await place.studio.retention.space(builder)).total > 0


async def test_the_space_of_tables_and_workflows_is_measured(place: Place) -> None:
    await place.switch_on({"retention": "10 days"}, SHORT)
    await _finished(place, 3)
    space = await place.studio.retention.space(place.actor)
    sizes = [one.size or 0 for one in space.tables]
    assert sizes == sorted(sizes, reverse=True)
    assert 0 < sum(sizes) <= space.total
    row = space.workflows[0]
    assert (row.workflow_id, row.runs, row.steps, row.keeps) == ("wf", 3, 3, "10 days")
    assert row.oldest == place.clock.now()
    assert row.size


async def test_the_file_does_not_grow_over_repeated_days_of_runs(place: Place) -> None:
    """A day's runs are written and removed again and again: after the first days the file keeps its size."""
    await place.switch_on({"retention": "1 day"}, LARGE)
    sizes: list[int] = []
    start = place.house._starter.start
    for day in range(8):
        payload = {"big": f"{day}" * 40_000}
        runs = await asyncio.gather(*(start("main", "wf", 1, payload) for _ in range(100)))
        assert set(await place.states(*runs)) == {"completed"}
        place.clock.forward(days=1, hours=1)
        await place.studio.retention.tidy()
        sizes.append((await place.studio.retention.space(place.actor)).total)
        assert await place.count() == 0
    assert max(sizes[4:]) <= max(sizes[:4]) * 1.02, sizes
    assert max(sizes) < 2 * min(sizes), sizes


async def test_over_the_limit_the_oldest_runs_go_first(place: Place) -> None:
    await place.switch_on({}, LARGE)
    for day in range(6):
        await _finished(place, 5, payload={"big": f"{day}" * 200_000})
        place.clock.forward(days=10)
    young = await _finished(place)
    used = await place.studio.retention._store.used()
    await place.studio.settings.set(place.actor, "storage_limit_mb", (used - 1_000_000) / 1_000_000)
    await place.studio.retention.clean_up(place.actor)
    assert await place.studio.retention._store.used() <= used - 1_000_000
    assert 0 < await place.count() < 31
    assert await place.states(*young) == ["completed"]


async def test_cleaning_up_empties_the_log_beside_the_database(place: Place) -> None:
    await place.switch_on({}, LARGE)
    await _finished(place, 20, payload={"big": "x" * 100_000})
    log = place.house.database.file.with_name("flowstudio.db-wal")
    assert log.stat().st_size > 0
    await place.studio.retention.clean_up(place.actor)
    assert log.stat().st_size < 100_000


async def test_only_admins_clean_up(place: Place) -> None:
    with pytest.raises(NotAllowed):
        await place.studio.retention.clean_up(Actor("main", "p", "Bea", Role.BUILDER))


@pytest.mark.soak
@pytest.mark.timeout(1800)
async def test_a_hundred_thousand_runs_do_not_grow_the_file_without_bound(place: Place) -> None:
    """Twenty days of 5,000 runs that stay for two days each: the file holds what is kept, and no more."""
    await place.switch_on({"retention": "2 days"}, SHORT)
    start = place.house._starter.start
    sizes: list[int] = []
    for _ in range(20):
        for _ in range(10):
            await asyncio.gather(*(start("main", "wf", 1, {}) for _ in range(500)))
            await place.settle()
        place.clock.forward(days=1)
        await place.studio.retention.tidy()
        sizes.append((await place.studio.retention.space(place.actor)).total)
        assert await place.count() <= 10_000
    assert max(sizes[4:]) <= max(sizes[:4]) * 1.1, sizes
    log = place.house.database.file.with_name("flowstudio.db-wal")
    assert log.stat().st_size <= 70_000_000, "the log beside it is bounded too"
