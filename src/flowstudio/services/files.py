"""Files that runs and records hold: kept within limits, handed out to those who may see what holds them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol

from flowstudio.domain.actor import Role
from flowstudio.errors import LimitReached, NotFound
from flowstudio.kit.files import FileContent, file_name, files_in, media_type, reference_of
from flowstudio.kit.memory_files import refuse_large
from flowstudio.services.papers import Paper

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from flowstudio.domain.actor import Actor
    from flowstudio.domain.json import JsonObject, JsonValue
    from flowstudio.domain.run import Run, Step
    from flowstudio.services.ports import RecordKeeper
    from flowstudio.services.runs import RunService


class FileStore(Protocol):
    """The bytes of files."""

    async def keep(self, workspace: str, digest: str, file: FileContent, most: int) -> bool: ...

    async def get(self, workspace: str, digest: str) -> bytes | None: ...


class KeptFiles:
    """The Files port of steps and triggers. `most` are the bytes that the files of a workspace may have together."""

    def __init__(self, store: FileStore, press: Callable[[JsonObject], Paper], most: int) -> None:
        self._store = store
        self._press = press
        self._most = most

    async def keep(self, workspace: str, file: FileContent) -> JsonObject:
        """Keep a file and return the reference; raise LimitReached for one that is too large, or with no room left."""
        refuse_large(file)
        found = await asyncio.to_thread(reference_of, file)
        kept = FileContent(found["name"], found["type"], file.content)
        if not await self._store.keep(workspace, found["digest"], kept, self._most):
            raise LimitReached(
                f"There is no room for the file: all files together have at most {self._most // 1_000_000:,} MB.",
                hint="Let runs go earlier (Settings, Space), or raise FLOWSTUDIO_FILES_MB.",
            )
        return found

    async def get(self, workspace: str, digest: str) -> bytes | None:
        """Return the bytes behind a digest, or None."""
        return await self._store.get(workspace, digest)

    async def press(self, document: JsonObject) -> FileContent:
        """Return the file of a document's record."""
        paper = await asyncio.to_thread(self._press, document)
        return FileContent(paper.name, paper.media_type, paper.content)


class FileService:
    """What people see of files: those of a run and of a record, for whoever may see the run or the record."""

    def __init__(self, files: KeptFiles, runs: RunService, records: RecordKeeper) -> None:
        self._files = files
        self._runs = runs
        self._records = records

    async def of_run(self, actor: Actor, run_id: str) -> list[JsonObject]:
        """List the files that came with a run or that its steps gave, each once; raise NotFound."""
        return files_of(*await self._runs.get(actor, run_id))

    async def open_of_run(self, actor: Actor, run_id: str, digest: str) -> Paper:
        """Return a file of a run; raise NotFound where the run has no such file."""
        return await self._open(actor, await self.of_run(actor, run_id), digest)

    async def open_of_record(self, actor: Actor, entity: str, record_id: str, digest: str) -> Paper:
        """Return a file of a record; raise NotFound where the record has no such file."""
        actor.require(Role.VIEWER)
        record: JsonValue = await self._records.get(actor.workspace, entity, record_id)
        return await self._open(actor, files_in(record), digest)

    async def _open(self, actor: Actor, held: Iterable[JsonObject], digest: str) -> Paper:
        one = next((file for file in held if file["digest"] == digest), None)
        content = await self._files.get(actor.workspace, digest) if one is not None else None
        if one is None or content is None:
            raise NotFound("There is no such file here.", hint="Files go with the last run and record that hold them.")
        return Paper(file_name(one["name"]), media_type(str(one.get("type") or "")), content)


def files_of(run: Run, steps: Iterable[Step]) -> list[JsonObject]:
    """List the files that came with a run or that its steps gave, each once."""
    found: dict[str, JsonObject] = {}
    for value in (run.event, *(step.output for step in steps)):
        for one in files_in(value):
            found.setdefault(one["digest"], one)
    return list(found.values())
