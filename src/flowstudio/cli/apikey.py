"""`flowstudio apikey`: keys for programs."""

from __future__ import annotations

from pathlib import Path

import click

from flowstudio.cli._place import data_option, going, opened, settings_of
from flowstudio.domain.actor import Role


@click.group()
def command() -> None:
    """Keys with which programs call the API."""


@command.command()
@click.option("--name", required=True, help="What the key is for.")
@click.option(
    "--role", type=click.Choice([role.value for role in Role]), default=Role.BUILDER.value, help="What it may do."
)
@data_option
def create(name: str, role: str, data_dir: Path | None) -> None:
    """Make a key; it is shown this once, alone on the last line."""
    key = going(_create(name, Role(role), data_dir))
    click.echo(f'A key for "{name}" with the role {role}. Keep it: it is not shown again.')
    click.echo(key)


async def _create(name: str, role: Role, data_dir: Path | None) -> str:
    async with opened(settings_of(data_dir)) as house:
        return await house.studio.sign_in.make_key(await house.owner("cli"), name, role)
