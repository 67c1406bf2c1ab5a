"""Reading one object after another: typed access, every fault noted with its path, what is left over kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from rapidfuzz import process
from rapidfuzz.distance import JaroWinkler

from flowstudio.domain.document import under
from flowstudio.domain.durations import BadDuration, duration_text, parse_duration
from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.domain.problem import Problem, Severity

_T = TypeVar("_T")
CLOSE = 0.85
"""Likeness (0 to 1) from which a word is offered as "did you mean"."""

_KINDS: dict[type, str] = {
    str: "text", bool: "yes or no", int: "a number", float: "a number", list: "a list", dict: "an object",
    type(None): "nothing",
}  # fmt: skip


def kind_words(value: JsonValue) -> str:
    """Say what kind of JSON value this is."""
    return _KINDS.get(type(value), "something else")


def did_you_mean(word: str, known: Sequence[str]) -> str:
    """Return `Did you mean "…"?`, or nothing when no known word is near."""
    found = process.extractOne(word.lower(), known, scorer=JaroWinkler.normalized_similarity, score_cutoff=CLOSE)
    return f'Did you mean "{found[0]}"?' if found else ""


class Reading:
    """What was found while reading: the problems, and whether the document can be read at all."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.readable = True

    def fault(self, path: str, code: str, message: str, *, hint: str = "", node_id: str | None = None) -> None:
        """Note something that makes the document unreadable."""
        self.readable = False
        self.note(path, code, message, hint=hint, node_id=node_id)

    def note(
        self,
        path: str,
        code: str,
        message: str,
        *,
        hint: str = "",
        node_id: str | None = None,
        severity: Severity = "error",
    ) -> None:
        """Note a problem beside which the document can be read."""
        self.problems.append(
            Problem(path=path, node_id=node_id, severity=severity, code=code, message=message, hint=hint)
        )


