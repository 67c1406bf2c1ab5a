"""Runs and records."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0002"
down_revision = "0001"

_TABLES = (
    "run",
    "step",
    "intent",
    "timer",
    "wait",
    "event",
    "blob",
    "record_type",
    "record",
)


def upgrade() -> None:
    """Go forward."""
    _runs()
    _run_parts()
    _records()


def downgrade() -> None:
    """Go back."""
    for table in reversed(_TABLES):
        op.drop_table(table)


def _runs() -> None:
    """Create runs and their steps."""
    op.create_table(
        "run",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("workflow_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("trigger_id", sa.Text(), nullable=False),
        sa.Column("event", sa.Text()),
        sa.Column("event_id", sa.Text()),
        sa.Column("test", sa.Boolean(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.Text()),
        sa.Column("reason", sa.Text()),
        sa.Column("waiting_for", sa.Text()),
        sa.Column("error", sa.Text()),
        sa.Column("parent_run", sa.Text()),
        sa.Column("queued_at", sa.BigInteger()),
        sa.Column("started_at", sa.BigInteger()),
        sa.Column("completed_at", sa.BigInteger()),
        sa.Column("steps_total", sa.Integer(), nullable=False),
        sa.Column("steps_completed", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_run"),
        sa.UniqueConstraint("workflow_id", "event_id", name="uq_run_workflow_id_event_id"),
    )
    op.create_index(
        "ix_run_open",
        "run",
        ["workspace", "status"],
        sqlite_where=sa.text("status IN ('queued', 'running', 'waiting')"),
        postgresql_where=sa.text("status IN ('queued', 'running', 'waiting')"),
    )
    op.create_index("ix_run_workflow_id_id", "run", ["workflow_id", "id"])
    op.create_index("ix_run_workspace_completed_at", "run", ["workspace", "completed_at"])
    op.create_table(
        "step",
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("node_id", sa.Text(), nullable=False),
        sa.Column("iteration", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("ways", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("started_at", sa.BigInteger()),
        sa.Column("completed_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("run_id", "seq", name="pk_step"),
        sqlite_with_rowid=False,
    )


def _run_parts() -> None:
    """Create what runs wait for, raise and leave."""
    op.create_table(
        "intent",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("node_id", sa.Text(), nullable=False),
        sa.Column("iteration", sa.Text(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("input", sa.Text()),
        sa.PrimaryKeyConstraint("run_id", "node_id", "iteration", "attempt", name="pk_intent"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "timer",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("node_id", sa.Text(), nullable=False),
        sa.Column("iteration", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("due", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("run_id", "node_id", "iteration", "kind", name="pk_timer"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_timer_due", "timer", ["due"])
    op.create_table(
        "wait",
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("node_id", sa.Text(), nullable=False),
        sa.Column("iteration", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("expires", sa.BigInteger()),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("done_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("token", name="pk_wait"),
    )
    op.create_index("ix_wait_run_id", "wait", ["run_id"])
    op.create_index("ix_wait_workspace_done_at_kind", "wait", ["workspace", "done_at", "kind"])
    op.create_table(
        "event",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text()),
        sa.Column("done_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("workspace", "id", name="pk_event"),
    )
    op.create_index(
        "ix_event_open",
        "event",
        ["position"],
        sqlite_where=sa.text("done_at IS NULL"),
        postgresql_where=sa.text("done_at IS NULL"),
    )
    op.create_table(
        "blob",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("name", sa.Text()),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "hash", name="pk_blob"),
    )


def _records() -> None:
    """Create records and their types."""
    op.create_table(
        "record_type",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "name", name="pk_record_type"),
    )
    op.create_table(
        "record",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("data", sa.Text().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "entity", "id", name="pk_record"),
    )
    op.create_index("ix_record_workspace_entity_position", "record", ["workspace", "entity", "position"])
