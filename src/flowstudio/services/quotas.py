"""Quotas of a workspace: how many runs it starts in an hour, has going at once, and keeps waiting for their turn.

A run beyond a quota is kept on disk until there is room. Where even the queue is full, callers are asked to come back.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from flowstudio.domain.actor import Actor, Role
from flowstudio.errors import BadRequest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from flowstudio.config import Settings
    from flowstudio.domain.json import JsonObject, JsonValue

PER_HOUR, AT_ONCE, WAITING = "max_runs_per_hour", "max_runs_at_once", "max_runs_waiting"
"""Keys of the workspace's settings."""
QUOTAS = (PER_HOUR, AT_ONCE, WAITING)
MOST = 1_000_000
"""The highest number that a quota may be."""
WEIGHTS = {1: 4, 0: 2, -1: 1}
"""Turns that runs of each priority get while others wait too: high, normal, low."""


@dataclass(frozen=True, slots=True)
class Quota:
    """What a workspace may have; None has no limit."""

    per_hour: int | None = None
    """Runs that start within an hour."""
    at_once: int | None = None
    """Runs that go on at the same time; those that wait for a person, a moment or an event do not count."""
    waiting: int | None = None
    """Runs that may wait for their turn before callers are turned away."""

    @property
    def none(self) -> bool:
        """Say whether no run has to wait because of the workspace."""
        return self.per_hour is None and self.at_once is None


@dataclass(frozen=True, slots=True)
class Use:
    """How much of its quotas a workspace uses now."""

    per_hour: int
    at_once: int
    waiting: int


class UseStore(Protocol):
    """Counts the runs on disk."""

    async def use(self, workspace: str) -> Use: ...


class QuotaService:
    """Says what a workspace may have and what it uses; set by `SettingService`, kept by `Admission`."""

    def __init__(self, store: UseStore, settings_of: Callable[[str], JsonObject], operator: Settings) -> None:
        """`operator`: whose settings hold where the owner of a workspace has set nothing."""
        self._store = store
        self._settings_of = settings_of
        self._usual = Quota(operator.max_runs_per_hour, operator.max_runs_at_once, operator.max_runs_waiting)

    def of(self, workspace: str) -> Quota:
        """Return what holds for a workspace, at once."""
        values, usual = self._settings_of(workspace), self._usual
        if values.keys().isdisjoint(QUOTAS):  # asked for every run
            return usual
        return Quota(
            _number(values.get(PER_HOUR), usual.per_hour),
            _number(values.get(AT_ONCE), usual.at_once),
            _number(values.get(WAITING), usual.waiting),
        )

    async def told(self, actor: Actor) -> JsonObject:
        """Return each quota by its key as `{"limit": number or None, "used": number}`."""
        actor.require(Role.VIEWER)
        quota, use = self.of(actor.workspace), await self._store.use(actor.workspace)
        return {
            PER_HOUR: {"limit": quota.per_hour, "used": use.per_hour},
            AT_ONCE: {"limit": quota.at_once, "used": use.at_once},
            WAITING: {"limit": quota.waiting, "used": use.waiting},
        }


def read_quota(key: str, value: JsonValue) -> int | None:
    """Read what a person or program sets a quota to; nothing means what the operator has set.

    Raise BadRequest for what is no whole number from 1 to a million.
    """
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    given = value.strip() if isinstance(value, str) else value
    if isinstance(given, str) and given.isascii() and given.isdigit() and len(given) <= len(str(MOST)):
        given = int(given)
    if isinstance(given, float) and given.is_integer():
        given = int(given)
    if not isinstance(given, int) or isinstance(given, bool) or not 1 <= given <= MOST:
        raise BadRequest(
            f"{key.replace('_', ' ').capitalize()} is a whole number from 1 to {MOST:,}.",
            hint="Leave it empty for what the operator has set.",
        )
    return given


def _number(kept: JsonValue, usual: int | None) -> int | None:
    return kept if isinstance(kept, int) and not isinstance(kept, bool) and kept > 0 else usual


class Shares:
    """Deals room between the workflows of a workspace that wait, so that a busy one does not keep the others out.

    Each start moves its workflow back by one turn, divided by the weight of the run's priority; who is furthest ahead
    is next. A workflow that has not waited saves no turns up.
    """

    def __init__(self) -> None:
        self._now = 0.0
        self._next: dict[str, float] = {}
        """By workflow: when it is its turn again, for those whose turn is still to come."""

    def deal(self, waiting: Mapping[str, Sequence[int]], room: int | None) -> dict[str, int]:
        """Return how many runs of each workflow may go; `waiting` has their priorities, the next one first."""
        dealt = dict.fromkeys(waiting, 0)
        heap = [
            (max(self._next.get(key, 0.0), self._now), -runs[0], at, key)
            for at, (key, runs) in enumerate(waiting.items()) if runs
        ]  # fmt: skip
        heapq.heapify(heap)
        left = sum(map(len, waiting.values())) if room is None else room
        while heap and left > 0:
            turn, _, at, key = heapq.heappop(heap)
            left -= 1
            runs = waiting[key]
            self._now = turn
            self._next[key] = turn = turn + 1 / WEIGHTS.get(runs[dealt[key]], 1)
            dealt[key] += 1
            if dealt[key] < len(runs):
                heapq.heappush(heap, (turn, -runs[dealt[key]], at, key))
        self._next = {key: turn for key, turn in self._next.items() if turn > self._now}
        return dealt
