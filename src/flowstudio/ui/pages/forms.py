"""Public forms: everybody who knows the address can fill one in; it works without scripts."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fastapi import HTTPException, Request
from fastapi.responses import RedirectResponse, Response
from nicegui import app, ui
from nicegui.elements.mixins.text_element import TextElement

from flowstudio.domain.ids import new_id
from flowstudio.errors import BadRequest, FlowStudioError, NotFound
from flowstudio.kit.files import MOST_FILES, FileContent
from flowstudio.observe import logger
from flowstudio.services.form_guard import TRAP, FormGuard
from flowstudio.services.forms import FILE, LONGEST, BadForm
from flowstudio.ui.components.shell import mark
from flowstudio.ui.theme import button
from flowstudio.ui.visit import PATIENCE

if TYPE_CHECKING:
    from starlette.types import Message

    from flowstudio.services.forms import FormField, PublicForm
    from flowstudio.services.studio import Studio

ONCE = "_once"
"""Name of the hidden field by which a form that is sent twice starts one run."""
_OURS = (ONCE, TRAP)
MOST_KEPT = 200
MOST_KEPT_OF_ONE = 100_000
"""Characters of the answers of one form."""
MOST_FIELDS = 500
LARGEST_FORM = 25_000_000
"""Bytes of all that is sent, files among it."""
_KINDS = {
    "email": "email", "number": "number", "integer": "number", "date": "date", "datetime": "datetime-local",
    "url": "url", "phone": "tel",
}  # fmt: skip
log = logger(__name__)


@dataclass(frozen=True, slots=True)
class Returned:
    """A form that comes back: what was answered, and what is wrong with it."""

    answers: dict[str, str] = field(default_factory=dict)
    wrong: dict[str, str] = field(default_factory=dict)
    """Field → sentence."""
    failed: str = ""
    """Why it could not be sent at all."""


class ReturnedForms:
    """Forms that came with a mistake, kept until they are shown again: nobody types answers twice.

    They stay in memory, the latest few hundred, and are handed out once: an address would stay in histories and logs,
    and a sentence in it could be written by anybody.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Returned] = OrderedDict()

    def keep(self, answers: Mapping[str, str], wrong: dict[str, str] | None = None, failed: str = "") -> str:
        """Return the word under which they are handed out."""
        word = new_id("answers")
        shown, left = dict[str, str](), MOST_KEPT_OF_ONE
        for name, text in answers.items():
            if name not in _OURS and len(text) <= min(LONGEST, left):
                shown[name] = text
                left -= len(text)
        self._kept[word] = Returned(shown, wrong or {}, failed)
        if len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
        return word

    def take(self, word: str) -> Returned:
        """Return the form, an empty one where the word is not known (any more)."""
        return self._kept.pop(word, Returned())


def register(studio: Studio) -> None:
    """Add the page and the route to which it is sent."""
    returned, guard = ReturnedForms(), FormGuard(studio.clock)

    @app.post("/forms/{token}/{slug}/send", include_in_schema=False)
    async def send(token: str, slug: str, request: Request) -> Response:
        here, given = f"/forms/{token}/{slug}", dict[str, str]()
        try:
            guard.check_pace(here, request.client.host if request.client else "")
            given, files = await _read(request)
            if guard.is_trapped(given):
                log.warning("form.trapped", form=slug)
            else:
                once = given.get(ONCE, "")[:100] or None
                await studio.forms.submit(token, slug, given, files=files, event_id=once)
        except BadForm as error:
            return RedirectResponse(f"{here}?again={returned.keep(given, error.wrong)}", status_code=303)
        except FlowStudioError as error:
            failed = error.told
            return RedirectResponse(f"{here}?again={returned.keep(given, failed=failed)}", status_code=303)
        return RedirectResponse(f"{here}?sent=1", status_code=303)

    @ui.page("/forms/{token}/{slug}", title="FlowStudio", response_timeout=PATIENCE)
    def page(token: str, slug: str, request: Request) -> None:
        asked = dict(request.query_params)
        with ui.element("div").classes("fs-sign-in"), ui.element("div").classes("fs-card fs-sign-in__card"):
            mark()
            try:
                form = studio.forms.find(token, slug)
            except NotFound as error:
                _title("There is no form here")
                ui.label(error.hint or "").classes("fs-caption")
                return
            _title(form.heading)
            if asked.get("sent"):
                ui.label("Thank you. Your answers have arrived.").props("role=status")
                ui.link("Fill it in again", f"/forms/{token}/{slug}")
                return
            before = returned.take(asked.get("again", ""))
            if before.failed:
                ui.label(before.failed).classes("fs-field-error").props("role=alert")
            _draw(form, f"/forms/{token}/{slug}/send", before)


