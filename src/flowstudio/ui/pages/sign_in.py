"""Signing in, by link or by password."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from nicegui import app, ui

from flowstudio.errors import FlowStudioError
from flowstudio.ui.components.shell import mark
from flowstudio.ui.theme import button
from flowstudio.ui.visit import PATIENCE
from flowstudio.web.identity import COOKIE

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
            return RedirectResponse("/sign-in?used=1", status_code=303)

    @app.post("/sign-in/password", include_in_schema=False)
    async def by_password(request: Request) -> Response:
        form = await request.form()
        try:
            secret = await studio.sign_in.with_password(str(form.get("email", "")), str(form.get("password", "")))
        except FlowStudioError:
            return RedirectResponse("/sign-in?wrong=1", status_code=303)
        return signed_in(secret, request)

    @app.post("/sign-out", include_in_schema=False)
    async def sign_out(request: Request) -> Response:
        await studio.sign_in.end(request.cookies.get(COOKIE, ""))
        response = RedirectResponse("/sign-in", status_code=303)
        response.delete_cookie(COOKIE, path="/")
        return response

    @ui.page("/sign-in", title="Sign in · FlowStudio", response_timeout=PATIENCE)
    def page(used: str = "", wrong: str = "") -> None:
        with ui.element("div").classes("fs-sign-in"), ui.element("div").classes("fs-card fs-sign-in__card"):
            mark()
            ui.label("Sign in to FlowStudio").classes("fs-title--large").props("role=heading aria-level=1")
            if used:
                ui.label("This link is used or too old. Make a fresh one.").classes("fs-field-error").props(
                    "role=alert"
                )
            if wrong:
                ui.label("E-mail and password do not fit together.").classes("fs-field-error").props("role=alert")
            with ui.element("form").props('method="post" action="/sign-in/password"').classes("fs-sign-in__form"):
                for name, kind, label in (("email", "email", "E-mail"), ("password", "password", "Password")):
                    with ui.element("label").classes("fs-field"):
                        ui.label(label).classes("fs-field-label")
                        ui.element("input").props(f'name="{name}" type="{kind}" required').classes("fs-plain-input")
                button("Sign in", "primary").props("type=submit")
            ui.label("Without a password: open the link that FlowStudio printed when it started, or run").classes(
                "fs-caption"
            )
            ui.label("flowstudio user link").classes("fs-mono fs-well")
