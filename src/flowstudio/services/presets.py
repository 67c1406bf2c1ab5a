"""Presets: steps that people keep with their settings, to use them again in other workflows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

import orjson

from flowstudio.domain.actor import Actor, Role
from flowstudio.domain.ids import new_id
from flowstudio.domain.workflow import Node
from flowstudio.errors import BadRequest, NotFound
from flowstudio.services.leaving_out import LeftOut, part_without_secrets

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from flowstudio.domain.json import JsonObject
    from flowstudio.domain.workflow import Trigger
    from flowstudio.kit import Registry
    from flowstudio.kit.ports import Clock
    from flowstudio.services.ports import AuditLog
    from flowstudio.services.workflows import WorkflowService

MOST = 200
"""Presets that a workspace keeps."""
LONGEST_NAME = 80
MOST_BYTES = 64_000


@dataclass(frozen=True, slots=True)
class Preset:
    """A single step that people keep with its settings."""

    id: str
    name: str
    key: str
    """The kind of step, as the palette names it: `action.send_email`, `trigger.schedule`."""
    part: JsonObject
    """The node or trigger without its id."""
    created_by: str
    created_at: datetime


class PresetStore(Protocol):
    """Presets of a workspace."""

    async def list(self, workspace: str) -> Sequence[Preset]:
        """List them by name."""

    async def get(self, workspace: str, preset_id: str) -> Preset | None: ...

    async def add(self, workspace: str, preset: Preset, *, most: int) -> None:
        """Keep a new one; raise Conflict when there are `most` already."""

    async def rename(self, workspace: str, preset_id: str, name: str) -> bool: ...

    async def delete(self, workspace: str, preset_id: str) -> bool: ...


class PresetService:
    """The verbs of presets."""

    def __init__(
        self, store: PresetStore, workflows: WorkflowService, registry: Registry, audit: AuditLog, clock: Clock
    ) -> None:
        self._store = store
        self._workflows = workflows
        self._registry = registry
        self._audit = audit
        self._clock = clock

    async def list(self, actor: Actor) -> Sequence[Preset]:
        """List the workspace's presets by name."""
        actor.require(Role.VIEWER)
        return await self._store.list(actor.workspace)

    async def get(self, actor: Actor, preset_id: str) -> Preset:
        """Return a preset; raise NotFound."""
        actor.require(Role.VIEWER)
        found = await self._store.get(actor.workspace, preset_id)
        if found is None:
            raise NotFound("This preset is not there any more.")
        return found

    async def save(self, actor: Actor, workflow_id: str, node_id: str, name: str) -> tuple[Preset, tuple[LeftOut, ...]]:
        """Keep a step of a workflow's draft; return the preset and what was left out: connections and secrets.

        Raises NotFound, BadRequest for a name that is empty or too long and for settings above 64,000 bytes, Conflict
        when the workspace has 200 presets.
        """
        actor.require(Role.BUILDER)
        draft = await self._workflows.draft(actor, workflow_id)
        part: Node | Trigger | None = draft.node(node_id) or draft.trigger(node_id)
        if part is None or self._registry.find(part.key) is None:
            raise NotFound("That step is not there any more.")
        kept, left_out = _cleaned(part, self._registry)
        fields: JsonObject = kept.model_dump(mode="json", exclude={"id", "type", "action", "disabled"})
        if len(orjson.dumps(fields)) > MOST_BYTES:
            raise BadRequest("This step has too many settings for a preset.", hint="A preset has at most 64,000 bytes.")
        preset = Preset(new_id("pre"), _named(name), part.key, fields, actor.name, self._clock.now())
        await self._store.add(actor.workspace, preset, most=MOST)
        await self._audit.note(actor.workspace, actor.name, "preset.saved", preset.id, {"name": preset.name})
        return preset, left_out

    async def rename(self, actor: Actor, preset_id: str, name: str) -> Preset:
        """Give a preset another name; raise NotFound."""
        actor.require(Role.BUILDER)
        found = await self.get(actor, preset_id)
        renamed = replace(found, name=_named(name))
        await self._store.rename(actor.workspace, preset_id, renamed.name)
        await self._audit.note(actor.workspace, actor.name, "preset.renamed", preset_id, {"name": renamed.name})
        return renamed

    async def delete(self, actor: Actor, preset_id: str) -> Preset:
        """Delete a preset and return it, so that it can be brought back. Steps made from it stay. Raise NotFound."""
        actor.require(Role.BUILDER)
        found = await self.get(actor, preset_id)
        await self._store.delete(actor.workspace, preset_id)
        await self._audit.note(actor.workspace, actor.name, "preset.deleted", preset_id, {"name": found.name})
        return found

    async def bring_back(self, actor: Actor, preset: Preset) -> None:
        """Undo `delete`."""
        actor.require(Role.BUILDER)
        await self._store.add(actor.workspace, preset, most=MOST)
        await self._audit.note(actor.workspace, actor.name, "preset.restored", preset.id, {"name": preset.name})


def _cleaned(part: Node | Trigger, registry: Registry) -> tuple[Node | Trigger, tuple[LeftOut, ...]]:
    if isinstance(part, Node):
        return part_without_secrets(part, registry)
    return part_without_secrets(part, registry)


def _named(name: str) -> str:
    if not 0 < len(name.strip()) <= LONGEST_NAME:
        raise BadRequest(f"A preset's name has 1 to {LONGEST_NAME} characters.")
    return name.strip()
