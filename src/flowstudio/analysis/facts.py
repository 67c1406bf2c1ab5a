"""What the analysis may know of the workspace around a workflow."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.domain.record import RecordType


class Facts(Protocol):
    """A snapshot of a workspace, as far as checks and the variable picker need it."""

    @property
    def types(self) -> Mapping[str, RecordType]:
        """Return the record types by name."""

    @property
    def settings(self) -> Mapping[str, JsonValue]:
        """Return the workspace settings, as `settings.*` shows them."""

    @property
    def messages(self) -> Mapping[str, JsonObject]:
        """Return the message texts by name."""

    @property
    def workflow_ids(self) -> Collection[str]:
        """Return the ids of the workflows there are."""

    @property
    def starts(self) -> Mapping[str, Collection[str]]:
        """Return the ids of the workflows that each workflow starts, by its id; those that start none are left out."""

    @property
    def credentials(self) -> Collection[str]:
        """Return the names of the stored connections."""

    @property
    def template_ids(self) -> Collection[str]:
        """Return the ids of the templates that the product ships."""

    def record_type(self, name: str) -> RecordType | None:
        """Return the record type of that name or alias, or None."""


@dataclass(slots=True)
class MemoryFacts:
    """Facts as plain values: for files outside any workspace, and for tests."""

    types: Mapping[str, RecordType] = field(default_factory=dict)
    settings: Mapping[str, JsonValue] = field(default_factory=dict)
    messages: Mapping[str, JsonObject] = field(default_factory=dict)
    workflow_ids: Collection[str] = frozenset()
    credentials: Collection[str] = frozenset()
    template_ids: Collection[str] = frozenset()
    starts: Mapping[str, Collection[str]] = field(default_factory=dict)

    def record_type(self, name: str) -> RecordType | None:
        """Return the record type of that name or alias, or None."""
        found = self.types.get(name)
        return found or next((one for one in self.types.values() if name in one.aliases), None)
