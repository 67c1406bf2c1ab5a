"""`flowstudio templates`: the library, one template, all its samples run; and the templates of the workspace."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import orjson

from flowstudio.cli import _own_templates
from flowstudio.cli._place import data_option, going

if TYPE_CHECKING:
    from flowstudio.engine.test_run import Twins
    from flowstudio.services.template_library import Template, TemplateLibrary
    from flowstudio.services.template_rows import TemplateRow
    from flowstudio.services.template_tests import Tested

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
ZONE = "Europe/Berlin"
"""The zone of the samples' workspace: the same answer on every machine."""


@click.group(invoke_without_command=True)
@json_option
@click.pass_context
def command(context: click.Context, *, as_json: bool) -> None:
    """Show the templates that come with FlowStudio and those of the workspace, or run their samples."""
    if context.invoked_subcommand is None:
        _list(as_json=as_json)


@command.command("list")
@click.option("--category", default="", help="Only this category.")
@click.option("--search", default="", help="Only those with these words.")
@click.option("--ours", is_flag=True, help="The templates of the workspace in the place of the shipped ones.")
@json_option
@data_option
def list_(category: str, search: str, data_dir: Path | None, *, ours: bool, as_json: bool) -> None:
    """List the templates."""
    _list(category, search, going(_own_templates.own_rows(data_dir)) if ours else None, as_json=as_json)


@command.command("show")
@click.argument("template_id", metavar="ID")
@json_option
@data_option
def show(template_id: str, data_dir: Path | None, *, as_json: bool) -> None:
    """Show one template: what it does, what it needs; with --json its whole document."""
    from flowstudio.analysis import explain
    from flowstudio.services.shipped import registry_of

    template = _template(template_id, data_dir)
    if as_json:
        _print_json(template.document)
        return
    click.echo(f"{template.row.name}\n\n{template.row.summary}\n\n{explain(template.workflow, registry_of()).text}\n")
    click.echo("It needs:")
    for one in template.setup:
        click.echo(f"  {one['kind']}: {one['label']}")
    click.echo("Samples:")
    for one in template.samples:
        click.echo(f"  {one['name']}")


@command.command("test")
@click.argument("ids", nargs=-1, metavar="[ID…]")
@json_option
@data_option
def test(ids: tuple[str, ...], data_dir: Path | None, *, as_json: bool) -> None:
    """Run every sample of all shipped templates, or of those named; exit code 0 if all do as promised, else 1."""
    own = [one for one in ids if _is_own(one)]
    found = going(_tested(tuple(one for one in ids if not _is_own(one)))) if len(own) < len(ids) or not ids else []
    if own:
        found += going(_own_templates.own_tested(own, data_dir, _twins()))
    if as_json:
        _print_json([one.json() for one in found])
    else:
        _print_table(found)
    sys.exit(0 if all(one.passed for one in found) else 1)


for _one in (_own_templates.save, _own_templates.import_, _own_templates.export, _own_templates.delete):
    command.add_command(_one)


def _is_own(template_id: str) -> bool:
    from flowstudio.services.template_file import OWN

    return template_id.startswith(OWN)


def _template(template_id: str, data_dir: Path | None) -> Template:
    if _is_own(template_id):
        return going(_own_templates.own_template(template_id, data_dir))
    return _library().get(template_id)


async def _tested(ids: tuple[str, ...]) -> list[Tested]:
    from flowstudio.services.shipped import registry_of
    from flowstudio.services.template_tests import run_samples

    library = _library()
    return [await run_samples(library.get(one), registry_of(), _twins()) for one in ids or library.rows]


def _twins() -> Twins:
    from zoneinfo import ZoneInfo

    from flowstudio.cli._files import shipped_messages
    from flowstudio.config import load_settings
    from flowstudio.connectors.outgoing import services_of
    from flowstudio.connectors.simulated.outside import simulated_outside
    from flowstudio.engine.test_run import Twins
    from flowstudio.kit.record_types import shipped_record_types
    from flowstudio.services.shipped import sample_settings

    return Twins(
        types=shipped_record_types(),
        zone=ZoneInfo(ZONE),
        settings={**sample_settings(), "timezone": ZONE},
        messages=shipped_messages(),
        **simulated_outside(services_of(load_settings())),
    )


def _library() -> TemplateLibrary:
    from flowstudio.services.shipped import registry_of
    from flowstudio.services.template_library import TemplateLibrary

    return TemplateLibrary(registry_of())


def _list(category: str = "", search: str = "", own: list[TemplateRow] | None = None, *, as_json: bool) -> None:
    from flowstudio.services.template_rows import CATEGORIES, TemplateFilter

    rows = TemplateFilter(search=search, category=category).of(_library().rows.values() if own is None else own)
    if as_json:
        _print_json([row.json() for row in rows])
        return
    for row in rows:
        place = CATEGORIES.get(row.category, row.category)
        click.echo(f"{row.id:<36} {place:<20} {row.steps:>2} steps  {row.name}")
    click.echo(f"{len(rows)} templates")


def _print_table(found: list[Tested]) -> None:
    for one in found:
        click.echo(f"{'passed' if one.passed else 'FAILED':<8} {len(one.observed):>2} samples  {one.id}")
        for line in one.differences:
            click.echo(f"         {line}")
    failed = sum(not one.passed for one in found)
    samples = sum(len(one.observed) for one in found)
    verdict = "all passed" if not failed else f"{failed} failed"
    click.echo(f"{len(found)} templates, {samples} samples: {verdict}")


def _print_json(value: Any) -> None:
    click.echo(orjson.dumps(value, option=orjson.OPT_INDENT_2))
