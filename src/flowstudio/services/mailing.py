"""Mail where no mail server is set: which steps tell people by mail, and what is said where nobody was told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowstudio.services.template_needs import services_used

if TYPE_CHECKING:
    from flowstudio.domain.workflow import Node, Workflow

MAIL = "smtp"
"""The service of `SERVICES` by which mail leaves."""
NO_SERVER = "No mail server is set"
WAY_OUT = "Whoever runs FlowStudio sets FLOWSTUDIO_SMTP_URL."
NOBODY_TOLD = f"Nobody was told by mail: no mail server is set. {WAY_OUT} Until then, tell them yourself."


def nobody_told(mail_from: str, *, asks: bool) -> str:
    """Say that those who are asked got no mail; empty where nobody is asked, or mail can leave."""
    return NOBODY_TOLD if asks and not mail_from else ""


def parts_that_mail(workflow: Workflow) -> list[Node]:
    """Return the steps that mail, ask for approval, or tell somebody by mail; those that are off do not."""
    return [node for node in workflow.nodes if not node.disabled and _mails(node, workflow)]


def _mails(node: Node, workflow: Workflow) -> bool:
    own = MAIL in services_used(workflow.model_copy(update={"nodes": (node,)}))
    return own or node.type == "approval" or any(one.channel == "email" for one in node.notify)
