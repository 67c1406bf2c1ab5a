"""`flowstudio templates …` for templates of the workspace: they live in the data directory."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from flowstudio.cli._place import data_option, going, opened, settings_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flowstudio.engine.test_run import Twins
    from flowstudio.services.template_library import Template
    from flowstudio.services.template_rows import TemplateRow
    from flowstudio.services.template_tests import Tested


async def own_rows(data_dir: Path | None) -> list[TemplateRow]:
    """List the workspace's own templates."""
    async with opened(settings_of(data_dir)) as house:
        return await house.studio.own_templates.rows(await house.owner("cli"))


async def own_template(template_id: str, data_dir: Path | None) -> Template:
    """Return a template of the workspace; raise NotFound."""
    async with opened(settings_of(data_dir)) as house:
        return await house.studio.own_templates.get(await house.owner("cli"), template_id)


async def own_tested(ids: Sequence[str], data_dir: Path | None, twins: Twins) -> list[Tested]:
    """Run every sample of templates of the workspace, with its record types."""
    from flowstudio.services.template_tests import run_samples

    async with opened(settings_of(data_dir)) as house:
        actor = await house.owner("cli")
        twins = replace(twins, types=house.database.memory.types(actor.workspace))
        found = [await house.studio.own_templates.get(actor, one) for one in ids]
        return [await run_samples(one, house.registry, twins) for one in found]


@click.command("save")
@click.argument("workflow_id")
@click.option("--name", required=True, help="The name of the template.")
@click.option("--category", required=True, help="sales_crm, marketing, finance …")
@click.option("--summary", default="", help="What it is for, in a sentence.")
@click.option("--department", default="", help="Who it is for; that of the category without it.")
@click.option("--difficulty", default="beginner", help="beginner, intermediate or advanced.")
@click.option("--tag", "tags", multiple=True, help="A word to find it by; may be repeated.")
@click.option("--ask", multiple=True, metavar="STEP.SETTING", help="Ask the next person for it; may be repeated.")
@click.option("--test", default="", help="The test case that becomes its sample.")
@click.option("--run", "run_id", default="", help="The run whose input becomes its sample.")
@data_option
def save(workflow_id: str, data_dir: Path | None, **said: Any) -> None:
    """Save a workflow's draft as a template of the workspace, without its connections and secrets."""
    made = going(_save(workflow_id, data_dir, **said))
    click.echo(made["id"])
    for label in made["left_out"]:
        click.echo(f"left out: {label}", err=True)


async def _save(workflow_id: str, data_dir: Path | None, **said: Any) -> dict[str, Any]:
    from flowstudio.services.template_file import About

    about = About(**{key: said[key] for key in ("name", "summary", "category", "department", "difficulty", "tags")})
    async with opened(settings_of(data_dir)) as house:
        made = await house.studio.own_templates.save(
            await house.owner("cli"), workflow_id, about, ask=said["ask"], test=said["test"], run_id=said["run_id"]
        )
        return {"id": made.row.id, "left_out": [one.label for one in made.left_out]}


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--on-conflict",
    type=click.Choice(["error", "copy", "replace"]),
    default="error",
    help="What to do when the id is taken.",
)
@data_option
def import_(file: Path, on_conflict: str, data_dir: Path | None) -> None:
    """Take a template file into the workspace; a bad one is refused with every fault and its place."""
    from flowstudio.cli._files import read_bytes
    from flowstudio.cli.validate import print_problems
    from flowstudio.errors import UnreadableDocument

    try:
        made = going(_import(read_bytes(file), on_conflict, data_dir))
    except UnreadableDocument as error:
        print_problems(str(file), [one.model_dump(mode="json") for one in error.problems])
        raise click.exceptions.Exit(2) from None
    click.echo(made["id"])
    if made["problems"]:
        print_problems(str(file), made["problems"])


async def _import(raw: bytes, on_conflict: str, data_dir: Path | None) -> dict[str, Any]:
    async with opened(settings_of(data_dir)) as house:
        actor = await house.owner("cli")
        made = await house.studio.own_templates.import_file(actor, raw, on_conflict=on_conflict)  # type: ignore[arg-type]
        return {"id": made.row.id, "problems": [one.model_dump(mode="json") for one in made.problems]}


@click.command("export")
@click.argument("template_id", metavar="ID")
@data_option
def export(template_id: str, data_dir: Path | None) -> None:
    """Print a template as a file, a shipped or an own one."""
    click.echo(going(_export(template_id, data_dir)), nl=False)


async def _export(template_id: str, data_dir: Path | None) -> bytes:
    async with opened(settings_of(data_dir)) as house:
        return await house.studio.templates.export(await house.owner("cli"), template_id)


@click.command("delete")
@click.argument("template_id", metavar="ID")
@data_option
def delete(template_id: str, data_dir: Path | None) -> None:
    """Delete a template of the workspace; workflows made from it stay."""
    going(_delete(template_id, data_dir))
    click.echo(f"{template_id} is deleted.")


async def _delete(template_id: str, data_dir: Path | None) -> None:
    async with opened(settings_of(data_dir)) as house:
        await house.studio.own_templates.delete(await house.owner("cli"), template_id)
