"""Cron rules as cron means them: Monday is 1, day of month or day of week, each slot once on days the clock changes."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import TYPE_CHECKING

from cronsim import CronSim, CronSimError

from flowstudio.calendar.clock import BadTime, instant_of, wall_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_NICKNAMES = {
    "@hourly": "0 * * * *", "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *", "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *",
}  # fmt: skip
_FIELDS = ("minute", "hour", "day of month", "month", "day of week")
_REFERENCE = datetime(2024, 1, 1)  # noqa: DTZ001  a wall clock, in no zone
_ALLOWED = re.compile(r"[0-9A-Za-z*/,\-#? ]+")


def read_cron(text: object) -> str:
    """Return the five fields of a cron rule in their plain form; raises BadTime for what cron would not understand.

    `@daily` and its like are written out, `?` becomes `*`. A rule that never fires (31 February) is refused.
    """
    if not isinstance(text, str) or len(text) > 200:
        message = f'"{text}" is not a cron rule. Write five fields, such as 0 9 * * 1-5.'
        raise BadTime(message)
    return _read(text)


@lru_cache(maxsize=2048)
def _read(text: str) -> str:
    plain = _NICKNAMES.get(text.strip().lower(), " ".join(text.split()).replace("?", "*"))
    fields = plain.split(" ")
    if len(fields) != len(_FIELDS) or not _ALLOWED.fullmatch(plain):
        message = f'"{text}" is not a cron rule. Write five fields: {", ".join(_FIELDS)}.'
        raise BadTime(message)
    try:
        first = next(CronSim(plain, _REFERENCE), None)
    except (CronSimError, AssertionError, IndexError, ValueError) as bad:
        message = f'The cron rule "{text}" cannot be read: {str(bad).lower() or "unknown part"}.'
        raise BadTime(message) from None
    if first is None:
        message = f'The cron rule "{text}" never fires.'
        raise BadTime(message)
    return plain


def cron_slots(rule: str, after: datetime, zone: tzinfo) -> Iterator[datetime]:
    """Yield the instants (UTC) of a rule after an instant, without end.

    A rule for certain hours follows the wall clock: a slot that the clock skips comes at the first instant after the
    gap, one that it shows twice comes once. A rule for every hour follows real time.
    """
    plain = read_cron(rule)
    if plain.split(" ")[1] in ("*", "*/1", "0-23"):
        yield from _real_time(plain, after, zone)
        return
    last = after
    for wall in CronSim(plain, wall_of(after, zone)):
        instant = instant_of(wall, zone)
        if instant > last:
            last = instant
            yield instant


def _real_time(rule: str, after: datetime, zone: tzinfo) -> Iterator[datetime]:
    """Walk every hour of the time line and keep the minutes and days that the rule names on the local clock."""
    minute, _, *days = rule.split(" ")
    start = after.astimezone(UTC).astimezone(zone)
    for local in CronSim(" ".join([minute, "*", *days]), start):
        instant = local.astimezone(UTC)
        if instant > after:
            yield instant


def midnight(instant: datetime, zone: tzinfo, days: int = 0) -> datetime:
    """Return the instant (UTC) at which the local day of an instant begins, or a day some days later."""
    wall = wall_of(instant, zone).replace(hour=0, minute=0, second=0, microsecond=0)
    return instant_of(wall + timedelta(days=days), zone)
