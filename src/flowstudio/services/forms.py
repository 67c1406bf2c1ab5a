"""Public forms: what a form trigger asks for, and the run that somebody's answers start."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from flowstudio.errors import BadRequest, NotFound
from flowstudio.kit.files import LARGEST_FILE
from flowstudio.kit.words import capital, spaced
from flowstudio.services.addresses import slug_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flowstudio.domain.json import JsonObject, JsonValue
    from flowstudio.domain.workflow import Trigger
    from flowstudio.kit.files import FileContent
    from flowstudio.kit.ports import Files
    from flowstudio.services.listening import Listening
    from flowstudio.services.starting import Starter
    from flowstudio.services.triggers import TriggerService

LONGEST = 10_000
LARGEST_NUMBER = 2**53
"""Whole numbers beyond it are not the same in every program."""
FILE = "file"
"""Type of a field that asks for a file."""
_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_KINDS = {"integer": "a whole number", "number": "a number", "date": "a date", "datetime": "a date with a time"}
_ASKED = {"form": "fields", "manual": "inputs"}
"""Kind of trigger → the setting that holds what it asks."""
_YES = frozenset({"true", "yes", "on", "1"})
_NO = frozenset({"", "false", "no", "off", "0"})


@dataclass(frozen=True, slots=True)
class FormField:
    """One question of a form."""

    name: str
    label: str
    type: str
    required: bool
    help: str = ""
    choices: tuple[str, ...] = ()
    default: JsonValue = None


@dataclass(frozen=True, slots=True)
class PublicForm:
    """A form as the public sees it."""

    heading: str
    fields: tuple[FormField, ...]
    listening: Listening


class FormService:
    """Shows forms to everybody who knows their address, and takes what they fill in. Asks for no sign-in."""

    def __init__(self, triggers: TriggerService, starter: Starter, files: Files) -> None:
        self._triggers = triggers
        self._starter = starter
        self._files = files

    def find(self, token: str, slug: str) -> PublicForm:
        """Return the form at an address; raise NotFound where there is none, or where its workflow is off."""
        for one in self._triggers.at(token):
            if one.trigger.type == "form" and slug_of(one.trigger.id, one.config) == slug:
                heading = str(one.config.get("title") or one.config.get("heading") or "Form")
                return PublicForm(heading, fields_of(one.config), one)
        raise NotFound("There is no form at this address.", hint="It may have been switched off.")

    async def submit(
        self,
        token: str,
        slug: str,
        answers: Mapping[str, JsonValue],
        *,
        files: Mapping[str, FileContent] | None = None,
        event_id: str | None = None,
    ) -> str:
        """Start a run with the answers and return its id; raise BadForm naming what is missing or wrong.

        `files` are those that were handed in, by their fields; they are kept when everything else is right. The same
        `event_id` starts it once, however often the form is sent.
        """
        form = self.find(token, slug)
        self._starter.require_room(form.listening.workspace)
        payload: JsonObject = {}
        wrong: dict[str, str] = {}
        given = files or {}
        for field in form.fields:
            try:
                if field.type == FILE:
                    payload[field.name] = None
                    _check_file(field, given.get(field.name))
                else:
                    payload[field.name] = read_answer(field, answers.get(field.name))
            except BadRequest as error:
                wrong[field.name] = error.message
        if wrong:
            raise BadForm(wrong)
        one = form.listening
        for field in form.fields:
            if field.type == FILE and field.name in given:
                payload[field.name] = await self._files.keep(one.workspace, given[field.name])
        return await self._starter.start(
            one.workspace, one.workflow_id, one.version, payload, trigger_id=one.trigger.id,
            event_id=f"form:{one.trigger.id}:{event_id}" if event_id else None,
        )  # fmt: skip


class BadForm(BadRequest):
    """The form is not filled in completely."""

    def __init__(self, wrong: dict[str, str]) -> None:
        self.wrong = wrong
        """Field → what is wrong with it."""
        super().__init__(" ".join(wrong.values()))


def _check_file(field: FormField, given: FileContent | None) -> None:
    if given is None:
        if field.required:
            raise BadRequest(f"{field.label} is missing. Choose a file.")
    elif len(given.content) > LARGEST_FILE:
        raise BadRequest(f"{field.label} is larger than {LARGEST_FILE // 1_000_000} MB.")


def asked_by(trigger: Trigger) -> tuple[FormField, ...]:
    """Return what a trigger asks of whoever starts it: the fields of a form, or what a start by hand asks for."""
    key = _ASKED.get(trigger.type)
    return _questions(trigger.config.get(key)) if key else ()


def fields_of(config: JsonObject) -> tuple[FormField, ...]:
    """Return the questions of a form trigger's settings."""
    return _questions(config.get("fields"))


def _questions(items: JsonValue) -> tuple[FormField, ...]:
    found = []
    for item in items or ():
        if isinstance(item, dict) and item.get("name"):
            name = str(item["name"])
            choices = item.get("choices") or item.get("options") or item.get("enum") or ()
            found.append(
                FormField(
                    name, str(item.get("label") or capital(spaced(name))), str(item.get("type") or "text"),
                    bool(item.get("required")), str(item.get("help") or ""), tuple(str(one) for one in choices),
                    item.get("default"),
                )
            )  # fmt: skip
    return tuple(found)


def read_answer(field: FormField, value: JsonValue) -> JsonValue:
    """Return an answer in the type of its field, None for no answer; raise BadRequest with a sentence."""
    if field.type == "boolean":
        word = str(value or "").strip().lower()
        if word not in _YES | _NO:
            raise BadRequest(f"{field.label} is yes or no.")
        return word in _YES
    text = "" if value is None else str(value).strip()
    if not text:
        if field.required:
            raise BadRequest(f"{field.label} is missing.")
        return None
    if len(text) > LONGEST:
        raise BadRequest(f"{field.label} is longer than {LONGEST:,} characters.")
    if field.choices and text not in field.choices:
        raise BadRequest(f"{field.label} is none of its choices.")
    return _typed(field, text)


def _typed(field: FormField, text: str) -> JsonValue:
    try:
        if field.type == "integer":
            whole = int(text)
            if abs(whole) > LARGEST_NUMBER:
                raise BadRequest(f"{field.label} is too large a number.")
            return whole
        if field.type == "number":
            number = float(text.replace(",", "."))
            if number != number or number in (float("inf"), float("-inf")):  # noqa: PLR0124  NaN is not itself
                raise ValueError
            return number
        if field.type == "date":
            return date.fromisoformat(text).isoformat()
        if field.type == "datetime":
            return datetime.fromisoformat(text).isoformat()
    except ValueError:
        kind = _KINDS[field.type]
        raise BadRequest(f"{field.label} is not {kind}.") from None
    if field.type == "email" and not _MAIL.fullmatch(text):
        raise BadRequest(f"{field.label} is no email address.")
    return text
