"""Alerts of the workspace."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "alert",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("metric", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("raised_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("workspace", "metric", name="pk_alert"),
    )


def downgrade() -> None:
    """Go back."""
    op.drop_table("alert")
