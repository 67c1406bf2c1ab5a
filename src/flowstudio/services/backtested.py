"""The figures of a backtest, and the sentence that says them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flowstudio.analysis.deeds import channel_name
from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.kit.words import capital, counted, listed, singular, spaced


@dataclass(frozen=True, slots=True)
class Day:
    """One day in the workspace's zone."""

    day: date
    runs: int
    messages: int


@dataclass(frozen=True, slots=True)
class Backtested:
    """What a workflow would have done in some days of the past."""

    days: tuple[Day, ...]
    runs: int
    filtered: int
    """Events that did not meet the trigger's filter."""
    channels: dict[str, int]
    """Messages by channel, the most first."""
    people: int
    """Different receivers of messages."""
    records: dict[tuple[str, str], int]
    """Records by (created, updated or deleted) and record type."""
    calls: int
    approvals: int
    failed: int
    why: tuple[str, ...]
    """The most frequent reasons of failed runs."""
    notes: tuple[str, ...]
    complete: bool

    @property
    def messages(self) -> int:
        """Return how many messages would have left."""
        return sum(self.channels.values())

    @property
    def peak(self) -> Day | None:
        """Return the day with the most messages, without messages the one with the most runs; the later of two."""
        days = [day for day in self.days if day.messages or (day.runs and not self.messages)]
        return max(days, key=lambda one: (one.messages, one.runs, one.day), default=None)

    @property
    def sentence(self) -> str:
        """Say it: `212 runs in 30 days, 212 emails to 180 people, peak 40 on Monday, 9 November.`."""
        span = counted(len(self.days), "day")
        if not self.runs:
            return (
                f"It would not have run in the last {span}." if len(self.days) > 1 else "It would not have run today."
            )
        parts = [f"{counted(self.runs, 'run')} in {span}"]
        if self.channels:
            sent = listed([counted(number, channel_name(channel)) for channel, number in self.channels.items()])
            who = (
                counted(self.people, "receiver")
                if "slack" in self.channels
                else counted(self.people, "person", "people")
            )
            parts.append(f"{sent} to {who}")  # a channel is no person
        peak = self.peak
        if peak is not None and len(self.days) > 1 and max(peak.messages, peak.runs) > 1:
            parts.append(f"peak {peak.messages or peak.runs:,} on {peak.day:%A}, {peak.day.day} {peak.day:%B}")
        return f"{', '.join(parts)}."

    @property
    def further(self) -> tuple[str, ...]:
        """Say what else it would have done, a sentence each."""
        words = {"created": "created", "updated": "changed", "deleted": "deleted"}
        told = [
            f"{counted(number, singular(entity), spaced(entity))} {words[kind]}"
            for (kind, entity), number in self.records.items()
        ]
        told += [counted(self.calls, "call to another system", "calls to other systems")] if self.calls else []
        told += [f"{counted(self.approvals, 'decision')} asked of people"] if self.approvals else []
        told += [f"{counted(self.filtered, 'event')} left out by the filter"] if self.filtered else []
        told += [f"{counted(self.failed, 'run')} failed: {'; '.join(self.why)}".rstrip(".")] if self.failed else []
        return tuple(f"{capital(one)}." for one in told)

    def as_json(self) -> JsonObject:
        """Return it as the API gives it."""
        by_kind: dict[str, JsonValue] = {
            kind: {entity: number for (one, entity), number in self.records.items() if one == kind}
            for kind in ("created", "updated", "deleted")
        }
        peak = self.peak
        return {
            "sentence": self.sentence, "further": list(self.further), "runs": self.runs, "filtered": self.filtered,
            "messages": dict(self.channels), "people": self.people, **by_kind, "calls": self.calls,
            "approvals": self.approvals, "failed": self.failed, "why": list(self.why), "notes": list(self.notes),
            "complete": self.complete,
            "peak": {"day": peak.day.isoformat(), "runs": peak.runs, "messages": peak.messages} if peak else None,
            "days": [{"day": one.day.isoformat(), "runs": one.runs, "messages": one.messages} for one in self.days],
        }  # fmt: skip


def people_of(to: JsonValue) -> set[str]:
    """Return the receivers that a message names: one, several with commas, or a list."""
    parts = to if isinstance(to, list) else str(to or "").split(",")
    return {str(part).strip().lower() for part in parts if str(part).strip()}
