"""`flowstudio import FILE…`: workflow files into the data directory."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from flowstudio.cli._place import data_option, going, opened, running_server, settings_of

if TYPE_CHECKING:
    from flowstudio.services.exchange import OnConflict


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--activate", is_flag=True, help="Switch the workflows on.")
@click.option(
    "--on-conflict",
    type=click.Choice(["error", "copy", "replace"]),
    default="error",
    help="What to do when the id is taken.",
)
@data_option
def command(files: tuple[Path, ...], on_conflict: OnConflict, data_dir: Path | None, *, activate: bool) -> None:
    """Take workflow files in. Works beside a running server, which then knows them at once."""
    from flowstudio.cli._files import read_bytes
    from flowstudio.cli.validate import print_problems
    from flowstudio.errors import FlowStudioError

    failed = False
    for file in files:
        try:
            raw = read_bytes(file)
            made = going(_import(raw, on_conflict, data_dir, activate=activate))
        except FlowStudioError as error:
            failed = True
            click.echo(f"{file}: {error.told}", err=True)
            problems = [
                one if isinstance(one, dict) else one.model_dump(mode="json") for one in getattr(error, "problems", ())
            ]
            if problems:
                print_problems(str(file), problems)
            continue
        click.echo(f"{file}: {made['id']} is {made['status']}")
        if made["problems"]:
            print_problems(str(file), made["problems"])
    sys.exit(2 if failed else 0)


async def _import(raw: bytes, on_conflict: OnConflict, data_dir: Path | None, *, activate: bool) -> dict[str, Any]:
    settings = settings_of(data_dir)
    server = running_server(settings)
    if server is not None:
        options = {"on_conflict": on_conflict, "activate": str(activate).lower()}
        return dict(server.request("POST", "/workflows/import", params=options, content=raw).json())
    async with opened(settings) as house:
        actor = await house.owner("cli")
        made = await house.studio.exchange.import_document(actor, raw, on_conflict=on_conflict, activate=activate)
        return {
            "id": made.id,
            "status": made.status.value,
            "problems": [one.model_dump(mode="json") for one in made.problems],
        }
