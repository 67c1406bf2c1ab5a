"""What a person typed in one field of the panel, translated to an operation on the document."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import orjson

from flowstudio.domain.workflow import WorkflowSettings
from flowstudio.errors import BadRequest
from flowstudio.kit.words import human
from flowstudio.services.editing import ops
from flowstudio.services.editing.annotating import GROUP, NOTE, change_group, change_note, groups_of, notes_of
from flowstudio.services.editing.renaming import rename_assigned, rename_item, rename_result
from flowstudio.services.editing.workflow_settings import workflow_setting
from flowstudio.ui.components.json_field import read_object
from flowstudio.ui.editor.annotations import note_box
from flowstudio.ui.editor.samples import kept_example, pinned_of, with_example, with_pinned
from flowstudio.ui.forms.widgets.data import read as read_data

if TYPE_CHECKING:
    from flowstudio.analysis import Facts
    from flowstudio.domain.json import JsonObject, JsonValue
    from flowstudio.domain.workflow import Workflow
    from flowstudio.kit import Registry

CONFIG, SETTINGS = "config", "settings"
WORKFLOW_NAME = ("", "name")
"""The place of the workflow's name."""
_WORDS = {
    "name": "Rename", "note": "Note", "result": "Name the result", "on_error": "If it fails", "tries": "Tries",
    "timeout": "Time limit", "reuse_for": "Answer used again", "notify": "Whom it tells", "description": "Describe",
    "example": "Change the example", "pinned": "Change the pinned result",
}  # fmt: skip
_MOST_TEXT = {"name": 200, "note": 5000, "description": 2000}
_MOST_TRIES = 100


@dataclass(frozen=True, slots=True)
class Entry:
    """One report of a field.

    `at` names a part (a step, a trigger, a note, a group, "" for the workflow) and what of it; several keys of its
    settings may stand there, which one field sets together. `inside` leads to a place in a list there.
    """

    at: tuple[str, ...]
    value: JsonValue
    inside: tuple[str | int, ...] = ()
    form: str = ""
    """`json` where the field holds JSON as text, `object` where that must be an object."""
    was: str | None = None
    """The mark of what stood there when the person began; None where nobody knows."""
    by: str = ""
    """The page that it was typed on."""

    @classmethod
    def read(cls, operation: JsonObject) -> Self:
        """Read what the browser sent; raise BadRequest for anything that is no entry."""
        at, inside = operation.get("at"), operation.get("inside") or []
        if not isinstance(at, list) or len(at) < 2 or not isinstance(inside, list) or len(inside) > 4:
            raise BadRequest("A field sent something that FlowStudio does not know.")
        was = operation.get("was")
        return cls(
            tuple(map(str, at)), operation.get("value"), tuple(inside), str(operation.get("form") or ""),
            was if isinstance(was, str) else None, str(operation.get("by") or ""),
        )  # fmt: skip

    @property
    def part(self) -> str:
        """The id of the part that it belongs to, empty for the workflow."""
        return self.at[0]

    @property
    def key(self) -> str:
        """The place as text, as the browser writes it."""
        return key_of(self.at)

    @property
    def label(self) -> str:
        """Say in a word what it changes, for undo."""
        if self.part.startswith(NOTE):
            return "Change a note"
        if self.part.startswith(GROUP):
            return "Change a group"
        if self.at == WORKFLOW_NAME:
            return "Rename the workflow"
        if self.at[1] in (CONFIG, SETTINGS):
            return f"Change {human(self.at[2]).lower()}"
        return _WORDS.get(self.at[1], "Change")


def key_of(at: tuple[str, ...]) -> str:
    """Return a place as text, as the browser writes it."""
    return orjson.dumps(at).decode()


def mark_of(value: JsonValue) -> str:
    """Return a short mark by which two states of a place are told apart."""
    plain = orjson.dumps(value, option=orjson.OPT_SORT_KEYS, default=str)
    return hashlib.blake2b(plain, digest_size=8).hexdigest()


def standing(workflow: Workflow, at: tuple[str, ...]) -> JsonValue:
    """Return what stands at a place, None for nothing and for a part that is not there."""
    part, field, *keys = at
    if part.startswith(NOTE):
        note = notes_of(workflow).get(part.removeprefix(NOTE)) or {}
        return {**note, **note_box(note)}.get(field)
    if part.startswith(GROUP):
        return (groups_of(workflow).get(part.removeprefix(GROUP)) or {}).get(field)
    if not part:
        return _of_the_workflow(workflow, field, keys)
    found = workflow.node(part) or workflow.trigger(part)
    if found is None:
        return None
    if field == CONFIG:
        return found.config.get(keys[0]) if len(keys) == 1 else {key: found.config.get(key) for key in keys}
    if field == "pinned":
        return pinned_of(workflow).get(part)
    whole = found.model_dump(mode="json")
    if field == "result":
        return next(iter(whole.get("outputs") or ()), None)
    if field == "tries":
        return (whole.get("retry") or {}).get("attempts")
    return whole.get(field)


def _of_the_workflow(workflow: Workflow, field: str, keys: list[str]) -> JsonValue:
    if field == SETTINGS:
        return workflow.settings.model_dump(mode="json").get(keys[0])
    if field == "name":
        return workflow.name
    return workflow.description if field == "description" else kept_example(workflow)


