"""Workflows, drafts, versions, edit history."""

import pytest

from flowstudio.domain.states import WorkflowStatus
from flowstudio.errors import BadRequest, Conflict, NotFound
from flowstudio.services.ports import HistoryEntry, Page
from flowstudio.storage.workflow_links import WorkflowLinks
from flowstudio.storage.workflows import SqlWorkflows
from tests.support.databases import NOW

PAGE = Page()


@pytest.fixture
def store(database):
    return SqlWorkflows(database)


def a_draft(name="Reminder", trigger="schedule", **config):
    return {
        "name": name,
        "description": "Sends mail",
        "triggers": [{"id": "trigger", "type": trigger, "config": config}],
    }


async def make(store, workflow_id="wf_1", workspace="main", **more):
    return await store.create(workspace, workflow_id, a_draft(**more), actor="Ada")


async def test_a_new_workflow_is_a_draft_with_an_unguessable_token(store):
    made = await make(store)
    assert (made.status, made.draft_revision, made.published_version) == (WorkflowStatus.DRAFT, 1, None)
    assert made.draft == a_draft()
    assert len(made.hook_token) >= 22
    assert await store.get("main", "wf_1") == made


async def test_an_id_is_used_once_until_it_is_deleted(store):
    await make(store)
    with pytest.raises(Conflict):
        await make(store)
    await store.delete("main", "wf_1")
    assert await store.exists("main", "wf_1") == "deleted"
    assert await store.get("main", "wf_1") is None
    with pytest.raises(Conflict):
        await make(store, workspace="other")
    back = await make(store, name="Back")
    assert (back.draft["name"], back.draft_revision) == ("Back", 2)
    assert await store.exists("main", "wf_1") == "live"


async def test_workspaces_do_not_see_one_another(store):
    await make(store)
    await store.publish("main", "wf_1", 1, a_draft(), name="", actor="Ada")
    assert await store.exists("other", "wf_1") == "foreign"
    assert await store.get("other", "wf_1") is None
    assert await store.row("other", "wf_1") is None
    assert await store.versions("other", "wf_1") == []
    assert await store.version("other", "wf_1", 1) is None
    assert (await store.list("other", PAGE))[1] == 0
    for change in (store.delete("other", "wf_1"), store.set_status("other", "wf_1", WorkflowStatus.ACTIVE)):
        with pytest.raises(NotFound):
            await change
    with pytest.raises(NotFound):
        await store.save_draft("other", "wf_1", a_draft(), revision=None)


async def test_a_draft_is_saved_only_over_the_revision_that_was_seen(store):
    await make(store)
    assert await store.save_draft("main", "wf_1", a_draft("New"), revision=1) == 2
    with pytest.raises(Conflict):
        await store.save_draft("main", "wf_1", a_draft("Lost"), revision=1)
    assert await store.save_draft("main", "wf_1", a_draft("Newer"), revision=None) == 3
    assert (await store.row("main", "wf_1")).name == "Newer"


async def test_a_new_edit_drops_what_was_undone(store):
    await make(store)

    async def edit(seq, label):
        entry = HistoryEntry(seq, label, {"before": {}, "after": {"n": seq}}, "Ada", NOW)
        await store.save_draft("main", "wf_1", a_draft(), revision=None, entry=entry, pointer=seq)

    for seq in (1, 2, 3):
        await edit(seq, f"edit {seq}")
    await store.save_draft("main", "wf_1", a_draft(), revision=None, pointer=1)
    assert (await store.get("main", "wf_1")).history_pointer == 1
    assert [entry.seq for entry in await store.history("main", "wf_1")] == [1, 2, 3]
    await edit(2, "another")
    assert [entry.label for entry in await store.history("main", "wf_1")] == ["edit 1", "another"]
    assert [entry.seq for entry in await store.history("main", "wf_1", limit=1)] == [2]
    assert (await store.history("main", "wf_1"))[1].at == NOW


