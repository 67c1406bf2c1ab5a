"""Workflows that call workflows: the child runs the published version, once per step that called it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowstudio.domain.states import WorkflowStatus
from flowstudio.errors import StepError

if TYPE_CHECKING:
    from flowstudio.engine.world import Child
    from flowstudio.services.ports import WorkflowStore
    from flowstudio.services.starting import Starter


class Calling:
    """Starts the runs that other runs ask for."""

    def __init__(self, workflows: WorkflowStore) -> None:
        self._workflows = workflows
        self.starter: Starter | None = None
        """Set once it exists: the engine it starts runs with needs this first."""

    async def start(self, child: Child) -> str:
        """Start the child and return its run's id; raise StepError when there is nothing to run."""
        workspace = child.parent.workspace
        stored = await self._workflows.get(workspace, child.workflow)
        usable = (WorkflowStatus.ACTIVE, WorkflowStatus.PAUSED)
        if self.starter is None or stored is None or stored.published_version is None or stored.status not in usable:
            raise StepError(
                f'The workflow "{child.workflow}" cannot be called: it is not published.', hint="Publish it first."
            )
        version = await self._workflows.version(workspace, child.workflow, stored.published_version)
        triggers = version.document.get("triggers", []) if version is not None else []
        manual = next((one["id"] for one in triggers if one["type"] == "manual"), None)
        return await self.starter.start(
            workspace,
            child.workflow,
            stored.published_version,
            child.input,
            trigger_id=manual or (triggers[0]["id"] if triggers else "trigger"),
            event_id=child.event_id,
            parent_run=child.parent.id,
        )
