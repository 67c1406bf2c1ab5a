"""Many workflows at once: switch, copy, delete and take back, out and in as one file.

Each workflow is a deed of its own: what cannot be done is told with its reason and holds nothing else up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import orjson

from flowstudio.domain.actor import Actor, Role
from flowstudio.domain.json_text import read_json
from flowstudio.domain.states import WorkflowStatus
from flowstudio.errors import BadRequest, FlowStudioError, NotFound
from flowstudio.interchange.limits import MAX_BYTES
from flowstudio.services.shelf import require_few

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from flowstudio.domain.json import JsonObject
    from flowstudio.services.exchange import Exchange, OnConflict
    from flowstudio.services.ports import AuditLog
    from flowstudio.services.publishing import Publishing
    from flowstudio.services.shelf_ports import Binned, ShelfStore
    from flowstudio.services.workflows import WorkflowService

MOST_IN_FILE = 1_000


@dataclass(frozen=True, slots=True)
class Refusal:
    """A workflow with which it could not be done, and why."""

    id: str
    name: str
    message: str


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a deed on many: the ids that it gave or concerned, those it did not, those that were on."""

    done: tuple[str, ...]
    refused: tuple[Refusal, ...] = ()
    were_on: tuple[str, ...] = ()


class BulkService:
    """The verbs of many workflows."""

    def __init__(
        self, store: ShelfStore, workflows: WorkflowService, publishing: Publishing, exchange: Exchange, audit: AuditLog
    ) -> None:
        self._store = store
        self._workflows = workflows
        self._publishing = publishing
        self._exchange = exchange
        self._audit = audit

    async def switch(self, actor: Actor, ids: Sequence[str], *, active: bool) -> Done:
        """Switch workflows on or off."""

        async def one(workflow_id: str) -> str:
            await self._publishing.toggle(actor, workflow_id, active)
            return workflow_id

        return await self._each(actor, ids, one)

    async def duplicate(self, actor: Actor, ids: Sequence[str]) -> Done:
        """Copy workflows; `done` are the copies."""

        async def one(workflow_id: str) -> str:
            return await self._workflows.duplicate(actor, workflow_id)

        return await self._each(actor, ids, one)

    async def delete(self, actor: Actor, ids: Sequence[str]) -> Done:
        """Put workflows into the bin; give the answer to `put_back` to undo it."""
        were_on: list[str] = []

        async def one(workflow_id: str) -> str:
            stored = await self._workflows.get(actor, workflow_id)
            await self._workflows.delete(actor, workflow_id)
            if stored.status is WorkflowStatus.ACTIVE:
                were_on.append(workflow_id)
            return workflow_id

        found = await self._each(actor, ids, one)
        return Done(found.done, found.refused, tuple(were_on))

    async def put_back(self, actor: Actor, ids: Sequence[str], *, on: Sequence[str] = ()) -> Done:
        """Take workflows out of the bin: switched off, but for those in `on`. Cancelled runs stay cancelled."""

        async def one(workflow_id: str) -> str:
            if not await self._store.put_back(actor.workspace, workflow_id):
                raise NotFound("It is not in the bin.")
            if workflow_id in on:
                await self._publishing.switch(actor, workflow_id, WorkflowStatus.ACTIVE)
            await self._audit.note(actor.workspace, actor.name, "workflow.restored", workflow_id)
            return workflow_id

        return await self._each(actor, ids, one)

    async def binned(self, actor: Actor) -> Sequence[Binned]:
        """List what is in the bin, the last deleted first."""
        actor.require(Role.VIEWER)
        return await self._store.binned(actor.workspace)

    async def export(self, actor: Actor, ids: Sequence[str]) -> bytes:
        """Return workflows as one file: each as its own export has it (a draft where nothing is published).

        With one workflow it is the workflow's own file.
        """
        require_few(ids)
        files = []
        for workflow_id in ids:
            stored = await self._workflows.get(actor, workflow_id)
            files.append(await self._exchange.export(actor, workflow_id, draft=stored.published_version is None))
        if len(files) == 1:
            return files[0]
        whole: JsonObject = {"workflows": [orjson.loads(file) for file in files]}
        raw = orjson.dumps(whole, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
        if len(raw) > MAX_BYTES:
            raise BadRequest("These workflows make a file of more than 10 MB.", hint="Export fewer of them at once.")
        return raw

    async def taken(self, actor: Actor, raw: bytes) -> int:
        """Return how many workflows of a file have an id that a workflow here has."""
        known = await self._workflows.names(actor)
        return sum(isinstance(one, dict) and one.get("id") in known for one in documents_of(raw) or ())

    async def import_file(self, actor: Actor, raw: bytes, *, on_conflict: OnConflict = "error") -> Done:
        """Take in a file with several workflows; raise BadRequest for one that is no such file."""
        documents = documents_of(raw)
        if documents is None:
            raise BadRequest("This file has no list of workflows.")
        if len(documents) > MOST_IN_FILE:
            raise BadRequest(f"A file has at most {MOST_IN_FILE:,} workflows.", hint="Export them in several files.")
        actor.require(Role.BUILDER)
        done: list[str] = []
        refused: list[Refusal] = []
        for number, document in enumerate(documents, 1):
            try:
                if not isinstance(document, dict):
                    raise BadRequest(f"Number {number} is no workflow.")
                done.append((await self._exchange.import_document(actor, document, on_conflict=on_conflict)).id)
            except FlowStudioError as error:
                told = document if isinstance(document, dict) else {}
                name = str(told.get("name") or f"number {number}")
                refused.append(Refusal(str(told.get("id") or ""), name, error.told))
        return Done(tuple(done), tuple(refused))

    async def _each(self, actor: Actor, ids: Sequence[str], deed: Callable[[str], Awaitable[str]]) -> Done:
        actor.require(Role.BUILDER)
        require_few(ids)
        done: list[str] = []
        refused: list[Refusal] = []
        names = await self._workflows.names(actor)
        for workflow_id in dict.fromkeys(ids):
            try:
                done.append(await deed(workflow_id))
            except FlowStudioError as error:
                refused.append(Refusal(workflow_id, names.get(workflow_id, workflow_id), error.told))
        return Done(tuple(done), tuple(refused))


def documents_of(raw: bytes) -> list[object] | None:
    """Return the documents of a file with several workflows, None for any other file."""
    try:
        whole = read_json(raw)
    except (FlowStudioError, ValueError):
        return None
    found = whole.get("workflows") if isinstance(whole, dict) and "nodes" not in whole else None
    return list(found) if isinstance(found, list) else None