class Entering:
    """Puts entries into a workflow; names follow where they are used."""

    def __init__(self, registry: Registry, facts: Callable[[], Facts]) -> None:
        self._registry = registry
        self._facts = facts
        self._called: dict[str, str] = {}
        """Step → what its result was called before its field was emptied; its uses still say so."""

    def put(self, workflow: Workflow, entry: Entry) -> Workflow:
        """Return the workflow with what was typed; raise BadRequest for what does not fit or whose part is gone."""
        part, field = entry.part, entry.at[1]
        if part.startswith(NOTE):
            return change_note(workflow, part.removeprefix(NOTE), **{field: entry.value})
        if part.startswith(GROUP):
            return change_group(workflow, part.removeprefix(GROUP), **{field: entry.value})
        if part and workflow.node(part) is None and workflow.trigger(part) is None:
            raise BadRequest("That step is not there any more.")
        try:
            return self._put(workflow, entry)
        except (IndexError, KeyError, TypeError, ValueError) as error:
            raise BadRequest("What was typed does not fit there any more.") from error

    def _put(self, workflow: Workflow, entry: Entry) -> Workflow:
        part, field, *keys = entry.at
        value = self._value(workflow, entry)
        match field:
            case "config":
                for key, one in (value or {}).items() if len(keys) > 1 else ((keys[0], value),):
                    workflow = self._set(workflow, part, key, one)
                return workflow
            case "result":
                return self._result(workflow, part, str(value or "").strip())
            case "tries":
                return ops.update_node(workflow, part, retry=_tries(workflow, part, value))
            case "timeout" | "reuse_for" | "on_error":
                return ops.update_node(workflow, part, **{field: value or None})
            case "notify":
                return ops.update_node(workflow, part, notify=value)
            case "name" | "note":
                text = str(value or "")[: _MOST_TEXT[field]]
                if not part:  # while its field is empty the workflow is called as before
                    return workflow.model_copy(update={"name": text.strip() or workflow.name})
                return ops.update_node(workflow, part, **{field: text.strip() if field == "name" else text})
            case "pinned":
                return with_pinned(workflow, {**pinned_of(workflow), part: _object(value)})
            case "example":
                return with_example(workflow, _payload(workflow, _object(value)))
            case "description":
                return workflow.model_copy(update={field: str(value or "")[: _MOST_TEXT[field]] or None})
            case "settings":
                known = {**dict(workflow.settings), keys[0]: workflow_setting(keys[0], value)}
                return workflow.model_copy(update={"settings": WorkflowSettings(**known)})
        raise BadRequest("A field sent something that FlowStudio does not know.")

    @staticmethod
    def _value(workflow: Workflow, entry: Entry) -> JsonValue:
        value = entry.value
        if entry.form == "json":
            try:
                value = read_data(str(value or ""))
            except ValueError:
                raise BadRequest("This is not complete yet. Brackets and quotes must close.") from None
        if entry.form == "object":
            fault, value = read_object(str(value or "").strip())
            if fault:
                raise BadRequest(fault)
        return _with_inside(standing(workflow, entry.at), entry.inside, value) if entry.inside else value

    def _set(self, workflow: Workflow, node_id: str, key: str, value: JsonValue) -> Workflow:
        node = workflow.node(node_id)
        if node is not None and key == "item_variable" and node.type == "loop" and isinstance(value, str) and value:
            return rename_item(workflow, node_id, value, self._registry, self._facts())
        if node is not None and key == "set" and node.type == "transform" and isinstance(value, dict):
            return rename_assigned(workflow, node_id, value, self._registry, self._facts())
        empty = value is None or value == "" or value in ([], {})
        changed = ops.set_setting(workflow, node_id, key, None if empty else value)
        return _with_ways(workflow, changed, node_id) if key == "cases" else changed

    def _result(self, workflow: Workflow, node_id: str, name: str) -> Workflow:
        now = str(standing(workflow, (node_id, "result")) or "")
        if now:
            self._called[node_id] = now
        elif name and node_id in self._called:
            # while the field was empty for a moment, the uses still had the name before
            workflow = ops.update_node(workflow, node_id, outputs=(self._called[node_id],))
        old = self._called.get(node_id, "")
        return rename_result(workflow, node_id, name, self._registry, self._facts(), old)


def _with_inside(whole: JsonValue, inside: tuple[str | int, ...], value: JsonValue) -> JsonValue:
    """Return a list or object with another value at a place inside it."""
    if not inside:
        return value
    step, rest = inside[0], inside[1:]
    if isinstance(whole, list) and isinstance(step, int):
        return [_with_inside(one, rest, value) if at == step else one for at, one in enumerate(whole)]
    if isinstance(whole, Mapping) and isinstance(step, str):
        return {**whole, step: _with_inside(whole.get(step), rest, value)}
    raise BadRequest("What was typed does not fit there any more.")


def _tries(workflow: Workflow, node_id: str, value: JsonValue) -> JsonValue:
    number = int(float(str(value or 1)))
    node = workflow.node(node_id)
    before = node.retry.model_dump() if node is not None and node.retry else {}
    return {**before, "attempts": min(number, _MOST_TRIES)} if number > 1 else None


def _object(value: JsonValue) -> JsonObject:
    if not isinstance(value, dict):
        raise BadRequest("Fields and values are needed here, in { and }.")
    return value


def _payload(workflow: Workflow, body: JsonObject) -> JsonObject:
    before = kept_example(workflow) or {"headers": {}, "query": {}}
    return {**before, "body": body} if body else {}


def _with_ways(before: Workflow, after: Workflow, node_id: str) -> Workflow:
    """Let the arrows of a case follow its new name."""
    old, new = (_cases(one, node_id) for one in (before, after))
    if len(old) == len(new):
        for was, is_ in zip(old, new, strict=True):
            if was != is_:
                after = ops.rename_way(after, node_id, f"case:{was}", f"case:{is_}")
    return after


def _cases(workflow: Workflow, node_id: str) -> list[str]:
    node = workflow.node(node_id)
    cases = node.config.get("cases") if node is not None else None
    return [str(case.get("name", "")) for case in cases or () if isinstance(case, dict)]
