"""Errors as problem details (RFC 9457)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

from flowstudio.errors import FlowStudioError, InvalidWorkflow, TooMany, UnreadableDocument

if TYPE_CHECKING:
    from fastapi import FastAPI

MEDIA = "application/problem+json"
STATUS = {
    "not_found": 404, "conflict": 409, "not_allowed": 403, "not_signed_in": 401, "too_many": 429, "bad_request": 400,
    "invalid_workflow": 422, "unreadable_document": 422, "config_rejected": 422,
    "storage_failed": 503, "link_expired": 410,
}  # fmt: skip


def status_of(error: FlowStudioError) -> int:
    """Return the HTTP status of an error."""
    return STATUS.get(error.code, 422 if error.who == "user" else 502 if error.who == "outside" else 500)


def as_problem(error: FlowStudioError) -> JSONResponse:
    """Return the answer that tells an error."""
    status = status_of(error)
    content: dict[str, Any] = {
        "type": f"/help#error-{error.code}",
        "title": (type(error).__doc__ or "Error").strip().splitlines()[0],
        "status": status,
        "code": error.code,
        "detail": error.message,
        "hint": error.hint,
    }
    if isinstance(error, InvalidWorkflow | UnreadableDocument):
        content["problems"] = [one.model_dump(mode="json") for one in error.problems]
    headers = {}
    if isinstance(error, TooMany) and error.after is not None:
        headers["Retry-After"] = str(int(error.after) + 1)
    return JSONResponse(content, status_code=status, media_type=MEDIA, headers=headers)


def install(app: FastAPI) -> None:
    """Let every route answer errors this way."""

    @app.exception_handler(FlowStudioError)
    async def ours(request: Request, error: FlowStudioError) -> JSONResponse:
        del request
        return as_problem(error)

    @app.exception_handler(RequestValidationError)
    async def shape(request: Request, error: RequestValidationError) -> JSONResponse:
        del request
        faults = [
            {
                "path": "$" + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in one["loc"][1:]),
                "message": one["msg"],
            }
            for one in error.errors()
        ]
        detail = f"{faults[0]['path']}: {faults[0]['message']}." if faults else "The request is not right."
        content = {
            "type": "/help#error-bad_request",
            "title": "The request is not right.",
            "status": 422,
            "code": "bad_request",
            "detail": detail, "hint": "", "problems": faults,
        }  # fmt: skip
        return JSONResponse(content, status_code=422, media_type=MEDIA)
