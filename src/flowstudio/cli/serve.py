"""`flowstudio serve`: the app."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.option("--host", help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on.")
@click.option("--data", "data_dir", type=click.Path(path_type=Path), help="Data directory.")
@click.option("--no-browser", is_flag=True, help="Do not open the browser.")
def command(host: str | None, port: int | None, data_dir: Path | None, *, no_browser: bool) -> None:
    """Start FlowStudio."""
    from flowstudio.config import load_settings
    from flowstudio.serving import serve

    serve(load_settings(host=host, port=port, data_dir=data_dir), browser=not no_browser)
