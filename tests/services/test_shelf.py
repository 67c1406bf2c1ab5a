"""The shelf: folders, tags, search inside workflows, many at once, the bin."""

import json

import pytest

from flowstudio.domain.actor import Actor, Role
from flowstudio.domain.states import WorkflowStatus
from flowstudio.errors import BadRequest, Conflict, NotAllowed, NotFound
from flowstudio.services.ports import Page
from flowstudio.services.shelf import MOST_TAGS, ShelfView
from flowstudio.services.shelf_ports import NONE

ADA = Actor("main", "usr_ada", "Ada", Role.BUILDER)
EYES = Actor("main", "usr_eyes", "Eyes", Role.VIEWER)


def document(workflow_id="wf_a", name="Reminder", **more):
    return {
        "id": workflow_id, "name": name, "status": "paused",
        "trigger": {"type": "schedule", "config": {"cron": "0 9 * * *"}},
        "nodes": [
            {"id": "m", "name": "Send reminder", "type": "action", "action": "send_email",
             "config": {"to": "{{settings.finance_email}}", "subject": "Über 30 days late", "body": "Pay soon"}},
            {"id": "e", "name": "Done", "type": "end"},
        ],
        "edges": [{"from": "trigger", "to": "m"}, {"from": "m", "to": "e"}], **more,
    }  # fmt: skip


@pytest.fixture
def studio(house):
    return house.studio


async def put_in(studio, *ids, **more):
    for one in ids:
        await studio.exchange.import_document(ADA, document(one, f"Name of {one}", **more))


async def names(studio, **narrowed):
    rows, total = await studio.workflows.list(ADA, Page(1, 50, "name"), **narrowed)
    assert total == len(rows)
    return [row.id for row in rows]


async def test_a_folder_is_made_renamed_and_deleted_and_its_workflows_stay(studio):
    await put_in(studio, "wf_a", "wf_b")
    made = await studio.folders.make(ADA, "  Finance   team ")
    assert made.name == "Finance team"
    before = await studio.shelf.move(ADA, ["wf_a"], made.id)
    assert await names(studio, folder=made.id) == ["wf_a"]
    assert await names(studio, folder=NONE) == ["wf_b"]
    await studio.folders.change(ADA, made.id, name="Money")
    assert [(one.name, one.count) for one in await studio.folders.list(EYES)] == [("Money", 1)]
    await studio.shelf.put(ADA, before)
    assert await names(studio, folder=made.id) == []
    await studio.shelf.move(ADA, ["wf_a"], made.id)
    await studio.folders.delete(ADA, made.id)
    assert await names(studio, folder=NONE) == ["wf_a", "wf_b"]
    with pytest.raises(NotFound):
        await studio.shelf.move(ADA, ["wf_a"], made.id)


async def test_two_folders_do_not_share_a_name_whatever_its_case(studio):
    made = await studio.folders.make(ADA, "Übersee")
    with pytest.raises(Conflict, match="already"):
        await studio.folders.make(ADA, "ÜBERSEE")
    other = await studio.folders.make(ADA, "Home")
    with pytest.raises(Conflict):
        await studio.folders.change(ADA, other.id, name="übersee")
    await studio.folders.change(ADA, made.id, name="übersee")
    for name in ("", "   ", "x" * 61):
        with pytest.raises(BadRequest, match="1 to 60"):
            await studio.folders.make(ADA, name)


async def test_moving_and_tagging_change_neither_document_nor_revision(studio):
    await put_in(studio, "wf_a")
    stored, raw = await studio.workflows.get(ADA, "wf_a"), await studio.exchange.export(ADA, "wf_a")
    folder, tag = await studio.folders.make(ADA, "Finance"), await studio.shelf.make_tag(ADA, "Urgent", "bad")
    await studio.shelf.move(ADA, ["wf_a"], folder.id)
    await studio.shelf.tag(ADA, ["wf_a"], tag.id)
    assert await studio.workflows.get(ADA, "wf_a") == stored
    assert await studio.exchange.export(ADA, "wf_a") == raw
    session = await studio.sessions.open("main", "wf_a")
    await session.edit("Name", lambda flow: flow.model_copy(update={"name": "New"}), ADA)
    row = await studio.workflows.row(ADA, "wf_a")
    assert (row.name, row.folder, row.tags) == ("New", folder.id, (tag.id,))


