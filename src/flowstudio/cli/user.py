"""`flowstudio user`: people."""

from __future__ import annotations

from pathlib import Path

import click

from flowstudio.cli._place import data_option, going, opened, running_server, settings_of


@click.group()
def command() -> None:
    """People who sign in."""


@command.command()
@data_option
def link(data_dir: Path | None) -> None:
    """Make a sign-in link: valid ten minutes and for one browser."""
    click.echo(going(_link(data_dir)))


async def _link(data_dir: Path | None) -> str:
    settings = settings_of(data_dir)
    server = running_server(settings)
    async with opened(settings) as house:
        base = server.url if server is not None and not settings.base_url else settings.public_url()
        return await house.sign_in_link(base)


@command.command()
@click.password_option(help="The password; asked for when left out.")
@data_option
def password(password: str, data_dir: Path | None) -> None:
    """Set the owner's password."""
    going(_password(password, data_dir))
    click.echo("The password is set. Links are not printed at the start any more.")


async def _password(password: str, data_dir: Path | None) -> None:
    async with opened(settings_of(data_dir)) as house:
        actor = await house.owner("cli")
        await house.studio.sign_in.set_password(actor, actor.user_id, password)
