"""The page behind the link of an approval's mail: who was asked decides here, on a phone too, without an account.

Opening it decides nothing: programs that look into mails open every link.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from nicegui import app, ui
from nicegui.elements.mixins.text_element import TextElement

from flowstudio.errors import BadRequest, FlowStudioError, NotFound
from flowstudio.services.approvals import MAX_COMMENT
from flowstudio.services.decision_links import PATH
from flowstudio.ui.components.shell import mark
from flowstudio.ui.components.words import moment, printed
from flowstudio.ui.theme import button, chip, tile
from flowstudio.ui.visit import PATIENCE
from flowstudio.web.bodies import whole_body

if TYPE_CHECKING:
    from flowstudio.services.invited import Invited
    from flowstudio.services.ports import Asked
    from flowstudio.services.studio import Studio

LARGEST = 32_000
"""Bytes of an answer: a comment of 2,000 characters, each of which may take nine as a form is sent."""
_DONE = {
    "approved": "You approved it. Thank you.",
    "rejected": "You rejected it. Thank you.",
    "late": "This was decided before your answer came.",
    "failed": "Your answer could not be kept. Try it again.",
}


def register(studio: Studio) -> None:
    """Add the page and the route to which its answers are sent."""

    @app.post(f"{PATH}{{word}}/answer", include_in_schema=False)
    async def answer(word: str, request: Request) -> Response:
        body = await whole_body(request.receive, LARGEST)
        given = {key: values[0] for key, values in parse_qs((body or b"").decode("utf-8", "replace")).items()}
        decision = given.get("decision", "")
        try:
            if body is None:
                raise BadRequest(f"A comment has at most {MAX_COMMENT} characters.")
            await studio.invited.decide(word, given.get("asked", ""), decision, given.get("comment", "").strip())
        except NotFound:
            decision = "late"
        except FlowStudioError:
            decision = "failed"
        return RedirectResponse(f"{PATH}{word}?done={decision}", status_code=303)

    @ui.page(f"{PATH}{{word}}", title="FlowStudio", response_timeout=PATIENCE)
    async def page(word: str, request: Request) -> None:
        ui.add_head_html('<meta name="robots" content="noindex"><meta name="referrer" content="same-origin">')
        with ui.element("div").classes("fs-asked"):
            try:
                invited = await studio.invited.look(word)
            except NotFound as error:
                mark()
                _title("There is nothing to decide here")
                ui.label(error.hint or "").classes("fs-caption")
                return
            with ui.element("header").classes("fs-toolbar"):
                mark()
                ui.element("div").classes("fs-bar__gap")
                ui.label(f"for {invited.person}").classes("fs-caption")
            done = _DONE.get(request.query_params.get("done", ""))
            if done:
                ui.label(done).classes("fs-card fs-asked__done").props("role=status")
            elif not invited.questions:
                _title("This is not open any more")
                ui.label("It was decided, passed on to somebody else, or its time is over.").classes("fs-text")
            for asked in invited.questions:
                _question(studio, invited, asked, f"{PATH}{word}/answer")


def _title(text: str) -> None:
    ui.page_title(text)
    ui.label(text).classes("fs-voice fs-voice--large").props("role=heading aria-level=1")


def _question(studio: Studio, invited: Invited, asked: Asked, action: str) -> None:
    when = partial(moment, zone=studio.settings.zone(invited.workspace), now=studio.clock.now())
    detail = asked.detail
    with ui.element("section").classes("fs-asked__question"):
        if asked.expires is not None:
            chip(f"Answer by {when(asked.expires)}", "warn", icon="hourglass")
        _title(str(detail.get("subject") or "May it go on?"))
        if detail.get("message") or detail.get("amount") is not None:
            with ui.element("div").classes("fs-card fs-asked__facts"):
                if detail.get("message"):
                    ui.label(str(detail["message"])).classes("fs-text fs-asked__message")
                if detail.get("amount") is not None:
                    ui.label(f"Amount {printed(detail['amount'])}").classes("fs-strong")
        ui.label(f"{asked.workflow_name}, asked {when(asked.asked_at)}").classes("fs-caption")
        if invited.following:
            ui.label("If you approve, at once").classes("fs-strong")
            with ui.element("ul").classes("fs-asked__following"):
                for step in invited.following:
                    with ui.element("li"):
                        tile("action", step.icon)
                        with ui.element("div"):
                            ui.label(step.name).classes("fs-strong")
                            ui.label(step.line).classes("fs-caption")
        with ui.element("form").classes("fs-asked__form") as form:
            form.props["method"], form.props["action"] = "post", action
            hidden = ui.element("input").props('type="hidden" name="asked"')
            hidden.props["value"] = asked.token
            note = TextElement(tag="textarea", text="").classes("fs-plain-input fs-asked__note")
            note.props(f'name="comment" maxlength="{MAX_COMMENT}" rows="2" aria-label="A note with your answer"')
            note.props["placeholder"] = "Add a note"
            with ui.element("div").classes("fs-asked__deeds"):
                button("Reject", icon="x").props('type=submit name=decision value="rejected"')
                button("Approve", "primary", icon="check").props('type=submit name=decision value="approved"')
