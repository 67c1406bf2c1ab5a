"""Open runs are found by their workflow."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_OPEN = sa.text("status IN ('queued', 'running', 'waiting')")


def upgrade() -> None:
    """Go forward."""
    _index("workspace", "status", "workflow_id")


def downgrade() -> None:
    """Go back."""
    _index("workspace", "status")


def _index(*columns: str) -> None:
    op.drop_index("ix_run_open", "run")
    op.create_index("ix_run_open", "run", list(columns), sqlite_where=_OPEN, postgresql_where=_OPEN)
