"""The texts of all workflows, for searching: read from the documents, and again only from those that changed."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flowstudio.analysis.texts import lines_of, settings_used
from flowstudio.observe import logger

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flowstudio.domain.json import JsonObject
    from flowstudio.kit import Registry
    from flowstudio.services.shelf_ports import ShelfStore

log = logger(__name__)
AT_ONCE = 25
"""Documents that are read before others have their turn: a thousand at once would hold up every page."""
SHOWN = 80
"""Characters around what was found that are shown."""


@dataclass(frozen=True, slots=True)
class _Read:
    state: tuple[int, int]
    lines: tuple[tuple[str, str, str], ...]
    """Place, text, and the text as it is compared."""
    settings: frozenset[str]


class ShelfTexts:
    """Knows what stands in the workflows of each workspace."""

    def __init__(self, store: ShelfStore, registry: Registry) -> None:
        self._store = store
        self._registry = registry
        self._read: dict[str, dict[str, _Read]] = {}

    async def find(self, workspace: str, search: str) -> Mapping[str, str]:
        """Return the workflows in which every word of a search stands, and where: `node Send reminder: Pay soon`.

        The place is empty where the name has them all.
        """
        words = search.casefold().split()
        found: dict[str, str] = {}
        for workflow_id, read in (await self._current(workspace)).items():
            whole = " ".join(text for _, _, text in read.lines)
            if words and all(word in whole for word in words):
                found[workflow_id] = _where(read.lines, " ".join(words), words)
        return found

    async def settings_used(self, workspace: str) -> Mapping[str, int]:
        """Return by setting how many workflows read it, in what is published or in the draft."""
        reads = (await self._current(workspace)).values()
        return Counter(name for read in reads for name in read.settings)

    async def users_of(self, workspace: str, setting: str) -> Sequence[str]:
        """List the names of the workflows that read a setting."""
        reads = (await self._current(workspace)).values()
        return sorted(read.lines[0][1] for read in reads if setting in read.settings)

    async def _current(self, workspace: str) -> dict[str, _Read]:
        states = await self._store.revisions(workspace)
        before = self._read.get(workspace, {})
        known = {key: read for key, read in before.items() if states.get(key) == read.state}
        changed = [key for key in states if key not in known]
        for start in range(0, len(changed), AT_ONCE):
            some = changed[start : start + AT_ONCE]
            for key, (draft, published) in (await self._store.documents(workspace, some)).items():
                known[key] = self._look(states[key], draft, published)
            await asyncio.sleep(0)
        self._read[workspace] = known
        return known

    def _look(self, state: tuple[int, int], draft: JsonObject, published: JsonObject | None) -> _Read:
        lines = tuple((line.place, line.text, line.text.casefold()) for line in lines_of(draft, self._registry))
        settings: frozenset[str] = frozenset()
        for document in (draft, published):
            if document is not None and "settings" in str(document):
                settings |= self._settings(document)
        return _Read(state, lines, settings)

    def _settings(self, document: JsonObject) -> frozenset[str]:
        try:
            return settings_used(document, self._registry)
        except ValueError as error:  # a document of an older FlowStudio must not keep the shelf from being searched
            log.warning("workflow.unread", workflow=str(document.get("id")), error=str(error))
            return frozenset()


def _where(lines: Sequence[tuple[str, str, str]], phrase: str, words: Sequence[str]) -> str:
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
