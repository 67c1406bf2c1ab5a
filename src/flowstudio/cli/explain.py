"""`flowstudio explain FILE`: the workflow in plain English; with `--run ID`, a run of the data directory."""

from __future__ import annotations

from pathlib import Path

import click

from flowstudio.cli._place import data_option, going, opened, settings_of


@click.command()
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option("--run", "run_id", metavar="ID", help="A run instead: what happened, why, and what to do if it failed.")
@data_option
def command(file: Path | None, run_id: str | None, data_dir: Path | None) -> None:
    """Say in plain English what a workflow file does, or what happened in a run; the same text every time."""
    if (file is None) is (run_id is None):
        raise click.UsageError("Name a workflow file, or a run with --run.")
    if run_id is not None:
        click.echo(going(_story(run_id, data_dir)))
        return
    from flowstudio.analysis import explain
    from flowstudio.cli._files import read_workflow, registry

    assert file is not None
    workflow, _ = read_workflow(file)
    click.echo(explain(workflow, registry()).text)


async def _story(run_id: str, data_dir: Path | None) -> str:
    async with opened(settings_of(data_dir)) as house:
        return (await house.studio.past_runs.explain(await house.owner("cli"), run_id)).text
