"""The rule of a list step offers the fields of the records in its list."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from flowstudio.kit import Registry
from flowstudio.services.shipped import registry_of, shipped_facts
from flowstudio.ui.editor.surroundings import Surroundings

LIST = {"path": "invoices", "type": "list", "entity": "invoices", "children": None}
STEP = {
    "path": "steps",
    "type": "any",
    "children": [{"path": "steps.q", "children": [{**LIST, "path": "steps.q.records"}]}],
}


def fields(values: dict) -> list[str]:
    registry: Registry = registry_of()
    setting = next(one for one in registry.get("action.filter_list").settings() if one.key == "filter")
    groups = [{"title": "Steps", "items": [LIST, STEP]}]
    surroundings = Surroundings(shipped_facts({}), {}, ZoneInfo("UTC"), datetime(2026, 3, 2, tzinfo=UTC), groups)
    found = surroundings.context(errors={}, warnings={}).fields(setting, values)
    return [item["path"] for group in found for item in group["items"]]


def test_fields_follow_the_list_that_is_chosen() -> None:
    assert {"amount", "customer"} <= set(fields({"records": "{{invoices}}"}))
    assert "amount" in fields({"records": "{{steps.q.records}}"})
    assert fields({"records": "{{something_else}}"}) == []
    assert fields({"records": ""}) == []
