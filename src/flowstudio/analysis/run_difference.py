"""Two passages of one event through two versions of a workflow: what went another way, what came out differently."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from flowstudio.analysis.deeds import deeds, totals
from flowstudio.analysis.run_story import truths
from flowstudio.analysis.step_story import StepTeller
from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.domain.record import visible
from flowstudio.domain.run import Iteration, Run, Step, iteration_value
from flowstudio.domain.states import StepStatus
from flowstudio.domain.workflow import Workflow
from flowstudio.expressions import value_text
from flowstudio.kit import Registry
from flowstudio.kit.words import counted, listed, shortened, spaced

What = Literal["same", "settings", "changed", "way", "status", "gone", "new"]
MOST_SENTENCES = 40
MOST_NAMES = 8
SLACK = 5.0
"""Seconds by which two moments may differ and still be the same: a test run's clock stands still between steps."""
_NOT_COMPARED = ("message_id", "answer")
_OTHER_WAY = ("way", "status", "gone", "new")
Passage = tuple[Run, Sequence[Step], Workflow | None]
"""A run, its steps, and the version it went through."""


@dataclass(frozen=True, slots=True)
class StepDifference:
    """One step in both passages; `before` and `after` say what it did, empty where it had no turn."""

    node_id: str
    name: str
    iteration: Iteration
    what: What
    before: str
    after: str
    sentence: str = ""

    def as_json(self) -> JsonObject:
        """Return it as the API gives it."""
        return {
            "node_id": self.node_id, "node_name": self.name.strip('"'), "iteration": iteration_value(self.iteration),
            "what": self.what, "before": self.before, "after": self.after, "sentence": self.sentence,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class RunDifference:
    """All steps of both passages in order, and what differs in sentences."""

    steps: tuple[StepDifference, ...]
    sentences: tuple[str, ...]
    other_way: bool
    """Another way was taken, other steps were reached, or the run ended otherwise."""

    @property
    def same(self) -> bool:
        """Say whether nothing differs."""
        return not self.sentences


def compare_runs(before: Passage, after: Passage, registry: Registry, zone: ZoneInfo) -> RunDifference:
    """Compare a run with the same event's passage through another version; the second one is a test run."""
    return _Comparison(before, after, registry, zone).compare()


class _Comparison:
    def __init__(self, before: Passage, after: Passage, registry: Registry, zone: ZoneInfo) -> None:
        self._runs = before[0], after[0]
        self._before = {(step.node_id, step.iteration): step for step in truths(before[1])}
        self._after = {(step.node_id, step.iteration): step for step in truths(after[1])}
        self._then = StepTeller(before[2], registry, zone, test=False)
        self._now = StepTeller(after[2], registry, zone, test=True)
        self._nodes = {node.id for node in after[2].nodes} if after[2] else set()

    def compare(self) -> RunDifference:
        steps = [self._step(place) for place in self._places()]
        sentences = [one.sentence for one in steps if one.sentence and one.what not in ("gone", "settings")]
        more = len(sentences) - MOST_SENTENCES
        if more > 0:
            sentences = [*sentences[:MOST_SENTENCES], f"And {more} more differences; the table has them all."]
        ended = self._ended()
        other = bool(ended) or any(one.what in _OTHER_WAY for one in steps)
        return RunDifference(tuple(steps), (*ended, *sentences, *self._gone(steps)), other)

    def _gone(self, steps: Sequence[StepDifference]) -> list[str]:
        """Say together what has no turn any more, and what would not be done for that."""
        gone = [one for one in steps if one.what == "gone"]
        names = list(dict.fromkeys(one.name for one in gone))
        if not names:
            return []
        rest = [counted(len(names) - MOST_NAMES, "more step")] if len(names) > MOST_NAMES else []
        undone = totals([e for one in gone for e in self._before[one.node_id, one.iteration].effects], test=True)
        so = f"; so it {undone.replace('would', 'would not', 1)}" if undone else ""
        return [f"Not reached any more: {listed(names[:MOST_NAMES] + rest)}{so}."]

    def _places(self) -> list[tuple[str, Iteration]]:
        """Return the places of the new passage in order, those that are gone behind the one they followed."""
        places = list(self._after)
        at = 0
        for place in self._before:
            if place in self._after:
                at = places.index(place) + 1
            else:
                places.insert(at, place)
                at += 1
        return places

    def _ended(self) -> list[str]:
        then, now = self._runs
        if then.status is now.status:
            return []
        why = f": {now.reason or (now.error or {}).get('message') or ''}".rstrip(": ")
        return [
            f"The run ends as {now.status.value} instead of {then.status.value}{why}{'' if why[-1:] == '.' else '.'}"
        ]

    def _step(self, place: tuple[str, Iteration]) -> StepDifference:
        then, now = self._before.get(place), self._after.get(place)
        teller = self._now if place[0] in self._nodes else self._then
        name = teller.name(place[0])
        place_words = f" in round {'.'.join(str(one + 1) for one in place[1])}" if place[1] else ""
        said = (self._did(self._then, then), self._did(self._now, now))
        what, sentence = self._differs(then, now, f"{name}{place_words}", said)
        return StepDifference(place[0], name, place[1], what, *said, sentence)

    @staticmethod
    def _did(teller: StepTeller, step: Step | None) -> str:
        """Return what a step did without its name before it."""
        told = teller.tell(step) if step is not None else None
        if told is None or step is None:
            return "" if step is None else "done"
        return told[1].removeprefix(teller.name(step.node_id)).lstrip(": ").rstrip(".")

    def _differs(self, then: Step | None, now: Step | None, name: str, said: tuple[str, str]) -> tuple[What, str]:
        if now is None:
            gone = then is not None and then.node_id not in self._nodes
            return "gone", f"{name} {'is no longer there' if gone else 'is not reached any more'}. It was: {said[0]}."
        if then is None:
            return "new", f"{name} is reached now: {said[1]}."
        if then.status is not now.status:
            return "status", f"{name}: {said[1]}. Before: {said[0]}."
        if set(then.ways) != set(now.ways):
            labels = listed([self._then.label(then.node_id, way) for way in then.ways]) or "nowhere"
            decides = now.detail.get("rows") is not None or now.detail.get("cases") is not None
            went = self._now.verdict(now) if decides else listed([self._now.label(now.node_id, w) for w in now.ways])
            return "way", f"{name} goes {went or 'nowhere'}. It went {labels}."
        if not _same(_effects(then), _effects(now)):
            return "changed", f"{name} {self._effects(then, now)}."
        if now.error and (then.error or {}).get("message") != now.error.get("message"):
            return "changed", f"{name}: {said[1]}. Before: {said[0]}."
        fields = [
            key for key in (then.output.keys() | now.output.keys()) if not _same_key(then.output, now.output, key)
        ]
        if fields and now.status is StepStatus.COMPLETED:
            return "changed", f"{name} gives {self._outputs(sorted(fields), then.output, now.output)}."
        if not _same(_plain(then.input), _plain(now.input)):
            told = f": {said[1]}" if said[0] != said[1] else ""
            return "settings", f"{name} has other settings and goes on as before{told}."
        return "same", ""

    @staticmethod
    def _effects(then: Step, now: Step) -> str:
        new, old = deeds(now.effects, test=True), deeds(then.effects, test=False)
        if new.removeprefix("would ") and deeds(then.effects, test=True) != new:
            return f"{new}. Before, it {old}" if old else f"{new}. Before, it did nothing"
        if not new:
            return f"would do nothing. Before, it {old}"
        one, other = (effects[0] if effects else {} for effects in (_effects(then), _effects(now)))
        fields = sorted(key for key in one.keys() | other.keys() if not _same_key(one, other, key))
        return f"does the same with another {listed([spaced(key) for key in fields[:3]]) or 'content'}"

    @staticmethod
    def _outputs(fields: list[str], then: JsonObject, now: JsonObject) -> str:
        told = []
        for key in fields[:3]:
            new, old = shortened(value_text(now.get(key)), 60), shortened(value_text(then.get(key)), 60)
            told.append(f"{spaced(key)} {new} instead of {old}" if new != old else f"another {spaced(key)}")
        return listed(told) + (f", and {len(fields) - 3} more" if len(fields) > 3 else "")


def _effects(step: Step) -> list[JsonObject]:
    return [{"kind": effect.kind, **_plain(effect.content)} for effect in step.effects]


def _plain(value: JsonValue) -> JsonValue:
    shown = visible(value)
    return {key: one for key, one in shown.items() if key not in _NOT_COMPARED} if isinstance(shown, dict) else shown


def _same_key(then: JsonObject, now: JsonObject, key: str) -> bool:
    if key.startswith("$") or key in _NOT_COMPARED:
        return True
    return key in then and key in now and _same(visible(then[key]), visible(now[key]))


def _same(then: JsonValue, now: JsonValue) -> bool:
    """Say whether two values are the same; moments a few seconds apart are."""
    if isinstance(then, dict) and isinstance(now, dict):
        return then.keys() == now.keys() and all(_same(then[key], now[key]) for key in then)
    if isinstance(then, list) and isinstance(now, list):
        return len(then) == len(now) and all(map(_same, then, now))
    if then == now:
        return True
    if not isinstance(then, str) or not isinstance(now, str):
        return False
    moments = _moment(then), _moment(now)
    if moments[0] is None or moments[1] is None or (moments[0].tzinfo is None) is not (moments[1].tzinfo is None):
        return False
    return abs((moments[0] - moments[1]).total_seconds()) <= SLACK


def _moment(text: str) -> datetime | None:
    if not 19 <= len(text) <= 40 or text[4] != "-":
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
