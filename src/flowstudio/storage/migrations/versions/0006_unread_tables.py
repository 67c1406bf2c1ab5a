"""Two tables go that nothing reads: messages are effects of steps, webhooks stand in the published versions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Go forward."""
    op.drop_table("message_log")
    op.drop_table("hook")


def downgrade() -> None:
    """Go back, to empty tables."""
    op.create_table(
        "message_log",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), server_default="", nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text()),
        sa.Column("detail", sa.Text()),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_message_log"),
    )
    op.create_index("ix_message_log_workspace_at", "message_log", ["workspace", "at"])
    op.create_table(
        "hook",
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("workflow_id", sa.Text(), nullable=False),
        sa.Column("trigger_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("token", "slug", name="pk_hook"),
        sa.ForeignKeyConstraint(["workflow_id"], ["workflow.id"], name="fk_hook_workflow_id_workflow"),
    )
    op.create_index("ix_hook_workflow_id", "hook", ["workflow_id"])
