"""Record types that users make: from the API to a record, a workflow and a test run on them."""

from __future__ import annotations

import httpx
import pytest

from flowstudio.app import House
from flowstudio.domain.actor import Actor, Role
from flowstudio.errors import NotAllowed

BOOKINGS = {
    "room": {"type": "text", "required": True},
    "guests": {"type": "integer", "default": "2"},
    "state": {"type": "enum", "enum": ["asked", "booked"], "default": "asked"},
    "customer_id": {"type": "reference", "references": "customers"},
    "price": {"type": "number"},
    "per_guest": {"type": "number", "computed": "round(price / guests, 2), missing without guests"},
}
TYPE = "/api/v1/records/bookings"


async def test_a_type_is_made_used_and_deleted(client: httpx.AsyncClient, house: House) -> None:
    made = await client.put(TYPE, json={"fields": BOOKINGS})
    assert made.status_code == 200, made.text
    assert list(made.json()["fields"]) == ["id", *BOOKINGS]
    customer = (await client.get("/api/v1/records/customers")).json()["records"][0]
    booking = (await client.post(TYPE, json={"room": "Blue", "price": 90, "customer_id": customer["id"]})).json()
    assert (booking["guests"], booking["state"], booking["per_guest"]) == (2, "asked", 45)
    wrong = await client.post(TYPE, json={"room": "Blue", "state": "lost"})
    assert wrong.status_code == 422
    assert (await client.delete(TYPE)).status_code == 409, "it has records"
    assert (await client.delete(f"{TYPE}/{booking['id']}")).status_code == 204
    assert (await client.delete(TYPE)).status_code == 204
    assert (await client.get(TYPE)).status_code == 404


async def test_a_workflow_works_on_it_also_in_a_test_run(client: httpx.AsyncClient) -> None:
    await client.put(TYPE, json={"fields": BOOKINGS})
    document = {
        "id": "wf_bookings", "name": "Bookings",
        "trigger": {"type": "event", "event": "booking.created"},
        "nodes": [
            {"id": "make", "type": "action", "action": "create_record",
             "config": {"entity": "bookings", "set": {"room": "Red", "price": 30}}, "outputs": ["booking"]},
            {"id": "each", "type": "action", "action": "query_records",
             "config": {"entity": "bookings", "filter": {"field": "room", "operator": "equals", "value": "Red"}}},
        ],
        "edges": [{"from": "trigger", "to": "make"}, {"from": "make", "to": "each"}],
    }  # fmt: skip
    made = (await client.post("/api/v1/workflows", json=document)).json()
    answer = await client.post(f"/api/v1/workflows/{made['id']}/test", json={"trigger": {}})
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert found["status"] == "completed", found
    assert found["steps"][1]["output"]["count"] == 1
    assert found["created"][0]["guests"] == 2


async def test_it_is_there_after_a_new_start(client: httpx.AsyncClient, house: House) -> None:
    from flowstudio.config import load_settings

    await client.put(TYPE, json={"fields": BOOKINGS})
    other = House(load_settings(data_dir=house.settings.data_dir))
    await other.open(server=False)
    try:
        found = other.studio.records.type_of(await other.owner("test"), "bookings")
        assert found.fields["guests"].default == 2
        assert [rule.event for rule in found.events] == ["booking.created"]
    finally:
        await other.close()


async def test_records_that_are_there_are_not_broken_by_a_change(client: httpx.AsyncClient) -> None:
    await client.put(TYPE, json={"fields": BOOKINGS})
    await client.post(TYPE, json={"room": "Blue"})
    other_kind = await client.put(TYPE, json={"fields": {**BOOKINGS, "room": {"type": "number"}}})
    assert other_kind.status_code == 409
    now_needed = await client.put(TYPE, json={"fields": {**BOOKINGS, "note": {"type": "text", "required": True}}})
    assert now_needed.status_code == 409
    more = await client.put(TYPE, json={"fields": {**BOOKINGS, "note": {"type": "text"}}})
    assert more.status_code == 200
    without = {name: spec for name, spec in BOOKINGS.items() if name != "price" and name != "per_guest"}
    assert (await client.put(TYPE, json={"fields": without})).status_code == 200


@pytest.mark.parametrize(
    ("name", "fields", "status"),
    [
        ("Bookings!", BOOKINGS, 400),
        ("invoices", BOOKINGS, 409),
        ("bookings", {}, 400),
        ("bookings", {"Room": {"type": "text"}}, 400),
        ("bookings", {"room": {"type": "colour"}}, 400),
        ("bookings", {"room": {"type": "enum"}}, 400),
        ("bookings", {"room": {"type": "text", "enum": ["a"]}}, 400),
        ("bookings", {"room": {"type": "enum", "enum": ["a", "a"]}}, 400),
        ("bookings", {"x_id": {"type": "reference", "references": "nowhere"}}, 400),
        ("bookings", {"customer": {"type": "reference", "references": "customers"}}, 400),
        ("bookings", {"room": {"type": "text", "workspace": "other"}}, 400),
        ("bookings", {"room": {"type": "number", "computed": "price *"}}, 400),
        ("bookings", {"guests": {"type": "integer", "default": "many"}}, 422),
        ("bookings", {f"f{n}": {"type": "text"} for n in range(101)}, 400),
        ("bookings", {"room": "text"}, 400),
    ],
)
async def test_what_is_no_type_is_refused(client: httpx.AsyncClient, name: str, fields: dict, status: int) -> None:
    answer = await client.put(f"/api/v1/records/{name}", json={"fields": fields})
    assert answer.status_code == status, answer.text
    assert answer.json()["detail"]


async def test_a_type_to_which_another_leads_stays(client: httpx.AsyncClient) -> None:
    await client.put(TYPE, json={"fields": {"room": {"type": "text"}}})
    fields = {"booking_id": {"type": "reference", "references": "bookings"}}
    assert (await client.put("/api/v1/records/stays", json={"fields": fields})).status_code == 200
    assert (await client.delete(TYPE)).status_code == 409
    assert (await client.delete("/api/v1/records/invoices")).status_code == 403


async def test_making_types_needs_the_role_of_a_builder(house: House) -> None:
    operator = Actor("main", "per_o", "Olga", Role.OPERATOR)
    with pytest.raises(NotAllowed):
        await house.studio.record_types.save(operator, "bookings", BOOKINGS)
    with pytest.raises(NotAllowed):
        await house.studio.record_types.delete(operator, "bookings")