async def test_a_document_that_names_folder_and_tags_is_put_there_once(studio):
    await put_in(studio, "wf_a", "wf_b", folder="Finance", tags=["Urgent", "urgent", "Monthly"])
    assert [(one.name, one.count) for one in await studio.folders.list(ADA)] == [("Finance", 2)]
    assert [(one.name, one.count) for one in await studio.shelf.tags(ADA)] == [("Monthly", 2), ("Urgent", 2)]
    raw = await studio.exchange.export(ADA, "wf_a")
    assert json.loads(raw)["folder"] == "Finance"
    await studio.shelf.move(ADA, ["wf_a"], NONE)
    assert await studio.exchange.export(ADA, "wf_a") == raw
    await studio.exchange.import_document(ADA, raw, on_conflict="replace")
    assert await names(studio, folder=NONE) == ["wf_a"]


async def test_tags_narrow_the_list_and_go_from_every_workflow(studio):
    await put_in(studio, "wf_a", "wf_b")
    tag = await studio.shelf.make_tag(ADA, "Urgent", "bad")
    await studio.shelf.tag(ADA, ["wf_a", "wf_b"], tag.id)
    await studio.shelf.tag(ADA, ["wf_b"], tag.id, on=False)
    assert await names(studio, tag=tag.id) == ["wf_a"]
    await studio.shelf.change_tag(ADA, tag.id, "Soon", "warn")
    assert [(one.name, one.colour, one.count) for one in await studio.shelf.tags(ADA)] == [("Soon", "warn", 1)]
    with pytest.raises(BadRequest, match="colour"):
        await studio.shelf.change_tag(ADA, tag.id, "Soon", "#f00")
    await studio.shelf.delete_tag(ADA, tag.id)
    assert (await studio.workflows.row(ADA, "wf_a")).tags == ()
    many = [await studio.shelf.make_tag(ADA, f"tag {number}") for number in range(MOST_TAGS + 1)]
    for one in many[:-1]:
        await studio.shelf.tag(ADA, ["wf_a"], one.id)
    with pytest.raises(BadRequest, match="at most 20 tags"):
        await studio.shelf.tag(ADA, ["wf_a"], many[-1].id)


async def test_a_search_finds_steps_and_the_texts_in_them_and_says_where(studio):
    await put_in(studio, "wf_a")
    await studio.exchange.import_document(ADA, document("wf_b", "Send reminder to all", nodes=[], edges=[]))
    assert await studio.shelf.found(ADA, "send REMINDER") == {"wf_a": "node Send reminder", "wf_b": ""}
    assert await studio.shelf.found(ADA, "über 30") == {"wf_a": "node Send reminder: Über 30 days late"}
    assert await studio.shelf.found(ADA, "soon wf_a") == {"wf_a": "node Send reminder: Pay soon"}
    assert await studio.shelf.found(ADA, "nowhere") == {}
    assert await studio.shelf.found(ADA, " ") == {}
    assert await names(studio, search="über 30") == ["wf_a"]
    session = await studio.sessions.open("main", "wf_a")
    await session.edit("Note", lambda flow: flow.model_copy(update={"description": "For the nowhere desk"}), ADA)
    assert await studio.shelf.found(ADA, "nowhere") == {"wf_a": "description: For the nowhere desk"}


