"""What is asked of a workspace at every turn and so is kept in memory: its settings, its zone, its record types."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import Connection, select
from tzlocal import get_localzone_name

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.domain.record import RecordType
from flowstudio.kit.record_types import RecordTypes, shipped_record_types
from flowstudio.storage.tables import record_type, setting


class WorkspaceMemory:
    """Read when the database is opened, and changed with it; answers at once."""

    def __init__(self, shipped: RecordTypes | None = None) -> None:
        self._shipped = shipped or shipped_record_types()
        self._settings: dict[str, JsonObject] = {}
        self._own: dict[str, dict[str, RecordType]] = {}
        self._types: dict[str, RecordTypes] = {}
        self._all: RecordTypes | None = None
        self.listened: dict[str, frozenset[str]] = {}
        """By workspace: record types whose every change is wanted, and names of events that are raised on demand."""
        self.told: list[Callable[[], object]] = []
        """Called on the writing thread when events are about to be committed."""

    def read(self, connection: Connection) -> None:
        """Read everything anew."""
        settings: dict[str, JsonObject] = {}
        own: dict[str, dict[str, RecordType]] = {}
        for workspace, key, value in connection.execute(select(setting.c.workspace, setting.c.key, setting.c.value)):
            settings.setdefault(workspace, {})[key] = value
        for workspace, name, document in connection.execute(
            select(record_type.c.workspace, record_type.c.name, record_type.c.document)
        ):
            own.setdefault(workspace, {})[name] = RecordType.model_validate({**document, "name": name})
        self._settings, self._own = settings, own
        self._types.clear()
        self._all = None

    def settings(self, workspace: str) -> JsonObject:
        """Return the workspace's settings, as `settings.*` shows them."""
        return dict(self._settings.get(workspace, {}))

    def zone(self, workspace: str) -> ZoneInfo:
        """Return the workspace's zone: its setting `timezone`, else the machine's."""
        return _zone(self._settings.get(workspace, {}).get("timezone"))

    def types(self, workspace: str) -> RecordTypes:
        """Return the workspace's record types: the shipped ones and its own."""
        found = self._types.get(workspace)
        if found is None:
            own = self._own.get(workspace)
            found = self._types[workspace] = self._shipped.with_own(own) if own else self._shipped
        return found

    def any_type(self, entity: str) -> RecordType:
        """Return a record type of whichever workspace has it; raise NotFound."""
        if self._all is None:
            own = {name: one for types in self._own.values() for name, one in types.items()}
            self._all = self._shipped.with_own(own) if own else self._shipped
        return self._all.find(entity)

    def shipped(self, entity: str) -> bool:
        """Say whether the product ships a record type of that name or alias."""
        return entity in self._shipped or any(entity in one.aliases for one in self._shipped.values())

    def set_setting(self, workspace: str, key: str, value: JsonValue) -> None:
        """Remember a setting that has been written (None: removed)."""
        settings = self._settings.setdefault(workspace, {})
        settings.pop(key, None)
        if value is not None:
            settings[key] = value

    def set_type(self, workspace: str, name: str, own: RecordType | None) -> None:
        """Remember a record type of the workspace's own that has been written (None: deleted)."""
        types = self._own.setdefault(workspace, {})
        if own is None:
            types.pop(name, None)
        else:
            types[name] = own
        self._types.pop(workspace, None)
        self._all = None


@lru_cache(maxsize=64)
def _zone(name: JsonValue) -> ZoneInfo:
    for candidate in (name, get_localzone_name(), "UTC"):
        if not isinstance(candidate, str) or not candidate:
            continue
        try:
            return ZoneInfo(candidate)
        except (ZoneInfoNotFoundError, ValueError):
            continue
    return ZoneInfo("UTC")
