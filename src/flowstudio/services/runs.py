"""Runs: start by hand, look at, cancel, try again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol

from flowstudio.domain.actor import Actor, Role
from flowstudio.domain.states import FINISHED_RUN, WaitingFor, WorkflowStatus
from flowstudio.errors import BadRequest, Conflict, NotFound
from flowstudio.services.ports import Page, RunRow

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from flowstudio.domain.json import JsonObject
    from flowstudio.domain.run import Iteration, Run, RunPlace, Step
    from flowstudio.services.ports import AuditLog, RunStore, WorkflowStore
    from flowstudio.services.starting import Starter


Again = Literal["repeat", "skip", "output"]
"""How a run goes on from a step: it is made again, passed over, or has given what a person says."""


class RunControl(Protocol):
    """The part of the engine that steers runs that are under way."""

    async def cancel(self, run_id: str, reason: str = "") -> None: ...

    async def pause(self, run_id: str) -> None: ...

    async def resume(
        self,
        run_id: str,
        *,
        from_step: str | None = None,
        iteration: Iteration | None = None,
        version: int | None = None,
        input: JsonObject | None = None,
        how: Again = "repeat",
        output: JsonObject | None = None,
        by: str = "",
    ) -> None: ...

    async def move(self, run_id: str, version: int) -> bool: ...

    async def skip(self, run_id: str, node_id: str, iteration: Iteration = ()) -> None: ...

    async def decide(
        self, run_id: str, node_id: str, decision: str, *, by: str, comment: str = "", iteration: Iteration = ()
    ) -> None: ...

    async def decide_in_doubt(
        self, run_id: str, node_id: str, choice: str, *, by: str, iteration: Iteration = ()
    ) -> None: ...

    async def wait_finished(self, run_id: str, seconds: float) -> bool: ...


class RunService:
    """The verbs of runs."""

    def __init__(
        self, store: RunStore, workflows: WorkflowStore, starter: Starter, control: RunControl, audit: AuditLog
    ) -> None:
        self._store = store
        self._workflows = workflows
        self._starter = starter
        self._control = control
        self._audit = audit

    async def execute(
        self,
        actor: Actor,
        workflow_id: str,
        payload: JsonObject,
        *,
        key: str | None = None,
        trigger_id: str | None = None,
    ) -> str:
        """Run the published version now; the same `key` never starts it twice.

        Raise Conflict when none is published.
        """
        actor.require(Role.OPERATOR)
        self._starter.require_room(actor.workspace)
        stored = await self._workflows.get(actor.workspace, workflow_id)
        if stored is None:
            raise NotFound(f'There is no workflow "{workflow_id}".')
        if stored.published_version is None or stored.status not in (WorkflowStatus.ACTIVE, WorkflowStatus.PAUSED):
            raise Conflict("There is no published version to run.", hint="Publish the workflow first.")
        document = await self._workflows.version(actor.workspace, workflow_id, stored.published_version)
        triggers = document.document.get("triggers", []) if document else []
        chosen = trigger_id or next((one["id"] for one in triggers if one["type"] == "manual"), None)
        chosen = chosen or (triggers[0]["id"] if triggers else "trigger")
        run_id = await self._starter.start(
            actor.workspace, workflow_id, stored.published_version, payload, trigger_id=chosen,
            event_id=f"key:{key}" if key else None,
        )  # fmt: skip
        await self._audit.note(actor.workspace, actor.name, "run.started", run_id, {"workflow": workflow_id})
        return run_id

    async def wait(self, actor: Actor, run_id: str, seconds: float) -> bool:
        """Wait until the run is finished, at most that long; say whether it is."""
        actor.require(Role.VIEWER)
        return await self._control.wait_finished(run_id, seconds)

    async def get(self, actor: Actor, run_id: str) -> tuple[Run, Sequence[Step]]:
        """Return a run with its steps; raise NotFound."""
        actor.require(Role.VIEWER)
        found = await self._store.get(actor.workspace, run_id)
        if found is None:
            raise NotFound(f'There is no run "{run_id}".')
        return found

    async def around(self, actor: Actor, run: Run) -> RunPlace:
        """Return which run of its workflow this one is, and the ones before and after it."""
        actor.require(Role.VIEWER)
        return await self._store.around(actor.workspace, run.workflow_id, run.id)

    async def list(
        self,
        actor: Actor,
        page: Page,
        *,
        workflow_id: str | None = None,
        status: Sequence[str] = (),
        search: str = "",
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> tuple[Sequence[RunRow], int]:
        """Return one page of runs, newest first, and how many there are; `until` is the first moment after them."""
        actor.require(Role.VIEWER)
        return await self._store.list(
            actor.workspace, page, workflow_id=workflow_id, status=status, search=search, since=since, until=until
        )

    async def per_day(self, actor: Actor, days: int = 14, workflow_id: str | None = None) -> Sequence[JsonObject]:
        """Return counts per workflow and day."""
        actor.require(Role.VIEWER)
        return await self._store.per_day(actor.workspace, days, workflow_id)

    async def summary(self, actor: Actor) -> JsonObject:
        """Return the figures of the dashboard."""
        actor.require(Role.VIEWER)
        return await self._store.summary(actor.workspace)

    async def cancel(self, actor: Actor, run_id: str) -> None:
        """Stop a run that is not finished."""
        actor.require(Role.OPERATOR)
        run, _ = await self.get(actor, run_id)
        if run.status in FINISHED_RUN:
            raise Conflict(f"This run is {run.status.value} already.")
        await self._control.cancel(run_id, f"Cancelled by {actor.name}.")
        await self._audit.note(actor.workspace, actor.name, "run.cancelled", run_id)

    async def pause(self, actor: Actor, run_id: str) -> None:
        """Hold a run until it is resumed."""
        actor.require(Role.OPERATOR)
        await self.get(actor, run_id)
        await self._control.pause(run_id)

    async def resume(self, actor: Actor, run_id: str) -> None:
        """Let a paused run go on."""
        actor.require(Role.OPERATOR)
        await self.get(actor, run_id)
        await self._control.resume(run_id)

    async def retry(
        self,
        actor: Actor,
        run_id: str,
        *,
        from_step: str | None = None,
        iteration: Iteration | None = None,
        version: int | None = None,
        input: JsonObject | None = None,
        how: Again = "repeat",
        output: JsonObject | None = None,
    ) -> None:
        """Take a finished run up again, from its failed step unless another is named.

        `input`: settings in the place of the filled-in ones. `output`: what the step is to have given, with
        `how="output"`. Raise BadRequest where the step is not in that version.
        """
        actor.require(Role.OPERATOR)
        run, _ = await self.get(actor, run_id)
        if run.status not in FINISHED_RUN:
            raise Conflict(f"This run is {run.status.value}; only a finished one can be tried again.")
        if from_step is None and (how != "repeat" or input is not None):
            raise BadRequest("Say from which step the run is to go on.")
        await self._control.resume(
            run_id, from_step=from_step, iteration=iteration, version=version, input=input, how=how, output=output,
            by=actor.name,
        )  # fmt: skip
        detail: JsonObject = {"step": from_step, "how": how, "version": version}
        await self._audit.note(actor.workspace, actor.name, "run.retried", run_id, detail)

    async def skip_step(self, actor: Actor, run_id: str, step_id: str, iteration: Iteration = ()) -> None:
        """Pass over a step that failed, waits or is in doubt."""
        actor.require(Role.OPERATOR)
        await self.get(actor, run_id)
        await self._control.skip(run_id, step_id, iteration)

    async def decide(
        self, actor: Actor, run_id: str, decision: str, *, step_id: str | None = None, comment: str = ""
    ) -> None:
        """Approve or reject what a run waits for."""
        actor.require(Role.OPERATOR)
        _, steps = await self.get(actor, run_id)
        waiting = [step for step in _last(steps) if step.status.value == "waiting" and step_id in (None, step.node_id)]
        asked = [step for step in waiting if step.detail.get("wait") == "approval"]
        if not asked:
            raise Conflict("This run waits for no decision.")
        await self._control.decide(
            run_id, asked[0].node_id, decision, by=actor.name, comment=comment, iteration=asked[0].iteration
        )

    async def decide_in_doubt(
        self, actor: Actor, run_id: str, step_id: str, choice: str, iteration: Iteration = ()
    ) -> None:
        """Say what became of a step whose outcome is unknown: happened, repeat, skip or fail."""
        actor.require(Role.OPERATOR)
        await self.get(actor, run_id)
        await self._control.decide_in_doubt(run_id, step_id, choice, by=actor.name, iteration=iteration)
        await self._audit.note(actor.workspace, actor.name, "step.decided", run_id, {"step": step_id, "choice": choice})

    async def cancel_all(self, actor: Actor, workflow_id: str, *, reason: str) -> int:
        """Cancel every unfinished run of a workflow; return how many."""
        actor.require(Role.OPERATOR)
        unfinished = await self._store.unfinished(actor.workspace, workflow_id)
        for run_id in unfinished:
            await self._control.cancel(run_id, reason)
        return len(unfinished)

    async def cancel_delayed(self, actor: Actor, workflow_id: str, *, reason: str) -> int:
        """Cancel the runs of a workflow that wait for a moment to come; return how many."""
        actor.require(Role.OPERATOR)
        cancelled = 0
        for run_id in await self._store.unfinished(actor.workspace, workflow_id):
            found = await self._store.get(actor.workspace, run_id)
            if found is not None and found[0].waiting_for == WaitingFor.TIMER:
                await self._control.cancel(run_id, reason)
                cancelled += 1
        return cancelled

    async def move_all(self, actor: Actor, workflow_id: str, version: int) -> int:
        """Let waiting runs go on in another version, matched by node id; return how many do.

        A run that waits at a step which that version does not have in the same place stays on its own.
        """
        actor.require(Role.OPERATOR)
        unfinished = await self._store.unfinished(actor.workspace, workflow_id)
        return sum([await self._control.move(run_id, version) for run_id in unfinished])


def _last(steps: Sequence[Step]) -> Sequence[Step]:
    """Return the last record of each step: the truth about it."""
    return list({(step.node_id, step.iteration): step for step in steps}.values())