async def _read(request: Request) -> tuple[dict[str, str], dict[str, FileContent]]:
    """Return the texts and the files of a form; raise BadRequest for one that is too large or cannot be read."""
    left = LARGEST_FORM

    async def bounded() -> Message:
        nonlocal left
        message = await request.receive()
        left -= len(message.get("body", b""))
        if left < 0:
            most = LARGEST_FORM // 1_000_000
            raise BadRequest(f"All that is sent may have {most} MB together.", hint="Choose smaller files.")
        return message

    texts: dict[str, str] = {}
    files: dict[str, FileContent] = {}
    try:
        async with Request(request.scope, bounded).form(max_files=MOST_FILES, max_fields=MOST_FIELDS) as form:
            for name, value in form.items():
                if isinstance(value, str):
                    texts[name] = value
                elif value.filename:
                    content = await value.read()
                    files[name] = FileContent(value.filename, value.content_type or "", content)
    except HTTPException as error:
        raise BadRequest(f"The form cannot be read: {error.detail}") from None
    return texts, files


def _title(text: str) -> None:
    ui.page_title(text)
    ui.label(text).classes("fs-title--large").props("role=heading aria-level=1")


def _draw(form: PublicForm, action: str, before: Returned) -> None:
    with ui.element("form").classes("fs-sign-in__form") as drawn:
        drawn.props["method"], drawn.props["action"] = "post", action
        if any(question.type == FILE for question in form.fields):
            drawn.props["enctype"] = "multipart/form-data"
        hidden = ui.element("input").props('type="hidden"')
        hidden.props["name"], hidden.props["value"] = ONCE, new_id("form")
        trap = ui.element("input").props('type="text" tabindex="-1" autocomplete="off" aria-hidden="true"')
        trap.style("position: absolute; left: -9999px").props["name"] = TRAP
        for question in form.fields:
            tick = " fs-field--tick" if question.type == "boolean" else ""
            with ui.element("label").classes(f"fs-field{tick}"):
                ui.label(f"{question.label} *" if question.required else question.label).classes("fs-field-label")
                _control(question, before.answers.get(question.name, ""))
                if question.help:
                    ui.label(question.help).classes("fs-caption")
                wrong = before.wrong.get(question.name)
                if wrong:
                    ui.label(wrong).classes("fs-field-error").props("role=alert")
        button("Send", "primary").props("type=submit")


def _control(question: FormField, given: str) -> None:
    """Draw what a field is filled in with, `given` being there already."""
    if question.choices:
        with ui.element("select").classes("fs-plain-input") as control:
            for choice in ("", *question.choices):
                option = TextElement(tag="option", text=choice)
                option.props["value"] = choice
                if choice == given:
                    option.props["selected"] = True
    elif question.type == "longtext":
        control = TextElement(tag="textarea", text=given).classes("fs-plain-input").props("rows=5")
        control.style("height: auto; padding: 8px 10px")
    elif question.type == FILE:
        control = ui.element("input").classes("fs-plain-input").props('type="file"')
    elif question.type == "boolean":
        control = ui.element("input").props('type="checkbox" value="yes"')
        if given:
            control.props["checked"] = True
    else:
        control = ui.element("input").classes("fs-plain-input")
        control.props["type"] = _KINDS.get(question.type, "text")
        if given:
            control.props["value"] = given
        if question.type == "number":
            control.props["step"] = "any"
    control.props["name"] = question.name
    if question.required and question.type != "boolean":
        control.props["required"] = True
