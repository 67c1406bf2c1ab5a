"""What FlowStudio tells about itself: logs without secrets, metrics, and which run or request a line belongs to."""

from flowstudio.observe.context import bound
from flowstudio.observe.logs import configure_logs, logger
from flowstudio.observe.redaction import MASK, Redactor, redactor

__all__ = ["MASK", "Redactor", "bound", "configure_logs", "logger", "redactor"]
