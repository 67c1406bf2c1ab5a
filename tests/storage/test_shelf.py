"""Folders, tags and the bin in the database; what the migration makes of older workflows."""

import json

from sqlalchemy import text

from flowstudio.services.ports import Page
from flowstudio.services.shelf_ports import Folder, Tag
from flowstudio.services.timetable import Schedule
from flowstudio.storage import migrate
from flowstudio.storage.folders import SqlFolders
from flowstudio.storage.schedules import SqlSchedules
from flowstudio.storage.shelf import SqlShelf
from flowstudio.storage.workflows import SqlWorkflows
from tests.support.databases import NOW


def a_draft(name, **extra):
    return {"name": name, "triggers": [], "extra": extra}


async def test_places_narrow_the_list_and_the_next_run_sorts_it(database):
    store, shelf = SqlWorkflows(database), SqlShelf(database)
    await shelf.add("main", Tag("tag_1", "100% sure", "ok"), most=10)
    await shelf.add("main", Tag("tag_10", "Other", "ok"), most=10)
    for number, folder in enumerate(("Finance", "finance", "Sales")):
        await store.create("main", f"wf_{number}", a_draft(f"Name {number}", folder=folder), actor="Ada")
    await shelf.place("main", {"wf_1": ("", ["tag_1"]), "wf_2": ("", ["tag_10"])})
    await SqlSchedules(database).replace("main", "wf_2", [Schedule("main", "wf_2", "t", 1, "0 9 * * *", "UTC", NOW)])
    folders = await SqlFolders(database).folders("main")
    assert [(one.name, one.count) for one in folders] == [("Finance", 1), ("Sales", 0)]
    assert [(one.id, one.count) for one in await shelf.tags("main")] == [("tag_1", 1), ("tag_10", 1)]

    async def ids(sort="name", **narrowed):
        rows, total = await store.list("main", Page(1, 50, sort), **narrowed)
        assert total == len(rows)
        return [row.id for row in rows]

    assert await ids(folder=folders[0].id) == ["wf_0"]
    assert await ids(folder="none") == ["wf_1", "wf_2"]
    assert await ids(tag="tag_1") == ["wf_1"]
    assert await ids("next_run") == ["wf_2", "wf_0", "wf_1"]
    assert await ids(search="nothing", ids=["wf_1"]) == ["wf_1"]
    assert await ids(status="draft,paused") == ["wf_0", "wf_1", "wf_2"]
    assert (await store.row("main", "wf_2")).next_run == NOW
    assert await shelf.drop("main", "tag_1")
    assert not await shelf.drop("main", "tag_1")
    assert (await shelf.places("main", ["wf_1", "wf_2", "wf_9"])) == {"wf_1": ("", ()), "wf_2": ("", ("tag_10",))}
    assert await shelf.places("other", ["wf_1"]) == {}
    assert not await shelf.put_back("main", "wf_1")


async def test_older_workflows_keep_folders_tags_and_who_made_them(database):
    store = SqlWorkflows(database)
    for number in range(2):
        await store.create("main", f"wf_{number}", a_draft(f"Name {number}"), actor="Ada")

    def older(connection):
        migrate.downgrade(connection, "0008")
        insert = text("UPDATE workflow SET folder = :f, tags = :t WHERE id = :i")
        connection.execute(insert, {"f": "Finance", "t": json.dumps(["Urgent", "urgent"]), "i": "wf_0"})
        connection.execute(insert, {"f": "", "t": None, "i": "wf_1"})
        line = "INSERT INTO audit (id, workspace, actor, action, subject, at) VALUES ('a', 'main', 'Bo', :a, 'wf_0', 1)"
        connection.execute(text(line), {"a": "workflow.imported"})
        migrate.upgrade(connection)

    await database.writer.run(older)
    folders, tags = await SqlFolders(database).folders("main"), await SqlShelf(database).tags("main")
    assert [(one.name, one.count) for one in folders] == [("Finance", 1)]
    assert [(one.name, one.count) for one in tags] == [("Urgent", 1)]
    row, other = await store.row("main", "wf_0"), await store.row("main", "wf_1")
    assert (row.folder, row.tags, row.owner) == (folders[0].id, (tags[0].id,), "Bo")
    assert (other.folder, other.tags, other.owner) == ("", (), "")
    await database.writer.run(lambda connection: migrate.downgrade(connection, "0008"))

    def told(connection):
        return connection.execute(text("SELECT folder, tags FROM workflow WHERE id = 'wf_0'")).one()

    row = await database.writer.run(told)
    assert (row.folder, json.loads(row.tags)) == ("Finance", ["Urgent"])
    await database.writer.run(migrate.upgrade)


async def test_folders_that_stood_beside_each_other_stay_at_the_top_and_ways_become_names(database):
    folders = SqlFolders(database)
    for folder in (Folder("f_1", "Finance"), Folder("f_2", "Invoices", "f_1"), Folder("f_3", "Late", "f_2")):
        await folders.add("main", folder, most=10)
    await SqlWorkflows(database).create("main", "wf_0", a_draft("Name", folder="Finance"), actor="Ada")
    await SqlShelf(database).place("main", {"wf_0": ("f_3", [])})
    assert [(one.id, one.parent, one.count) for one in await folders.folders("main")] == [
        ("f_1", "", 1), ("f_2", "f_1", 1), ("f_3", "f_2", 1),
    ]  # fmt: skip
    assert (await SqlWorkflows(database).list("main", Page(1, 5), folder="f_2"))[1] == 1
    assert (await SqlWorkflows(database).list("other", Page(1, 5), folder="f_2"))[1] == 0

    def back_and_forth(connection):
        migrate.downgrade(connection, "0012")
        migrate.upgrade(connection)

    await database.writer.run(back_and_forth)
    found = await folders.folders("main")
    assert {(one.name, one.parent, one.count) for one in found} == {
        ("Finance", "", 0), ("Finance / Invoices", "", 0), ("Finance / Invoices / Late", "", 1),
    }  # fmt: skip
