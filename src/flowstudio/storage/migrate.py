"""Bringing a database to the schema of this version."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect

from flowstudio.errors import BadSetting

if TYPE_CHECKING:
    from alembic.config import Config  # imported where a schema changes: most starts find theirs as it must be

_FOLDER = Path(__file__).parent / "migrations"
UPGRADE_LOCK = 7163842
"""The advisory lock of PostgreSQL under which a schema is looked at and changed: one process at a time."""


def configuration(connection: Connection | None = None) -> Config:
    """Return alembic's configuration for our migrations, on this connection."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def schema_version(connection: Connection) -> str | None:
    """Return the revision the database has; None for an empty one."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    return None if found is None else str(found)


def newest_version() -> str | None:
    """Return the revision this version of FlowStudio writes."""
    return max(known_versions(), default=None)


def known_versions() -> set[str]:
    """Return the revisions this version of FlowStudio knows: the numbers their files begin with."""
    return {path.name.partition("_")[0] for path in (_FOLDER / "versions").glob("[0-9]*.py")}


def upgrade(connection: Connection, to: str = "head") -> None:
    """Bring the schema forward, inside the caller's transaction; raise BadSetting for a schema newer than ours."""
    current = schema_version(connection)
    if current is not None and current not in known_versions():
        raise BadSetting(
            "This database was written by a newer version of FlowStudio.",
            hint="Install that version or a later one, or choose another directory with --data.",
        )
    if to != "head" or current != newest_version():
        from alembic import command

        command.upgrade(configuration(connection), to)


def downgrade(connection: Connection, to: str = "base") -> None:
    """Take the schema back, inside the caller's transaction."""
    from alembic import command

    command.downgrade(configuration(connection), to)
