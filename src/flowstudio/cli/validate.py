"""`flowstudio validate FILE…`: every problem of workflow files."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(files: tuple[Path, ...], *, as_json: bool) -> None:
    """Say everything that is wrong with workflow files.

    Exit code 0 when there is no error, 2 when there is one; warnings and hints do not count.
    """
    from flowstudio.cli._files import problems_of_file

    found = [{"file": str(file), "problems": problems_of_file(file)} for file in files]
    if as_json:
        click.echo(json.dumps(found, indent=2, ensure_ascii=False))
    else:
        for one in found:
            print_problems(str(one["file"]), one["problems"])  # type: ignore[arg-type]
    faulty = any(problem["severity"] == "error" for one in found for problem in one["problems"])  # type: ignore[index]
    sys.exit(2 if faulty else 0)


def print_problems(file: str, problems: list[dict[str, object]]) -> None:
    """Print problems, one a line, with their place."""
    if not problems:
        click.echo(f"{file}: no problems")
        return
    for problem in problems:
        hint = f" {problem['hint']}" if problem.get("hint") else ""
        click.echo(f"{file}: {problem['severity']} at {problem['path']}: {problem['message']}{hint}")
