"""Turn an error of a deed into a sentence on the page, where it happened."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flowstudio.errors import FlowStudioError
from flowstudio.ui.theme import toast


@contextmanager
def said() -> Iterator[None]:
    """Say what went wrong instead of failing the page; anything unknown goes on to the log."""
    try:
        yield
    except FlowStudioError as error:
        toast(error.told, wrong=True)
