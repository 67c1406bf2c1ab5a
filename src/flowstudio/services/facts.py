"""What checks and the variable picker know of the workspace around a workflow."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flowstudio.errors import NotFound

if TYPE_CHECKING:
    from flowstudio.domain.json import JsonObject
    from flowstudio.domain.record import RecordType


@dataclass(slots=True)
class WorkspaceFacts:
    """A snapshot of a workspace: its record types, settings, message texts, workflows and credentials."""

    types: dict[str, RecordType] = field(default_factory=dict)
    settings: JsonObject = field(default_factory=dict)
    messages: dict[str, JsonObject] = field(default_factory=dict)
    workflow_names: dict[str, str] = field(default_factory=dict)
    credentials: frozenset[str] = frozenset()
    template_ids: frozenset[str] = frozenset()
    starts: dict[str, frozenset[str]] = field(default_factory=dict)

    @property
    def workflow_ids(self) -> frozenset[str]:
        """Return the ids of the workflows there are."""
        return frozenset(self.workflow_names)

    def record_type(self, name: str) -> RecordType | None:
        """Return the record type of that name or alias, or None."""
        found = self.types.get(name)
        if found is None:
            found = next((one for one in self.types.values() if name in one.aliases), None)
        return found

    def record_types(self) -> dict[str, RecordType]:
        """Return all record types by name."""
        return self.types

    def type_of(self, name: str) -> RecordType:
        """Return the record type of that name or alias; raise NotFound."""
        found = self.record_type(name)
        if found is None:
            raise NotFound(f'There is no record type "{name}".')
        return found
