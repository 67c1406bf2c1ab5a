"""The run, step or request that the code at hand works for; every log line carries it."""

from contextlib import AbstractContextManager

from structlog.contextvars import bound_contextvars


def bound(**fields: str | int | None) -> AbstractContextManager[None]:
    """Add fields (run_id, step_id, workflow_id, request_id …) to every log line inside the block, tasks included."""
    return bound_contextvars(**fields)
