"""Bringing one value into the type of its field, with an error that names field and record type."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import date, datetime, tzinfo

from flowstudio.domain.json import JsonValue
from flowstudio.domain.record import FieldSpec
from flowstudio.errors import ConfigRejected
from flowstudio.expressions.context import EvalContext
from flowstudio.expressions.moments import read_moment
from flowstudio.expressions.numeric import as_number
from flowstudio.expressions.printing import print_value
from flowstudio.expressions.scope import DictScope
from flowstudio.kit.files import files_in, is_file
from flowstudio.kit.words import capital, spaced

_EMAIL = re.compile(r"[^\s@<>\",;]+@[^\s@<>\",;]+")
_LONGEST_TEXT = 1_000_000
_TRUE, _FALSE = frozenset({"true", "yes", "1"}), frozenset({"false", "no", "0"})


class _Unfit(ValueError):
    """The value does not fit; the message ends the sentence "… must be"."""


def coerce(entity: str, name: str, spec: FieldSpec, value: JsonValue, ctx: EvalContext) -> JsonValue:
    """Return the value in its field's type; None stays None. Raise ConfigRejected naming field and record type.

    Numeric text becomes a number, a record given for a reference its id, moments the clock of the workspace's zone.
    """
    if value is None:
        return None
    if isinstance(value, (datetime, date)):
        value = value.isoformat()
    try:
        return _READERS.get(spec.type, _text)(value, spec, ctx)
    except _Unfit as unfit:
        raise ConfigRejected(
            f"{field_of(entity, name)} must be {unfit}, not {_shown(value)}.", setting=name, hint=_hint(spec)
        ) from None


def field_of(entity: str, name: str) -> str:
    """Name a field of a record type as people read it: `"Receipts attached" of expense reports`."""
    return f'"{capital(spaced(name))}" of {spaced(entity)}'


def moment(now: datetime, zone: tzinfo) -> EvalContext:
    """Return what coercion and formulas need to know of the present."""
    return EvalContext(DictScope({}), now, zone)


def _shown(value: JsonValue) -> str:
    text = print_value(value)
    return f'"{text[:60]}…"' if len(text) > 60 else f'"{text}"'


def _hint(spec: FieldSpec) -> str:
    return f"Choose one of {', '.join(spec.enum)}." if spec.enum else ""


def _text(value: JsonValue, spec: FieldSpec, ctx: EvalContext) -> JsonValue:
    del spec, ctx
    text = print_value(value)
    if len(text) > _LONGEST_TEXT:
        raise _Unfit("a text of at most a million characters")
    return text.replace("\x00", "")


def _number(value: JsonValue, spec: FieldSpec, ctx: EvalContext) -> JsonValue:
    del spec, ctx
    number = as_number(value)
    if number is None or not math.isfinite(number):
        raise _Unfit("a number")
    return number


def _integer(value: JsonValue, spec: FieldSpec, ctx: EvalContext) -> JsonValue:
    number = _number(value, spec, ctx)
    if number != int(number):
        raise _Unfit("a whole number")
    return int(number)


def _boolean(value: JsonValue, spec: FieldSpec, ctx: EvalContext) -> JsonValue:
    del spec, ctx
    word = print_value(value).strip().lower()
    if word in _TRUE or word in _FALSE:
        return word in _TRUE
    raise _Unfit("yes or no")


def _day(value: JsonValue, spec: FieldSpec, ctx: EvalContext) -> JsonValue:
    del spec
    if isinstance(value, str) and not value.strip():
        return None
    found = read_moment(value, ctx)
    if found is None:
        raise _Unfit("a date like 2026-03-02")
    return found.day.isoformat()


def _instant(value: JsonValue, spec: FieldSpec, ctx: EvalContext) -> JsonValue:
    del spec
    if isinstance(value, str) and not value.strip():
        return None
    found = read_moment(value, ctx)
    if found is None or not isinstance(value, str):
        raise _Unfit("a time like 2026-03-02T09:00")
    if found.at is None:
        return found.day.isoformat()
    on_the_clock = found.at.astimezone(ctx.zone).replace(tzinfo=None)
    text = value.strip()
    # A text without zone is the workspace's clock already: kept as it was written, to the minute or the second.
    if text[-1].isdigit() and not re.search(r"[+-]\d\d:?\d\d$", text[10:]):
        return text
    return on_the_clock.isoformat(timespec="seconds")


def _choice(value: JsonValue, spec: FieldSpec, ctx: EvalContext) -> JsonValue:
    text = _text(value, spec, ctx)
    choices = spec.enum or ()
    if text in choices or not choices:
        return text
    near = next((choice for choice in choices if choice.casefold() == text.strip().casefold()), None)
    if near is None:
        raise _Unfit("one of its choices")
    return near


def _email(value: JsonValue, spec: FieldSpec, ctx: EvalContext) -> JsonValue:
    text = str(_text(value, spec, ctx)).strip()
    if text and not _EMAIL.fullmatch(text):
        raise _Unfit("a mail address")
    return text


def _reference(value: JsonValue, spec: FieldSpec, ctx: EvalContext) -> JsonValue:
    if isinstance(value, dict):
        if "id" not in value:
            raise _Unfit(f"the id of one of the {spec.references}")
        value = value["id"]
    if isinstance(value, (list, bool)):
        raise _Unfit(f"the id of one of the {spec.references}")
    return _text(value, spec, ctx) or None


def _list(value: JsonValue, spec: FieldSpec, ctx: EvalContext) -> JsonValue:
    del spec, ctx
    if isinstance(value, list):
        return value
    if isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    raise _Unfit("a list")


def _object(value: JsonValue, spec: FieldSpec, ctx: EvalContext) -> JsonValue:
    del spec, ctx
    if not isinstance(value, dict):
        raise _Unfit("an object")
    return value


def _file(value: JsonValue, spec: FieldSpec, ctx: EvalContext) -> JsonValue:
    del spec, ctx
    if value == "":
        return None
    found = next(files_in(value), None) if is_file(value) else None
    if found is None:
        raise _Unfit("a file that a trigger or a step gave")
    return found


_READERS: dict[str, Callable[[JsonValue, FieldSpec, EvalContext], JsonValue]] = {
    "id": _text, "text": _text, "phone": _text, "url": _text, "number": _number, "integer": _integer, "list": _list,
    "boolean": _boolean, "date": _day, "datetime": _instant, "enum": _choice, "email": _email, "reference": _reference,
    "object": _object, "file": _file,
}  # fmt: skip
