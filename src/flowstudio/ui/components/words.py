"""Dates, durations, states and figures as people say them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from flowstudio.domain.states import RunStatus, StepStatus
from flowstudio.kit.words import listed, singular, spaced

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flowstudio.domain.json import JsonValue
    from flowstudio.domain.run import Effect

_RUN_WORDS: dict[str, tuple[str, str, str]] = {
    RunStatus.QUEUED: ("Queued", "idle", "clock"),
    RunStatus.RUNNING: ("Running", "busy", "loader-2"),
    RunStatus.WAITING: ("Waiting", "warn", "hourglass"),
    RunStatus.COMPLETED: ("Completed", "ok", "check"),
    RunStatus.FAILED: ("Failed", "bad", "x"),
    RunStatus.CANCELLED: ("Cancelled", "idle", "ban"),
    RunStatus.SKIPPED: ("Skipped", "idle", "minus"),
    RunStatus.REJECTED: ("Rejected", "bad", "x"),
    StepStatus.PENDING: ("Not yet", "idle", "circle"),
    StepStatus.RETRYING: ("Trying again", "warn", "refresh"),
    StepStatus.IN_DOUBT: ("In doubt", "warn", "help-circle"),
}


def state_words(status: str) -> tuple[str, str, str]:
    """Return word, colour name and icon of a run's or step's status."""
    return _RUN_WORDS.get(status, (status.capitalize(), "idle", "circle"))


def moment(when: datetime | None, zone: ZoneInfo, now: datetime) -> str:
    """Return a moment as people say it: `today, 10:30`, `Fri 20 Nov, 09:00`, `3 Feb 2025`."""
    if when is None:
        return ""
    there, here = when.astimezone(zone), now.astimezone(zone)
    if there.date() == here.date():
        return f"today, {there:%H:%M}"
    if there.date() == here.date() - timedelta(days=1):
        return f"yesterday, {there:%H:%M}"
    if there.year == here.year:
        return f"{there:%a} {there.day} {there:%b}, {there:%H:%M}"
    return f"{there.day} {there:%b %Y}"


def lasted(start: datetime | None, end: datetime | None) -> str:
    """Return how long something took: `12 ms`, `0.4 s`, `2 min 5 s`, `3 h 10 min`, `4 d 2 h`."""
    if start is None or end is None:
        return ""
    seconds = max(0.0, (end - start).total_seconds())
    if seconds < 0.1:
        return f"{round(seconds * 1000)} ms"
    if seconds < 10:
        return f"{seconds:.1f} s".replace(".0 s", " s")
    whole = int(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s".removesuffix(" 0 s")
    if whole < 86400:
        return f"{whole // 3600} h {whole % 3600 // 60} min".removesuffix(" 0 min")
    return f"{whole // 86400} d {whole % 86400 // 3600} h".removesuffix(" 0 h")


MOST_LISTED = 4
"""Texts of a list that are said one by one; more are counted."""


def printed(value: JsonValue, limit: int = 120) -> str:
    """Return a value in one short line."""
    if value is None:
        return ""
    if value is True:
        return "yes"
    if value is False:
        return "no"
    if isinstance(value, list):
        if value and len(value) <= MOST_LISTED and all(isinstance(one, str) and one for one in value):
            return printed(listed([str(one) for one in value]), limit)
        return f"{len(value)} items" if len(value) != 1 else "1 item"
    if isinstance(value, dict):
        named = next((value[key] for key in ("name", "title", "subject", "number", "id") if value.get(key)), None)
        return str(named) if named is not None else f"{len(value)} fields"
    if isinstance(value, float):
        return f"{value:,.2f}".rstrip("0").rstrip(".")
    text = str(value)
    return text if len(text) <= limit else text[: limit - 1] + "…"


_CHANNELS = {
    "email": "email",
    "sms": "text message",
    "slack": "Slack message",
    "in_app": "notification",
    "push": "push message",
}


def channel_words(channel: str) -> str:
    """Return what one message of a channel is called."""
    return _CHANNELS.get(channel, f"{channel.replace('_', ' ')} message")


def effects_line(effects: Iterable[Effect], *, test: bool) -> str:
    """Say what was written and what left: `Sent 2 emails`, `Would create 1 ticket`; empty without effects."""
    counts: dict[tuple[str, str], int] = {}
    for effect in effects:
        of = str(effect.content.get("channel") if effect.kind == "message" else effect.content.get("entity", ""))
        counts[effect.kind, of] = counts.get((effect.kind, of), 0) + 1
    told = [_effect_words(kind, of, number, test=test) for (kind, of), number in counts.items()]
    text = ", ".join(told)
    return (f"Would {text}" if test else text[:1].upper() + text[1:]) if text else ""


_DEEDS = {
    "message": ("send", "sent"), "call": ("make", "made"), "created": ("create", "created"),
    "updated": ("change", "changed"),
    "deleted": ("delete", "deleted"),
}  # fmt: skip


def _effect_words(kind: str, of: str, number: int, *, test: bool) -> str:
    deed = _DEEDS.get(kind, (kind, kind))[0 if test else 1]
    if kind == "message":
        return f"{deed} {count_of(number, channel_words(of))}"
    if kind == "call":
        return f"{deed} {count_of(number, 'call')}"
    one = singular(of) if of else "record"
    return f"{deed} {count_of(number, one, spaced(of) if of else None)}"


def count_of(number: int, one: str, many: str | None = None) -> str:
    """Return a number with its word: `1 email`, `11 emails`."""
    return f"{number:,} {one if number == 1 else (many or one + 's')}"


def size_words(size: int | None) -> str:
    """Return a number of bytes as people read it: `820 kB`, `1.4 MB`."""
    if size is None:
        return ""
    if size < 1_000_000:
        return f"{(size + 999) // 1000:,} kB"
    if size < 1_000_000_000:
        return f"{size / 1_000_000:,.1f} MB"
    return f"{size / 1_000_000_000:,.1f} GB"
