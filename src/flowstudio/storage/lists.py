"""Pages of lists: sorting by named columns, cutting out a page, counting all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from flowstudio.errors import BadRequest
from flowstudio.services.ports import Page

MAX_SIZE = 1_000


async def page_of(
    connection: AsyncConnection,
    query: Select[Any],
    page: Page,
    sorts: Mapping[str, ColumnElement[Any]],
    key: ColumnElement[Any],
    *,
    counted: Select[Any] | None = None,
) -> tuple[list[Row[Any]], int]:
    """Return the rows of one page and how many there are in all.

    `key` is unique and decides among equals, newest last. `counted` is a query with as many rows that costs less, such
    as one without the joins. Raise BadRequest for a sort that is not in `sorts`.
    """
    whole = (query if counted is None else counted).order_by(None).subquery()
    total = (await connection.execute(select(func.count()).select_from(whole))).scalar_one()
    size = max(1, min(page.size, MAX_SIZE))
    cut = ordered(query, page.sort, sorts, key).limit(size).offset((max(1, page.number) - 1) * size)
    return list((await connection.execute(cut)).all()), total


def ordered(
    query: Select[Any], sort: str, sorts: Mapping[str, ColumnElement[Any]], key: ColumnElement[Any]
) -> Select[Any]:
    """Sort a query by a name of `sorts` (`-` before it: descending); missing values come last."""
    if not sort:
        return query.order_by(key)
    name = sort.removeprefix("-")
    if name not in sorts:
        raise BadRequest(f'This list cannot be sorted by "{name}".', hint=f"It can be by {', '.join(sorts)}.")
    column = sorts[name]
    down = sort.startswith("-")
    return query.order_by((column.desc() if down else column.asc()).nulls_last(), key.desc() if down else key.asc())
