"""A run that has been, for going through it again on an edited workflow: what it was given, and what came back then."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Literal

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.domain.record import ENTITY, is_record, visible
from flowstudio.domain.run import Effect, Run, Step
from flowstudio.domain.states import StepStatus
from flowstudio.engine.frames import Place
from flowstudio.kit import Action
from flowstudio.kit.nodes import InstantAction
from flowstudio.kit.record_rules import RecordIds

_WRITES = ("created", "updated", "deleted")
Decision = tuple[Literal["approved", "rejected", "expired"], str, str | None]


class Past:
    """What a finished run saw, by node and round.

    A step whose settings are what they were then reads and hears what it did then; nothing outside is asked again.
    """

    def __init__(self, run: Run, steps: Sequence[Step]) -> None:
        self.run = run
        self._steps: dict[Place, Step] = {}
        self._began: dict[Place, datetime] = {}
        self._inputs: dict[Place, JsonValue] = {}
        for step in steps:
            if "index" in step.detail:
                continue
            place = (step.node_id, step.iteration)
            self._steps[place] = step
            if step.started_at is not None:
                self._began.setdefault(place, step.started_at)
            if step.input is not None:
                self._inputs.setdefault(place, step.input)
        self._first = self._first_seen(run, steps)
        self._written = {place: _writes(step.effects) for place, step in self._steps.items() if _writes(step.effects)}
        self._again: dict[Place, list[JsonObject]] = {}

    @staticmethod
    def _first_seen(run: Run, steps: Sequence[Step]) -> dict[Place, list[tuple[str, str]]]:
        """Return the records that each step was the first to show: those among them that it made say so nowhere."""
        seen = set(_records(run.event))
        found: dict[Place, list[tuple[str, str]]] = {}
        for step in steps:
            seen.update(_records([step.input, step.detail.get("items")]))
            fresh = [one for one in dict.fromkeys(_records(step.output)) if one not in seen]
            seen.update(fresh)
            if fresh:
                found.setdefault((step.node_id, step.iteration), []).extend(fresh)
        return found

    def began(self, place: Place) -> datetime | None:
        """Return when a step began then."""
        return self._began.get(place)

    def ended(self, place: Place) -> datetime | None:
        """Return when a step was settled then."""
        step = self._steps.get(place)
        return step.completed_at if step is not None else None

    def ids(self, place: Place) -> RecordIds:
        """Return what gives the records that a step makes the ids that they got then."""
        step = self._steps.get(place)
        made = [(str(one["entity"]), str(one["id"])) for one in _writes(step.effects, "created")] if step else []
        made += [one for one in self._first.get(place, ()) if one not in made]
        return RecordIds(test=True, known=made, of=".".join(map(str, (place[0], *place[1]))))

    def took(self, step: Step) -> None:
        """Note what a step has written this time: what is read afterwards depends on it."""
        written = _writes(step.effects)
        if written:
            self._again[step.node_id, step.iteration] = written

    def outcome(self, place: Place, node_type: object, settings: JsonValue) -> Step | None:
        """Return the step as it went then, where the same question got its answer from outside; None to go anew."""
        step = self._steps.get(place)
        if step is None or visible(settings) != visible(self._inputs.get(place)) or _writes(step.effects):
            return None
        if not isinstance(node_type, Action):
            calls = getattr(node_type, "key", "") == "workflow"
            return step if calls and step.status is StepStatus.COMPLETED else None
        if isinstance(node_type, InstantAction) or node_type.effect == "writes":
            return None
        if step.status is StepStatus.FAILED:
            return step
        if step.status is not StepStatus.COMPLETED:
            return None
        if node_type.effect == "sends":
            return step if any(effect.kind == "call" for effect in step.effects) else None
        return step if self._as_then(step) else None

    def decision(self, place: Place) -> Decision | None:
        """Return how people decided then; None where they were not asked."""
        step = self._steps.get(place)
        detail: JsonObject = step.detail if step is not None else {}
        if step is None or detail.get("wait") != "approval":
            return None
        answer = detail.get("approval")
        if not isinstance(answer, dict):
            return ("expired", "", None) if "expired" in step.ways else None
        word: Literal["approved", "rejected"] = "approved" if answer.get("decision") == "approved" else "rejected"
        by = "" if detail.get("mode") == "all" else str(answer.get("by") or "")
        return word, by, answer.get("comment")

    def answers(self) -> JsonObject:
        """Return how people and systems answered as a sample says it, by node: the last answer where there were more.

        `{"decisions", "events", "mock_responses"}`; a test case that is kept of such a run holds them.
        """
        decisions: JsonObject = {}
        events: JsonObject = {}
        responses: JsonObject = {}
        for place, step in self._steps.items():
            decision, event = self.decision(place), self.event(place)
            if decision is not None:
                word, by, comment = decision
                decisions[place[0]] = {"decision": word, "by": by, "comment": comment}
            if event is not None:
                events[place[0]] = event
            for effect in step.effects:
                answer = effect.content.get("answer")
                if effect.kind == "call" and isinstance(answer, dict):
                    responses[place[0]] = answer
        return {"decisions": decisions, "events": events, "mock_responses": responses}

    def event(self, place: Place) -> JsonValue:
        """Return what a waiting step received then; None where nothing came."""
        step = self._steps.get(place)
        return step.output.get("event") if step is not None and "received" in step.ways else None

    def _as_then(self, step: Step) -> bool:
        """Say whether the records a reading step sees are those it saw: the same was written before it."""
        before = {place: one for place, one in self._written.items() if self._steps[place].seq < step.seq}
        return all(self._again.get(place) == one for place, one in before.items()) and not (
            self._again.keys() - self._written.keys()
        )


def _writes(effects: Sequence[Effect], *kinds: str) -> list[JsonObject]:
    return [{"kind": effect.kind, **effect.content} for effect in effects if effect.kind in (kinds or _WRITES)]


def _records(value: JsonValue) -> Iterator[tuple[str, str]]:
    """Yield type and id of the records in a value."""
    if isinstance(value, dict):
        if is_record(value) and "id" in value:
            yield str(value[ENTITY]), str(value["id"])
        value = list(value.values())
    for one in value if isinstance(value, list) else ():
        yield from _records(one)
