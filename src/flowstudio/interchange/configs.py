"""A node's settings: names in every spelling, values in the one form, unknown ones set aside."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flowstudio.domain.document import under
from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.interchange.conditions import read_tree
from flowstudio.interchange.kinds import snake
from flowstudio.interchange.reading import Reading, did_you_mean, kind_words, plain_duration
from flowstudio.kit import Setting

ALIASES: dict[str, tuple[str, ...]] = {
    "filter": ("where", "filters", "conditions", "query"),
    "entity": ("entity_type", "record_type", "table", "collection"),
    "set": ("fields", "data", "values", "updates"),
    "record": ("record_id",),
    "approvers": ("approver", "approver_id", "assignee"),
    "text": ("message", "body", "content"),
    "message": ("text", "body"),
    "body": ("message", "content", "payload", "text"),
    "to": ("recipients", "recipient", "emails", "email"),
    "template": ("template_id", "message_text"),
    "due": ("due_date", "due_in"),
    "for": ("duration", "delay", "wait"),
    "until": ("run_at", "date"),
    "deadline": ("timeout", "expires_in", "within"),
    "collection": ("items", "list", "for_each"),
    "item_variable": ("item", "as", "variable"),
    "payload": ("body", "data"),
    "workflow": ("workflow_id",),
    "input": ("inputs", "input_data"),
    "url": ("endpoint", "uri"),
    "reason": ("message",),
    "event": ("event_type", "event_name"),
    "days": ("threshold", "inactive_days"),
    "condition": ("conditions", "expression", "rule", "if"),
    "value": ("expression", "field", "on", "threshold"),
    "cases": ("branches", "options"),
    "cron": ("expression", "cron_expression", "schedule"),
    "slug": ("path",),
}
"""Setting → names that other documents give it; used only where the type has no setting of that name itself."""


class ConfigReader:
    """Reads the settings of one node or trigger, `path` being where its `config` stands."""

    def __init__(self, reading: Reading, settings: Mapping[str, Setting], path: str, what: str, node_id: str) -> None:
        self._reading = reading
        self._settings = settings
        self._path = path
        self._what = what
        self._node_id = node_id

    def read(self, config: JsonObject, places: Mapping[str, str] | None = None) -> tuple[JsonObject, JsonObject]:
        """Return (settings in our form, unknown ones); `places` gives paths of settings outside `config`."""
        known: JsonObject = {}
        unknown: JsonObject = {}
        names = self.names(config)
        for name, value in config.items():
            path = (places or {}).get(name) or under(self._path, name)
            key = names.get(name)
            if key is None:
                unknown[name] = value
                self._report(name, path)
            elif value is not None:
                known[key] = self._value(self._settings[key], value, path)
        return known, unknown

    def names(self, config: JsonObject) -> dict[str, str]:
        """Map the names in the document to keys of settings; each key once, exact names first.

        A setting of null is one that is not set: it takes no key from another name.
        """
        names = {name: name for name in config if name in self._settings}
        taken = {name for name in names if config[name] is not None}
        for name in config:
            key = snake(name)
            if name not in names and self._free(key, taken):
                names[name] = key
                taken.update({key} if config[name] is not None else ())
        for name in config:
            if name in names:
                continue
            word = snake(name)
            key = next((key for key, words in ALIASES.items() if word in words and self._free(key, taken)), "")
            if key:
                names[name] = key
                taken.update({key} if config[name] is not None else ())
        return names

    def _free(self, key: str, taken: set[str]) -> bool:
        return key in self._settings and key not in taken

    def _report(self, name: str, path: str) -> None:
        message = f'{self._what[0].upper()}{self._what[1:]} has no setting "{name}".'
        hint = did_you_mean(name, sorted(self._settings)) or "It is kept and written back, and has no effect."
        self._reading.note(path, "unknown_setting", message, hint=hint, node_id=self._node_id, severity="warning")

    def _value(self, setting: Setting, value: Any, path: str) -> JsonValue:
        if setting.reading in ("condition", "filter"):
            tree = read_tree(value, self._reading, path, self._node_id, f'"{setting.label}" of {self._what}')
            return {} if tree is None else tree
        if setting.widget in ("duration", "when") and isinstance(value, str):
            return plain_duration(value)
        if setting.widget == "cases":
            return self._cases(value, path)
        if isinstance(value, str) and _takes_list(setting) and "{{" not in value:
            return [value]
        return value

    def _cases(self, value: JsonValue, path: str) -> JsonValue:
        """Read cases as a list of objects; a text is a case of that name and value, an object maps values to names."""
        if isinstance(value, dict):
            value = [{"name": name, "value": one} for name, one in value.items()]
        if not isinstance(value, list):
            self._reading.fault(
                path,
                "wrong_type",
                f'"cases" of {self._what} must be a list, but is {kind_words(value)}.',
                node_id=self._node_id,
            )
            return []
        return [self._case(one, under(path, index)) for index, one in enumerate(value)]

    def _case(self, case: JsonValue, path: str) -> JsonValue:
        if isinstance(case, (str, int, float)) and not isinstance(case, bool):
            return {"name": str(case), "value": case}
        if not isinstance(case, dict):
            message = f"A case of {self._what} must be an object, but is {kind_words(case)}."
            self._reading.fault(path, "wrong_type", message, node_id=self._node_id)
            return {}
        read = {key: one for key, one in case.items() if one is not None}
        if "name" not in read and isinstance(read.get("value"), (str, int, float)):
            read["name"] = str(read["value"])
        if "condition" in read:
            what = f"The rule of a case of {self._what}"
            tree = read_tree(read["condition"], self._reading, under(path, "condition"), self._node_id, what)
            read["condition"] = tree or {}
        rank = {"name": 0, "condition": 1, "value": 2}
        return {key: read[key] for key in sorted(read, key=lambda key: (rank.get(key, 3), key))}


def _takes_list(setting: Setting) -> bool:
    return (
        setting.widget in ("list", "recipients")
        and "list" in str(setting.annotation)
        and "str |" not in str(setting.annotation)
    )
