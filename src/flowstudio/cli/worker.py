"""`flowstudio worker`: a process that carries runs on, beside a server on PostgreSQL."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.option("--name", "worker_name", help="Name of this worker; without it, its machine and process.")
@click.option("--data", "data_dir", type=click.Path(path_type=Path), help="Data directory.")
def command(worker_name: str | None, data_dir: Path | None) -> None:
    """Carry runs on, on the PostgreSQL database of a server.

    Start as many as you like, on as many machines, with the settings of the server.
    """
    from flowstudio.config import load_settings
    from flowstudio.working import work

    work(load_settings(data_dir=data_dir, worker_name=worker_name))
