"""The newest runs of a workspace are found without reading the others."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Go forward."""
    op.create_index(
        "ix_run_list",
        "run",
        ["workspace", "id"],
        sqlite_where=sa.text("test = 0"),
        postgresql_where=sa.text("NOT test"),
    )


def downgrade() -> None:
    """Go back."""
    op.drop_index("ix_run_list", "run")
