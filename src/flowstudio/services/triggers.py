"""Which workflows listen to what: keeps schedules, events and hooks in step with what is published and switched on."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from flowstudio.domain.workflow import Trigger
from flowstudio.kit.words import singular
from flowstudio.services.addresses import slug_of
from flowstudio.services.detectors.metrics import metric_of
from flowstudio.services.listening import Listening, parts_of
from flowstudio.services.timetable import schedules_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from zoneinfo import ZoneInfo

    from flowstudio.domain.json import JsonObject
    from flowstudio.domain.record import RecordType
    from flowstudio.kit.ports import Clock
    from flowstudio.services.timetable import Schedule, ScheduleStore


@dataclass(frozen=True, slots=True)
class Active:
    """An active workflow and the triggers of its published version."""

    workspace: str
    workflow_id: str
    version: int
    hook_token: str
    triggers: list[JsonObject]


class TriggerStore(Protocol):
    """What is published and switched on."""

    async def active(self, workspace: str | None = None, workflow_id: str | None = None) -> list[Active]: ...

    async def state(self) -> tuple[object, ...]:
        """Return something that differs whenever another set of versions is active."""


class Hear(Protocol):
    """Where the record store learns which changes are wanted."""

    def __call__(self, workspace: str, wanted: frozenset[str], /) -> None: ...


class TriggerService:
    """Knows the triggers of every active workflow, in memory and on disk."""

    def __init__(
        self,
        store: TriggerStore,
        schedules: ScheduleStore,
        clock: Clock,
        zone_of: Callable[[str], ZoneInfo],
        types_of: Callable[[str], Mapping[str, RecordType]],
        hear: Hear,
    ) -> None:
        self._store = store
        self._schedules = schedules
        self._clock = clock
        self._zone_of = zone_of
        self._types_of = types_of
        self._hear = hear
        self._listening: dict[tuple[str, str], list[Listening]] = {}
        self._by_type: defaultdict[tuple[str, str], dict[tuple[str, str], Listening]] = defaultdict(dict)
        self._tokens: dict[str, tuple[str, str]] = {}
        self._token_of: dict[tuple[str, str], str] = {}
        self._state: tuple[object, ...] = ()
        self._zones: dict[str, str] = {}
        self._told: set[str] = set()
        self.changed: list[Callable[[], None]] = []
        """Told after schedules changed, so that the ticker looks again."""

    async def load(self) -> None:
        """Learn what is active, at the start."""
        self._state = await self._store.state()
        for active in await self._store.active():
            self._learn(active)
        self._listen()

    async def sync(self, workspace: str, workflow_id: str) -> None:
        """Follow a change of status or of the published version."""
        found = await self._store.active(workspace, workflow_id)
        self._forget(workspace, workflow_id)
        listening = self._learn(found[0]) if found else []
        await self._schedules.replace(workspace, workflow_id, self._schedules_of(workspace, listening))
        self._state = await self._store.state()
        self._listen()
        for tell in self.changed:
            tell()

    async def refresh(self) -> None:
        """Follow what another process has published or switched, and a workspace that moved to another time zone."""
        await self._follow_zones()
        await self.follow()

    async def follow(self) -> None:
        """Follow what another process has published or switched."""
        state = await self._store.state()
        if state == self._state:
            return
        self._state = state
        active = {(one.workspace, one.workflow_id): one for one in await self._store.active()}
        for place in self._listening.keys() - active.keys():
            self._forget(*place)
        for place, one in active.items():
            known = self._listening.get(place)
            if known is None or any(listening.version != one.version for listening in known):
                self._forget(*place)
                self._learn(one)
        self._listen()

    async def _follow_zones(self) -> None:
        for workspace in {place for place, _ in self._listening}:
            zone = str(self._zone_of(workspace))
            before = self._zones.setdefault(workspace, zone)
            if before != zone:
                self._zones[workspace] = zone
                for place, triggers in list(self._listening.items()):
                    if place[0] == workspace and any(one.trigger.type == "schedule" for one in triggers):
                        await self._schedules.replace(*place, self._schedules_of(workspace, triggers))

    def _learn(self, active: Active) -> list[Listening]:
        place = (active.workspace, active.workflow_id)
        listening = [
            Listening(active.workspace, active.workflow_id, active.version, Trigger.model_validate(trigger))
            for trigger in active.triggers
        ]
        for one in [*listening, *(part for whole in listening for part in parts_of(whole))]:
            self._by_type[active.workspace, one.trigger.type][active.workflow_id, one.trigger.id] = one
        self._listening[place] = listening
        self._tokens[active.hook_token] = place
        self._token_of[place] = active.hook_token
        return listening

    def _forget(self, workspace: str, workflow_id: str) -> None:
        for one in self._listening.pop((workspace, workflow_id), ()):
            for each in (one, *parts_of(one)):
                self._by_type[workspace, each.trigger.type].pop((workflow_id, each.trigger.id), None)
        self._tokens.pop(self._token_of.pop((workspace, workflow_id), ""), None)

    def _listen(self) -> None:
        """Tell the record store which changes are wanted."""
        wanted: defaultdict[str, set[str]] = defaultdict(set)
        for workspace, _ in self._listening:
            wanted[workspace] |= set()
        for (workspace, kind), triggers in self._by_type.items():
            for one in triggers.values():
                wanted[workspace] |= self._wanted(kind, one)
        for workspace in self._told - wanted.keys():
            self._hear(workspace, frozenset())
        for workspace, names in wanted.items():
            self._hear(workspace, frozenset(names))
        self._told = set(wanted)

    def _wanted(self, kind: str, one: Listening) -> set[str]:
        types = self._types_of(one.workspace)
        if kind == "event":
            event = str(one.config.get("event") or "")
            return {event, *self._changing(one.workspace, event)}
        if kind == "stage_change":
            entity: str | None = str(one.config.get("entity") or "customers")
        elif kind == "kpi_threshold":
            entity = metric_of(one.config).entity
        else:
            return set()
        return {types[entity].name} if entity is not None and entity in types else set()

    def _changing(self, workspace: str, event: str) -> set[str]:
        """Return the record type of an event like `customer.updated` that no rule of a record type raises."""
        noun, _, verb = event.partition(".")
        if verb not in ("created", "updated", "deleted"):
            return set()
        return {
            name
            for name, one in self._types_of(workspace).items()
            if singular(name).replace(" ", "_") == noun and all(rule.event != event for rule in one.events)
        }

    def _schedules_of(self, workspace: str, listening: Iterable[Listening]) -> list[Schedule]:
        return schedules_of(listening, self._clock.now(), self._zone_of(workspace))

    def workspaces(self) -> set[str]:
        """Return the workspaces in which anything is active."""
        return {workspace for workspace, _ in self._listening}

    def listening_to(self, workspace: str, trigger_type: str) -> list[Listening]:
        """List the triggers of that type in the active workflows of a workspace, parts of others among them."""
        return list(self._by_type.get((workspace, trigger_type), {}).values())

    def trigger(self, workspace: str, workflow_id: str, trigger_id: str) -> Listening | None:
        """Return an active trigger by its id, or a part of one."""
        for one in self._listening.get((workspace, workflow_id), ()):
            for each in (one, *parts_of(one)) if "#" in trigger_id else (one,):
                if each.trigger.id == trigger_id:
                    return each
        return None

    def at(self, token: str) -> list[Listening]:
        """List the triggers of the active workflow whose addresses have that token."""
        place = self._tokens.get(token)
        return self._listening.get(place, []) if place is not None else []

    def place(self, token: str) -> tuple[str, str] | None:
        """Return workspace and id of the active workflow whose addresses have that token."""
        return self._tokens.get(token)

    def hook(self, token: str, slug: str) -> Listening | None:
        """Return the webhook trigger at an address, or None."""
        for one in self.at(token):
            if one.trigger.type == "webhook" and slug_of(one.trigger.id, one.config) == slug:
                return one
        return None
