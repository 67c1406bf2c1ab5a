"""Log set-up: structlog and the standard library write the same lines, to standard error, without secrets."""

import logging
import sys
from typing import IO, Any

import structlog
from structlog.stdlib import BoundLogger
from structlog.typing import EventDict, Processor, WrappedLogger

from flowstudio.observe.redaction import redactor

_QUIET = (
    "alembic", "httpx", "httpcore", "apscheduler", "uvicorn.access", "watchfiles", "engineio", "socketio", "fontTools",
)  # fmt: skip


def configure_logs(*, level: str = "INFO", as_json: bool | None = None, stream: IO[str] | None = None) -> None:
    """Set up logging for the process; lines are JSON unless the stream is a terminal."""
    stream = stream or sys.stderr
    as_json = not stream.isatty() if as_json is None else as_json
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    last: list[Processor] = (
        [structlog.processors.format_exc_info, _redact, structlog.processors.JSONRenderer(ensure_ascii=False)]
        if as_json
        else [structlog.processors.format_exc_info, _redact, structlog.dev.ConsoleRenderer()]
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    output = logging.StreamHandler(stream)
    output.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last]
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [output]
    root.setLevel(level)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def logger(name: str) -> BoundLogger:
    """Return the logger of a module; call it with an event-like message and fields."""
    found: BoundLogger = structlog.stdlib.get_logger(name)
    return found


def _redact(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Mask secrets; the last step before rendering, so that nothing is added behind it."""
    clean: dict[str, Any] = redactor.value(event)
    return clean
