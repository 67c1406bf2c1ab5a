"""The library: found, filtered, filled in with a person's values, and read fast enough."""

from __future__ import annotations

import time

import pytest

from flowstudio.errors import BadRequest, NotFound
from flowstudio.services.shipped import registry_of
from flowstudio.services.template_library import TemplateLibrary
from flowstudio.services.template_rows import TemplateFilter
from flowstudio.services.templates import filled
from flowstudio.ui.components.flow_picture import flow_picture


def ids(library: TemplateLibrary, **wanted: str) -> list[str]:
    return [row.id for row in TemplateFilter(**wanted).of(library.rows.values())]


def test_search_finds_words_and_puts_names_first(library: TemplateLibrary) -> None:
    assert ids(library, search="overdue equipment")[0] == "overdue-equipment-return"
    assert "invoice-reminder" in ids(library, search="overdue")
    assert ids(library, search="no such thing at all") == []


def test_filters_narrow_together(library: TemplateLibrary) -> None:
    assert len(ids(library, category="finance")) == len(ids(library, department="Finance")) == 12
    found = ids(library, category="finance", trigger="schedule", difficulty="beginner")
    assert found
    assert all(library.rows[one].trigger_type == "schedule" for one in found)
    assert all(library.rows[one].difficulty == "beginner" for one in found)


def test_an_unknown_template_is_not_found(library: TemplateLibrary) -> None:
    with pytest.raises(NotFound):
        library.get("../finance/invoice-reminder")


def test_values_replace_team_channel_and_address(library: TemplateLibrary) -> None:
    document = filled(
        library.get("invoice-reminder"), {"name": " Dunning ", "collections_team": "late_payers"}, registry_of()
    )
    assert document["name"] == "Dunning"
    ticket = next(node for node in document["nodes"] if node.get("action") == "create_ticket")
    assert ticket["config"]["assign_to"] == "late_payers"
    assert "template" not in document
    vendor = filled(
        library.get("vendor-onboarding"),
        {"screen": "https://screening.example", "#procurement": "#buying"},
        registry_of(),
    )
    by_id = {node["id"]: node for node in vendor["nodes"]}
    assert by_id["screen"]["config"]["url"] == "https://screening.example"
    assert any(node.get("config", {}).get("channel") == "#buying" for node in vendor["nodes"])
    assert "collections_team" in str(library.get("invoice-reminder").document), "the shipped document stays as it was"


@pytest.mark.parametrize("values", [{"colour": "red"}, {"name": ""}, {"collections_team": 7}])
def test_other_values_are_refused(library: TemplateLibrary, values: dict[str, object]) -> None:
    with pytest.raises(BadRequest):
        filled(library.get("invoice-reminder"), values, registry_of())


def test_all_load_within_300_ms() -> None:
    def took() -> float:
        fresh = TemplateLibrary(registry_of())
        start = time.process_time()
        assert len(fresh.all()) == 116
        return time.process_time() - start

    assert min(took() for _ in range(3)) < 0.3


def test_the_picture_has_a_box_for_every_step(library: TemplateLibrary) -> None:
    for template in library.all():
        picture = flow_picture(template.workflow, registry_of())
        boxes = [part for part in picture.split("<") if part.startswith("rect") and "__frame" not in part]
        assert len(boxes) == len(template.workflow.nodes) + len(template.workflow.triggers)
        assert len({part.split('width="')[0].split("x=")[1] for part in boxes}) == len(boxes), template.row.id
