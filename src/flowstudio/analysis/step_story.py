"""What one step of a run did, in a sentence: with the values that decided, and what to do where it failed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from flowstudio.analysis.deeds import deeds
from flowstudio.analysis.reasons import reasons
from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.domain.run import Step
from flowstudio.domain.states import StepStatus
from flowstudio.domain.workflow import Node, Workflow
from flowstudio.errors import ConnectorError, FlowStudioError, InternalError, Unauthorized
from flowstudio.expressions import value_text
from flowstudio.kit import Registry
from flowstudio.kit.words import capital, counted, ended, shortened, singular, spaced

if TYPE_CHECKING:
    from flowstudio.analysis.run_story import Mark

MOST_VALUES = 3
_QUIET = ("join", "parallel", "end")
"""Steps that are told of only where something is to say."""


def _codes(kind: type[FlowStudioError]) -> set[str]:
    return {kind.code, *(code for each in kind.__subclasses__() for code in _codes(each))}


class StepTeller:
    """Tells the steps of one run."""

    def __init__(self, workflow: Workflow | None, registry: Registry, zone: ZoneInfo, *, test: bool) -> None:
        self._nodes = {node.id: node for node in workflow.nodes} if workflow else {}
        self._registry = registry
        self._zone = zone
        self._test = test
        self._outside = _codes(ConnectorError) | {"timed_out", "step_timed_out"}
        self._ours = _codes(InternalError)

    def name(self, node_id: str) -> str:
        """Return what people call a step, in quotes."""
        node = self._nodes.get(node_id)
        if node is None:
            return f'"{node_id}"'
        return f'"{self._registry.name_of(node)}"'

    def tell(self, step: Step) -> tuple[Mark, str] | None:
        """Return how a step went, in a sentence; None where there is nothing to say."""
        name = self.name(step.node_id)
        match step.status:
            case StepStatus.FAILED:
                return "failed", self._failed(name, step)
            case StepStatus.SKIPPED:
                return "skipped", f"{name} was passed over, {self._skipped(step)}."
            case StepStatus.CANCELLED:
                return "skipped", f"{name} was stopped, as the run went on without it."
            case StepStatus.WAITING:
                return "wait", ended(f"{name} waits {self._waits_for(step)}")
            case StepStatus.RETRYING:
                return "wait", f"{name} is tried again: {self._message(step)}"
            case StepStatus.IN_DOUBT:
                return "wait", f"{name} is in doubt: nobody knows whether it happened. Say so in its step."
        if "count" in step.detail or "items" in step.detail:
            return "branch", self._loop(name, step)
        return self._went(name, step)

    def _went(self, name: str, step: Step) -> tuple[Mark, str] | None:
        node = self._nodes.get(step.node_id)
        kind = node.type if node else ""
        if kind in ("condition", "switch"):
            return "branch", f"{name}: {self.verdict(step)}."
        answer = step.detail.get("approval")
        wait = step.detail.get("wait")
        if isinstance(answer, dict) and not step.detail.get("implicit"):
            return "branch", f"{name}: {self._answer(answer)}."
        if wait == "approval" and "expired" in step.ways:
            return "branch", f"{name}: nobody answered in time."
        if wait == "timer":
            return "wait", f"{name} waited until {self._moment(step.detail.get('until'))}."
        if wait == "event":
            came = "what it waited for came" if "received" in step.ways else "what it waited for did not come in time"
            return "branch", f"{name}: {came}."
        did = deeds(step.effects, test=self._test) or self._gave(step)
        if kind in _QUIET and not did:
            return None
        leave = f" after leave from {answer.get('by') or 'a person'}" if isinstance(answer, dict) else ""
        return "done", f"{name}{leave}: {did or 'done'}."

    def verdict(self, step: Step) -> str:
        """Say which way a decision took and why: `No, 850 is not more than 1,000 (amount)`."""
        node = self._nodes.get(step.node_id)
        config: JsonObject = node.config if node else {}
        rows = step.detail.get("rows")
        if isinstance(rows, list):
            why = reasons(config.get("condition"), rows)
            return f"{'Yes' if 'true' in step.ways else 'No'}{f', {why}' if why else ''}"
        cases = [one for one in step.detail.get("cases") or () if isinstance(one, dict)]
        taken = [one for one in cases if one.get("result")]
        value = step.detail.get("value")
        if not taken:
            missed = [text for one in cases if (text := self._case_reasons(node, one))]
            why = "; ".join(missed[:3]) or (
                f"{value_text(value)} is none of the cases" if cases else "there is no case"
            )
            return f"Otherwise, {why}"
        names = ", ".join(str(one.get("case")) for one in taken)
        why = self._case_reasons(node, taken[0])
        return f"{names}, {why}" if why else f"{names}, the value is {value_text(value)}"

    def _case_reasons(self, node: Node | None, case: JsonObject) -> str:
        rules = (node.config.get("cases") or ()) if node else ()
        rule = next((one.get("condition") for one in rules if isinstance(one, dict) and one.get("name") == case.get("case")), None)  # fmt: skip  # noqa: E501
        return reasons(rule, case.get("rows") or ())

    def way_taken(self, records: Sequence[Step]) -> str:
        """Say in the middle of a sentence which way a step went, in one round or in several."""
        name = self.name(records[0].node_id)
        statuses = {step.status for step in records}
        if statuses == {StepStatus.FAILED}:
            return f"{name} failed"
        if "count" in records[0].detail:
            return f"{name} had {self._rounds(records[0])}"
        ways = {way for step in records for way in step.ways}
        labels = [self.label(records[0].node_id, way) for way in sorted(ways)]
        if not labels:
            return f"the run ended at {name}"
        return f"{name} went {' and '.join(labels)}" if labels != ["on"] else f"nothing led there from {name}"

    def label(self, node_id: str, way: str) -> str:
        node = self._nodes.get(node_id)
        found = self._registry.find(node.key) if node else None
        labels = {one.name: one.label for one in found.ways(node.config)} if found is not None and node else {}
        words = {"out": "on", "error": "by its error way"}
        return words.get(way) or labels.get(way) or way.removeprefix("case:").removeprefix("branch:")

    @staticmethod
    def _rounds(step: Step) -> str:
        count = step.detail.get("count")
        return counted(count, "round") if isinstance(count, int) and count else "nothing to go through"

    def _loop(self, name: str, step: Step) -> str:
        failed = step.detail.get("failed")
        bad = f", {failed} of them failed" if isinstance(failed, int) and failed else ""
        return f"{name} had {self._rounds(step)}{bad}."

    def _failed(self, name: str, step: Step) -> str:
        tries = f" after {counted(step.attempt, 'try', 'tries')}" if step.attempt > 1 else ""
        onward = ""
        if "error" in step.ways:
            onward = " The run went on by its error way."
        elif step.ways:
            onward = " The run went on all the same."
        return f"{name} failed{tries}: {self._message(step)}{onward}"

    @staticmethod
    def _message(step: Step) -> str:
        return ended(str((step.error or {}).get("message") or "no reason is known").strip())

    def advice(self, step: Step) -> str:
        """Say what a person can do about a failure that ended a run."""
        error = step.error or {}
        code, hint = str(error.get("code", "")), str(error.get("hint") or "").strip()
        cause = error.get("cause")
        code = str(cause.get("code", code)) if isinstance(cause, dict) else code
        if code == "ended_as_failed":
            text = "the workflow itself ended this run as failed; look at the step before its end."
        elif code in self._ours:
            text = "the fault is FlowStudio's; try again, and report it when it comes back."
        elif code == Unauthorized.code:
            text = "then try again from where it stopped." if hint else "correct the connection, then try again."
        elif code in self._outside:
            text = "the other system did not do its part. Try again from where it stopped when it answers."
        else:
            text = f"Correct {self.name(step.node_id)} or the data it works on, publish, and try again."
        return f"What to do: {hint} {capital(text)}" if hint else f"What to do: {text}"

    def _skipped(self, step: Step) -> str:
        why = step.detail.get("skipped")
        if why == "disabled":
            return "because it is switched off"
        if why == "run_if":
            node = self._nodes.get(step.node_id)
            told = reasons(node.run_if if node else None, step.detail.get("rows") or ())
            return f"because its rule does not hold: {told}" if told else "because its rule does not hold"
        return "as a person wished" if why else "as nothing was to be done"

    def _waits_for(self, step: Step) -> str:
        detail = step.detail
        match detail.get("wait"):
            case "timer":
                return f"until {self._moment(detail.get('until'))}"
            case "approval":
                who = ", ".join(map(str, detail.get("approvers") or ())) or "somebody"
                return f"for the decision of {who}: {str(detail.get('subject')).rstrip('.')}"
            case "leave":
                return "for the answer to the question whether the run may send more"
            case "run":
                return f'for the workflow "{detail.get("workflow")}"'
        what = detail.get("event") or "a call"
        limit = f", until {self._moment(detail['deadline'])} at most" if detail.get("deadline") else ""
        return f"for {spaced(str(what).replace('.', ' '))}{limit}"

    @staticmethod
    def _answer(answer: JsonObject) -> str:
        words = {"approved": "approved", "rejected": "refused", "expired": "no answer in time"}
        word = words.get(str(answer.get("decision")), "answered")
        by = f" by {answer['by']}" if answer.get("by") else ""
        said = f', who said "{shortened(str(answer["comment"]), 120)}"' if answer.get("comment") else ""
        return f"{word}{by}{said}"

    def _moment(self, text: JsonValue) -> str:
        try:
            moment = datetime.fromisoformat(str(text))
        except ValueError:
            return str(text)
        local = moment.astimezone(self._zone) if moment.tzinfo else moment
        return value_text(local.replace(tzinfo=None, microsecond=0).isoformat())

    def _gave(self, step: Step) -> str:
        """Say what came out of a step that changed nothing."""
        output = {key: value for key, value in (step.output or {}).items() if not key.startswith("$")}
        count, entity = output.get("count"), (step.input or {}).get("entity") if isinstance(step.input, dict) else None
        if isinstance(count, int) and isinstance(entity, str):
            return f"found {counted(count, singular(entity), spaced(entity))}"
        return (
            _values(step.assigned)
            or _values(output)
            or capital(str(step.detail.get("preview") or "")).removesuffix(".")
        )


def _values(named: JsonObject) -> str:
    told = [
        f"{spaced(name)} {'has' if isinstance(value, list) else 'is'} {shortened(value_text(value), 60)}"
        for name, value in named.items()
        if not isinstance(value, dict)
    ]
    return ", ".join(told[:MOST_VALUES])
