"""What comes in at the start of a test run and what people decide in it: as fields, or as JSON."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from nicegui import ui

from flowstudio.engine.sample import Sample
from flowstudio.errors import BadRequest
from flowstudio.kit.words import listed, spaced
from flowstudio.services.forms import asked_by
from flowstudio.ui.components.asked_fields import RECORD, AskedFields
from flowstudio.ui.components.data_tables import json_text
from flowstudio.ui.components.json_field import json_field
from flowstudio.ui.theme import segments

if TYPE_CHECKING:
    from flowstudio.domain.json import JsonObject, JsonValue
    from flowstudio.domain.workflow import Node, Trigger
    from flowstudio.services.forms import FormField
    from flowstudio.ui.editor.trial_start import TrialStart

FIELDS, JSON = "fields", "json"
UNSAID = ""
MOST_NAMED = 5


class TrialSample:
    """The sample of a test run, drawn once; what a person changes is told to `TrialStart`."""

    def __init__(self, start: TrialStart) -> None:
        self.start = start
        self.trigger = self._trigger()
        self.asked = asked_by(self.trigger) if self.trigger is not None else ()
        self.deciding = [] if start.past_run is not None else deciding(start)
        self.fields: AskedFields | None = None
        """The fields that are shown now."""

    def draw(self) -> None:
        """Draw fields where the trigger asks for some or a step asks people; JSON for everything else."""
        if not (self.asked or self.deciding):
            self._payload_as_json()
            return
        with ui.element("div").classes("fs-data__head"):
            ui.label("What comes in").classes("fs-strong")
            segments({FIELDS: "Fields", JSON: "JSON"}, JSON if self.start.as_json else FIELDS, self._turn).props(
                'role=group aria-label="Show what comes in as"'
            )
        self.place = ui.element("div").classes("fs-data__asked")
        self._fill()

    async def settle(self) -> bool:
        """Take what is being typed in the fields; say whether nothing is wrong with them."""
        return self.fields is None or await self.fields.settle()

    async def _turn(self, way: str) -> None:
        await self.settle()
        self.start.as_json, self.fields = way == JSON, None
        self.place.clear()
        self._fill()

    def _fill(self) -> None:
        with self.place:
            if self.start.as_json:
                self._payload_as_json()
                if self.deciding:
                    json_field(
                        "Decisions by step, as JSON", _text(self._decisions()),
                        partial(self.start.by_hand, "decisions"), placeholder='{"approval": "rejected"}',
                    )  # fmt: skip
                return
            if self.asked:
                self._fields()
            else:
                self._payload_as_json()
            for node in self.deciding:
                self._decision(node)

    # what comes in

    def _trigger(self) -> Trigger | None:
        workflow = self.start.trial.desk.workflow
        named = workflow.trigger(str(self.start.sample.get("trigger_id") or ""))
        return named or next(iter(workflow.triggers), None)

    def _payload(self) -> JsonObject:
        found = self.start.sample.get("trigger")
        return dict(found) if isinstance(found, dict) else {}

    def _payload_as_json(self) -> None:
        json_field("What comes in, as JSON", _text(self._payload()), partial(self.start.by_hand, "trigger"))

    def _fields(self) -> None:
        payload = self._payload()
        self.fields = AskedFields(self.asked, payload, self.start.rows, self._answered)
        others = [spaced(name) for name in payload if name not in {one.name for one in self.asked}]
        if others:
            ui.label(f"Also comes in, see JSON: {listed(others, most=MOST_NAMED)}.").classes("fs-caption")

    async def _answered(self, name: str, value: JsonValue) -> None:
        asked = next(one for one in self.asked if one.name == name)
        payload = self._payload()
        payload[name] = self._whole(asked, value)
        if payload[name] is None and self.trigger is not None and self.trigger.type == "manual":
            del payload[name]  # who starts it by hand leaves out what is empty; a form sends it empty
        await self.start.by_hand("trigger", payload)

    def _whole(self, asked: FormField, value: JsonValue) -> JsonValue:
        """Return a chosen record with its fields, as the example has it; every other answer as it is."""
        row = self.start.rows.get(asked.type.removeprefix(RECORD), {}).get(str(value))
        return value if row is None else {key: one for key, one in row.items() if not key.startswith("$")}

    # what people decide

    def _decisions(self) -> JsonObject:
        found = self.start.sample.get("decisions")
        return dict(found) if isinstance(found, dict) else {}

    def _decision(self, node: Node) -> None:
        registry = self.start.trial.desk.studio.registry
        name = registry.name_of(node)
        options = {UNSAID: "Not said: counts as approved", **_ANSWERS}
        said = self._decisions().get(node.id)
        known = _answer(node, said)
        if known not in options:
            options[known] = known
        with ui.element("div").classes("fs-field").props(f'data-decides="{node.id}"'):
            ui.label(f"Decision: {name}").classes("fs-field-label")
            control = ui.select(options, value=known, on_change=lambda event: self._decided(node, str(event.value)))
            control.props("outlined dense options-dense").props["aria-label"] = f"Decision: {name}"

    async def _decided(self, node: Node, answer: str) -> None:
        decisions = self._decisions()
        before = decisions.pop(node.id, None)
        if answer != UNSAID:
            decisions[node.id] = {**before, "decision": answer} if isinstance(before, dict) else answer
        await self.start.by_hand("decisions", decisions)


_ANSWERS = {"approved": "Approved", "rejected": "Rejected", "expired": "No answer in time"}


def deciding(start: TrialStart) -> list[Node]:
    """Return the steps at which people decide, in the order of the document."""
    return [node for node in start.trial.desk.workflow.nodes if node.type == "approval" or node.requires_approval]


def _answer(node: Node, said: JsonValue) -> str:
    """Return which answer of `_ANSWERS` a sample gives, what it says instead where that is none."""
    try:
        found = Sample.read({"decisions": {node.id: said}}).decision(node.id) if said is not None else None
    except BadRequest:
        return str(said)
    return found[0] if found is not None else UNSAID


def _text(data: JsonObject) -> str:
    return json_text(data) if data else "{}"