class Part:
    """One object of the document. Each access marks its key as known; `rest` gives what nobody asked for."""

    def __init__(self, reading: Reading, value: JsonObject, path: str, name: str, node_id: str | None = None) -> None:
        self.reading = reading
        self.value = value
        self.path = path
        self.name = name
        """How messages call the object: `The step "node_3"`."""
        self.node_id = node_id
        self._known: set[str] = set()

    def at(self, key: str) -> str:
        """Return the JSON path of a key."""
        return under(self.path, key)

    def raw(self, *keys: str) -> Any:
        """Return the value of the first of these keys that has one; all of them count as known."""
        self._known.update(keys)
        for key in keys:
            value = self.value.get(key)
            if value is not None:
                return value
        return None

    def unasked(self, key: str) -> bool:
        """Say whether nobody has asked for this key yet."""
        return key not in self._known

    def key_of(self, *keys: str) -> str:
        """Return which of these keys has the value; the first one when none has."""
        return next((key for key in keys if self.value.get(key) is not None), keys[0])

    def text(self, *keys: str, required: bool = False) -> str | None:
        """Return a text; a fault for another kind of value, or for nothing where it is required."""
        return self._typed(str, "text", keys, required=required)

    def flag(self, *keys: str) -> bool | None:
        """Return yes or no."""
        return self._typed(bool, "true or false", keys)

    def whole(self, *keys: str, least: int | None = None, most: int | None = None) -> int | None:
        """Return a whole number within limits."""
        value = self.raw(*keys)
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int):
            self.wrong(self.key_of(*keys), "a whole number", value)
            return None
        if (least is not None and value < least) or (most is not None and value > most):
            limit = f"at least {least}" if most is None else f"between {least} and {most}"
            self.fault(self.key_of(*keys), "wrong_value", f'"{self.key_of(*keys)}" must be {limit}, but is {value}.')
            return None
        return value

    def number(self, *keys: str) -> float | None:
        """Return a number."""
        value = self.raw(*keys)
        if value is not None and (isinstance(value, bool) or not isinstance(value, (int, float))):
            self.wrong(self.key_of(*keys), "a number", value)
            return None
        return value

    def items(self, *keys: str, required: bool = False) -> list[Any] | None:
        """Return a list."""
        return self._typed(list, "a list", keys, required=required)

    def object(self, *keys: str, required: bool = False) -> JsonObject | None:
        """Return an object."""
        return self._typed(dict, "an object", keys, required=required)

    def objects(self, *keys: str) -> tuple[JsonObject, ...]:
        """Return a list of objects."""
        return tuple(value for value in self._each(keys, dict, "an object"))

    def texts(self, *keys: str) -> tuple[str, ...] | None:
        """Return a list of texts; a text alone is understood as a list of one."""
        value = self.raw(*keys)
        if value is None:
            return None
        if isinstance(value, str):
            return (value,)
        return tuple(self._each(keys, str, "text"))

    def choice(self, key: str, words: Sequence[str], *, aliases: dict[str, str] | None = None) -> Any:
        """Return one of these words."""
        value = self.text(key)
        if value is None:
            return None
        word = (aliases or {}).get(value.lower(), value.lower())
        if word in words:
            return word
        listed = ", ".join(words)
        message = f'"{key}" of {self.name} is "{value}", which is none of the words it may be.'
        self.fault(key, "wrong_value", message, hint=f"It may be: {listed}. {did_you_mean(value, words)}".strip())
        return None

    def duration(self, *keys: str) -> str | None:
        """Return a duration in words; ISO 8601 is turned into words. What cannot be read stays for the checks."""
        value = self.text(*keys)
        return None if value is None else plain_duration(value)

    def rest(self) -> JsonObject:
        """Return what nobody asked for, in alphabetical order, each reported."""
        extra: JsonObject = {}
        for key in sorted(key for key in self.value if key not in self._known):
            extra[key] = self.value[key]
            message = f'{self.name[0].upper()}{self.name[1:]} has the key "{key}", which means nothing here.'
            hint = did_you_mean(key, sorted(self._known)) or "It is kept and written back."
            self.reading.note(self.at(key), "unknown_key", message, hint=hint, node_id=self.node_id, severity="warning")
        return extra

    def fault(self, key: str, code: str, message: str, *, hint: str = "") -> None:
        """Note something unreadable at a key."""
        self.reading.fault(self.at(key), code, message, hint=hint, node_id=self.node_id)

    def wrong(self, key: str, wanted: str, value: JsonValue) -> None:
        """Note that a key holds the wrong kind of value."""
        self.fault(key, "wrong_type", f'"{key}" of {self.name} must be {wanted}, but is {kind_words(value)}.')

    def missing(self, key: str) -> None:
        """Note that a key is missing."""
        self.fault(key, "missing", f'"{key}" is missing in {self.name}.')

    def _typed(self, kind: type[_T], wanted: str, keys: tuple[str, ...], *, required: bool = False) -> _T | None:
        value = self.raw(*keys)
        if value is None:
            if required:
                self.missing(keys[0])
            return None
        if isinstance(value, kind):
            return value
        self.wrong(self.key_of(*keys), wanted, value)
        return None

    def _each(self, keys: tuple[str, ...], kind: type, wanted: str) -> list[Any]:
        key = self.key_of(*keys)
        values = self.items(*keys) or []
        for index, value in enumerate(values):
            if not isinstance(value, kind):
                message = f'Entry {index + 1} of "{key}" of {self.name} must be {wanted}, but is {kind_words(value)}.'
                self.reading.fault(under(self.at(key), index), "wrong_type", message, node_id=self.node_id)
        return [value for value in values if isinstance(value, kind)]


def plain_duration(value: str) -> str:
    """Return a duration in words; anything that is not ISO 8601 stays as it is."""
    if value[:1] not in ("P", "p"):
        return value
    try:
        return duration_text(parse_duration(value))
    except BadDuration:
        return value
