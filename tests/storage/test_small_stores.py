"""Audit, events, notifications, message texts, credentials, settings."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from flowstudio.errors import BadRequest
from flowstudio.services.happening import Note
from flowstudio.services.ports import Page
from flowstudio.storage.audit import SqlAudit
from flowstudio.storage.credentials import SqlCredentials
from flowstudio.storage.message_texts import SqlMessageTexts
from flowstudio.storage.notifications import SqlNotifications
from flowstudio.storage.outbox import SqlOutbox
from flowstudio.storage.records import SqlRecords
from flowstudio.storage.retention import SqlRetention
from flowstudio.storage.settings import SqlSettings
from flowstudio.storage.watches import SqlWatches
from tests.support.databases import NOW


async def test_audit_lines_come_newest_first_and_stay_in_their_workspace(database):
    audit = SqlAudit(database)
    await audit.note("main", "Ada", "workflow.published", "wf_1", {"version": 1})
    await audit.note("main", "Bo", "record.deleted", "inv_1")
    await audit.note("other", "Cy", "record.deleted", "inv_2")
    lines, total = await audit.page("main", Page())
    assert ([line["actor"] for line in lines], total) == (["Bo", "Ada"], 2)
    assert (lines[1]["detail"], lines[1]["at"]) == ({"version": 1}, NOW)
    assert (await audit.page("main", Page(sort="actor"), search="WF_1"))[1] == 1
    with pytest.raises(BadRequest):
        await audit.page("main", Page(sort="colour"))


async def test_events_wait_until_they_are_handed_on(database, clock):
    events, records, retention = SqlOutbox(database), SqlRecords(database), SqlRetention(database)
    employee = await records.create(
        "main", "employees", {"name": "Ada", "email": "a@b.example", "department": "it"}, actor="Ada"
    )
    customer = {"name": "Acme", "email": "a@acme.example", "owner_id": employee["id"]}
    created = await records.create("main", "customers", customer, actor="Ada")
    (event,) = await events.open()
    assert (event.type, event.workspace, event.run_id, event.at) == ("customer.created", "main", None, NOW)
    assert event.data["customer"]["id"] == created["id"]
    assert event.data["customer"]["$entity"] == "customers"
    assert await retention.remove_events(NOW + timedelta(days=1), 10) == 0
    await events.settle([event])
    assert await events.open() == []
    assert await retention.remove_events(NOW, 10) == 0
    assert await retention.remove_events(NOW + timedelta(seconds=1), 10) == 1


async def test_used_signatures_are_forgotten_and_nothing_else(database, clock):
    watches, retention = SqlWatches(database), SqlRetention(database)
    await watches.note([Note("main", "wf", "trigger", f"signature:{n}", {}) for n in range(3)])
    await watches.note([Note("main", "wf", "feed", "signatures of Ada", {"seen": True})])
    clock.forward(days=1)
    await watches.note([Note("main", "wf", "trigger", "signature:3", {})])
    assert await retention.remove_signatures(NOW, 2) == 0
    removed = [await retention.remove_signatures(NOW + timedelta(seconds=1), 2) for _ in range(3)]
    assert removed == [2, 1, 0]
    assert await watches.all("main", "wf", "trigger") == {"signature:3": {}}
    assert await watches.all("main", "wf", "feed") == {"signatures of Ada": {"seen": True}}


async def test_people_read_what_is_for_them_and_for_everybody(database):
    store = SqlNotifications(database)
    first = await store.add("main", "Run failed", body="…", link="/runs/1", person_id="usr_1")
    await store.add("main", "New version")
    await store.add("main", "Not yours", person_id="usr_2")
    await store.add("other", "Elsewhere")
    rows, total = await store.page("main", "usr_1", Page())
    assert ([row.title for row in rows], total) == (["New version", "Run failed"], 2)
    await store.mark_read("main", "usr_1", first)
    assert await store.unread("main", "usr_1") == 1
    await store.mark_read("main", "usr_1")
    assert await store.unread("main", "usr_1") == 0
    assert await store.unread("main", "usr_2") == 1


async def test_own_texts_are_kept_by_name(database):
    store = SqlMessageTexts(database)
    await store.save("main", "reminder", {"text": "Dear {{name}}"})
    await store.save("main", "reminder", {"text": "Hello {{name}}"})
    assert await store.all("main") == {"reminder": {"text": "Hello {{name}}"}}
    assert await store.all("other") == {}
    assert not await store.delete("other", "reminder")
    assert await store.delete("main", "reminder")


async def test_credentials_are_listed_without_their_secrets(database, clock):
    store = SqlCredentials(database)
    await store.save("main", "smtp", "password", b"\x00sealed")
    clock.forward(minutes=1)
    await store.save("main", "smtp", "password", b"\x01sealed")
    assert await store.sealed("main") == {"smtp": b"\x01sealed"}
    assert await store.list("main") == [
        {"name": "smtp", "kind": "password", "created_at": NOW, "updated_at": NOW + timedelta(minutes=1)}
    ]
    assert not await store.delete("other", "smtp")
    assert await store.delete("main", "smtp")


async def test_settings_are_known_at_once_and_after_a_restart(database):
    settings = SqlSettings(database)
    await settings.set("main", "timezone", "Asia/Tokyo")
    await settings.set("main", "holidays", ["2026-12-25"])
    await settings.set("main", "company", "Acme")
    await settings.set("main", "company", None)
    expected = {"timezone": "Asia/Tokyo", "holidays": ["2026-12-25"]}
    assert await settings.all("main") == settings.settings("main") == expected
    assert settings.zone("main") == ZoneInfo("Asia/Tokyo")
    assert await settings.all("other") == {}
    await database.writer.run(database.memory.read)
    assert await settings.all("main") == expected
