"""Record types that users make: their fields, checked so that every later record of them can be read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Protocol, get_args

from pydantic import ValidationError

from flowstudio.domain.actor import Actor, Role
from flowstudio.domain.record import EventRule, FieldSpec, FieldType, RecordType
from flowstudio.errors import BadRequest, Conflict, FlowStudioError, NotAllowed, NotFound
from flowstudio.kit.computed_fields import formula
from flowstudio.kit.record_values import coerce, moment
from flowstudio.kit.words import singular

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from zoneinfo import ZoneInfo

    from flowstudio.domain.json import JsonObject
    from flowstudio.kit.ports import Clock
    from flowstudio.services.ports import AuditLog

MOST_TYPES, MOST_FIELDS, MOST_CHOICES = 200, 100, 100
_NAME = re.compile(r"[a-z][a-z0-9_]{1,59}")
_FIELD_KEYS = frozenset({"type", "required", "enum", "default", "references", "computed"})


class TypeKeeper(Protocol):
    """Keeps the record types of a workspace."""

    async def types(self, workspace: str) -> list[tuple[RecordType, int]]: ...

    def is_shipped(self, name: str) -> bool: ...

    async def save_type(self, workspace: str, own: RecordType) -> None: ...

    async def delete_type(self, workspace: str, name: str) -> bool: ...


class RecordTypeService:
    """The verbs of record types."""

    def __init__(self, keeper: TypeKeeper, clock: Clock, zone_of: Callable[[str], ZoneInfo], audit: AuditLog) -> None:
        self._keeper = keeper
        self._clock = clock
        self._zone_of = zone_of
        self._audit = audit

    def is_own(self, name: str) -> bool:
        """Say whether a record type was made by users; those can be changed."""
        return not self._keeper.is_shipped(name)

    async def save(self, actor: Actor, name: str, fields: Mapping[str, Any]) -> RecordType:
        """Make a record type, or change one that users made; raise BadRequest, Conflict or NotAllowed."""
        actor.require(Role.BUILDER)
        if not _NAME.fullmatch(name):
            raise BadRequest(
                f'"{name[:60]}" is no name of a record type.',
                hint="Small letters, digits and _, in the plural: bookings.",
            )
        if self._keeper.is_shipped(name):
            raise Conflict(f'"{name}" is a record type of FlowStudio.', hint="Choose another name.")
        known = {one.name: (one, count) for one, count in await self._keeper.types(actor.workspace)}
        before, count = known.get(name, (None, 0))
        if before is None and sum(self.is_own(one) for one in known) >= MOST_TYPES:
            raise BadRequest(f"There are {MOST_TYPES} record types of your own already.")
        made = RecordType(name=name, fields=self._fields(actor, name, fields, {*known, name}), events=_events(name))
        if before is not None and count:
            _check_change(before, made, count)
        await self._keeper.save_type(actor.workspace, made)
        await self._audit.note(actor.workspace, actor.name, "record_type.saved", name, {"fields": list(made.fields)})
        return made

    async def delete(self, actor: Actor, name: str) -> None:
        """Delete a record type that users made; raise Conflict while it has records."""
        actor.require(Role.BUILDER)
        if self._keeper.is_shipped(name):
            raise NotAllowed(f'"{name}" is a record type of FlowStudio and stays.')
        for one, _ in await self._keeper.types(actor.workspace):
            leading = [key for key, spec in one.fields.items() if spec.references == name and one.name != name]
            if leading:
                raise Conflict(f'"{leading[0]}" of {one.name} leads to {name}.', hint="Take that field away first.")
        if not await self._keeper.delete_type(actor.workspace, name):
            raise NotFound(f'There is no record type "{name}" of your own.')
        await self._audit.note(actor.workspace, actor.name, "record_type.deleted", name)

    def _fields(self, actor: Actor, entity: str, fields: Mapping[str, Any], types: set[str]) -> dict[str, FieldSpec]:
        given = {name: spec for name, spec in fields.items() if name != "id"}
        if not given or len(given) > MOST_FIELDS:
            raise BadRequest(f"A record type has 1 to {MOST_FIELDS} fields beside its id.")
        found = {"id": FieldSpec(type="id", required=True)}
        for name, spec in given.items():
            found[name] = _field(name, spec, types)
        at = moment(self._clock.now(), self._zone_of(actor.workspace))
        for name, one in found.items():
            if one.default is not None:
                found[name] = one.model_copy(update={"default": coerce(entity, name, one, one.default, at)})
        return found


def _field(name: str, given: Any, types: set[str]) -> FieldSpec:
    if not _NAME.fullmatch(name):
        raise BadRequest(f'"{name[:60]}" is no name of a field.', hint="Small letters, digits and _: start_date.")
    if not isinstance(given, dict) or set(given) - _FIELD_KEYS:
        raise BadRequest(f'The field "{name}" is told by {", ".join(sorted(_FIELD_KEYS))}.')
    try:
        spec = FieldSpec.model_validate({key: value for key, value in given.items() if value not in (None, "")})
    except ValidationError as error:
        reason = error.errors(include_url=False, include_input=False)[0]["msg"]
        raise BadRequest(f'The field "{name}" is not right: {reason}.') from None
    if spec.type not in get_args(FieldType) or spec.type == "id":
        kinds = ", ".join(kind for kind in get_args(FieldType) if kind != "id")
        raise BadRequest(f'The field "{name}" has no kind.', hint=f"It is one of {kinds}.")
    choices = spec.enum or ()
    if (spec.type == "enum") != bool(choices) or len(choices) > MOST_CHOICES or len(set(choices)) < len(choices):
        raise BadRequest(f'The choices of "{name}" are 1 to {MOST_CHOICES} different words, and only a choice has any.')
    if (spec.type == "reference") != bool(spec.references) or (spec.references and spec.references not in types):
        raise BadRequest(f'"{name}" leads to "{spec.references or ""}", which is no record type.')
    if spec.type == "reference" and not name.endswith("_id"):
        raise BadRequest(f'A field that leads to another record ends with _id: "{name}_id".')
    if spec.computed:
        if len(spec.computed) > 500:
            raise BadRequest(f'The formula of "{name}" has more than 500 characters.')
        try:
            formula(spec.computed)
        except FlowStudioError as error:
            raise BadRequest(f'The formula of "{name}" cannot be read: {error.message}') from None
    return spec


def _check_change(before: RecordType, after: RecordType, count: int) -> None:
    """Raise Conflict where the records that are there would not fit any more."""
    for name, spec in after.fields.items():
        old = before.fields.get(name)
        if old is not None and (old.type != spec.type or old.references != spec.references):
            raise Conflict(
                f'"{name}" of {count:,} records is of the kind {old.type} and cannot become {spec.type}.',
                hint="Add a field of another name.",
            )
        if spec.required and spec.default is None and (old is None or not old.required):
            raise Conflict(f'{count:,} records may have no "{name}".', hint="Give it a value to begin with.")


def _events(name: str) -> tuple[EventRule, ...]:
    """Return the events of a record type of users: a new record. Any change can start a workflow anyway."""
    one = singular(name).replace(" ", "_")
    when: JsonObject = {"created": True}
    return (EventRule(event=f"{one}.created", when=when, payload=(one,)),)
