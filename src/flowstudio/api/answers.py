"""Answers as JSON: fast, and with moments written as ISO 8601."""

from __future__ import annotations

from typing import Any

import orjson
from starlette.responses import Response


class Json(Response):
    """Data as JSON; its entity tag where it has a revision."""

    media_type = "application/json"

    def __init__(self, content: Any, status: int = 200, *, revision: int | None = None) -> None:
        headers = {"ETag": f'"{revision}"'} if revision is not None else None
        super().__init__(content, status_code=status, headers=headers)

    def render(self, content: Any) -> bytes:
        """Return the bytes."""
        return orjson.dumps(content, option=orjson.OPT_NON_STR_KEYS)
