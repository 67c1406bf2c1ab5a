"""A page that could not be drawn still leads home."""

import pytest
from nicegui import app
from nicegui.testing import User
from starlette.requests import Request

from flowstudio.domain.actor import Actor, Role
from flowstudio.ui.components import lost

pytestmark = pytest.mark.nicegui_main_file("")


@pytest.mark.parametrize("actor", [None, Actor("main", "usr_1", "Ada", Role.BUILDER)])
async def test_a_page_that_fails_says_so_after_the_visit_too(user: User, actor: Actor | None) -> None:
    """The answer to a fault is made when the visit, and what is known of the visitor, is gone."""
    del user
    lost.install(app)
    scope = {"type": "http", "method": "GET", "path": "/fails", "headers": [], "query_string": b"",
             "nicegui_page_path": "/fails", "state": {"actor": actor}, "app": app, "server": ("127.0.0.1", 80)}  # fmt: skip
    answer = await app.exception_handlers[Exception](Request(scope), TypeError("a fault of ours"))
    assert answer.status_code == 500
    assert "This page could not be drawn." in bytes(answer.body).decode()
