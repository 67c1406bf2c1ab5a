"""The store of files, on both databases: each content once, a limit for all, gone with the last that holds it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import delete, insert

from flowstudio.kit.files import FileContent, reference_of
from flowstudio.storage import tables
from flowstudio.storage.files import SqlFiles
from tests.support.databases import NOW

LATER = NOW + timedelta(hours=2)


async def keep(store: SqlFiles, content: bytes, workspace: str = "main", most: int = 1_000) -> dict[str, Any] | None:
    file = FileContent("a.txt", "text/plain", content)
    reference = reference_of(file)
    return reference if await store.keep(workspace, reference["digest"], file, most) else None


async def test_a_content_is_kept_once_and_all_of_a_workspace_have_a_limit(database: Any) -> None:
    store = SqlFiles(database)
    first = await keep(store, b"x" * 600)
    assert first is not None
    assert await keep(store, b"x" * 600) == first, "it takes no further room"
    assert await keep(store, b"y" * 600) is None
    assert await keep(store, b"y" * 600, "other") is not None
    assert await store.get("main", first["digest"]) == b"x" * 600
    assert await store.get("other", first["digest"]) is None


async def test_what_a_run_a_record_or_a_large_value_holds_stays(database: Any) -> None:
    store = SqlFiles(database)
    files = [await keep(store, f"file {number}".encode()) for number in range(5)]
    in_record, in_event, in_large, in_other, free = files
    assert None not in files

    def hold(connection: Any) -> None:
        stamps = {"created_at": NOW, "updated_at": NOW}
        for workspace, held in (("main", in_record), ("other", in_other)):
            connection.execute(
                insert(tables.record).values(
                    workspace=workspace, entity="own", id="r1", data={"paper": held}, revision=1, position=NOW, **stamps
                )
            )
        connection.execute(
            insert(tables.event).values(workspace="main", id="e1", position=NOW, type="x", data={"file": in_event})
        )
        content = f'[{{"digest":"{in_large["digest"]}"}}]'.encode()
        connection.execute(
            insert(tables.blob).values(
                workspace="main", hash="large", media_type="application/json", content=content, created_at=NOW
            )
        )

    await database.writer.run(hold)
    assert await store.remove_unheld(NOW - timedelta(hours=1)) == 0, "what is young stays"
    assert await store.remove_unheld(LATER) == 2, "that of nobody, and what only another workspace names"
    assert [await store.get("main", file["digest"]) is not None for file in files] == [True, True, True, False, False]
    await database.writer.run(lambda connection: connection.execute(delete(tables.record)))
    assert await store.remove_unheld(LATER) == 1
    assert await store.get("main", in_record["digest"]) is None
    assert free is not None
