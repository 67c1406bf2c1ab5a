"""A run in plain English: what started it, which way each branch went and why, what was done, what not, what failed.

Deterministic and offline: the same run gives the same text. The words of one step are in `step_story`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal
from zoneinfo import ZoneInfo

from flowstudio.analysis.deeds import totals
from flowstudio.analysis.step_story import StepTeller
from flowstudio.domain.durations import duration_words
from flowstudio.domain.json import JsonObject
from flowstudio.domain.run import Iteration, Run, Step, iteration_value
from flowstudio.domain.states import FINISHED_RUN, RunStatus, StepStatus
from flowstudio.domain.workflow import TRIGGER, Workflow
from flowstudio.expressions import value_text
from flowstudio.kit import Registry
from flowstudio.kit.words import capital, counted, listed, shortened, spaced

Mark = Literal["start", "branch", "done", "wait", "skipped", "failed", "advice", "end"]
MOST_ROUNDS = 4
"""Rounds of a loop that are told; those that went the same way are told once."""
MOST_LINES = 400
MOST_GIVEN = 4
MOST_NAMES = 6


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence, the step it is about (None: the run), and how deep inside loops it stands."""

    text: str
    mark: Mark
    node_id: str | None = None
    iteration: Iteration = ()
    depth: int = 0


@dataclass(frozen=True, slots=True)
class RunStory:
    """The sentences of one run, in the order in which things happened."""

    lines: tuple[Line, ...]

    @property
    def text(self) -> str:
        """Return the sentences one below the other, indented inside loops."""
        return "\n".join(f"{'  ' * line.depth}{line.text}" for line in self.lines)

    def as_json(self) -> JsonObject:
        """Return the story as the API gives it."""
        lines = [
            {"text": one.text, "kind": one.mark, "node_id": one.node_id, "iteration": iteration_value(one.iteration)}
            for one in self.lines
        ]
        return {"text": self.text, "lines": lines}


def explain_run(
    run: Run, steps: Sequence[Step], workflow: Workflow | None, registry: Registry, zone: ZoneInfo
) -> RunStory:
    """Tell a run; without its workflow (a version that is gone) steps are called by their ids."""
    return RunStory(tuple(_Story(run, steps, workflow, registry, zone).tell()[:MOST_LINES]))


def truths(steps: Sequence[Step]) -> list[Step]:
    """Return the last record of each step in the order in which steps began, with the settings of its first."""
    found: dict[tuple[str, Iteration], Step] = {}
    for step in steps:
        place = (step.node_id, step.iteration)
        known = found.get(place)
        if known is None:
            found[place] = step
        elif "index" not in step.detail:  # what one round collected is told by the rounds
            given = known.input if step.input is None else step.input
            found[place] = replace(step, input=given, started_at=known.started_at or step.started_at)
    return list(found.values())


