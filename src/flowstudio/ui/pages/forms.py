"""Public forms: everybody who knows the address can fill one in; it works without scripts."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from nicegui import app, ui
from nicegui.elements.mixins.text_element import TextElement

from flowstudio.domain.ids import new_id
from flowstudio.errors import FlowStudioError, NotFound
from flowstudio.services.forms import LONGEST, BadForm
from flowstudio.ui.components.shell import mark
from flowstudio.ui.theme import button
from flowstudio.ui.visit import PATIENCE

if TYPE_CHECKING:
    from flowstudio.services.forms import FormField, PublicForm
    from flowstudio.services.studio import Studio

ONCE = "_once"
"""Name of the hidden field by which a form that is sent twice starts one run."""
MOST_KEPT = 500
_KINDS = {"email": "email", "number": "number", "integer": "number", "date": "date", "url": "url", "phone": "tel"}


class KeptAnswers:
    """Answers that came with a mistake, kept until the form is shown again: nobody types them twice.

    They stay in memory, the latest few hundred, and are handed out once; an address would stay in histories and logs.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[str, dict[str, str]] = OrderedDict()

    def keep(self, answers: Mapping[str, str]) -> str:
        """Return the word under which they are handed out."""
        word = new_id("answers")
        self._kept[word] = {name: text for name, text in answers.items() if name != ONCE and len(text) <= LONGEST}
        if len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
        return word

    def take(self, word: str) -> dict[str, str]:
        """Return the answers, none where the word is not known (any more)."""
        return self._kept.pop(word, {})


def register(studio: Studio) -> None:
    """Add the page and the route to which it is sent."""
    kept = KeptAnswers()

    @app.post("/forms/{token}/{slug}/send", include_in_schema=False)
    async def send(token: str, slug: str, request: Request) -> Response:
        given = {name: str(value) for name, value in (await request.form()).items() if isinstance(value, str)}
        here = f"/forms/{token}/{slug}"
        try:
            await studio.forms.submit(token, slug, given, event_id=given.get(ONCE, "")[:100] or None)
        except BadForm as error:
            said = {f"wrong.{name}": text for name, text in error.wrong.items()}
            return RedirectResponse(f"{here}?{urlencode({**said, 'again': kept.keep(given)})}", status_code=303)
        except FlowStudioError as error:
            said = {"failed": error.message, "again": kept.keep(given)}
            return RedirectResponse(f"{here}?{urlencode(said)}", status_code=303)
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
            if asked.get("failed"):
                ui.label(asked["failed"]).classes("fs-field-error").props("role=alert")
            _draw(form, f"/forms/{token}/{slug}/send", asked, kept.take(asked.get("again", "")))


def _title(text: str) -> None:
    ui.page_title(text)
    ui.label(text).classes("fs-title--large").props("role=heading aria-level=1")


def _draw(form: PublicForm, action: str, asked: dict[str, str], given: dict[str, str]) -> None:
    with ui.element("form").classes("fs-sign-in__form") as drawn:
        drawn.props["method"], drawn.props["action"] = "post", action
        hidden = ui.element("input").props('type="hidden"')
        hidden.props["name"], hidden.props["value"] = ONCE, new_id("form")
        for field in form.fields:
            with ui.element("label").classes("fs-field"):
                ui.label(f"{field.label} *" if field.required else field.label).classes("fs-field-label")
                _control(field, given.get(field.name, ""))
                if field.help:
                    ui.label(field.help).classes("fs-caption")
                wrong = asked.get(f"wrong.{field.name}")
                if wrong:
                    ui.label(wrong).classes("fs-field-error").props("role=alert")
        button("Send", "primary").props("type=submit")


def _control(field: FormField, given: str) -> None:
    """Draw what a field is filled in with, `given` being there already."""
    if field.choices:
        with ui.element("select").classes("fs-plain-input") as control:
            for choice in ("", *field.choices):
                option = TextElement(tag="option", text=choice)
                option.props["value"] = choice
                if choice == given:
                    option.props["selected"] = True
    elif field.type == "longtext":
        control = TextElement(tag="textarea", text=given).classes("fs-plain-input").props("rows=5")
    elif field.type == "boolean":
        control = ui.element("input").props('type="checkbox" value="yes"')
        if given:
            control.props["checked"] = True
    else:
        control = ui.element("input").classes("fs-plain-input")
        control.props["type"] = _KINDS.get(field.type, "text")
        if given:
            control.props["value"] = given
        if field.type == "number":
            control.props["step"] = "any"
    control.props["name"] = field.name
    if field.required and field.type != "boolean":
        control.props["required"] = True
