"""Emptying the bin: what goes for good, what stays, and who may; no table names a workflow that is gone."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from sqlalchemy import func, insert, select

from flowstudio.domain.actor import Role
from flowstudio.errors import BadRequest, NotAllowed
from flowstudio.services.emptying import Weight
from flowstudio.services.setting_rules import BIN
from flowstudio.storage.tables import audit, metadata, notification, run, watch
from tests.admission.conftest import WAITING, Place

NOTING = {
    "nodes": [
        {
            "id": "note", "type": "create_record",
            "config": {"entity": "tickets", "data": {"subject": "Written by a run", "status": "open"}},
        },
        {"id": "hold", "type": "delay", "config": {"duration": "1 minute"}},
    ],
    "edges": [{"from": "trigger", "to": "note"}, {"from": "note", "to": "hold"}],
}  # fmt: skip


async def naming(place: Place, workflow_id: str, known: Sequence[str] = ()) -> dict[str, int]:
    """Count, table by table, the rows that name a workflow or one of its runs."""
    found: dict[str, int] = {}
    async with place.house.database.read() as connection:
        ours = (await connection.execute(select(run.c.id).where(run.c.workflow_id == workflow_id))).scalars().all()
        for table in metadata.tables.values():
            named = [table.c.workflow_id == workflow_id] if "workflow_id" in table.c else []
            named += [table.c.run_id.in_([*ours, *known])] if "run_id" in table.c else []
            named += [table.c.id == workflow_id] if table.name == "workflow" else []
            named += [table.c.link.contains(workflow_id)] if table is notification else []
            for clause in named:
                number = (await connection.execute(select(func.count()).select_from(table).where(clause))).scalar_one()
                found[table.name] = found.get(table.name, 0) + number
    return {name: number for name, number in found.items() if number}


async def used(place: Place, workflow_id: str) -> list[str]:
    """Make a workflow with versions, edits, notices and what its trigger remembers; return its runs."""
    await place.switch_on({}, NOTING, workflow_id)
    session = await place.studio.sessions.open("main", workflow_id)
    await session.edit("Name", lambda flow: flow.model_copy(update={"name": "Renamed"}), place.actor)
    await place.studio.publishing.publish(place.actor, workflow_id)
    runs = [await place.start(workflow_id=workflow_id) for _ in range(3)]
    await place.settle()
    seen = {"workspace": "main", "workflow_id": workflow_id, "trigger_id": "trigger", "key": "side", "value": {}}
    await place.house.database.writer.run(lambda c: c.execute(insert(watch).values(**seen, at=place.clock.now())))
    for link in (f"/workflows/{workflow_id}", f"/workflows/{workflow_id}2"):
        await place.house._stores.notices.add("main", "It was switched off", link=link)
    return runs


async def test_nothing_names_a_workflow_that_is_gone_but_the_audit(place: Place):
    runs = await used(place, "wf_gone")
    await place.switch_on({}, NOTING, "wf_stays")
    other = await place.start(workflow_id="wf_stays")
    await place.settle()
    before, stays = await naming(place, "wf_gone", runs), await naming(place, "wf_stays")
    assert before.keys() >= {"workflow", "workflow_version", "edit_history", "run", "step", "watch", "notification"}
    await place.studio.bulk.delete(place.actor, ["wf_gone"])
    weight = await place.studio.emptying.weigh(place.actor, ["wf_gone"])
    assert weight == Weight(1, 2, 3, weight.steps, 0)
    assert weight.steps >= 3
    seen: list[tuple[int, int]] = []
    done = await place.studio.emptying.remove(place.actor, ["wf_gone"], lambda *told: seen.append(told))
    assert (done.done, done.refused) == (("wf_gone",), ())
    assert seen[-1] == (3, 3)
    assert await naming(place, "wf_gone", runs) == {"notification": 1}  # that of wf_gone2, whose address begins alike
    assert await naming(place, "wf_stays") == stays
    assert (await place.run(other)).workflow_id == "wf_stays"
    assert await place.studio.bulk.binned(place.actor) == []
    async with place.house.database.read() as connection:
        lines = await connection.execute(select(audit.c.action, audit.c.detail).where(audit.c.subject == "wf_gone"))
        told = {row.action: row.detail for row in lines}
    assert told["workflow.removed"] == {"name": "Renamed", "versions": 2, "runs": 3, "steps": weight.steps}
    assert "workflow.deleted" in told
    async with place.house.database.read() as connection:
        written = select(func.count()).select_from(metadata.tables["record"])
        found = await connection.execute(written.where(metadata.tables["record"].c.entity == "tickets"))
    assert found.scalar_one() >= 4
    await place.switch_on({}, NOTING, "wf_gone")  # its id is free again
    assert (await place.studio.workflows.row(place.actor, "wf_gone")).published_version == 1


async def test_only_admins_remove_and_only_from_the_bin(place: Place):
    await place.switch_on({}, WAITING, "wf_a")
    builder = replace(place.actor, role=Role.BUILDER)
    for deed in (place.studio.emptying.weigh(builder, ["wf_a"]), place.studio.emptying.remove(builder, ["wf_a"])):
        with pytest.raises(NotAllowed):
            await deed
    done = await place.studio.emptying.remove(place.actor, ["wf_a", "wf_none"])
    assert [(one.id, one.message) for one in done.refused] == [
        ("wf_a", "It is not in the bin."), ("wf_none", "It is not in the bin."),
    ]  # fmt: skip
    assert await place.studio.workflows.row(place.actor, "wf_a")


async def test_a_run_that_another_waits_for_keeps_its_workflow(place: Place):
    await place.switch_on({}, NOTING, "wf_child")
    calling = {
        "nodes": [{"id": "call", "type": "sub_workflow", "config": {"workflow_id": "wf_child", "wait": True}}],
        "edges": [{"from": "trigger", "to": "call"}],
    }
    await place.switch_on({}, calling, "wf_parent")
    parent = await place.start(workflow_id="wf_parent")
    await place.settle()
    assert (await place.run(parent)).status.value == "waiting"
    async with place.house.database.read() as connection:
        assert (await connection.execute(select(run.c.id).where(run.c.workflow_id == "wf_child"))).scalar()
    await place.house._stores.workflows.delete("main", "wf_child")  # as it is before its runs are cancelled
    done = await place.studio.emptying.remove(place.actor, ["wf_child"])
    assert done.done == ()
    assert "Runs of it are not over" in done.refused[0].message
    assert [one.id for one in await place.studio.bulk.binned(place.actor)] == ["wf_child"]


async def test_the_bin_empties_itself_only_where_the_workspace_says_so(place: Place):
    for name in ("wf_a", "wf_b"):
        await place.switch_on({}, NOTING, name)
    await place.studio.bulk.delete(place.actor, ["wf_a"])
    place.clock.forward(days=400)
    await place.studio.bulk.delete(place.actor, ["wf_b"])
    await place.studio.emptying.tidy()
    assert {one.id for one in await place.studio.bulk.binned(place.actor)} == {"wf_a", "wf_b"}
    for wrong in ("soon", "1 hour"):
        with pytest.raises(BadRequest):
            await place.studio.settings.set(place.actor, BIN, wrong)
    await place.studio.settings.set(place.actor, BIN, "30 days")
    await place.studio.emptying.tidy()
    assert [one.id for one in await place.studio.bulk.binned(place.actor)] == ["wf_b"]
    assert await naming(place, "wf_a") == {}


async def test_what_was_put_back_meanwhile_stays_with_its_runs(place: Place, monkeypatch: pytest.MonkeyPatch):
    await place.switch_on({}, NOTING, "wf_a")
    await place.start(workflow_id="wf_a")
    await place.settle()
    await place.studio.bulk.delete(place.actor, ["wf_a"])
    weigh = place.studio.emptying._store.weigh

    async def weigh_and_put_back(workspace: str, ids: list[str]) -> Weight:
        found = await weigh(workspace, ids)
        await place.studio.bulk.put_back(place.actor, ["wf_a"])
        return found

    monkeypatch.setattr(place.studio.emptying._store, "weigh", weigh_and_put_back)
    done = await place.studio.emptying.remove(place.actor, ["wf_a"])
    assert [one.message for one in done.refused] == ["It is not in the bin."]
    assert await place.count("wf_a") == 1
