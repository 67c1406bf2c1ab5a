"""Settings of the workspace: what workflows use as `settings.*`, its time zone and business hours.

They are read once and kept in memory, because every run asks for them; changes go through here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from flowstudio.domain.actor import Actor, Role
from flowstudio.domain.json_text import require_storable
from flowstudio.errors import BadRequest
from flowstudio.services.quotas import QUOTAS, read_quota
from flowstudio.services.setting_rules import HOLIDAYS, require_fitting

if TYPE_CHECKING:
    from collections.abc import Callable

    from flowstudio.domain.json import JsonObject, JsonValue
    from flowstudio.services.ports import SettingStore

MAX_KEY, MAX_VALUE, MAX_HOLIDAYS = 100, 10_000, 100_000


class SettingService:
    """The verbs of workspace settings; also what runs ask of a workspace (`flowstudio.engine.world.Workspaces`)."""

    def __init__(self, store: SettingStore, machine_zone: str, defaults: JsonObject | None = None) -> None:
        self._store = store
        self._machine_zone = machine_zone
        self._defaults = defaults or {}
        self._known: dict[str, JsonObject] = {}
        self._zones: dict[str, ZoneInfo] = {}
        self.changed: list[Callable[[], None]] = []
        """Told when a setting has changed."""

    async def load(self, workspace: str) -> None:
        """Read the settings of a workspace into memory."""
        kept = await self._store.all(workspace)
        values = {**self._defaults, "timezone": self._machine_zone, **kept}
        self._known[workspace] = values
        self._zones[workspace] = ZoneInfo(str(values["timezone"]))

    def settings(self, workspace: str) -> JsonObject:
        """Return the settings as workflows see them, the time zone always among them."""
        return self._known.get(workspace) or {**self._defaults, "timezone": self._machine_zone}

    def zone(self, workspace: str) -> ZoneInfo:
        """Return the workspace's time zone."""
        return self._zones.get(workspace) or ZoneInfo(self._machine_zone)

    async def all(self, actor: Actor) -> JsonObject:
        """Return the settings."""
        actor.require(Role.VIEWER)
        return dict(self.settings(actor.workspace))

    async def own(self, actor: Actor) -> frozenset[str]:
        """Return the names of the settings that somebody has set; the others are examples."""
        actor.require(Role.VIEWER)
        return frozenset(await self._store.all(actor.workspace))

    async def set(self, actor: Actor, key: str, value: JsonValue) -> None:
        """Set one setting; quotas are the owner's. Raise BadRequest for a name or value that cannot be kept."""
        actor.require(Role.OWNER if key in QUOTAS else Role.ADMIN)
        if key in QUOTAS:
            value = read_quota(key, value)
        if not key.isidentifier() or len(key) > MAX_KEY:
            raise BadRequest("A setting's name has letters, digits and _, and begins with a letter.")
        if len(str(value)) > (MAX_HOLIDAYS if key == HOLIDAYS else MAX_VALUE):
            raise BadRequest("A setting has at most 10,000 characters.", hint="Holidays may have 100,000.")
        require_storable(value, "This value")
        require_fitting(key, value)
        await self._store.set(actor.workspace, key, value)
        await self.load(actor.workspace)
        for tell in self.changed:
            tell()
