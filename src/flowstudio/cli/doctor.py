"""`flowstudio doctor`: every setting with its source, and whether what FlowStudio stands on is there."""

from __future__ import annotations

import json
import platform
import sqlite3
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from pydantic import SecretStr

from flowstudio import __version__
from flowstudio.config import Settings, environment_names, load_settings, sources
from flowstudio.observe import MASK, redactor

if TYPE_CHECKING:
    from flowstudio.services.dispatch_ports import WorkerState

_OLDEST_SQLITE = (3, 35, 0)  # RETURNING
_STATIC = Path(__file__).parent.parent / "ui/static"


@dataclass(frozen=True)
class Finding:
    """What one check found; `advice` says what to do where it is not well."""

    name: str
    well: bool
    found: str
    advice: str = ""


@click.command()
@click.option("--data", "data_dir", type=click.Path(path_type=Path), help="Data directory to look at.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(data_dir: Path | None, *, as_json: bool) -> None:
    """Show each setting with its source, secrets masked, and check what FlowStudio needs.

    Exit code 0 when all is well, 1 when something is not.
    """
    settings = load_settings(data_dir=data_dir)
    shown = list(_settings(settings, data_dir))
    findings = [check(settings) for check in CHECKS]
    if as_json:
        click.echo(json.dumps({"settings": shown, "checks": [asdict(finding) for finding in findings]}, indent=2))
    else:
        _print(shown, findings)
    sys.exit(0 if all(finding.well for finding in findings) else 1)


def _settings(settings: Settings, data_dir: Path | None) -> Iterator[dict[str, str]]:
    origin = sources(settings, data_dir=data_dir)
    for field, name in environment_names().items():
        yield {"name": name, "value": _shown(field, getattr(settings, field), settings), "source": origin[field]}


def _shown(field: str, value: Any, settings: Settings) -> str:
    """Return a value as a person may see it; addresses keep all but their password."""
    if isinstance(value, SecretStr):
        plain = value.get_secret_value()
        return redactor.text(plain) if "://" in plain and "hook" not in field else MASK
    if field == "database":
        return redactor.text(settings.database_url())
    if field == "secret_key":
        return MASK if settings.key_file.is_file() else "made at the first start"
    if field == "base_url" and value is None:
        return settings.public_url()
    return ", ".join(value) if isinstance(value, tuple) else "" if value is None else str(value)


def _python(_settings: Settings) -> Finding:
    return Finding("Python", sys.version_info >= (3, 11), platform.python_version(), "Install Python 3.11 or newer.")


def _sqlite(_settings: Settings) -> Finding:
    well = sqlite3.sqlite_version_info >= _OLDEST_SQLITE
    return Finding("SQLite", well, sqlite3.sqlite_version, "Use a Python with SQLite 3.35 or newer.")


def _front_end(_settings: Settings) -> Finding:
    well = (_STATIC / "canvas/index.js").is_file()
    return Finding("Front end", well, "built" if well else "not built", "Run: python3 run.py setup")


def _data_dir(settings: Settings) -> Finding:
    folder = settings.data_dir
    if not folder.exists():
        return Finding("Data directory", well=True, found=f"{folder} is made at the first start")
    try:
        probe = folder / ".doctor"
        probe.touch()
        probe.unlink()
    except OSError as error:
        return Finding("Data directory", False, f"{folder}: {error.strerror}", "Choose another with --data.")
    return Finding("Data directory", well=True, found=str(folder))


def _key_file(settings: Settings) -> Finding:
    if settings.secret_key:
        return Finding("Key for secrets", well=True, found="set")
    path = settings.key_file
    if not path.is_file():
        return Finding("Key for secrets", well=True, found="the key file is made at the first start")
    open_to_others = bool(path.stat().st_mode & 0o077) and sys.platform != "win32"
    found = f"{path} can be read by others" if open_to_others else str(path)
    return Finding("Key for secrets", not open_to_others, found, f"Run: chmod 600 {path}")


def _database(settings: Settings) -> Finding:
    if (file := settings.database_file()) is not None and not file.is_file():
        return Finding("Database", well=True, found=f"{file} is made at the first start")
    try:
        found = _ask_sqlite(file) if file else _ask_postgres(settings)
    except Exception as error:  # noqa: BLE001 - whatever the driver says is the finding
        return Finding("Database", False, redactor.text(str(error)).strip() or type(error).__name__, "See the message.")
    return Finding("Database", well=True, found=found)


def _own_actions(settings: Settings) -> Finding:
    from flowstudio.services.shipped import own_actions_of

    found = own_actions_of(settings)
    if not found.broken:
        titles = ", ".join(one.title for one in found.types)
        return Finding("Own actions", well=True, found=titles or f"none in {found.folder}")
    first = found.broken[0]
    more = f" ({len(found.broken) - 1} more)" if len(found.broken) > 1 else ""
    return Finding("Own actions", False, f"{first.source}: {first.reason}{more}", "Mend the file and start again.")


def _workers(settings: Settings) -> Finding:
    if settings.dispatcher == "process":
        return Finding("Workers", well=True, found="none; the server carries runs on itself")
    if not settings.uses_postgres:
        return Finding(
            "Workers", False, "they need PostgreSQL", "Set FLOWSTUDIO_DATABASE_URL to a postgresql:// address."
        )
    try:
        fleet = _ask_fleet(settings)
    except Exception as error:  # noqa: BLE001 - whatever the driver says is the finding
        return Finding("Workers", False, redactor.text(str(error)).strip() or type(error).__name__, "See the message.")
    alive = [one for one in fleet if one.silent_for <= settings.worker_lease]
    told = [f"{one.name}: {one.runs} of {one.most} runs, heard {max(one.silent_for, 0):.0f} s ago" for one in alive]
    told += [f"{one.name}: silent for {one.silent_for:.0f} s" for one in fleet if one not in alive]
    found = "; ".join([*([] if alive else ["none is alive, so runs wait"]), *told])
    return Finding("Workers", bool(alive), found, "Start one: flowstudio worker")


def _ask_fleet(settings: Settings) -> list[WorkerState]:
    """Return the workers that have not said that they end."""
    from flowstudio.storage.engines import read_url, writing_engine
    from flowstudio.storage.holds import read_fleet

    engine = writing_engine(read_url(settings.database_url()))
    with engine.connect() as connection:
        found = read_fleet(connection)
    engine.dispose()
    return [one for one in found if not one.server]


def _ask_sqlite(file: Path) -> str:
    connection = sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=2)
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    finally:
        connection.close()
    return f"{file}, {file.stat().st_size / 1e6:.1f} MB"


def _ask_postgres(settings: Settings) -> str:
    import psycopg

    address = settings.database_url().replace("postgresql+psycopg://", "postgresql://", 1)
    with psycopg.connect(address, connect_timeout=3) as connection:
        row = connection.execute("SHOW server_version").fetchone()
    return f"PostgreSQL {row[0] if row else '?'}"


def _print(shown: list[dict[str, str]], findings: list[Finding]) -> None:
    click.echo(f"FlowStudio {__version__}\n")
    width = max(len(row["name"]) for row in shown)
    for row in shown:
        click.echo(f"  {row['name']:<{width}}  {row['value'] or '–'}  ({row['source']})")
    click.echo()
    for finding in findings:
        advice = "" if finding.well else f". {finding.advice}"
        click.echo(f"  {'ok ' if finding.well else 'NO '} {finding.name}: {finding.found}{advice}")


CHECKS: tuple[Callable[[Settings], Finding], ...] = (
    _python,
    _sqlite,
    _front_end,
    _data_dir,
    _key_file,
    _database,
    _workers,
    _own_actions,
)
