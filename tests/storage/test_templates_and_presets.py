"""Own templates and presets: kept whole, listed light, apart by workspace, limited in number."""

from dataclasses import replace

import pytest

from flowstudio.errors import Conflict
from flowstudio.services.ports import OwnTemplate
from flowstudio.services.presets import Preset
from flowstudio.storage.presets import SqlPresets
from flowstudio.storage.templates import SqlTemplates
from tests.support.databases import NOW

DOCUMENT = {
    "id": "our-dunning",
    "name": "Dunning",
    "nodes": [{"id": "b"}, {"id": "a", "config": {"to": "ü", "n": None}}],
}
TEMPLATE = OwnTemplate("our-dunning", {"name": "Dunning"}, DOCUMENT, "Ada", NOW, NOW)
PRESET = Preset("pre_1", "Polite mail", "action.send_email", {"config": {"subject": "Hello"}}, "Ada", NOW)


async def test_a_template_comes_back_whole_and_lists_leave_its_document_out(database):
    store = SqlTemplates(database)
    await store.add("main", TEMPLATE, most=3)
    found = await store.get("main", "our-dunning")
    assert found == TEMPLATE
    assert list(found.document["nodes"][1]["config"]) == ["to", "n"]
    assert await store.summaries("main") == [replace(TEMPLATE, document={})]


async def test_templates_stay_in_their_workspace(database):
    store = SqlTemplates(database)
    await store.add("main", TEMPLATE, most=3)
    await store.add("other", TEMPLATE, most=3)
    assert await store.delete("other", "our-dunning")
    assert not await store.delete("other", "our-dunning")
    assert not await store.change("other", TEMPLATE)
    assert await store.get("other", "our-dunning") is None
    assert await store.get("main", "our-dunning") is not None


async def test_a_taken_id_and_a_full_shelf_are_refused(database):
    store = SqlTemplates(database)
    await store.add("main", TEMPLATE, most=2)
    with pytest.raises(Conflict):
        await store.add("main", TEMPLATE, most=2)
    await store.add("main", replace(TEMPLATE, id="our-second"), most=2)
    with pytest.raises(Conflict):
        await store.add("main", replace(TEMPLATE, id="our-third"), most=2)
    assert [one.id for one in await store.summaries("main")] == ["our-dunning", "our-second"]


async def test_a_change_replaces_summary_and_document(database, clock):
    store = SqlTemplates(database)
    await store.add("main", TEMPLATE, most=2)
    clock.forward(hours=1)
    changed = replace(TEMPLATE, summary={"name": "New"}, document={"id": "our-dunning"}, updated_at=clock.now())
    assert await store.change("main", changed)
    assert await store.get("main", "our-dunning") == changed


async def test_presets_are_listed_by_name_renamed_and_deleted(database):
    store = SqlPresets(database)
    await store.add("main", PRESET, most=2)
    await store.add("main", replace(PRESET, id="pre_2", name="Curt mail"), most=2)
    with pytest.raises(Conflict):
        await store.add("main", replace(PRESET, id="pre_3"), most=2)
    assert [one.name for one in await store.list("main")] == ["Curt mail", "Polite mail"]
    assert await store.get("main", "pre_1") == PRESET
    assert await store.list("other") == []
    assert not await store.rename("other", "pre_1", "Mine")
    assert await store.rename("main", "pre_1", "A mail")
    assert not await store.delete("other", "pre_1")
    assert await store.delete("main", "pre_1")
    assert [one.id for one in await store.list("main")] == ["pre_2"]