async def test_it_is_known_which_workflows_read_a_setting(studio):
    await put_in(studio, "wf_a", "wf_b")
    assert await studio.shelf.settings_used(ADA) == {"finance_email": 2}
    session = await studio.sessions.open("main", "wf_b")
    await session.edit("Empty", lambda flow: flow.model_copy(update={"nodes": (), "edges": ()}), ADA)
    assert await studio.shelf.users_of(ADA, "finance_email") == ["Name of wf_a", "Name of wf_b"]  # still published
    await studio.workflows.delete(ADA, "wf_b")
    assert await studio.shelf.users_of(ADA, "finance_email") == ["Name of wf_a"]


async def test_it_is_known_which_workflows_run_another(studio):
    await put_in(studio, "wf_a", "wf_b")
    calls = document("wf_c", "Caller")
    calls["nodes"][0] = {"id": "m", "name": "Run it", "type": "workflow", "config": {"workflow": "wf_a", "input": {}}}
    await studio.exchange.import_document(ADA, calls)
    later = document("wf_d", "Later")
    later["nodes"][0] |= {"action": "schedule_workflow", "config": {"workflow": "wf_a", "delay": "2 days"}}
    await studio.exchange.import_document(ADA, later)
    assert await studio.shelf.callers_of(ADA, ["wf_a"]) == ["Caller", "Later"]
    assert await studio.shelf.callers_of(ADA, ["wf_a", "wf_c"]) == ["Later"]  # what goes too is not left behind
    assert await studio.shelf.callers_of(ADA, ["wf_b"]) == []
    session = await studio.sessions.open("main", "wf_c")
    await session.edit("Empty", lambda flow: flow.model_copy(update={"nodes": (), "edges": ()}), ADA)
    assert await studio.shelf.callers_of(ADA, ["wf_a"]) == ["Caller", "Later"]  # still published
    await studio.workflows.delete(ADA, "wf_c")
    assert await studio.shelf.callers_of(EYES, ["wf_a"]) == ["Later"]


async def test_it_is_known_which_workflows_sign_in_with_a_connection(studio):
    await put_in(studio, "wf_a")
    calls = document("wf_c", "Caller")
    calls["nodes"][0] |= {"action": "http_request", "config": {"method": "GET", "url": "x", "credential": "bank"}}
    await studio.exchange.import_document(ADA, calls)
    assert await studio.shelf.signed_in_with(ADA, "bank") == ["Caller"]
    assert await studio.shelf.signed_in_with(ADA, "other") == []


async def test_many_are_switched_and_what_cannot_be_is_told(studio):
    await put_in(studio, "wf_a")
    await studio.workflows.create_empty(ADA, "Empty")
    empty = next(one for one in await names(studio) if one != "wf_a")
    found = await studio.bulk.switch(ADA, ["wf_a", empty, "wf_none"], active=True)
    assert found.done == ("wf_a",)
    assert [(one.id, one.name) for one in found.refused] == [(empty, "Empty"), ("wf_none", "wf_none")]
    assert all(one.message for one in found.refused)
    assert (await studio.workflows.row(ADA, "wf_a")).status is WorkflowStatus.ACTIVE


async def test_deleting_is_undone_as_it_was_and_the_bin_gives_back_switched_off(studio):
    await put_in(studio, "wf_a", "wf_b")
    tag = await studio.shelf.make_tag(ADA, "Urgent")
    await studio.shelf.tag(ADA, ["wf_a"], tag.id)
    await studio.publishing.toggle(ADA, "wf_a", True)
    before = await studio.workflows.row(ADA, "wf_a")
    gone = await studio.bulk.delete(ADA, ["wf_a", "wf_b"])
    assert gone.were_on == ("wf_a",)
    assert await names(studio) == []
    assert {one.id for one in await studio.bulk.binned(EYES)} == {"wf_a", "wf_b"}
    await studio.bulk.put_back(ADA, gone.done, on=gone.were_on)
    back = await studio.workflows.row(ADA, "wf_a")
    assert (back.status, back.tags) == (WorkflowStatus.ACTIVE, (tag.id,))
    assert back.next_run == before.next_run
    assert back.next_run is not None
    await studio.bulk.delete(ADA, ["wf_a"])
    assert (await studio.bulk.put_back(ADA, ["wf_a"])).done == ("wf_a",)
    assert (await studio.workflows.row(ADA, "wf_a")).status is WorkflowStatus.PAUSED
    assert "not in the bin" in (await studio.bulk.put_back(ADA, ["wf_a"])).refused[0].message


