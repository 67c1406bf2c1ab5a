"""What goes around every attempt of an action, from the outside in: figures, answers used again, timeout.

A hook takes the next call and returns one that does something before, after or instead of it.
"""

from flowstudio.engine.hooks.metrics import with_metrics
from flowstudio.engine.hooks.reuse import with_reuse
from flowstudio.engine.hooks.timeout import Call, with_timeout

HOOKS = (with_metrics, with_reuse, with_timeout)

__all__ = ["HOOKS", "Call", "with_metrics", "with_reuse", "with_timeout"]
