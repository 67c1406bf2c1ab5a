"""`flowstudio move`: everything in the SQLite file, into an empty PostgreSQL database."""

from __future__ import annotations

import sys
import time
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import click

from flowstudio.cli._place import data_option, settings_of
from flowstudio.config import DATABASE_FILE, Settings
from flowstudio.errors import BadSetting
from flowstudio.observe import redactor

if TYPE_CHECKING:
    from sqlalchemy.engine import URL

    from flowstudio.storage.moving import Moved


@click.command()
@click.option(
    "--to", "address", help="Address of the PostgreSQL database, postgresql://…; without it, FLOWSTUDIO_DATABASE_URL."
)
@data_option
def command(address: str | None, data_dir: Path | None) -> None:
    """Move from SQLite to PostgreSQL: copy the whole database of the data directory into an empty one.

    Stop the server first. The SQLite file stays as it is; a move that is broken off is started again.
    """
    if find_spec("psycopg") is None:
        raise BadSetting("PostgreSQL needs the package psycopg.", hint="Install FlowStudio with its extra `postgres`.")
    from flowstudio.storage.moving import move

    settings = settings_of(data_dir)
    file = settings.database_file() or settings.data_dir / DATABASE_FILE
    target = _target(address, settings)
    progress = _Progress()
    try:
        moved = move(file, target, progress)
    finally:
        progress.end()
    _tell(moved, file, target)


def _target(address: str | None, settings: Settings) -> URL:
    from flowstudio.storage.engines import read_url

    if address is None and not settings.uses_postgres:
        raise BadSetting(
            "No PostgreSQL database is named.", hint="Name an empty one: --to postgresql://user@host/database"
        )
    try:
        target = read_url(settings.database_url() if address is None else address)
    except BadSetting:
        target = None
    if target is None or target.drivername != "postgresql":
        raise BadSetting("--to is no address of PostgreSQL.", hint="It begins with postgresql://.")
    return target


def _tell(moved: list[Moved], file: Path, target: URL) -> None:
    """Print what arrived, and what to do with it."""
    width = max(len(one.table) for one in moved)
    for one in moved:
        if one.rows:
            left_out = f" ({one.mended:,} without the character zero, which PostgreSQL does not take)"
            click.echo(f"  {one.table:<{width}} {one.rows:>12,}{left_out if one.mended else ''}")
    rows = sum(one.rows for one in moved)
    where = redactor.text(target.render_as_string(hide_password=False))
    click.echo(
        f"{rows:,} rows in {len(moved)} tables of {file} are moved to {where}; every table has as many as before."
    )
    click.echo(
        "Set FLOWSTUDIO_DATABASE_URL to that address, keep the data directory with its key, and start FlowStudio.\n"
        "The file is as it was. Do not start on it again: both would go on with the same runs."
    )


class _Progress:
    """A line on the terminal that says how far it is, once it has taken a second."""

    def __init__(self) -> None:
        self._shown = False
        self._next = time.monotonic() + 1

    def __call__(self, table: str, done: int, total: int) -> None:
        """Say that so many of all rows are copied."""
        if time.monotonic() < self._next or not sys.stderr.isatty():
            return
        self._shown = True
        self._next = time.monotonic() + 0.2
        click.echo(f"\r\033[K{done:,} of {total:,} rows ({done * 100 // max(total, 1)} %), {table}", nl=False, err=True)

    def end(self) -> None:
        """Take the line away."""
        if self._shown:
            click.echo("\r\033[K", nl=False, err=True)
