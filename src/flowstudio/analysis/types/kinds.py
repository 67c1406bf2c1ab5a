"""Kinds of values: what the picker shows an icon for, and what a path may lead into."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from flowstudio.analysis.facts import Facts
from flowstudio.domain.record import FieldSpec, RecordType

Name = Literal["text", "number", "date", "boolean", "list", "record", "object", "any"]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of value.

    `entity` names the record type of a record, or of the record that a text stands for where a type has both `x` and
    `x_id`; `item` is what a list holds. `fields` of an object are all it has; an object without them, and `any`, are
    open: every path into them is allowed.
    """

    name: Name
    entity: str | None = None
    item: Kind | None = None
    fields: tuple[tuple[str, Kind], ...] | None = None
    choices: tuple[str, ...] | None = None

    def merged(self, other: Kind) -> Kind:
        """Return what a value is that is of this kind or of the other."""
        return self if self == other else ANY


ANY = Kind("any")
TEXT, NUMBER, DATE, BOOLEAN = Kind("text"), Kind("number"), Kind("date"), Kind("boolean")
_WORDS: dict[str, Kind] = {
    "text": TEXT, "email": TEXT, "phone": TEXT, "url": TEXT, "id": TEXT, "longtext": TEXT,
    "choice": TEXT, "enum": TEXT, "reference": TEXT,
    "string": TEXT, "number": NUMBER, "integer": NUMBER, "money": NUMBER, "float": NUMBER, "date": DATE,
    "datetime": DATE, "boolean": BOOLEAN,
    "list": Kind("list", item=ANY), "object": Kind("object"), "open": ANY, "any": ANY, "fields": Kind("object"),
}  # fmt: skip


def record_of(entity: str) -> Kind:
    """Return the kind of one record of a type."""
    return Kind("record", entity=entity)


def list_of(item: Kind) -> Kind:
    """Return the kind of a list of these."""
    return Kind("list", item=item)


def kind_of_word(word: object) -> Kind:
    """Read how triggers and inputs write a type: `text`, `record:invoices`, `list:record:invoices`, `open`."""
    if isinstance(word, Mapping):
        return Kind("object", fields=tuple((str(key), kind_of_word(one)) for key, one in word.items()))
    text = str(word)
    if text.startswith("list:"):
        return list_of(kind_of_word(text.removeprefix("list:")))
    if text.startswith("record:"):
        return record_of(text.removeprefix("record:"))
    return _WORDS.get(text, ANY)


def kind_of_field(spec: FieldSpec) -> Kind:
    """Return the kind of a record's field."""
    if spec.type == "enum" and spec.enum:
        return Kind("text", choices=tuple(spec.enum))
    if spec.type in ("list", "object"):
        return Kind("list", item=ANY) if spec.type == "list" else ANY
    return _WORDS.get(spec.type, TEXT)


_KEPT = 2_000
_FIELDS: dict[int, tuple[RecordType, dict[str, Kind]]] = {}
"""Fields by identity of the record type, worked out once; the type is held so that its identity stays its own."""


def fields_of(record_type: RecordType) -> dict[str, Kind]:
    """Return what can be read of a record: its fields, then the records that they refer to."""
    kept = _FIELDS.get(id(record_type))
    if kept is not None and kept[0] is record_type:
        return kept[1]
    found = {name: kind_of_field(spec) for name, spec in record_type.fields.items()}
    for name, spec in record_type.fields.items():
        if spec.references and name.endswith("_id"):
            reference = name.removesuffix("_id")
            own = found.get(reference)
            found[reference] = record_of(spec.references) if own is None else Kind(own.name, entity=spec.references)
    if len(_FIELDS) >= _KEPT:
        _FIELDS.clear()
    _FIELDS[id(record_type)] = (record_type, found)
    return found


def kind_of_annotation(annotation: Any) -> Kind:
    """Return the kind that a Python annotation of an output means."""
    origin = get_origin(annotation)
    if origin in (Union, UnionType):
        parts = [kind_of_annotation(part) for part in get_args(annotation) if part is not NoneType]
        return parts[0] if len(set(parts)) == 1 else ANY
    if origin is Literal:
        return Kind("text", choices=tuple(str(one) for one in get_args(annotation)))
    if origin in (list, tuple) or annotation in (list, tuple):
        inner = get_args(annotation)
        return list_of(kind_of_annotation(inner[0]) if inner else ANY)
    if annotation is bool:
        return BOOLEAN
    if annotation in (int, float):
        return NUMBER
    if annotation is str:
        return TEXT
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        inner_fields = ((key, kind_of_annotation(info.annotation)) for key, info in annotation.model_fields.items())
        return Kind("object", fields=tuple(inner_fields))
    return ANY


def inside(kind: Kind, part: str | int | None, facts: Facts) -> Kind | None:
    """Return the kind one step into a value: a field's name, a place in a list; None when there is no such thing."""
    if kind.name == "any" or (kind.name == "object" and kind.fields is None):
        return ANY
    if kind.name == "list":
        return (kind.item or ANY) if not isinstance(part, str) else None
    if not isinstance(part, str):
        return None if part is not None else ANY
    if kind.name == "object":
        return dict(kind.fields or ()).get(part)
    if kind.entity is not None:
        record_type = facts.record_type(kind.entity)
        return ANY if record_type is None else fields_of(record_type).get(part)
    return None


def names_inside(kind: Kind, facts: Facts) -> list[str]:
    """List the names that one step into a value may have."""
    if kind.name == "object":
        return [name for name, _ in kind.fields or ()]
    if kind.name == "record":
        record_type = facts.record_type(kind.entity or "")
        return [] if record_type is None else list(fields_of(record_type))
    return []
