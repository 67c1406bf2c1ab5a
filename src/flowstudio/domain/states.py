"""The three state machines: workflow, run and step, each with its one table of allowed transitions."""

from __future__ import annotations

from enum import StrEnum


class WorkflowStatus(StrEnum):
    """Where a workflow stands."""

    DRAFT = "draft"
    """never switched on"""
    ACTIVE = "active"
    """its triggers start runs"""
    PAUSED = "paused"
    """published, but its triggers are off"""
    ARCHIVED = "archived"
    """kept for its history only"""


class RunStatus(StrEnum):
    """Where a run stands."""

    QUEUED = "queued"
    """accepted and on disk, has not had its turn yet"""
    RUNNING = "running"
    WAITING = "waiting"
    """nothing to do until a timer, a person or an event; see WaitingFor"""
    COMPLETED = "completed"
    FAILED = "failed"
    """a step failed and nothing caught it; a timeout has the code `timed_out`"""
    CANCELLED = "cancelled"
    SKIPPED = "skipped"
    """not carried out, because what started it no longer holds"""
    REJECTED = "rejected"
    """an approval was refused and no way led on"""


class WaitingFor(StrEnum):
    """What a waiting run waits for."""

    TIMER = "timer"
    APPROVAL = "approval"
    EVENT = "event"
    LIMIT = "limit"
    RETRY = "retry"
    DECISION = "decision"
    """a person must say what became of a step whose outcome is unknown"""
    PAUSED = "paused"


class StepStatus(StrEnum):
    """Where a step stands."""

    PENDING = "pending"
    RUNNING = "running"
    WAITING = "waiting"
    RETRYING = "retrying"
    COMPLETED = "completed"
    FAILED = "failed"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"
    IN_DOUBT = "in_doubt"
    """the effect may or may not have happened; a person decides"""


_R, _S, _W = RunStatus, StepStatus, WorkflowStatus

RUN_TRANSITIONS: dict[RunStatus, frozenset[RunStatus]] = {
    _R.QUEUED: frozenset({_R.RUNNING, _R.WAITING, _R.CANCELLED, _R.SKIPPED, _R.FAILED}),
    _R.RUNNING: frozenset({_R.WAITING, _R.COMPLETED, _R.FAILED, _R.CANCELLED, _R.SKIPPED, _R.REJECTED, _R.QUEUED}),
    _R.WAITING: frozenset({_R.RUNNING, _R.QUEUED, _R.CANCELLED, _R.FAILED, _R.SKIPPED, _R.REJECTED, _R.COMPLETED}),
    _R.COMPLETED: frozenset(),
    _R.FAILED: frozenset({_R.QUEUED, _R.RUNNING}),  # a person resumes it
    _R.CANCELLED: frozenset({_R.QUEUED, _R.RUNNING}),
    _R.SKIPPED: frozenset(),
    _R.REJECTED: frozenset({_R.QUEUED, _R.RUNNING}),
}

STEP_TRANSITIONS: dict[StepStatus, frozenset[StepStatus]] = {
    _S.PENDING: frozenset({_S.RUNNING, _S.WAITING, _S.COMPLETED, _S.FAILED, _S.SKIPPED, _S.CANCELLED}),
    _S.RUNNING: frozenset({_S.WAITING, _S.RETRYING, _S.COMPLETED, _S.FAILED, _S.SKIPPED, _S.CANCELLED, _S.IN_DOUBT}),
    _S.WAITING: frozenset({_S.RUNNING, _S.COMPLETED, _S.FAILED, _S.SKIPPED, _S.CANCELLED}),
    _S.RETRYING: frozenset({_S.RUNNING, _S.COMPLETED, _S.FAILED, _S.SKIPPED, _S.CANCELLED, _S.IN_DOUBT}),
    _S.IN_DOUBT: frozenset({_S.RUNNING, _S.COMPLETED, _S.FAILED, _S.SKIPPED, _S.CANCELLED}),
    _S.COMPLETED: frozenset(),
    _S.FAILED: frozenset({_S.RUNNING, _S.RETRYING, _S.SKIPPED, _S.COMPLETED}),
    _S.SKIPPED: frozenset(),
    _S.CANCELLED: frozenset({_S.RUNNING}),
}

WORKFLOW_TRANSITIONS: dict[WorkflowStatus, frozenset[WorkflowStatus]] = {
    _W.DRAFT: frozenset({_W.ACTIVE, _W.PAUSED, _W.ARCHIVED}),
    _W.ACTIVE: frozenset({_W.PAUSED, _W.ARCHIVED}),
    _W.PAUSED: frozenset({_W.ACTIVE, _W.ARCHIVED}),
    _W.ARCHIVED: frozenset({_W.PAUSED}),
}

FINISHED_RUN = frozenset({_R.COMPLETED, _R.FAILED, _R.CANCELLED, _R.SKIPPED, _R.REJECTED})
"""A run in one of these has nothing left to do of its own."""

SETTLED_STEP = frozenset({_S.COMPLETED, _S.FAILED, _S.SKIPPED, _S.CANCELLED})
