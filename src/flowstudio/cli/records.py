"""`flowstudio records`: record types, and records in and out as CSV."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from flowstudio.cli._place import data_option, going, opened, running_server, settings_of

_SHOWN = 20


@click.group()
def command() -> None:
    """List record types, take records in from CSV, write them out."""


@command.command("types")
@data_option
def types(data_dir: Path | None) -> None:
    """List the record types with their number of records."""
    for name, count in going(_types(data_dir)):
        click.echo(f"{name}  {count}")


@command.command("export")
@click.argument("entity", metavar="TYPE")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@data_option
def export(entity: str, file: Path | None, data_dir: Path | None) -> None:
    """Write all records of a type as CSV, into FILE or on standard output."""
    content = going(_export(entity, data_dir))
    if file is None:
        click.echo(content, nl=False)
    else:
        file.write_bytes(content)


@command.command("import")
@click.argument("entity", metavar="TYPE")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--preview", is_flag=True, help="Say what would happen; write nothing.")
@click.option("--match", default="id", help="The field by which a row finds the record it changes.")
@click.option("--events", is_flag=True, help="Let the changes start workflows.")
@data_option
def import_(entity: str, file: Path, match: str, data_dir: Path | None, *, preview: bool, events: bool) -> None:
    """Create and change records by a CSV file. Exit code 2 when a row has a fault; the others are taken."""
    from flowstudio.cli._files import read_bytes

    told = going(_import(entity, read_bytes(file), data_dir, match=match, preview=preview, events=events))
    would = "would be " if preview else ""
    click.echo(
        f"{told['created']} {would}created, {told['changed']} {would}changed, {len(told['faults'])} with a fault"
    )
    if told["ignored"]:
        click.echo(f"Columns that are no fields: {', '.join(told['ignored'])}")
    for one in told["faults"][:_SHOWN]:
        click.echo(f"  line {one['line']}: {one['fault']}", err=True)
    if len(told["faults"]) > _SHOWN:
        click.echo(f"  and {len(told['faults']) - _SHOWN} more", err=True)
    sys.exit(2 if told["faults"] else 0)


async def _types(data_dir: Path | None) -> list[tuple[str, int]]:
    async with opened(settings_of(data_dir)) as house:
        found = await house.studio.records.types(await house.owner("cli"))
        return [(one.name, count) for one, count in found]


async def _export(entity: str, data_dir: Path | None) -> bytes:
    async with opened(settings_of(data_dir)) as house:
        actor = await house.owner("cli")
        return b"".join([piece async for piece in house.studio.record_files.out(actor, entity)])


async def _import(
    entity: str, raw: bytes, data_dir: Path | None, *, match: str, preview: bool, events: bool
) -> dict[str, Any]:
    settings = settings_of(data_dir)
    server = running_server(settings)
    if server is not None:
        options = {"match": match, "preview": str(preview).lower(), "events": str(events).lower()}
        return dict(server.request("POST", f"/records/{entity}/csv", params=options, content=raw).json())
    async with opened(settings) as house:
        from flowstudio.api.records import told_of

        actor, files = await house.owner("cli"), house.studio.record_files
        if preview:
            return told_of(await files.preview(actor, entity, raw, match=match))
        return told_of(await files.take_in(actor, entity, raw, match=match, raising=events))