async def test_versions_are_immutable_and_the_last_is_published(store):
    await make(store)
    await store.publish("main", "wf_1", 1, a_draft("One"), name="first", actor="Ada")
    await store.publish("main", "wf_1", 2, a_draft("Two"), name="", actor="Bo")
    with pytest.raises(Conflict):
        await store.publish("main", "wf_1", 2, a_draft("Three"), name="", actor="Bo")
    versions = await store.versions("main", "wf_1")
    assert [(one.version, one.name, one.published_by) for one in versions] == [(2, "", "Bo"), (1, "first", "Ada")]
    assert (await store.version("main", "wf_1", 1)).document["name"] == "One"
    assert (await store.get("main", "wf_1")).published_version == 2


async def test_only_active_workflows_are_listed_with_their_version(store):
    await make(store)
    await store.publish("main", "wf_1", 1, a_draft(trigger="webhook", slug="lead-form"), name="", actor="Ada")
    assert await store.active() == []
    await store.set_status("main", "wf_1", WorkflowStatus.ACTIVE)
    assert await store.active() == [("main", "wf_1", 1)]
    await store.publish("main", "wf_1", 2, a_draft(), name="", actor="Ada")
    assert await store.active() == [("main", "wf_1", 2)]
    await store.delete("main", "wf_1")
    assert await store.active() == []


async def test_lists_are_filtered_sorted_and_cut_into_pages(store, clock):
    for number, (name, trigger) in enumerate((("beta", "manual"), ("Alpha", "webhook"), ("Übersicht 100%", "manual"))):
        await make(store, f"wf_{number}", name=name, trigger=trigger)
        clock.forward(minutes=1)
    await store.set_status("main", "wf_0", WorkflowStatus.ARCHIVED)

    async def names(page=PAGE, **filters):
        rows, total = await store.list("main", page, **filters)
        return [row.name for row in rows], total

    assert await names() == (["beta", "Übersicht 100%", "Alpha"], 3)
    assert await names(Page(sort="name")) == (["Alpha", "beta", "Übersicht 100%"], 3)
    assert await names(Page(1, 2, "-name")) == (["Übersicht 100%", "beta"], 3)
    assert await names(Page(2, 2, "-name")) == (["Alpha"], 3)
    assert await names(search="ALPH") == (["Alpha"], 1)
    assert await names(search="übersicht") == (["Übersicht 100%"], 1)
    assert await names(search="0%") == (["Übersicht 100%"], 1)
    assert await names(search="_") == ([], 0)
    assert (await names(trigger_type="manual"))[1] == 2
    assert await names(status="archived") == (["beta"], 1)
    assert await store.counts("main") == {"archived": 1, "draft": 2}
    with pytest.raises(BadRequest):
        await names(Page(sort="draft"))


async def test_success_rate_counts_finished_runs(store):
    await make(store)
    assert (await store.row("main", "wf_1")).success_rate is None


async def test_it_is_known_which_workflow_starts_which(store, database):
    links = WorkflowLinks(database)
    assert await links.starts("main") == {}
    runs = {"id": "a", "type": "workflow", "config": {"workflow": "wf_2"}}
    await store.create("main", "wf_1", {**a_draft(), "nodes": [runs]}, actor="Ada")
    await store.create("other", "wf_9", {**a_draft(), "nodes": [runs]}, actor="Ada")
    await make(store, "wf_2")
    assert await links.starts("main") == {"wf_1": {"wf_2"}}
    later = {"id": "b", "type": "action", "action": "schedule_workflow", "config": {"workflow": "wf_1"}}
    open_ = {"id": "c", "type": "workflow", "config": {"workflow": "{{which}}"}}
    await store.save_draft("main", "wf_2", {**a_draft(), "nodes": [later, open_]}, revision=1)
    assert await links.starts("main") == {"wf_1": {"wf_2"}, "wf_2": {"wf_1"}}
    await store.delete("main", "wf_1")
    assert await links.starts("main") == {"wf_2": {"wf_1"}}
