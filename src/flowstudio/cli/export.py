"""`flowstudio export ID`: a workflow out of the data directory, on standard output."""

from __future__ import annotations

from pathlib import Path

import click

from flowstudio.cli._place import data_option, going, opened, settings_of


@click.command()
@click.argument("workflow_id")
@click.option("--draft", is_flag=True, help="The draft in the place of the published version.")
@data_option
def command(workflow_id: str, data_dir: Path | None, *, draft: bool) -> None:
    """Print a workflow's document."""
    click.echo(going(_export(workflow_id, data_dir, draft=draft)), nl=False)


async def _export(workflow_id: str, data_dir: Path | None, *, draft: bool) -> bytes:
    async with opened(settings_of(data_dir)) as house:
        actor = await house.owner("cli")
        return await house.studio.exchange.export(actor, workflow_id, draft=draft)