class _Story:
    def __init__(
        self, run: Run, steps: Sequence[Step], workflow: Workflow | None, registry: Registry, zone: ZoneInfo
    ) -> None:
        self.run = run
        self.steps = truths(steps)
        self.workflow = workflow
        self.registry = registry
        self.zone = zone
        self.teller = StepTeller(workflow, registry, zone, test=run.test)
        self._loops = {step.node_id for step in self.steps if "count" in step.detail and "failed" in step.detail}
        self._loops |= {step.node_id for step in self.steps if "items" in step.detail}

    def tell(self) -> list[Line]:
        return [self._start(), *self._scope(()), *self._not_reached(), *self._ending()]

    # -- the beginning -----------------------------------------------------------------------------------------------

    def _start(self) -> Line:
        trigger = self.workflow.trigger(self.run.trigger_id) if self.workflow else None
        found = self.registry.find(trigger.key) if trigger else None
        sentence = getattr(found, "sentence", None)
        rule = str(sentence(trigger.config)) if trigger and callable(sentence) else ""
        payload = self._payload()
        when = payload.pop("fired_at", None)
        given = listed([self._given(name, value) for name, value in list(payload.items())[:MOST_GIVEN]])
        text = f"It starts {rule}" if rule else "It was started"
        this_time = f" at {value_text(when)}" if when else f" with {given}" if given else ""
        return Line(f"{text}{f'; this time{this_time}' if this_time else ''}.", "start", self.run.trigger_id)

    def _payload(self) -> JsonObject:
        event = {name: value for name, value in self.run.event.items() if not name.startswith("$") and name != "old"}
        body = event.get("body")
        if isinstance(body, dict) and "headers" in event:
            return {name: value for name, value in body.items() if value not in (None, "")}
        return event

    @staticmethod
    def _given(name: str, value: object) -> str:
        if isinstance(value, (dict, list, str, int, float, bool)):
            return f"{spaced(name)} {shortened(value_text(value), 60)}"
        return ""

    # -- the steps ---------------------------------------------------------------------------------------------------

    def _scope(self, iteration: Iteration, loop: Step | None = None) -> list[Line]:
        """Tell the steps of one round of a loop (or of the run itself), and the rounds of the loops among them."""
        lines: list[Line] = []
        for step in self.steps:
            if step.iteration != iteration or (loop is not None and not self._is_round_of(step, loop)):
                continue
            told = self.teller.tell(step)
            if told is not None:
                mark, text = told
                lines.append(Line(text, mark, step.node_id, step.iteration, len(iteration)))
            if step.node_id in self._loops:
                lines += self._rounds(step)
        return lines

    def _rounds(self, loop: Step) -> list[Line]:
        inside = [step for step in self.steps if self._is_round_of(step, loop)]
        depth = len(loop.iteration)
        groups: dict[object, list[int]] = {}
        for index in sorted({step.iteration[depth] for step in inside}):
            here = [step for step in inside if step.iteration[depth] == index]
            shape = tuple((one.node_id, one.status, one.ways, one.iteration[depth + 1 :]) for one in here)
            groups.setdefault(shape, []).append(index)
        lines: list[Line] = []
        for members in list(groups.values())[:MOST_ROUNDS]:
            also = f", and {counted(len(members) - 1, 'more round')} the same way" if len(members) > 1 else ""
            first = (*loop.iteration, members[0])
            lines.append(Line(f"Round {members[0] + 1}{also}:", "branch", loop.node_id, loop.iteration, depth + 1))
            lines += [replace(line, depth=line.depth + 1) for line in self._scope(first, loop)]
        left = list(groups.values())[MOST_ROUNDS:]
        if left:
            number = counted(sum(map(len, left)), "more round")
            text = f"{capital(number)} went other ways; the list of steps has them all."
            lines.append(Line(text, "branch", loop.node_id, loop.iteration, depth + 1))
        return lines

    def _is_round_of(self, step: Step, loop: Step) -> bool:
        depth = len(loop.iteration)
        if len(step.iteration) <= depth or step.iteration[:depth] != loop.iteration or step.node_id == loop.node_id:
            return False
        return self._body(loop.node_id, step.node_id)

    def _body(self, loop_id: str, node_id: str) -> bool:
        """Say whether a node is reached from the loop's way `each`; with one loop only there is nothing to ask."""
        if len(self._loops) == 1 or self.workflow is None:
            return True
        reached, waiting = set[str](), [e.target for e in self.workflow.edges if (e.source, e.way) == (loop_id, "each")]
        while waiting:
            one = waiting.pop()
            if one not in reached:
                reached.add(one)
                waiting += [edge.target for edge in self.workflow.edges if edge.source == one]
        return node_id in reached

    # -- what was not done -------------------------------------------------------------------------------------------

    def _not_reached(self) -> list[Line]:
        """Say which steps had no turn, by the decision behind which they stand."""
        if self.workflow is None or self.run.status not in FINISHED_RUN:
            return []
        reached = {step.node_id for step in self.steps}
        behind: dict[str, list[str]] = {}
        for node in self.workflow.nodes:
            if node.id not in reached:
                for cause in sorted(self._causes(node.id, reached)):
                    behind.setdefault(cause, []).append(node.id)
        lines, told = list[Line](), set[str]()
        for cause, nodes in behind.items():
            fresh = [one for one in nodes if one not in told]
            told.update(fresh)
            if not fresh:
                continue
            more = [counted(len(fresh) - MOST_NAMES, "more step")] if len(fresh) > MOST_NAMES else []
            names = listed([self.teller.name(one) for one in fresh[:MOST_NAMES]] + more)
            why = self.teller.way_taken([step for step in self.steps if step.node_id == cause])
            lines.append(Line(f"Not reached, because {why}: {names}.", "skipped", cause))
        return lines

    def _causes(self, node_id: str, reached: set[str]) -> set[str]:
        """Return the reached steps nearest before a node that was not reached."""
        assert self.workflow is not None
        found, seen, waiting = set[str](), {node_id}, [node_id]
        while waiting:
            here = waiting.pop()
            for edge in self.workflow.edges:
                if edge.target != here or edge.source in seen or edge.source == TRIGGER:
                    continue
                seen.add(edge.source)
                if edge.source in reached:
                    found.add(edge.source)
                else:
                    waiting.append(edge.source)
        return found

    # -- the end -----------------------------------------------------------------------------------------------------

    def _ending(self) -> list[Line]:
        run = self.run
        done = [step for step in self.steps if step.status is StepStatus.COMPLETED]
        what = totals([effect for step in self.steps for effect in step.effects], test=run.test)
        so_far = f"{counted(len(done), 'step')} done" + (f"; it {what}" if what else "")
        reason = f" {capital((run.reason or '').rstrip('.'))}." if run.reason else ""
        match run.status:
            case RunStatus.COMPLETED:
                took = run.completed_at - run.started_at if run.completed_at and run.started_at else None
                text = f"It came to its end: {so_far}."
                lasted = f" It took {duration_words(took)}." if took is not None and took.total_seconds() >= 1 else ""
                return [Line(f"{text}{reason}{lasted}", "end")]
            case RunStatus.FAILED:
                return [Line(f"It failed after {so_far}.", "failed"), *self._advice()]
            case RunStatus.REJECTED:
                return [Line(f"It was refused.{reason} {capital(so_far)}.", "end")]
            case RunStatus.CANCELLED:
                return [Line(f"It was cancelled.{reason} {capital(so_far)}.", "end")]
            case RunStatus.SKIPPED:
                return [Line(f"It was passed over.{reason}", "end")]
            case RunStatus.WAITING:
                return [Line(f"It waits. So far {so_far}.", "wait")]
            case RunStatus.QUEUED:
                return [Line("It has not begun yet.", "wait")]
        return [Line(f"It is under way. So far {so_far}.", "wait")]

    def _advice(self) -> list[Line]:
        error = self.run.error or {}
        failed = [step for step in self.steps if step.status is StepStatus.FAILED and not step.ways]
        place = max(failed, key=lambda step: len(step.iteration)) if failed else None
        if place is None and error.get("message"):
            return [Line(f"Why: {error['message']} {error.get('hint') or ''}".strip(), "failed")]
        return [Line(self.teller.advice(place), "advice", place.node_id, place.iteration)] if place else []
