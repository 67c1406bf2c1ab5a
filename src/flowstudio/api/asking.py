"""What every route needs: who asks, and which page of a list."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Query, Request

from flowstudio.domain.actor import Actor
from flowstudio.errors import NotSignedIn
from flowstudio.services.ports import Page

MAX_SIZE = 500


def actor_of(request: Request) -> Actor:
    """Return who asks; raise NotSignedIn."""
    actor: Actor | None = getattr(request.state, "actor", None)
    if actor is None:
        raise NotSignedIn
    return actor


def page_of(
    page: Annotated[int, Query(ge=1, le=1_000_000)] = 1,
    page_size: Annotated[int, Query(ge=1, le=MAX_SIZE)] = 50,
    sort: Annotated[str, Query(max_length=60)] = "",
) -> Page:
    """Return the page that is asked for."""
    return Page(page, page_size, sort)


Asking = Annotated[Actor, Depends(actor_of)]
Paging = Annotated[Page, Depends(page_of)]
