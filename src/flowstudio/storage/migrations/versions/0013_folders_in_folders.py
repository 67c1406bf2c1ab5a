"""Folders stand in folders: those that are there stand at the top."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Go forward."""
    op.add_column("folder", sa.Column("parent", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    """Go back: all stand beside each other, and the way to a folder becomes its name."""
    connection = op.get_bind()
    rows = connection.execute(sa.text("SELECT workspace, id, name, parent FROM folder")).all()
    known = {(row.workspace, row.id): row for row in rows}
    for row in rows:
        names, above = [row.name], known.get((row.workspace, row.parent))
        while above is not None:
            names.insert(0, above.name)
            above = known.get((row.workspace, above.parent))
        if len(names) > 1:
            values = {"w": row.workspace, "i": row.id, "n": " / ".join(names)}
            connection.execute(sa.text("UPDATE folder SET name = :n WHERE workspace = :w AND id = :i"), values)
    op.drop_column("folder", "parent")
