"""The texts of all workflows, for searching: read from the documents, and again only from those that changed."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Generic, TypeVar

from flowstudio.analysis.texts import connections_used, lines_of, settings_used, workflows_run
from flowstudio.observe import logger

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from flowstudio.domain.json import JsonObject
    from flowstudio.kit import Registry
    from flowstudio.services.shelf_ports import ShelfStore

log = logger(__name__)
AT_ONCE = 25
"""Documents that are read before others have their turn: a thousand at once would hold up every page."""
SHOWN = 80
"""Characters around what was found that are shown."""


State = tuple[int, int]
"""Revision of the draft and number of the published version: what was read is right while they stay."""
Lines = tuple[tuple[str, str, str], ...]
"""Place, text, and the text as it is compared; the first is the workflow's name."""
Found = TypeVar("Found")
Look = Callable[["JsonObject", "Registry"], frozenset[str]]
"""Reads from a document what it uses."""


class _Memory(Generic[Found]):
    """What was read of the documents of each workspace."""

    def __init__(self, store: ShelfStore, look: Callable[[JsonObject, JsonObject | None], Found]) -> None:
        self._store = store
        self._look = look
        self._known: dict[str, dict[str, tuple[State, Found]]] = {}

    async def current(self, workspace: str) -> dict[str, Found]:
        """Return by workflow what its documents say now."""
        states = await self._store.revisions(workspace)
        before = self._known.get(workspace, {})
        known = {key: read for key, read in before.items() if states.get(key) == read[0]}
        changed = [key for key in states if key not in known]
        for start in range(0, len(changed), AT_ONCE):
            some = changed[start : start + AT_ONCE]
            for key, (draft, published) in (await self._store.documents(workspace, some)).items():
                known[key] = states[key], self._look(draft, published)
            await asyncio.sleep(0)
        self._known[workspace] = known
        return {key: found for key, (_, found) in known.items()}


class ShelfTexts:
    """Knows what stands in the workflows of each workspace."""

    def __init__(self, store: ShelfStore, registry: Registry) -> None:
        self._registry = registry
        self._lines = _Memory(store, self._lines_of)
        self._settings = _Memory(store, self._settings_of)
        self._runs = _Memory(store, self._runs_of)
        self._connections = _Memory(store, self._connections_of)

    async def find(self, workspace: str, search: str) -> Mapping[str, str]:
        """Return the workflows in which every word of a search stands, and where: `node Send reminder: Pay soon`.

        The place is empty where the name has them all.
        """
        words = search.casefold().split()
        found: dict[str, str] = {}
        for workflow_id, lines in (await self._lines.current(workspace)).items():
            if words and all(any(word in text for _, _, text in lines) for word in words):
                found[workflow_id] = _where(lines, " ".join(words), words)
        return found

    async def settings_used(self, workspace: str) -> Mapping[str, int]:
        """Return by setting how many workflows read it, in what is published or in the draft."""
        return Counter(name for _, read in (await self._settings.current(workspace)).values() for name in read)

    async def users_of(self, workspace: str, setting: str) -> Sequence[str]:
        """List the names of the workflows that read a setting."""
        found = (await self._settings.current(workspace)).values()
        return sorted(name for name, read in found if setting in read)

    async def callers_of(self, workspace: str, ids: Collection[str]) -> Sequence[str]:
        """List the names of the workflows that run one of these, without these themselves."""
        found = await self._runs.current(workspace)
        return sorted(name for key, (name, run) in found.items() if key not in ids and not run.isdisjoint(ids))

    async def signed_in_with(self, workspace: str, connection: str) -> Sequence[str]:
        """List the names of the workflows whose steps or triggers name a connection."""
        found = (await self._connections.current(workspace)).values()
        return sorted(name for name, used in found if connection in used)

    def _lines_of(self, draft: JsonObject, published: JsonObject | None) -> Lines:
        del published
        return tuple((line.place, line.text, line.text.casefold()) for line in lines_of(draft, self._registry))

    def _settings_of(self, draft: JsonObject, published: JsonObject | None) -> tuple[str, frozenset[str]]:
        return self._in_both(draft, published, "settings", settings_used)

    def _runs_of(self, draft: JsonObject, published: JsonObject | None) -> tuple[str, frozenset[str]]:
        return self._in_both(draft, published, "workflow", workflows_run)

    def _connections_of(self, draft: JsonObject, published: JsonObject | None) -> tuple[str, frozenset[str]]:
        return self._in_both(draft, published, "credential", connections_used)

    def _in_both(
        self, draft: JsonObject, published: JsonObject | None, word: str, look: Look
    ) -> tuple[str, frozenset[str]]:
        """Return the workflow's name and what is used in its draft or its published version; `word` is in both."""
        found: frozenset[str] = frozenset()
        for document in (draft, published):
            if document is not None and word in str(document):
                found |= self._read(document, look)
        return str(draft.get("name") or ""), found

    def _read(self, document: JsonObject, look: Look) -> frozenset[str]:
        try:
            return look(document, self._registry)
        except ValueError as error:  # a document of an older FlowStudio must not keep the others from being read
            log.warning("workflow.unread", workflow=str(document.get("id")), error=str(error))
            return frozenset()


def _where(lines: Lines, phrase: str, words: Sequence[str]) -> str:
    if all(word in lines[0][2] for word in words):
        return ""
    missing = [word for word in words if word not in lines[0][2]]
    for wanted in (phrase, *missing):
        for place, text, folded in lines[1:]:
            at = folded.find(wanted)
            if at >= 0:
                return place if place.casefold().endswith(folded) else f"{place}: {_cut(text, at)}"
    return ""


def _cut(text: str, at: int) -> str:
    """Return the part of a text around a place, on one line."""
    begin = max(0, at - SHOWN // 3)
    begin = text.find(" ", begin, at) + 1 or begin if begin else 0
    part = " ".join(text[begin : begin + SHOWN].split())
    return f"{'…' if begin else ''}{part}{'…' if begin + SHOWN < len(text) else ''}"
