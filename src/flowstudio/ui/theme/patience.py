"""A deed that takes long says so: its button becomes the sign that it is under way."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from nicegui import background_tasks, helpers, ui
from nicegui.events import ClickEventArguments

PATIENT = 1.0
"""Seconds that a deed may take before its button says that it is under way."""


class _Sign:
    """The sign of one deed on its button."""

    def __init__(self, element: ui.button) -> None:
        self._element = element
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Give the sign once the deed has taken too long from now on."""
        self._task = background_tasks.create(self._tell(), name="sign of a long deed")

    def stop(self) -> None:
        """Take the sign back, or keep it from coming."""
        if self._task is not None:
            self._task.cancel()
        if not self._element.is_deleted and "loading" in self._element.props:
            self._element.props(remove="loading aria-busy")

    async def _tell(self) -> None:
        await asyncio.sleep(PATIENT)
        if not self._element.is_deleted:
            self._element.props("loading aria-busy=true")  # a loading button takes no second click


_under_way: ContextVar[_Sign | None] = ContextVar("sign of the deed that is under way", default=None)


def watched(element: ui.button, on_click: Callable[..., object]) -> Callable[[ClickEventArguments], object]:
    """Return `on_click` as a handler that lets `element` say when the deed takes long."""

    def deed(event: ClickEventArguments) -> object:
        found = on_click(event) if helpers.expects_arguments(on_click) else on_click()
        return _until_done(element, found) if inspect.iscoroutine(found) else found

    return deed


@contextmanager
def while_a_person_thinks() -> Iterator[None]:
    """Take back the sign of the deed that asks: what waits for a person's answer is not under way."""
    sign = _under_way.get()
    if sign is not None:
        sign.stop()
    try:
        yield
    finally:
        if sign is not None:
            sign.start()


async def _until_done(element: ui.button, deed: Coroutine[Any, Any, object]) -> object:
    sign = _Sign(element)
    token = _under_way.set(sign)
    sign.start()
    try:
        return await deed
    finally:
        sign.stop()
        _under_way.reset(token)
