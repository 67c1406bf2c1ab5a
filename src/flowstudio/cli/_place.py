"""Where a command works: the data directory it names, and the server that runs on it, if one does."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
import httpx

from flowstudio.config import Settings, load_settings
from flowstudio.errors import BadRequest, Conflict, FlowStudioError, NotFound

if TYPE_CHECKING:
    from flowstudio.app import House

Result = TypeVar("Result")
SERVER_FILE = "server.json"
data_option = click.option("--data", "data_dir", type=click.Path(path_type=Path), help="Data directory.")


def settings_of(data_dir: Path | None) -> Settings:
    """Return the settings for a data directory."""
    return load_settings(data_dir=data_dir)


def going(work: Coroutine[Any, Any, Result]) -> Result:
    """Carry asynchronous work out."""
    return asyncio.run(work)


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[House]:
    """Open the data directory beside whatever else uses it."""
    from flowstudio.app import House

    house = House(settings)
    await house.open(server=False)
    try:
        yield house
    finally:
        await house.close()


@dataclass(frozen=True)
class Server:
    """A running server on the same data directory."""

    url: str
    key: str

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Call its API; raise what it answers as an error of ours."""
        headers = {"Authorization": f"Bearer {self.key}", **options.pop("headers", {})}
        answer = httpx.request(method, f"{self.url}/api/v1{path}", headers=headers, timeout=330, **options)
        if answer.is_error:
            raise _error_of(answer)
        return answer


def running_server(settings: Settings) -> Server | None:
    """Return the server that runs on this data directory, or None."""
    file = settings.data_dir / SERVER_FILE
    try:
        said = json.loads(file.read_text(encoding="utf-8"))
        server = Server(said["url"], said["key"])
        alive = httpx.get(f"{server.url}/api/v1/health", timeout=2)
    except (OSError, ValueError, KeyError, httpx.HTTPError):
        return None
    return server if alive.status_code == httpx.codes.OK else None


def _error_of(answer: httpx.Response) -> FlowStudioError:
    try:
        said = answer.json()
    except ValueError:
        return BadRequest(f"The server answered {answer.status_code}.")
    kind = {404: NotFound, 409: Conflict}.get(answer.status_code, BadRequest)
    error = kind(str(said.get("detail", "")), hint=str(said.get("hint", "")))
    error.problems = said.get("problems", [])  # type: ignore[attr-defined]
    return error
