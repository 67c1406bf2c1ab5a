"""What a server does not load: memory at rest is counted in such things."""

from __future__ import annotations

import subprocess
import sys

LOAD = """
import sys
from flowstudio.serving import _load_pages
_load_pages()
import socketio
print(sorted({"aiohttp", "requests", "nicegui"} & sys.modules.keys()))
import requests
print(requests.__name__)
"""


def test_pages_come_without_the_http_clients_of_their_socket_library() -> None:
    done = subprocess.run([sys.executable, "-c", LOAD], capture_output=True, text=True, check=False)
    assert done.stdout.splitlines() == ["['nicegui']", "requests"], done.stderr
