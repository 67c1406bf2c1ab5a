"""Workflows count the runs that were passed over."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Go forward."""
    op.add_column("workflow", sa.Column("skip_count", sa.Integer(), nullable=False, server_default="0"))
    op.execute(
        "UPDATE workflow SET skip_count ="
        " (SELECT count(*) FROM run WHERE run.workflow_id = workflow.id AND run.status = 'skipped' AND NOT run.test)"
    )


def downgrade() -> None:
    """Go back."""
    op.drop_column("workflow", "skip_count")
