"""Triggers of two parts: the run starts when the second part comes in time, for the same record."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from flowstudio.domain.durations import BadDuration, parse_duration
from flowstudio.domain.record import ENTITY, is_record
from flowstudio.kit.words import singular
from flowstudio.services.happening import Note
from flowstudio.services.listening import PART, record_in

if TYPE_CHECKING:
    from flowstudio.domain.json import JsonObject
    from flowstudio.services.happening import WatchStore
    from flowstudio.services.listening import Listening
    from flowstudio.services.triggers import TriggerService

_USUAL = "5 minutes"


class Standing(Protocol):
    """Says whether a state that a trigger told of earlier still holds."""

    async def stands(self, listening: Listening, record_id: str) -> bool: ...


class Pairs:
    """Keeps the halves that wait for their other half."""

    def __init__(self, watches: WatchStore, triggers: TriggerService) -> None:
        self._watches = watches
        self._triggers = triggers
        self.states: dict[str, Standing] = {}
        """By type of trigger: those that tell of a state. Such a half waits as long as its state holds."""
        self._locks: defaultdict[tuple[str, str], asyncio.Lock] = defaultdict(asyncio.Lock)

    def lock(self, part: Listening) -> asyncio.Lock:
        """Return what keeps the two halves of a trigger from missing each other."""
        return self._locks[part.workspace, part.workflow_id]

    async def other_half(
        self, part: Listening, payload: JsonObject, at: datetime, key: str
    ) -> tuple[JsonObject, str] | None:
        """Return both payloads as one, with the key of the pair, when the other part has come; else keep this one."""
        whole, _, number = part.trigger.id.partition(PART)
        other = "2" if number == "1" else "1"
        same = shared(part, payload)
        waiting = await self._watches.one(part.workspace, part.workflow_id, whole, f"{other}:{same}")
        if waiting is not None and await self._counts(part, whole, other, waiting, at):
            first, second = sorted((key, str(waiting["key"])))
            return {**waiting["payload"], **payload}, f"{first}+{second}"
        half: JsonObject = {"at": at.isoformat(), "payload": payload, "key": key}
        await self._watches.note([Note(part.workspace, part.workflow_id, whole, f"{number}:{same}", half)])
        return None

    async def done(self, part: Listening, payload: JsonObject) -> None:
        """Forget both halves: their run is on disk."""
        whole, same = part.trigger.id.partition(PART)[0], shared(part, payload)
        place = (part.workspace, part.workflow_id, whole)
        await self._watches.note([Note(*place, f"{number}:{same}", None) for number in "12"])

    async def _counts(self, part: Listening, whole: str, other: str, waiting: JsonObject, at: datetime) -> bool:
        try:
            within = parse_duration((part.whole.config if part.whole else {}).get("within") or _USUAL)
        except BadDuration:
            within = parse_duration(_USUAL)
        if abs(at - datetime.fromisoformat(str(waiting["at"]))) <= within:
            return True
        listening = self._triggers.trigger(part.workspace, part.workflow_id, f"{whole}{PART}{other}")
        state = self.states.get(listening.trigger.type) if listening is not None else None
        if listening is None or state is None:
            return False
        return await state.stands(listening, str(record_in(waiting["payload"]).get("id") or ""))


def shared(part: Listening, payload: JsonObject) -> str:
    """Return what both parts have in common by the setting `match`, as text; nothing without that setting."""
    entity, _, field = str((part.whole.config if part.whole else {}).get("match") or "").partition(".")
    if not entity:
        return ""
    field = field or "id"
    reference = f"{singular(entity).replace(' ', '_')}_id"
    for value in payload.values():
        if not is_record(value):
            continue
        if value.get(ENTITY) == entity:
            return str(value.get(field))
        if field == "id" and value.get(reference):
            return str(value[reference])
    return str(record_in(payload).get(field) or "")
