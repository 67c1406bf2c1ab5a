"""Signing in, by link or by password."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from nicegui import app, ui

from flowstudio.errors import FlowStudioError, TooMany
from flowstudio.ui.components.shell import mark
from flowstudio.ui.theme import button
from flowstudio.ui.visit import PATIENCE, look_again
from flowstudio.web.identity import COOKIE, place_here

if TYPE_CHECKING:
    from flowstudio.services.studio import Studio

MONTHS_SESSION = 14 * 24 * 3600


def signed_in(secret: str, request: Request, target: str = "/") -> Response:
    """Return the redirect that carries a fresh session cookie."""
    response = RedirectResponse(target, status_code=303)
    response.set_cookie(
        COOKIE,
        secret,
        max_age=MONTHS_SESSION,
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
        path="/",
    )
    return response


def register(studio: Studio) -> None:
    """Add the page and its two routes."""

    @app.get("/sign-in/{secret}", include_in_schema=False)
    async def by_link(secret: str, request: Request) -> Response:
        try:
            return signed_in(await studio.sign_in.use_link(secret), request)
        except FlowStudioError:
            inside = getattr(request.state, "actor", None) is not None
            return RedirectResponse("/" if inside else "/sign-in?used=1", status_code=303)

    @app.post("/sign-in/password", include_in_schema=False)
    async def by_password(request: Request) -> Response:
        form = await request.form()
        place = request.client.host if request.client else ""
        target = place_here(unquote(str(form.get("to", ""))))
        try:
            email, password = str(form.get("email", "")), str(form.get("password", ""))
            secret = await studio.sign_in.with_password(email, password, place)
        except FlowStudioError as error:
            why = "often" if isinstance(error, TooMany) else "wrong"
            return RedirectResponse(f"/sign-in?{why}=1&to={quote(target)}", status_code=303)
        return signed_in(secret, request, target)

    @app.post("/sign-out", include_in_schema=False)
    async def sign_out(request: Request) -> Response:
        await studio.sign_in.end(request.cookies.get(COOKIE, ""))
        if (actor := getattr(request.state, "actor", None)) is not None:
            look_again(actor.user_id)  # other tabs of this browser act for nobody now
        response = RedirectResponse("/sign-in", status_code=303)
        response.delete_cookie(COOKIE, path="/")
        return response

    @ui.page("/sign-in", title="Sign in · FlowStudio", response_timeout=PATIENCE)
    def page(used: str = "", wrong: str = "", often: str = "", to: str = "/") -> None:
        with ui.element("div").classes("fs-sign-in"), ui.element("div").classes("fs-card fs-sign-in__card"):
            mark()
            ui.label("Sign in to FlowStudio").classes("fs-title--large").props("role=heading aria-level=1")
            if used:
                ui.label("This link is used or too old. Make a fresh one.").classes("fs-field-error").props(
                    "role=alert"
                )
            if wrong:
                ui.label("Email and password do not fit together.").classes("fs-field-error").props("role=alert")
            if often:
                ui.label("Too many wrong passwords were tried. Try again in ten minutes.").classes(
                    "fs-field-error"
                ).props("role=alert")
            with ui.element("form").props('method="post" action="/sign-in/password"').classes("fs-sign-in__form"):
                for name, kind, label in (("email", "email", "Email"), ("password", "password", "Password")):
                    with ui.element("label").classes("fs-field"):
                        ui.label(label).classes("fs-field-label")
                        ui.element("input").props(f'name="{name}" type="{kind}" required').classes("fs-plain-input")
                ui.element("input").props(f'name="to" type="hidden" value="{quote(place_here(to))}"')
                button("Sign in", "primary").props("type=submit")
            ui.label("Without a password: open the link that FlowStudio printed when it started, or run").classes(
                "fs-caption"
            )
            ui.label("flowstudio user link").classes("fs-mono fs-well")
