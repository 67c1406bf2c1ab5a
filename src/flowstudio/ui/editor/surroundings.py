"""What a form in the detail panel needs to know around it: choices, fields of records, names, sentences, next times."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from flowstudio.analysis.types.samples import Rows, sample_rows, sample_scope
from flowstudio.calendar import BadTime, next_fires, read_schedule, schedule_sentence
from flowstudio.calendar.changes import slot_note
from flowstudio.errors import FlowStudioError
from flowstudio.expressions import ALWAYS, OPERATORS, DictScope, EvalContext, sentence
from flowstudio.kit.words import human
from flowstudio.services.timetable import rule_zone
from flowstudio.ui.editor.samples import kept_sample
from flowstudio.ui.forms import FormContext
from flowstudio.ui.forms.context import AddressOf, Known, no_address
from flowstudio.ui.forms.judging import judged

if TYPE_CHECKING:
    from flowstudio.domain.json import JsonObject, JsonValue
    from flowstudio.domain.record import FieldSpec, RecordType
    from flowstudio.domain.workflow import Workflow
    from flowstudio.kit import Registry, Setting
    from flowstudio.services.facts import WorkspaceFacts

_PICKER_TYPES = {
    "number": "number", "integer": "number", "boolean": "boolean", "date": "date", "datetime": "date", "email": "email",
    "enum": "choice", "list": "list", "reference": "text",
}  # fmt: skip
NEXT_TIMES = 10
CHOICES: Mapping[str, Mapping[str, str]] = {
    "auth": {"none": "Anybody who knows the address", "secret": "Who sends the secret",
             "signature": "Who signs the call"},
    "answer": {
        "accepted": "At once, that it was taken", "finished": "At the end, with the results",
        "respond": "By a step of its own",
    },
    "outcome": {"completed": "Completed", "stopped": "Stopped on purpose", "failed": "Failed"},
    "scope": {"run": "The whole run", "branch": "This branch or round alone"},
}  # fmt: skip
"""Closed choices in words, by the setting's key."""


def operator_list() -> list[JsonObject]:
    """Return the operators as the condition builder takes them; groups are not among them."""
    return [
        {"key": one.key, "label": one.label, "types": list(one.types), "arity": one.arity}
        for one in OPERATORS.values()
        if "group" not in one.types
    ]


class Sample(NamedTuple):
    """What conditions are tried on while they are written."""

    context: EvalContext
    rows: Rows


def sample_at(
    workflow: Workflow,
    part: str,
    registry: Registry,
    facts: WorkspaceFacts,
    now: datetime,
    zone: ZoneInfo,
    chosen: JsonObject | None = None,
) -> Sample:
    """Return a sample as a step sees it, filled up with sample records: the chosen one, else the first test case."""
    kept = chosen or kept_sample(workflow)
    moment = _moment(kept.get("now"), zone) or now
    own, trigger = kept.get("records"), kept.get("trigger")
    rows = sample_rows(facts, own if isinstance(own, dict) else {}, moment, zone)
    payload = trigger if isinstance(trigger, dict) else {}
    known = workflow.node(part) is not None
    scope = sample_scope(workflow, part, registry, facts, payload, rows) if known else DictScope({})
    return Sample(EvalContext(scope, moment, zone), rows)


def _moment(text: JsonValue, zone: ZoneInfo) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=zone)


