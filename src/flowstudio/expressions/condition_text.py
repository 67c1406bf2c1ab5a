"""Conditions written as text: `status equals open; amount greater_than 100`, with and, or, not and brackets."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from flowstudio.errors import BadSyntax
from flowstudio.expressions.grammar import visible
from flowstudio.expressions.limits import MAX_DEPTH, MAX_SOURCE
from flowstudio.expressions.numeric import as_number
from flowstudio.expressions.operators import find_operator
from flowstudio.expressions.tokens import refuse, tokenise

if TYPE_CHECKING:
    from flowstudio.domain.json import JsonObject, JsonValue

_PHRASES = {
    ("is", "not", "empty"): "is_not_empty",
    ("is", "empty"): "is_empty",
    ("is", "not", "in"): "not_in",
    ("is", "in"): "in",
    ("not", "in"): "not_in",
    ("is", "not"): "not_equals",
    ("not", "contains"): "not_contains",
    ("not", "exists"): "not_exists",
    ("does", "not", "contain"): "not_contains",
}
_LISTED = {"in", "not_in", "contains_any", "contains_all"}
_PLAIN_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,29})(?:\.\d{1,20})?")
_CONSTANTS: dict[str, bool | None] = {"true": True, "false": False, "null": None}


class _Word(NamedTuple):
    text: str
    start: int
    end: int


def condition_from_text(text: str) -> JsonObject:
    """Read a condition text into a tree; raise BadSyntax with the place.

    `;` is the loosest, then `or`, then `and`; `not` stands before a comparison or brackets. `@field` on the right is
    another field of the record, `{{x}}` a variable.
    """
    if len(text) > MAX_SOURCE:
        refuse(f"The condition is longer than {MAX_SOURCE:,} characters.", 0)
    return _read(text, 0, len(text), 0)


def _read(text: str, start: int, end: int, depth: int) -> JsonObject:
    if depth > MAX_DEPTH:
        refuse(f"The condition is nested deeper than {MAX_DEPTH} levels.", start)
    words = _words(text, start, end)
    parts = [_either(text, part, depth) for part in _split(words, {";"}) if part]
    return joined("and", parts)


def joined(kind: str, parts: list[JsonObject]) -> JsonObject:
    """Join conditions into a group; one alone stays as it is."""
    return parts[0] if len(parts) == 1 else {"type": kind, "conditions": parts}


def bare(field: str) -> str:
    """Return a field without the braces around it."""
    text = field.strip()
    if text.startswith("{{") and text.endswith("}}") and text.count("{{") == 1:
        return text[2:-2].strip()
    return text


def _words(text: str, start: int, end: int) -> list[_Word]:
    """Cut at blanks and semicolons outside quotation marks, brackets and braces."""
    words: list[_Word] = []
    place = begin = start
    brackets = 0
    while place < end:
        sign = text[place]
        if text.startswith("{{", place):
            place = tokenise(text, place + 2, braces=True)[-1].end
            continue
        if sign in "'\"" and (place == begin or text[place - 1] in "(,=<>[ "):
            place = _closing(text, place, end)
            continue
        brackets += (sign in "([") - (sign in ")]")
        if brackets <= 0 and (sign.isspace() or sign == ";"):
            if place > begin:
                words.append(_Word(text[begin:place], begin, place))
            if sign == ";":
                words.append(_Word(";", place, place + 1))
            begin = place + 1
        place += 1
    if place > begin:
        words.append(_Word(text[begin:place], begin, place))
    return words


def _closing(text: str, place: int, end: int) -> int:
    closing = text.find(text[place], place + 1, end)
    if closing < 0:
        refuse("A quotation mark is not closed.", place)
    return closing + 1


def _split(words: list[_Word], at: set[str]) -> list[list[_Word]]:
    parts: list[list[_Word]] = [[]]
    for word in words:
        if word.text.lower() in at:
            parts.append([])
        else:
            parts[-1].append(word)
    return parts


def _either(text: str, words: list[_Word], depth: int) -> JsonObject:
    """Read comparisons joined by `or` and `and`; what holds no comparison belongs to the value before it."""
    pieces: list[tuple[str, list[_Word]]] = [("and", [])]
    for word in words:
        lower = word.text.lower()
        if lower in ("and", "or") and pieces[-1][1]:
            pieces.append((lower, []))
        else:
            pieces[-1][1].append(word)
    merged: list[tuple[str, list[_Word]]] = []
    for joint, piece in pieces:
        if merged and not _is_comparison(piece):
            merged[-1][1].extend(piece)
        else:
            merged.append((joint, piece))
    groups: list[list[JsonObject]] = [[]]
    for joint, piece in merged:
        if joint == "or":
            groups.append([])
        groups[-1].append(_part(text, piece, depth))
    return joined("or", [joined("and", group) for group in groups])


def _is_comparison(words: list[_Word]) -> bool:
    if words and words[0].text.lower() == "not":
        words = words[1:]
    if len(words) == 1:
        return words[0].text.startswith("(") and words[0].text.endswith(")")
    return _operator_at(words) is not None


def _operator_at(words: list[_Word]) -> tuple[int, int, str] | None:
    """Return where the operator begins, where its value begins, and its key."""
    for place in range(1, len(words)):
        for size in (3, 2):
            phrase = tuple(word.text.lower() for word in words[place : place + size])
            if phrase in _PHRASES:
                return place, place + size, _PHRASES[phrase]
        found = find_operator(words[place].text)
        if found is not None and not found.is_group:
            return place, place + 1, found.key
    return None


def _part(text: str, words: list[_Word], depth: int) -> JsonObject:
    if not words:
        raise BadSyntax("A condition is missing here.", position=0)
    first = words[0]
    if depth > MAX_DEPTH:
        refuse(f"The condition is nested deeper than {MAX_DEPTH} levels.", first.start)
    if first.text.lower() == "not" and len(words) > 1:
        return {"type": "not", "conditions": [_part(text, words[1:], depth + 1)]}
    if len(words) == 1 and first.text.startswith("(") and first.text.endswith(")"):
        return _read(text, first.start + 1, first.end - 1, depth + 1)
    found = _operator_at(words)
    if found is None and len(words) == 1:
        return {"field": bare(first.text), "operator": "is_true"}
    if found is None:
        refuse(
            f'"{text[first.start : words[-1].end][:60]}" is no comparison.', first.start, "Write field operator value."
        )
    place, value_at, key = found
    comparison: JsonObject = {"field": bare(text[first.start : words[place - 1].end]), "operator": key}
    operator = find_operator(key)
    if operator is not None and operator.arity == 1:
        if value_at < len(words):
            refuse(f"{key} takes no value.", words[value_at].start)
        return comparison
    if value_at >= len(words):
        refuse(f"{key} needs a value.", words[-1].end)
    raw = text[words[value_at].start : words[-1].end]
    comparison["value"] = _listed(raw) if key in _LISTED else _value(raw)
    return comparison


def _listed(raw: str) -> JsonValue:
    if "{{" in raw or raw.startswith("@"):
        return _value(raw)
    return [_value(part.strip()) for part in raw.strip("[]").split(",")]


def _value(raw: str) -> JsonValue:
    if raw.startswith("@") and len(raw) > 1:
        for name in raw[1:].split("."):
            visible(name, 0)
        return {"field_of": raw[1:]}
    if len(raw) > 1 and raw[0] in "'\"" and raw[-1] == raw[0]:
        return raw[1:-1]
    if raw.lower() in _CONSTANTS:
        return _CONSTANTS[raw.lower()]
    return as_number(raw) if _PLAIN_NUMBER.fullmatch(raw) else raw
