"""What FlowStudio itself tells people, by mail and inside the product: message texts of the workspace, filled in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowstudio.errors import FlowStudioError
from flowstudio.expressions import EvalContext, compile_template
from flowstudio.expressions.printing import print_value
from flowstudio.expressions.scope import DictScope

if TYPE_CHECKING:
    from flowstudio.domain.delivery import Delivery
    from flowstudio.domain.json import JsonObject
    from flowstudio.kit.ports import Clock, MessageTexts

TEXTS = {
    "alert_over": ("alert", "alert", "reading"),
    "alert_raised": ("alert", "alert", "reading"),
    "asked": ("approval_asked", "subject", "message"),
    "expired": ("approval_expired", "subject", "asked"),
    "escalated": ("approval_escalated", "subject", "asked"),
    "run_failed": ("run_failed", "workflow", "error"),
    "switched_off": ("workflow_switched_off", "workflow", "reason"),
}
"""By reason: the message text, and what stands in the two lines of the notice as it is noted."""


def worded(row: Delivery, texts: MessageTexts, link: str, clock: Clock) -> str | None:
    """Return what to tell, the subject as its first line; None for a notice that says by itself what it tells.

    A text that cannot be filled in (any more) tells what was noted, as it is.
    """
    found = TEXTS.get(row.reason)
    if found is None:
        return None
    name, *keys = found
    text = texts.get(name) or {}
    values = dict(zip(keys, row.text.partition("\n")[::2], strict=True))
    names: JsonObject = {**values, "link": link if row.channel == "email" else ""}
    try:
        subject, body = (_filled(str(text[key]), names, clock) for key in ("subject", "text"))
    except (FlowStudioError, KeyError):
        subject, body = row.text.partition("\n")[0], f"{row.text}\n\n{names['link']}"
    return f"{' '.join(subject.split())}\n\n{body.strip()}"


def _filled(text: str, names: JsonObject, clock: Clock) -> str:
    return print_value(compile_template(text).render(EvalContext(DictScope(names), clock.now())))