class Surroundings:
    """Answers for one step's form."""

    def __init__(
        self,
        facts: WorkspaceFacts,
        workflows: Mapping[str, str],
        zone: ZoneInfo,
        now: datetime,
        variables: Sequence[JsonObject],
        sample: Sample | None = None,
    ) -> None:
        self.facts = facts
        self.workflows = workflows
        self.zone = zone
        self.now = now
        self.variables = variables
        self.sample = sample
        self._looked_at: RecordType | None = None

    def context(
        self,
        *,
        errors: Mapping[str, str],
        warnings: Mapping[str, Mapping[str, str]],
        known: Known | None = None,
        address: AddressOf = no_address,
    ) -> FormContext:
        """Return the context of a form; `address` names the places of its settings."""
        return FormContext(
            variables=self.variables,
            known=known,
            operators=operator_list(),
            errors=errors,
            warnings=warnings,
            choices=self._choices,
            fields=self._fields,
            names=self._names,
            schedule=self._schedule,
            rules=self._rules,
            address=address,
        )

    def _choices(self, setting: Setting, values: JsonObject) -> Sequence[JsonObject]:
        del values
        match setting.widget:
            case "entity":
                return [
                    {"value": one.name, "label": human(one.name)}
                    for one in sorted(self.facts.types.values(), key=lambda found: found.name)
                ]
            case "message_text":
                return [
                    {"value": name, "label": str(text.get("title") or human(name))}
                    for name, text in sorted(self.facts.messages.items())
                ]
            case "workflow":
                return [{"value": key, "label": name} for key, name in self.workflows.items()]
            case "credential":
                return [{"value": name, "label": name} for name in sorted(self.facts.credentials)]
        if setting.key == "event":
            return self._events()
        words = CHOICES.get(setting.key, {})
        if words and set(setting.choices or ()) <= set(words):
            return [{"value": one, "label": words[one]} for one in setting.choices or ()]
        return ()

    def _events(self) -> list[JsonObject]:
        names = {rule.event: one.name for one in self.facts.types.values() for rule in one.events}
        return [{"value": name, "label": name, "caption": human(entity)} for name, entity in sorted(names.items())]

    def _entity_of(self, values: JsonObject) -> RecordType | None:
        named = values.get("entity")
        if isinstance(named, str) and "{{" not in named:
            return self.facts.record_type(named)
        listed = values.get("records")
        if isinstance(listed, str) and (entity := self._entity_in(listed)):
            return self.facts.record_type(entity)
        event = values.get("event")
        if isinstance(event, str):
            return next((one for one in self.facts.types.values() for rule in one.events if rule.event == event), None)
        return None

    def _entity_in(self, expression: str) -> str | None:
        """Return the record type of the records in a list variable, where it is known."""
        path = expression.strip().removeprefix("{{").removesuffix("}}").strip()
        waiting = [item for group in self.variables for item in group.get("items") or ()]
        while waiting:
            item = waiting.pop()
            if item.get("path") == path:
                entity = item.get("entity")
                return str(entity) if entity else None
            if path.startswith(f"{item.get('path')}."):
                waiting += item.get("children") or ()
        return None

    def _fields(self, setting: Setting, values: JsonObject) -> Sequence[JsonObject]:
        del setting
        record_type = self._looked_at = self._entity_of(values)
        if record_type is None:
            return ()
        items = [
            item for name, field in record_type.fields.items() if (item := self._field(name, field, "")) is not None
        ]
        for name, field in record_type.fields.items():
            target = self.facts.record_type(field.references) if field.references else None
            if target is not None and name.endswith("_id"):
                prefix = name.removesuffix("_id")
                children = [
                    item
                    for inner, spec in target.fields.items()
                    if (item := self._field(inner, spec, f"{prefix}.")) is not None
                ]
                items.append(
                    {
                        "path": prefix,
                        "label": human(prefix),
                        "type": "record",
                        "sample": "",
                        "available": True,
                        "children": children,
                    }
                )
        return [{"title": human(record_type.name), "icon": "database", "items": items}]

    @staticmethod
    def _field(name: str, field: FieldSpec, prefix: str) -> JsonObject | None:
        label = human(f"{prefix.replace('.', ' ')}{name}")
        item: JsonObject = {
            "path": f"{prefix}{name}", "label": label, "type": _PICKER_TYPES.get(field.type, "text"), "sample": "",
            "available": True, "reason": None, "children": None,
        }  # fmt: skip
        if field.enum:
            item["choices"] = [{"value": one, "label": human(one)} for one in field.enum]
        return item

    def _names(self, setting: Setting, values: JsonObject) -> Sequence[JsonObject] | None:
        if setting.key == "variables" and isinstance(values.get("template"), str):
            text = self.facts.messages.get(values["template"])
            if text is not None:
                return [{"value": name, "label": human(name)} for name in text.get("variables") or ()]
        if setting.key == "set":
            record_type = self._entity_of(values)
            if record_type is not None:
                return [
                    {"value": name, "label": human(name), "type": _PICKER_TYPES.get(field.type, "text")}
                    for name, field in record_type.fields.items()
                    if name != "id" and not field.computed
                ]
        return None

    def _schedule(self, value: JsonValue) -> tuple[str, Sequence[str]]:
        if not isinstance(value, dict):
            return "", ()
        try:
            rule = read_schedule(value)
            zone = rule_zone(value, self.zone)
            times = next_fires(rule, self.now, self.zone, NEXT_TIMES)
            said = schedule_sentence(rule)
            return said if times else f"{said}. That moment is over: nothing starts.", [
                f"{one.astimezone(zone):%a} {one.astimezone(zone).day} {one.astimezone(zone):%b, %H:%M}"
                f"{' (the clocks change)' if slot_note(one, zone) else ''}"
                for one in times
            ]
        except BadTime as bad:
            return str(bad), ()

    def _rules(self, setting: Setting, value: JsonValue) -> tuple[str, Mapping[str, JsonValue] | None]:
        if not isinstance(value, dict):
            return "", None
        try:
            said = sentence(value)
        except FlowStudioError as error:
            return error.message, None
        if said == ALWAYS:  # there is no rule yet
            return "", None
        if self.sample is None:
            return said, None
        if setting.reading != "filter":
            return said, judged(value, self.sample.context, "variables")
        rows = self.sample.rows(self._looked_at.name) if self._looked_at is not None else []
        return said, judged(value, self.sample.context, "record", rows[0]) if rows else None
