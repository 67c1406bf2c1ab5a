"""`flowstudio run FILE`: a workflow file, tested or for real."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click
import orjson

from flowstudio.cli._place import data_option, going, opened, running_server, settings_of
from flowstudio.domain.json_text import read_json
from flowstudio.errors import BadRequest, InvalidWorkflow, UnreadableDocument

EXIT = {"completed": 0, "skipped": 0, "failed": 1, "rejected": 1, "cancelled": 1}
INVALID, WAITING = 2, 3
LONGEST = 300


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--input", "input_file", help="Payload of the trigger: a JSON file, or - for standard input.")
@click.option(
    "--sample", "sample_file", type=click.Path(path_type=Path), help="Sample: now, trigger, records, decisions …"
)
@click.option("--now", help="When the run begins; the present without it.")
@click.option(
    "--records",
    "records_file",
    type=click.Path(path_type=Path),
    help="Rows by record type, in the place of the samples.",
)
@click.option("--live", is_flag=True, help="For real: on the data directory's records, and what is sent is sent.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@data_option
def command(
    file: Path,
    input_file: str | None,
    sample_file: Path | None,
    now: str | None,
    records_file: Path | None,
    data_dir: Path | None,
    *,
    live: bool,
    as_json: bool,
) -> None:
    """Run a workflow file. Without --live nothing leaves, time is virtual, and records are rolled back.

    Exit code 0 completed or skipped, 1 failed, rejected or cancelled, 2 invalid, 3 waiting.
    """
    sample = _sample(input_file, sample_file, now, records_file)
    try:
        result = going(_live(file, sample, data_dir) if live else _test(file, sample))
    except (UnreadableDocument, InvalidWorkflow) as error:
        _tell_invalid(file, error, as_json=as_json)
        sys.exit(INVALID)
    if as_json:
        click.echo(orjson.dumps(result, option=orjson.OPT_INDENT_2, default=str))
    else:
        _print(result, live=live)
    sys.exit(EXIT.get(str(result["status"]), WAITING))


def _sample(
    input_file: str | None, sample_file: Path | None, now: str | None, records_file: Path | None
) -> dict[str, Any]:
    from flowstudio.cli._files import read_json

    sample: dict[str, Any] = dict(read_json(sample_file)) if sample_file else {}
    if input_file:
        sample["trigger"] = _stdin() if input_file == "-" else read_json(Path(input_file))
    if now:
        sample["now"] = now
    if records_file:
        sample["records"] = {**sample.get("records", {}), **read_json(records_file)}
    return sample


def _stdin() -> dict[str, Any]:
    data = read_json(sys.stdin.buffer.read() or b"{}", "The input")
    if not isinstance(data, dict):
        raise BadRequest("The input is a JSON object: the payload of the trigger.")
    return data


async def _test(file: Path, sample: dict[str, Any]) -> dict[str, Any]:
    from zoneinfo import ZoneInfo

    from flowstudio.cli._files import read_workflow, registry, shipped_messages
    from flowstudio.connectors.outgoing import shipped_outside
    from flowstudio.domain.problem import has_errors
    from flowstudio.engine.test_run import Twins, run_virtually
    from flowstudio.kit.record_types import shipped_record_types
    from flowstudio.services.shipped import machine_zone, sample_settings

    workflow, problems = read_workflow(file)
    if has_errors(problems):
        raise InvalidWorkflow(problems)
    zone = machine_zone()
    twins = Twins(
        types=shipped_record_types(), zone=ZoneInfo(zone), settings={**sample_settings(), "timezone": zone},
        messages=shipped_messages(),
        **shipped_outside(),
    )  # fmt: skip
    test = await run_virtually(workflow, registry(), sample, twins)
    return dict(test.result())


async def _live(file: Path, sample: dict[str, Any], data_dir: Path | None) -> dict[str, Any]:
    from flowstudio.cli._files import read_workflow
    from flowstudio.domain.problem import has_errors
    from flowstudio.interchange import dump_document

    workflow, problems = read_workflow(file)
    if has_errors(problems):
        raise InvalidWorkflow(problems)
    raw = dump_document(workflow)
    payload = sample.get("trigger", {})
    settings = settings_of(data_dir)
    server = running_server(settings)
    if server is not None:
        answer = server.request(
            "POST", "/workflows/run-file", json={"document": orjson.loads(raw), "input_data": payload, "wait": LONGEST}
        )
        return dict(answer.json())
    async with opened(settings) as house:
        actor = await house.owner("cli")
        return await house.studio.exchange.run_file(actor, orjson.loads(raw), payload, LONGEST)


def _tell_invalid(file: Path, error: UnreadableDocument | InvalidWorkflow, *, as_json: bool) -> None:
    from flowstudio.cli.validate import print_problems

    problems = [one.model_dump(mode="json") for one in error.problems]
    if as_json:
        click.echo(orjson.dumps({"status": "invalid", "problems": problems}, option=orjson.OPT_INDENT_2))
    else:
        print_problems(str(file), problems)


def _print(result: dict[str, Any], *, live: bool) -> None:
    for step in result["steps"]:
        at = step["iteration"]
        place = (
            ""
            if at is None
            else f" (round {', '.join(str(one + 1) for one in (at if isinstance(at, list) else [at]))})"
        )
        told = step["error"]["message"] if step.get("error") else step["status"]
        click.echo(f"  {step['node_name']}{place}: {told}")
    for message in result.get("messages", []):
        click.echo(f"  {'sent' if live else 'would send'} {message['channel']} to {message['to']}: {message['text']}")
    for note in result.get("notes", []):
        click.echo(f"  note: {note}")
    reason = f" ({result['reason']})" if result.get("reason") else ""
    click.echo(
        f"{result['status']}{reason}, {len(result['steps'])} steps" + ("" if live else "; a test run, nothing left")
    )
