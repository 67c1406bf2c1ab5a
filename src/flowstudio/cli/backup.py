"""`flowstudio backup FILE`: a consistent copy of the database, while it is in use."""

from __future__ import annotations

from pathlib import Path

import click

from flowstudio.cli._place import data_option, going, opened, settings_of


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@data_option
def command(file: Path, data_dir: Path | None) -> None:
    """Write a copy of the database to FILE. The key file is kept elsewhere: copy it too."""
    going(_backup(file, data_dir))
    click.echo(f"The database is copied to {file}.")


async def _backup(file: Path, data_dir: Path | None) -> None:
    async with opened(settings_of(data_dir)) as house:
        await house.database.backup(file)