async def test_copies_stand_beside_what_they_were_made_from(studio):
    await put_in(studio, "wf_a")
    folder = await studio.folders.make(ADA, "Finance")
    await studio.shelf.move(ADA, ["wf_a"], folder.id)
    assert (await studio.bulk.duplicate(ADA, ["wf_a"])).done == ("wf_a-2",)
    assert await names(studio, folder=folder.id) == ["wf_a", "wf_a-2"]


async def test_several_go_out_and_come_in_as_one_file(studio):
    await put_in(studio, "wf_a", "wf_b")
    raw = await studio.bulk.export(ADA, ["wf_a", "wf_b"])
    assert raw == await studio.bulk.export(ADA, ["wf_a", "wf_b"])
    alone = [await studio.exchange.export(ADA, one) for one in ("wf_a", "wf_b")]
    assert json.loads(raw)["workflows"] == [json.loads(one) for one in alone]
    assert await studio.bulk.export(ADA, ["wf_a"]) == alone[0]
    assert await studio.bulk.taken(ADA, raw) == 2
    refused = await studio.bulk.import_file(ADA, raw)
    assert refused.done == ()
    assert [one.id for one in refused.refused] == ["wf_a", "wf_b"]
    assert (await studio.bulk.import_file(ADA, raw, on_conflict="copy")).done == ("wf_a-2", "wf_b-2")
    with pytest.raises(BadRequest, match="no list"):
        await studio.bulk.import_file(ADA, alone[0])


async def test_each_person_sees_the_columns_they_chose(studio):
    assert await studio.shelf.view(ADA) == ShelfView()
    await studio.shelf.keep_view(ADA, ShelfView(("owner", "status", "odd"), "-next_run"))
    assert await studio.shelf.view(ADA) == ShelfView(("status", "owner"), "-next_run")
    assert await studio.shelf.view(EYES) == ShelfView()


async def test_the_owner_is_who_made_it_and_a_viewer_changes_nothing(studio):
    await put_in(studio, "wf_a")
    assert (await studio.workflows.row(EYES, "wf_a")).owner == "Ada"
    folder, tag = await studio.folders.make(ADA, "Finance"), await studio.shelf.make_tag(ADA, "Urgent")
    for deed in (
        studio.folders.make(EYES, "x"), studio.folders.change(EYES, folder.id, name="x"),
        studio.folders.delete(EYES, folder.id), studio.shelf.make_tag(EYES, "x"),
        studio.shelf.change_tag(EYES, tag.id, "x", "ok"), studio.shelf.delete_tag(EYES, tag.id),
        studio.shelf.move(EYES, ["wf_a"], folder.id), studio.shelf.tag(EYES, ["wf_a"], tag.id),
        studio.shelf.put(EYES, {}), studio.bulk.switch(EYES, ["wf_a"], active=True),
        studio.bulk.duplicate(EYES, ["wf_a"]), studio.bulk.delete(EYES, ["wf_a"]),
        studio.bulk.put_back(EYES, ["wf_a"]), studio.bulk.import_file(EYES, b'{"workflows":[]}'),
    ):  # fmt: skip
        with pytest.raises(NotAllowed):
            await deed


async def test_a_deed_needs_one_to_a_thousand_workflows(studio):
    for ids in ([], [f"wf_{number}" for number in range(1001)]):
        with pytest.raises(BadRequest, match="1 to 1,000"):
            await studio.bulk.delete(ADA, ids)
        with pytest.raises(BadRequest, match="1 to 1,000"):
            await studio.shelf.move(ADA, ids, NONE)
