"""`flowstudio bench`: measures this machine's FlowStudio, each figure beside a reference from the same minutes."""

from __future__ import annotations

import json
import shlex
import sys
import time
from importlib import import_module

import click

from flowstudio.domain.json import JsonObject
from flowstudio.errors import FlowStudioError

NAMES = ("webhook", "engine", "schedules", "start", "checks", "templates", "editor", "history", "workers")
_ASKED_FOR = ("workers",)
"""What is measured only where it is named: it takes PostgreSQL."""


@click.command()
@click.argument("names", nargs=-1, type=click.Choice(NAMES), metavar="[NAME]…")
@click.option("--quick", is_flag=True, help="Tiny sizes: shows that a benchmark works, not how fast anything is.")
@click.option("--beside", default="", metavar="ADDRESS",
              help="webhook: another product's webhook on this machine, measured in the same rows.")  # fmt: skip
def command(names: tuple[str, ...], *, quick: bool, beside: str) -> None:
    """Measure how fast FlowStudio is here, and print JSON.

    Names: webhook, engine, schedules, start, checks, templates, editor, history, workers. Without a name all but
    workers (which takes PostgreSQL: set FLOWSTUDIO_DATABASE_URL), in about six minutes. Everything stays on this
    machine, in temporary folders.
    """
    from flowstudio.cli._bench.figures import Size, rounded
    from flowstudio.cli._bench.machine import machine, versions
    from flowstudio.cli._bench.servers import folder

    with folder() as place:
        found: JsonObject = {"machine": machine(place), "versions": versions()}
    found["command"] = shlex.join(["flowstudio", "bench", *names, *(["--quick"] if quick else []),
                                    *(["--beside", beside] if beside else [])])  # fmt: skip
    found["quick"] = quick
    benchmarks: JsonObject = {}
    for name in dict.fromkeys(names or [name for name in NAMES if name not in _ASKED_FOR]):
        click.echo(f"{name} …", err=True)
        began = time.perf_counter()
        result = _measured(name, Size(quick=quick), {"beside": beside} if beside and name == "webhook" else {})
        result["took_seconds"] = rounded(time.perf_counter() - began)
        result["repeat"] = f"flowstudio bench {name}"
        benchmarks[name] = result
    found["benchmarks"] = benchmarks
    click.echo(json.dumps(found, indent=2))
    sys.exit(1 if any("problem" in result for result in benchmarks.values()) else 0)


def _measured(name: str, size: object, more: dict[str, str]) -> JsonObject:
    """Run one benchmark; what goes wrong is its result, and the others go on."""
    module = import_module(f"flowstudio.cli._bench.{name}")
    try:
        result: JsonObject = module.measure(size, **more)
    except (FlowStudioError, OSError, ValueError) as fault:
        return {"problem": f"{type(fault).__name__}: {fault}"[:500]}
    return result
