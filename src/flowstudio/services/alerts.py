"""Alerts: the figures of a workspace are looked at every minute; people hear once of one that is beyond its limit."""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from flowstudio.domain.actor import Actor, Role
from flowstudio.domain.alert import AlertRule
from flowstudio.domain.delivery import Delivery
from flowstudio.domain.ids import new_id
from flowstudio.observe import logger
from flowstudio.services.alert_rules import LEAST_RUNS, METRICS, changed, metric_of, said, usual
from flowstudio.services.analytics import SOON

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from flowstudio.domain.json import JsonObject
    from flowstudio.kit.ports import Clock
    from flowstudio.services.analytics import AnalyticsStore
    from flowstudio.services.ports import AuditLog

EVERY = timedelta(minutes=1)
_HOUR = 3600.0
_WATCHED = 0.8
"""Readings a minute from which on a time counts as watched."""
_MOST_READINGS = 2_000
log = logger(__name__)


@dataclass(frozen=True, slots=True)
class KeptAlert:
    """A rule that somebody changed, or that is raised."""

    rule: AlertRule
    raised_at: datetime | None


@dataclass(frozen=True, slots=True)
class AlertState:
    """A rule, whether it is raised, and the last reading; None where there was nothing to read."""

    rule: AlertRule
    raised_at: datetime | None
    reading: float | None


class AlertStore(Protocol):
    """Keeps rules and what is raised."""

    async def all(self, workspace: str) -> dict[str, KeptAlert]: ...

    async def save(self, workspace: str, rule: AlertRule) -> None: ...

    async def mark(
        self, workspace: str, rule: AlertRule, raised_at: datetime | None, notices: Sequence[Delivery]
    ) -> None:
        """Note that it is raised, or over, and the notices of that, all or none."""


class AlertService:
    """The verbs of alerts, and the look at the figures."""

    def __init__(
        self, store: AlertStore, figures: AnalyticsStore, processor: Callable[[], float | None], audit: AuditLog,
        clock: Clock, workspaces: Iterable[str], notify: Callable[[Sequence[Delivery]], None],
    ) -> None:  # fmt: skip
        """`processor` returns how busy it was since the last call (0..1); `notify` hears of notices on disk."""
        self._store = store
        self._figures = figures
        self._processor = processor
        self._audit = audit
        self._clock = clock
        self._workspaces = list(workspaces)
        self._notify = notify
        self._looked: datetime | None = None
        self._busy: deque[tuple[datetime, float]] = deque(maxlen=_MOST_READINGS)
        self._queued: defaultdict[str, deque[tuple[datetime, float]]] = defaultdict(
            lambda: deque(maxlen=_MOST_READINGS)
        )
        self._read: dict[tuple[str, str], float | None] = {}

    async def list(self, actor: Actor) -> list[AlertState]:
        """Return every alert with its last reading."""
        actor.require(Role.VIEWER)
        kept = await self._store.all(actor.workspace)
        present = ((key, kept.get(key) or KeptAlert(usual(metric), None)) for key, metric in METRICS.items())
        return [AlertState(one.rule, one.raised_at, self._read.get((actor.workspace, key))) for key, one in present]

    async def change(self, actor: Actor, metric: str, given: JsonObject) -> AlertRule:
        """Change what is given of a rule; raise BadRequest or NotFound."""
        actor.require(Role.ADMIN)
        found = metric_of(metric)
        kept = (await self._store.all(actor.workspace)).get(metric)
        rule = changed(kept.rule if kept is not None else usual(found), given)
        await self._store.save(actor.workspace, rule)
        await self._audit.note(actor.workspace, actor.name, "alert.changed", metric, {"to": asdict(rule)})
        return rule

    async def look_due(self) -> datetime | None:
        """Look at the figures once a minute; return when to look again. A source of the ticker."""
        now = self._clock.now()
        if self._looked is None or now >= self._looked + EVERY:
            self._looked = now
            await self.look()
        return self._looked + EVERY

    async def look(self) -> None:
        """Look at the figures now, and tell of what has changed sides."""
        now = self._clock.now()
        busy = self._processor()
        if busy is not None:
            self._busy.append((now, 100 * busy))
        for workspace in self._workspaces:
            self._queued[workspace].append((now, (await self._figures.going(workspace)).queued))
            kept = await self._store.all(workspace)
            for key, metric in METRICS.items():
                one = kept.get(key) or KeptAlert(usual(metric), None)
                value = self._read[workspace, key] = await self._value(workspace, one.rule, now)
                above = one.rule.on and value is not None and value > one.rule.above
                if above == (one.raised_at is None):
                    await self._turn(workspace, one.rule, value, now if above else None)

    async def _value(self, workspace: str, rule: AlertRule, now: datetime) -> float | None:
        since = now - timedelta(minutes=rule.minutes)
        match rule.metric:
            case "failed_share":
                rows = await self._figures.by_trigger(workspace, since)
                failed = sum(row.number for row in rows if row.status == "failed")
                known = failed + sum(row.number for row in rows if row.status == "completed")
                return 100 * failed / known if known >= LEAST_RUNS else None
            case "queued_runs":
                return _whole_time(self._queued[workspace], since, rule.minutes, min)
            case "approval_wait":
                asked = await self._figures.asked(workspace, since, int(SOON.total_seconds()), now)
                number = asked.answered + asked.open
                return (asked.seconds + asked.open_seconds) / number / _HOUR if number else None
        return _whole_time(self._busy, since, rule.minutes, lambda values: sum(values) / len(values))

    async def _turn(self, workspace: str, rule: AlertRule, value: float | None, raised_at: datetime | None) -> None:
        metric = METRICS[rule.metric]
        title = f"{metric.title}, above the limit" if raised_at else f"{metric.title}, below the limit again"
        reading = said(metric, metric.raised if raised_at else metric.over, rule, value)
        if raised_at is None and not rule.on:
            reading = "The alert was switched off."
        log.warning("alert.raised" if raised_at else "alert.over", metric=rule.metric, value=value)
        reason = "alert_raised" if raised_at else "alert_over"
        now = self._clock.now()
        ways = [("in_app", ""), ("email", ", ".join(rule.mail)), ("slack", rule.slack), ("webhook", rule.webhook)]
        notices = [
            Delivery(
                workspace, "", rule.metric, reason, channel, to, f"{title}\n{reading}", "", now,
                id=new_id("dlv"), status="noted", next_try_at=now,
            )
            for channel, to in ways if to or channel == "in_app"
        ]  # fmt: skip
        await self._store.mark(workspace, rule, raised_at, notices)
        self._notify(notices)


def _whole_time(
    readings: deque[tuple[datetime, float]], since: datetime, minutes: int, of: Callable[[list[float]], float]
) -> float | None:
    """Put the readings of a time together; None while it has not been watched for as long, nearly every minute."""
    found = [value for at, value in readings if at >= since]
    if not readings or readings[0][0] > since or len(found) < _WATCHED * minutes:
        return None
    return of(found)
