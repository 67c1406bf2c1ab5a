"""The shelf: folders and tags of their own, whose workflow it is, and what each person chose to see.

Folders and tags that stood in imported documents become folders and tags of the workspace.
"""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0009"


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "folder",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "id", name="pk_folder"),
    )
    op.create_table(
        "tag",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("colour", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "id", name="pk_tag"),
    )
    op.create_table(
        "preference",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "person_id", "name", name="pk_preference"),
    )
    op.add_column("workflow", sa.Column("owner", sa.Text(), server_default="", nullable=False))
    connection = op.get_bind()
    connection.execute(
        sa.text(
            "UPDATE workflow SET owner = COALESCE((SELECT actor FROM audit WHERE audit.workspace = workflow.workspace"
            " AND subject = workflow.id AND action IN ('workflow.created', 'workflow.imported')"
            " ORDER BY audit.id LIMIT 1), '')"
        )
    )
    _sort_in(connection)


def _sort_in(connection: sa.Connection) -> None:
    """Make folders and tags of the names that workflows carry."""
    known: dict[tuple[str, str, str], str] = {}

    def id_of(kind: str, workspace: str, name: str, made: int) -> str:
        key = (kind, workspace, name.casefold())
        if key not in known:
            known[key] = f"{kind}_{len(known) + 1}"
            values = {"workspace": workspace, "id": known[key], "name": name, "created_at": made}
            columns: list[sa.ColumnClause[object]] = [
                sa.column(one) for one in (*values, *(("colour",) if kind == "tag" else ()))
            ]
            connection.execute(
                sa.table(kind, *columns).insert().values(**values, **({"colour": "idle"} if kind == "tag" else {}))
            )
        return known[key]

    rows = connection.execute(sa.text("SELECT id, workspace, folder, tags, created_at FROM workflow ORDER BY id")).all()
    for row in rows:
        tags = json.loads(row.tags) if row.tags else []
        named = [one.strip() for one in tags if isinstance(one, str) and one.strip()] if isinstance(tags, list) else []
        folder = (row.folder or "").strip()
        values = {
            "i": row.id,
            "f": id_of("folder", row.workspace, folder, row.created_at) if folder else "",
            "t": json.dumps(list(dict.fromkeys(id_of("tag", row.workspace, one, row.created_at) for one in named))),
        }
        connection.execute(sa.text("UPDATE workflow SET folder = :f, tags = :t WHERE id = :i"), values)


def downgrade() -> None:
    """Go back: the names stand with the workflows again."""
    connection = op.get_bind()
    tags = {row.id: row.name for row in connection.execute(sa.text("SELECT id, name FROM tag"))}
    connection.execute(
        sa.text(
            "UPDATE workflow SET folder = COALESCE((SELECT name FROM folder WHERE folder.id = workflow.folder"
            " AND folder.workspace = workflow.workspace), '')"
        )
    )
    for row in connection.execute(sa.text("SELECT id, tags FROM workflow")).all():
        named = [tags[one] for one in json.loads(row.tags or "[]") if one in tags]
        connection.execute(
            sa.text("UPDATE workflow SET tags = :t WHERE id = :i"), {"t": json.dumps(named), "i": row.id}
        )
    op.drop_column("workflow", "owner")
    op.drop_table("preference")
    op.drop_table("tag")
    op.drop_table("folder")
