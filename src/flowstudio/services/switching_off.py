"""FlowStudio switches a workflow off by itself: noted with the reason, and people are told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from flowstudio.domain.states import WorkflowStatus
from flowstudio.observe import logger

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from flowstudio.services.ports import AuditLog, WorkflowStore
    from flowstudio.services.triggers import TriggerService

PAUSED = "workflow.paused"
TURNS = (PAUSED, "workflow.switched_on", "workflow.switched_off", "workflow.imported")
"""The deeds after which a workflow is on or off; the newest of them says why it is."""
log = logger(__name__)


class Notices(Protocol):
    """Where people are told something inside the product."""

    async def add(
        self, workspace: str, title: str, *, body: str = "", link: str | None = None, person_id: str | None = None
    ) -> str: ...


class SwitchingOff:
    """Switches off. A person switches on again as always."""

    def __init__(
        self, workflows: WorkflowStore, triggers: TriggerService, audit: AuditLog, notices: Notices
    ) -> None:  # fmt: skip
        self._workflows = workflows
        self._triggers = triggers
        self._audit = audit
        self._notices = notices
        self.told: list[Callable[[str, str, str, str], Awaitable[None]]] = []
        """Called with workspace, workflow, its name and the reason."""

    async def switch_off(self, workspace: str, workflow_id: str, reason: str) -> None:
        """Let nothing start the workflow any more, and say why; `reason` is one or two sentences for people."""
        log.warning("workflow.paused", workflow=workflow_id, reason=reason)
        await self._workflows.set_status(workspace, workflow_id, WorkflowStatus.PAUSED)
        await self._triggers.sync(workspace, workflow_id)
        await self._audit.note(workspace, "FlowStudio", PAUSED, workflow_id, {"reason": reason})
        stored = await self._workflows.get(workspace, workflow_id)
        name = stored.name if stored is not None else workflow_id
        await self._notices.add(
            workspace, f"{name} was switched off", body=reason, link=f"/workflows/{workflow_id}"
        )  # fmt: skip
        for told in self.told:
            await told(workspace, workflow_id, name, reason)


async def reasons_for(audit: AuditLog, workspace: str, workflow_ids: Sequence[str]) -> dict[str, str]:
    """Return, by workflow, why FlowStudio switched it off; those that a person switched since are not in it."""
    newest = await audit.newest(workspace, workflow_ids, TURNS)
    return {
        workflow_id: str((line["detail"] or {}).get("reason") or "")
        for workflow_id, line in newest.items()
        if line["action"] == PAUSED
    }
