"""Records as people and programs change them, pages, search, types of one's own."""

import asyncio

import pytest

from flowstudio.errors import ConfigRejected, Conflict, NotFound
from flowstudio.kit.record_types import read_record_types
from flowstudio.services.ports import Page
from flowstudio.storage.records import SqlRecords

OWN = {
    "gadgets": {
        "fields": {
            "id": {"type": "id", "required": True},
            "name": {"type": "text", "required": True},
            "price": {"type": "number"},
            "with_tax": {"type": "number", "computed": "round(price * 1.19, 2)"},
            "maker_id": {"type": "reference", "references": "customers"},
        }
    }
}


@pytest.fixture
async def store(database):
    store = SqlRecords(database)
    await store.save_type("main", read_record_types(OWN)["gadgets"])
    return store


async def make(store, **fields):
    return await store.create("main", "gadgets", fields, actor="Ada")


async def test_a_created_record_is_read_back_the_same(store):
    made = await make(store, name="Lamp", price="10")
    assert made["id"].startswith("gadgets_")
    assert (made["price"], made["with_tax"], made["$revision"]) == (10, 11.9, 1)
    assert await store.get("main", "gadgets", made["id"]) == made
    assert await store.get("other", "customers", made["id"]) is None


async def test_changes_follow_the_rules_and_the_revision(store):
    made = await make(store, name="Lamp", price=10)
    changed = await store.update("main", "gadgets", made["id"], {"price": "12.5"}, actor="Ada", revision=1)
    assert (changed["price"], changed["name"], changed["$revision"]) == (12.5, "Lamp", 2)
    assert await store.get("main", "gadgets", made["id"]) == changed
    with pytest.raises(Conflict):
        await store.update("main", "gadgets", made["id"], {"price": 1}, actor="Ada", revision=1)
    for fields in ({"price": "cheap"}, {"colour": "red"}, {"name": None}, {"maker_id": "cust_none"}):
        with pytest.raises(ConfigRejected):
            await store.update("main", "gadgets", made["id"], fields, actor="Ada")
    with pytest.raises(NotFound):
        await store.update("main", "gadgets", "none", {"price": 1}, actor="Ada")


async def test_two_changes_at_once_do_not_lose_one(store):
    made = await make(store, name="Lamp", price=0)
    changes = [store.update("main", "gadgets", made["id"], {"price": n}, actor="Ada", revision=1) for n in range(1, 6)]
    answers = await asyncio.gather(*changes, return_exceptions=True)
    assert [type(answer).__name__ for answer in answers].count("Conflict") == 4


async def test_an_id_is_taken_once_and_free_after_deletion(store):
    await make(store, id="g1", name="Lamp")
    with pytest.raises(Conflict):
        await make(store, id="g1", name="Desk")
    assert await store.delete("main", "gadgets", "g1", actor="Ada")
    assert not await store.delete("main", "gadgets", "g1", actor="Ada")
    await make(store, id="g1", name="Desk")


async def test_pages_are_cut_counted_and_searched(store):
    for n in range(25):
        await make(store, id=f"g{n:02}", name=f"Gadget {n} 100%", price=n % 5)
    rows, total = await store.page("main", "gadgets", Page(2, 10))
    assert ([row["id"] for row in rows], total) == ([f"g{n}" for n in range(10, 20)], 25)
    rows, total = await store.page("main", "gadgets", Page(3, 2, "-price"))
    assert ([row["id"] for row in rows], total) == (["g24", "g03"], 25)
    rows, total = await store.page("main", "gadgets", Page(1, 3, "with_tax"), where={"price": {"$gte": 3}})
    assert ([row["id"] for row in rows], total) == (["g03", "g08", "g13"], 10)
    assert (await store.page("main", "gadgets", Page(1, 3), search="GADGET 2"))[1] == 6
    assert (await store.page("main", "gadgets", Page(1, 3), search="0%"))[1] == 25
    assert (await store.page("main", "gadgets", Page(1, 3), search="name"))[1] == 0
    assert (await store.page("other", "customers", Page()))[1] == 0


async def test_types_of_ones_own_belong_to_their_workspace(store, database):
    with pytest.raises(NotFound):
        await store.query("other", "gadgets")
    with pytest.raises(Conflict):
        await store.save_type("main", read_record_types({"customers": OWN["gadgets"]})["customers"])
    await make(store, id="g1", name="Lamp")
    assert ("gadgets", 1) in {(one.name, number) for one, number in await store.types("main")}
    assert "gadgets" not in {one.name for one, _ in await store.types("other")}
    await database.writer.run(database.memory.read)
    assert store.type_of("gadgets").fields["with_tax"].computed == "round(price * 1.19, 2)"
    with pytest.raises(Conflict):
        await store.delete_type("main", "gadgets")
    await store.delete("main", "gadgets", "g1", actor="Ada")
    assert await store.delete_type("main", "gadgets")
    with pytest.raises(NotFound):
        store.type_of("gadgets")


async def test_hostile_names_and_values_stay_data(store):
    text = "'; DROP TABLE record; --\x00 \" {{ settings }}"
    made = await make(store, id="x' OR '1'='1", name=text)
    assert made["name"] == text.replace("\x00", "")
    assert (await store.get("main", "gadgets", made["id"]))["name"] == made["name"]
    found = await store.query("main", "gadgets", {"field": "name", "operator": "contains", "value": "DROP TABLE"})
    assert len(found) == 1
    assert await store.query("main", "gadgets", {"field": "name", "operator": "equals", "value": "' OR 1=1"}) == []
