"""Every event of the record types is raised by editing a record, in the transaction of the change."""

from __future__ import annotations

import json
from typing import Any

import pytest

from flowstudio.config import ASSETS
from flowstudio.services.ports import Page

TYPES = json.loads((ASSETS / "record_types.json").read_text(encoding="utf-8"))
RULES = [(entity, rule) for entity, content in TYPES.items() for rule in content.get("events", [])]
BY_CHANGE = [(entity, rule) for entity, rule in RULES if "date" not in rule["when"]]


def test_forty_five_events_are_raised_by_records() -> None:
    assert len(RULES) == 45


async def _edit(place: Any, entity: str, when: dict[str, Any]) -> dict[str, Any]:
    """Make the change that a rule waits for; return the record."""
    rows, _ = await place.studio.records.page(place.actor, entity, Page(1, 100))
    fields = TYPES[entity]["fields"]
    sample = {k: v for k, v in rows[0].items() if k != "id" and k[0] != "$" and not fields[k].get("computed")}
    if when.get("created"):
        return await place.studio.records.create(place.actor, entity, sample)
    name = when["field"]
    values = when.get("becomes") or list(reversed(fields[name].get("enum") or []))
    if when.get("set"):
        start, end = None, "2026-03-02"
    else:
        end = values[0]
        start = next(one for one in fields[name]["enum"] if one != end)
    sample.pop(name, None)
    record = await place.studio.records.create(place.actor, entity, sample | ({name: start} if start else {}))
    return await place.studio.records.update(place.actor, entity, record["id"], {name: end})


@pytest.mark.parametrize(("entity", "rule"), BY_CHANGE, ids=[rule["event"] for _, rule in BY_CHANGE])
async def test_editing_a_record_starts_what_listens(place: Any, entity: str, rule: dict[str, Any]) -> None:
    await place.switch_on({"type": "event", "event": rule["event"]})
    record = await _edit(place, entity, rule["when"])
    await place.settle()
    [event] = await place.payloads()
    assert event[rule["payload"][0]]["id"] == record["id"]
    if "field" in rule["when"]:
        assert event["old"].get(rule["when"]["field"]) != record[rule["when"]["field"]]
    for word in rule["payload"][1:]:
        assert word.partition(" ")[0] in event
    await place.studio.records.update(place.actor, entity, record["id"], {})
    await place.settle()
    assert len(await place.payloads()) == 1


BY_PROGRAMS = {
    "lead.activity_recorded": {"lead": "leads", "activity": {"type": "click", "campaign_id": "camp_001"}},
    "benefits_period.opened": {"period": {"name": "2027", "closes": "2026-12-01", "default_plan": "basic"}},
    "asset.checkout_requested": {"asset": "assets", "request": {"requester_email": "ada@x.example"}},
}
"""Events that no change of a record raises, with what a program sends: a record type stands for one of its records."""


@pytest.mark.parametrize("event", BY_PROGRAMS)
async def test_a_program_raises_the_other_three(place: Any, client: Any, event: str) -> None:
    data: dict[str, Any] = {}
    for name, sent in BY_PROGRAMS[event].items():
        rows = (await place.studio.records.page(place.actor, sent, Page(1, 1)))[0] if isinstance(sent, str) else [sent]
        data[name] = {key: value for key, value in rows[0].items() if key[0] != "$"}
    await place.switch_on({"type": "event", "event": event})
    answer = await client.post("/api/v1/events", json={"type": event, "data": data, "id": "one"})
    assert (answer.status_code, len(answer.json()["runs"])) == (202, 1)
    await client.post("/api/v1/events", json={"type": event, "data": data, "id": "one"})
    await place.settle()
    [payload] = await place.payloads()
    plain = {name: {key: one for key, one in value.items() if key[0] != "$"} for name, value in payload.items()}
    assert plain == data


async def test_an_overdue_invoice_is_raised_by_the_clock_once(place: Any) -> None:
    await place.switch_on({"type": "event", "event": "invoice.overdue"})
    await place.look()
    rows, _ = await place.studio.records.page(place.actor, "invoices", Page(1, 100))
    sample = {k: v for k, v in rows[0].items() if k[0] != "$" and not TYPES["invoices"]["fields"][k].get("computed")}
    fresh = sample | {"id": "inv_due", "status": "sent", "due_date": "2026-03-03", "balance": 500}
    await place.studio.records.create(place.actor, "invoices", fresh)
    for _ in range(4):
        place.clock.forward(days=1)
        await place.look()
    told = [event["invoice"] for event in await place.payloads() if event["invoice"]["id"] == "inv_due"]
    assert [(one["status"], one["due_date"]) for one in told] == [("overdue", "2026-03-03")]
    assert (await place.studio.records.get(place.actor, "invoices", "inv_due"))["status"] == "overdue"


async def test_a_deadline_that_was_over_before_raises_nothing(place: Any) -> None:
    await place.switch_on({"type": "event", "event": "rfq.deadline_passed"})
    for _ in range(2):
        await place.look()
        place.clock.forward(days=1)
    before = len(await place.payloads())
    rows, _ = await place.studio.records.page(place.actor, "rfqs", Page(1, 100))
    sample = {k: v for k, v in rows[0].items() if k[0] != "$" and not TYPES["rfqs"]["fields"][k].get("computed")}
    await place.studio.records.create(
        place.actor, "rfqs", sample | {"id": "rfq_old", "status": "open", "deadline": "2026-01-05"}
    )
    await place.studio.records.create(
        place.actor, "rfqs", sample | {"id": "rfq_new", "status": "open", "deadline": "2026-03-04"}
    )
    place.clock.forward(days=3)
    await place.look()
    after = [event["rfq"]["id"] for event in (await place.payloads())[before:]]
    assert "rfq_new" in after
    assert "rfq_old" not in after
